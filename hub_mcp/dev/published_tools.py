"""The published tool list: what every client sees of the tools, as data."""

from __future__ import annotations

import json

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.cli.jsonc import Json
from hub_mcp.dev.project import ROOT
from hub_mcp.server.prepared_tools import FILE
from hub_mcp.server.tools import tool_of, tools

PREPARED = ROOT / "hub_mcp" / "server" / FILE

PUBLISHED = {"name", "title", "description", "input_schema", "annotations"}


def published() -> list[dict[str, Json]]:
    """Every tool in the catalogue's order, with the protocol's own names of its parts."""
    return [
        tool.model_dump(mode="json", by_alias=True, exclude_none=True, include=PUBLISHED) for tool in tools()
    ]


def prepared() -> bytes:
    """The file from which a start over stdio lists its tools."""
    listed = [
        {
            "area": endpoint.area,
            "reads": not endpoint.changes,
            "lists": endpoint.is_listing(),
            "tool": tool_of(endpoint).model_dump(mode="json", by_alias=True, exclude_none=True),
        }
        for endpoint in ENDPOINTS.values()
    ]
    return (json.dumps(listed, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
