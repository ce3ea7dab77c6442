"""What a server offers, in the SDK's types; the list is the same for every client and needs no I/O."""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from typing import Any

from mcp.types import Icon, Tool

from hub_mcp.server.tools.tool_selection import output_schema
from hub_mcp.server.views.view_list import ANSWER_TOOL, CONSENT, view_of, with_view
from hub_mcp.settings import Settings

ICON = Path(__file__).parents[1] / "icon.svg"


class ToolList(ABC):
    """The tools that one server offers, and its icons."""

    def __init__(self, settings: Settings) -> None:
        self._prefix = settings.tool_prefix

    @abstractmethod
    def selected(self) -> list[Tool]:
        """The offered tools by their own names, in the order of the catalogue."""

    @cached_property
    def tools(self) -> list[Tool]:
        """The offered tools, in the order of the catalogue, by the names that clients call."""
        if not self._prefix:
            return self.selected()
        return [tool.model_copy(update={"name": self._prefix + tool.name}) for tool in self.selected()]

    def own_name(self, called: str) -> str:
        """The catalogue's name of a tool from the client's name; "" without the prefix."""
        return called.removeprefix(self._prefix) if called.startswith(self._prefix) else ""

    @abstractmethod
    def lists(self, name: str) -> bool:
        """Whether the tool with this own name returns rows."""

    def listed(self, *, structured: bool, views: bool) -> list[Tool]:
        """The offered tools as listed for a client.

        Args:
            structured: with their output schemas.
            views: with their views.
        """
        return self._listed[structured, views]

    @cached_property
    def _listed(self) -> dict[tuple[bool, bool], list[Tool]]:
        viewed = self._viewed()
        return {
            (False, False): self.tools,
            (True, False): [self._structured(tool) for tool in self.tools],
            (False, True): viewed,
            (True, True): [self._structured(tool) for tool in viewed],
        }

    def _structured(self, tool: Tool) -> Tool:
        lists = self.lists(self.own_name(tool.name))
        return tool.model_copy(update={"output_schema": output_schema(lists=lists)})

    def _viewed(self) -> list[Tool]:
        """The tools with their views, and the tool with which a view answers its question."""
        names = [self.own_name(tool.name) for tool in self.tools]
        views = [
            view_of(name, tool.input_schema, lists=self.lists(name))
            for name, tool in zip(names, self.tools, strict=True)
        ]
        viewed = [
            tool.model_copy(update={"meta": with_view(tool.meta, view)}) if view else tool
            for tool, view in zip(self.tools, views, strict=True)
        ]
        if CONSENT in views:
            answers = Tool.model_validate(ANSWER_TOOL)
            viewed.append(answers.model_copy(update={"name": self._prefix + answers.name}))
        return viewed

    @cached_property
    def _schemas(self) -> dict[str, dict[str, Any]]:
        return {tool.name: tool.input_schema for tool in self.tools}

    def input_schema(self, name: str) -> dict[str, Any] | None:
        return self._schemas.get(name)

    @cached_property
    def icons(self) -> list[Icon]:
        drawn = ICON.read_bytes()
        address = "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()
        return [Icon(src=address, mime_type="image/svg+xml", sizes=["any"])]
