"""The tool list from a file, for a start that does not wait for the catalogue.

`prepared_tools.json` is written from the catalogue by `python -m hub_mcp.dev manifests` (drift-checked).
Building the catalogue's classes and schemas takes longer than all else of ours at a start, and a list needs
none of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mcp.types import Tool

from hub_mcp.server.tool_list import ToolList, hidden_by, refuse_unknown
from hub_mcp.settings import Settings

FILE = "prepared_tools.json"


@dataclass(frozen=True)
class PreparedTool:
    """A tool as the file has it."""

    area: str
    reads: bool
    lists: bool
    tool: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.tool["name"])


@cache
def listed() -> tuple[PreparedTool, ...]:
    """Every tool, in the order of the catalogue."""
    return tuple(
        PreparedTool(**one) for one in json.loads(files("hub_mcp.server").joinpath(FILE).read_bytes())
    )


def check(settings: Settings) -> None:
    """Hold the tools and areas that settings name against those there are.

    Raises:
        BadInput: one is of nothing here.
    """
    refuse_unknown(settings, {one.name for one in listed()}, {one.area for one in listed()})


class PreparedTools(ToolList):
    """What one server offers, by its operator's settings, told without the catalogue."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        check(settings)
        self._settings = settings

    def selected(self) -> list[Tool]:
        return [
            Tool.model_validate(one.tool)
            for one in listed()
            if not hidden_by(self._settings, one.name, one.area, reads=one.reads)
        ]

    def lists(self, name: str) -> bool:
        return any(one.lists for one in listed() if one.name == name)
