"""The published tool list: what every client sees of the tools, as data."""

from __future__ import annotations

from hub_mcp.cli.jsonc import Json
from hub_mcp.server.tools import tools

PUBLISHED = {"name", "title", "description", "input_schema", "annotations"}


def published() -> list[dict[str, Json]]:
    """Every tool in the catalogue's order, with the protocol's own names of its parts."""
    return [
        tool.model_dump(mode="json", by_alias=True, exclude_none=True, include=PUBLISHED) for tool in tools()
    ]
