"""The settings with which every hand-written endpoint is a callable tool."""

from __future__ import annotations

from typing import Any

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.endpoint import default_endpoints

SOURCE = "env:PATH"  # set wherever tests run, and used as a secret
EVERY_TOOL: dict[str, Any] = {
    "toolsets": ("default",),
    "tools": tuple(name for name in ENDPOINTS if name not in default_endpoints()),
    "secrets_from": (SOURCE,),
}


def offering(tool: str) -> dict[str, Any]:
    """The settings of a server with only this tool: clients read the whole list at a call."""
    return {"toolsets": (), "tools": (tool,)} if tool in ENDPOINTS else {}
