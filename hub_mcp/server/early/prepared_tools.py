"""The tool list from a file, so that a start does not wait for the catalogue."""

from __future__ import annotations

from functools import cached_property

from mcp.types import Tool

from hub_mcp.server.tools.tool_list import ToolList
from hub_mcp.server.tools.tool_selection import PreparedTool, check, tools_for
from hub_mcp.settings import Settings


class PreparedTools(ToolList):
    """The tools one server offers, by its operator's settings, without the catalogue."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        check(settings)
        self._settings = settings

    @cached_property
    def _tools(self) -> list[PreparedTool]:
        return tools_for(self._settings)

    def selected(self) -> list[Tool]:
        return [Tool.model_validate(one.tool) for one in self._tools]

    def lists(self, name: str) -> bool:
        return any(one.lists for one in self._tools if one.name == name)
