"""What the Hub offers: every documented endpoint, and some undocumented ones."""

from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.endpoint import ENDPOINTS, Endpoint
from hub_mcp.catalogue.http import Effect

__all__ = ["ENDPOINTS", "Change", "Effect", "Endpoint"]
