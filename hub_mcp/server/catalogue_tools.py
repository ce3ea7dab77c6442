"""Which endpoints a server offers as tools, by its operator's settings."""

from __future__ import annotations

from typing import Any

from mcp.types import Tool

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.server.tool_list import ToolList, hidden_by, refuse_unknown
from hub_mcp.server.tools import tool_of
from hub_mcp.settings import Settings


def areas() -> list[str]:
    """The toolsets there are, one an area of the catalogue."""
    return list(dict.fromkeys(endpoint.area for endpoint in ENDPOINTS.values()))


def why_hidden(settings: Settings, endpoint: type[Endpoint[Any]]) -> str:
    """Why a tool is not offered; "" where it is."""
    return hidden_by(settings, endpoint.tool, endpoint.area, reads=not endpoint.changes)


class CatalogueTools(ToolList):
    """What one server offers, and the endpoint behind each tool."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        refuse_unknown(settings, ENDPOINTS, areas())
        self._offered = {name: cls for name, cls in ENDPOINTS.items() if not why_hidden(settings, cls)}

    def endpoint(self, name: str) -> type[Endpoint[Any]] | None:
        """The endpoint behind an offered tool; None for every other name."""
        return self._offered.get(self.own_name(name))

    def selected(self) -> list[Tool]:
        return [tool_of(endpoint) for endpoint in self._offered.values()]

    def lists(self, name: str) -> bool:
        endpoint = self._offered.get(name)
        return endpoint is not None and endpoint.is_listing()
