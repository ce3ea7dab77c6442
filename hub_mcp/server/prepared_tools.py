"""The tool list from a file, for a start that does not wait for the catalogue.

`prepared_tools.json` is written from the catalogue by `python -m hub_mcp.dev manifests` (drift-checked).
Building the catalogue's classes and schemas takes longer than all else of ours at a start, and a list needs
none of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from mcp.types import Tool

from hub_mcp.server.tool_list import AREA, ToolList, announces, hidden_by, refuse_unknown
from hub_mcp.settings import Settings

FILE = "prepared_tools.json"
NAMED_FILE = "prepared_operations.json"


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
    """Every tool that is offered unasked, in the order of the catalogue."""
    return _read(FILE)


@cache
def listed_when_named() -> tuple[PreparedTool, ...]:
    """The operations that are tools of their own where their area or their name is asked for."""
    return _read(NAMED_FILE)


def _read(file: str) -> tuple[PreparedTool, ...]:
    text = files("hub_mcp.server").joinpath(file).read_bytes()
    return tuple(PreparedTool(**one) for one in json.loads(text))


def check(settings: Settings) -> None:
    """Hold the tools and areas that settings name against those there are.

    Raises:
        BadInput: one is of nothing here.
    """
    named = settings.toolsets or settings.tools or settings.exclude_tools or settings.read_only
    if named or settings.tool_prefix:
        known = (*listed(), *listed_when_named())
        refuse_unknown(settings, {one.name for one in known}, {one.area for one in known})


class PreparedTools(ToolList):
    """What one server offers, by its operator's settings, told without the catalogue."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        check(settings)
        self._settings = settings

    @cached_property
    def _offered(self) -> list[PreparedTool]:
        settings = self._settings
        named = listed_when_named() if settings.toolsets or settings.tools else ()
        own = [one for one in listed() if not hidden_by(settings, one.name, one.area, reads=one.reads)]
        asked = [one for one in named if announces(settings, one.name, one.area, reads=one.reads)]
        reaching = [one for one in own if one.area == AREA]
        return [*(one for one in own if one.area != AREA), *asked, *reaching]

    def selected(self) -> list[Tool]:
        return [Tool.model_validate(one.tool) for one in self._offered]

    def lists(self, name: str) -> bool:
        return any(one.lists for one in self._offered if one.name == name)
