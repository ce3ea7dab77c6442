"""What the Hub offers: every documented endpoint, in the order of the documentation."""

from hub_mcp.catalogue import (  # noqa: F401  # importing an area declares its endpoints
    collections,
    datasets,
    models,
    organizations,
    papers,
    repos,
    resource_groups,
    spaces,
    users,
)
from hub_mcp.catalogue.endpoint import ENDPOINTS, Effect, Endpoint

__all__ = ["ENDPOINTS", "Effect", "Endpoint"]
