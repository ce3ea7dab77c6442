"""What a server offers by its operator's settings: toolsets, named tools, exclusions and read-only areas.

Exclusion always wins. The list is the same for everyone and never waits for the network.
"""

from __future__ import annotations

import base64
import re
from abc import ABC, abstractmethod
from collections.abc import Collection
from functools import cached_property
from importlib.resources import files
from typing import Any

from mcp.types import Icon, Tool

from hub_mcp.errors import BadInput
from hub_mcp.settings import Settings

_PREFIX = re.compile(r"[A-Za-z0-9_-]{0,16}")  # some hosts cap a name at 64, their own key in front
ALL = frozenset({"all", "default"})
AREA = "operations"  # of the three tools that reach every operation
OBJECT = {"type": "object"}  # permissive: a client that validates must never throw a good answer away
ROWS = {"type": "object", "properties": {"items": {"type": "array"}}, "required": ["items"]}


def hidden_by(settings: Settings, tool: str, area: str, *, reads: bool) -> str:
    """The flag that keeps a tool from being offered; "" where none does."""
    if tool in settings.exclude_tools:
        return "--exclude-tools"
    if not reads and {area, "all"} & set(settings.read_only):
        return "--read-only"
    if not settings.tools and not settings.toolsets:
        return ""
    if tool in settings.tools or {area, *ALL} & set(settings.toolsets):
        return ""
    return "--tools" if settings.tools and not settings.toolsets else "--toolsets"


def announces(settings: Settings, operation: str, area: str, *, reads: bool) -> bool:
    """Whether an operation is a tool of its own: where its area, its name, or everything was asked for."""
    asked = operation in settings.tools or {area, "all"} & set(settings.toolsets)
    return bool(asked) and not hidden_by(settings, operation, area, reads=reads)


def refuse_unknown(settings: Settings, tools: Collection[str], areas: Collection[str]) -> None:
    """Hold the names an operator gave against those there are.

    Raises:
        BadInput: one is of nothing here; a misspelt exclusion must not pass silently.
    """
    if not _PREFIX.fullmatch(settings.tool_prefix):
        raise BadInput("--tool-prefix takes at most 16 letters, digits, _ and -, and no other characters.")
    for flag, given, known in (
        ("--toolsets", settings.toolsets, {*areas, *ALL}),
        ("--read-only", settings.read_only, {*areas, "all"}),
        ("--tools", settings.tools, set(tools)),
        ("--exclude-tools", settings.exclude_tools, set(tools)),
    ):
        if odd := [name for name in given if name not in known]:
            raise BadInput(f"{flag} does not know {', '.join(odd)}; there are {', '.join(sorted(known))}.")


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
                update={"output_schema": ROWS if self.lists(self.own_name(tool.name)) else OBJECT}
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
