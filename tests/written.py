"""The settings under which every endpoint that somebody wrote is a tool, listed by default or not."""

from __future__ import annotations

from typing import Any

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.endpoint import default_endpoints

EVERY_TOOL: dict[str, Any] = {
    "toolsets": ("default",),
    "tools": tuple(name for name in ENDPOINTS if name not in default_endpoints()),
}
