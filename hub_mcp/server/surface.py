"""Which tools are shown: toolsets, named tools, exclusions and read-only areas. Exclusion always wins.

The list is the same for everyone and never waits for the network.
"""

from __future__ import annotations

import base64
from functools import cached_property
from importlib.resources import files
from typing import Any

from mcp.types import Icon, Tool

from hub_mcp.catalogue import ENDPOINTS, Effect, Endpoint
from hub_mcp.errors import BadInput
from hub_mcp.server.tools import tool_of
from hub_mcp.settings import Settings

ALL = frozenset({"all", "default"})


def areas() -> list[str]:
    """The toolsets there are, one an area of the catalogue."""
    return list(dict.fromkeys(endpoint.area for endpoint in ENDPOINTS.values()))


def why_hidden(settings: Settings, endpoint: type[Endpoint[Any]]) -> str:
    """Why a tool is not offered; "" where it is."""
    if endpoint.tool in settings.exclude_tools:
        return "--exclude-tools"
    if endpoint.line.effect is not Effect.READ and {endpoint.area, "all"} & set(settings.read_only):
        return "--read-only"
    if not settings.tools and not settings.toolsets:
        return ""
    if endpoint.tool in settings.tools or {endpoint.area, *ALL} & set(settings.toolsets):
        return ""
    return "--tools" if settings.tools and not settings.toolsets else "--toolsets"


def refuse_unknown(settings: Settings) -> None:
    """Hold the names an operator gave against those there are.

    Raises:
        BadInput: one is of nothing here; a misspelt exclusion must not pass silently.
    """
    for flag, given, known in (
        ("--toolsets", settings.toolsets, {*areas(), *ALL}),
        ("--read-only", settings.read_only, {*areas(), "all"}),
        ("--tools", settings.tools, set(ENDPOINTS)),
        ("--exclude-tools", settings.exclude_tools, set(ENDPOINTS)),
    ):
        if odd := [name for name in given if name not in known]:
            raise BadInput(f"{flag} does not know {', '.join(odd)}; there are {', '.join(sorted(known))}.")


class Surface:
    """What one server offers, by its operator's settings."""

    def __init__(self, settings: Settings) -> None:
        refuse_unknown(settings)
        self._offered = {name: cls for name, cls in ENDPOINTS.items() if not why_hidden(settings, cls)}

    def endpoint(self, name: str) -> type[Endpoint[Any]] | None:
        """The endpoint behind an offered tool; None for every other name."""
        return self._offered.get(name)

    @cached_property
    def tools(self) -> list[Tool]:
        return [tool_of(endpoint) for endpoint in self._offered.values()]

    @cached_property
    def _schemas(self) -> dict[str, dict[str, Any]]:
        return {tool.name: tool.input_schema for tool in self.tools}

    def input_schema(self, name: str) -> dict[str, Any] | None:
        return self._schemas.get(name)

    @cached_property
    def icons(self) -> list[Icon]:
        drawn = files("hub_mcp.server").joinpath("icon.svg").read_bytes()
        address = "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()
        return [Icon(src=address, mime_type="image/svg+xml", sizes=["any"])]
