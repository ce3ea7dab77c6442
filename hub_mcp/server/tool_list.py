"""What a server offers, in the SDK's types; the list is the same for everyone and waits for nothing."""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from functools import cached_property
from importlib.resources import files
from typing import Any

from mcp.types import Icon, Tool

from hub_mcp.server.tool_selection import output_schema
from hub_mcp.settings import Settings


class ToolList(ABC):
    """The tools that one server offers, and how it looks."""

    def __init__(self, settings: Settings) -> None:
        self._prefix = settings.tool_prefix

    @abstractmethod
    def selected(self) -> list[Tool]:
        """The offered tools under their own names, in the order of the catalogue."""

    @cached_property
    def tools(self) -> list[Tool]:
        """The offered tools, in the order of the catalogue, under the names that clients call."""
        if not self._prefix:
            return self.selected()
        return [tool.model_copy(update={"name": self._prefix + tool.name}) for tool in self.selected()]

    def own_name(self, called: str) -> str:
        """The catalogue's name of the tool that a client calls so; "" where it lacks the prefix."""
        return called.removeprefix(self._prefix) if called.startswith(self._prefix) else ""

    @abstractmethod
    def lists(self, name: str) -> bool:
        """Whether the tool of this own name answers rows."""

    @cached_property
    def structured_tools(self) -> list[Tool]:
        """The offered tools with their output schemas, for clients that get structured content."""
        return [
            tool.model_copy(
                update={"output_schema": output_schema(lists=self.lists(self.own_name(tool.name)))}
            )
            for tool in self.tools
        ]

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
