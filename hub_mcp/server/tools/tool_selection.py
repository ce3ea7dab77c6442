"""Which tools a server offers by its operator's settings: toolsets, named tools, exclusions, read-only areas.

Exclusion always wins. The selection uses prepared files, without the SDK and the catalogue: building the
catalogue's classes and schemas takes longer than the rest of our start, and a list needs none of them.
`python -m hub_mcp.dev manifests` writes the files from the catalogue (drift-checked).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hub_mcp.errors import BadInput
from hub_mcp.settings import Settings

_PREFIX = re.compile(r"[A-Za-z0-9_-]{0,16}")  # some hosts limit a name with their own prefix to 64
ALL = frozenset({"all", "default"})
OBJECT = {"type": "object"}  # permissive: a validating client must never discard a good answer
ROWS = {"type": "object", "properties": {"items": {"type": "array"}}}  # not required: a count has none
FILE = "prepared_tools.json"
NAMED_FILE = "prepared_operations.json"
AREA = "operations"  # of the three tools for all operations


def hidden_by(settings: Settings, tool: str, area: str, *, reads: bool) -> str:
    """The flag that disables a tool; "" if none does."""
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
    """Whether an operation is listed as a tool: if its area, its name, or everything is selected."""
    asked = operation in settings.tools or {area, "all"} & set(settings.toolsets)
    return bool(asked) and not hidden_by(settings, operation, area, reads=reads)


@dataclass(frozen=True)
class PreparedTool:
    """A tool from the prepared file."""

    area: str
    reads: bool
    lists: bool
    tool: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.tool["name"])


def listed() -> tuple[PreparedTool, ...]:
    """Every tool offered by default, in the order of the catalogue."""
    return _read(FILE)


def listed_when_named() -> tuple[PreparedTool, ...]:
    """The operations that are listed as tools if their area or name is selected."""
    return _read(NAMED_FILE)


def _read(file: str) -> tuple[PreparedTool, ...]:
    text = Path(__file__).with_name(file).read_bytes()
    return tuple(PreparedTool(**one) for one in json.loads(text))


def check(settings: Settings) -> None:
    """Check that the names an operator gave exist.

    Raises:
        BadInput: one does not exist; a misspelled exclusion must not be ignored silently.
    """
    if not _PREFIX.fullmatch(settings.tool_prefix):
        raise BadInput("--tool-prefix takes at most 16 letters, digits, _ and -, and no other characters.")
    if not (settings.toolsets or settings.tools or settings.exclude_tools or settings.read_only):
        return
    known = (*listed(), *listed_when_named())
    tools, areas = {one.name for one in known}, {one.area for one in known}
    for flag, given, there in (
        ("--toolsets", settings.toolsets, areas | ALL),
        ("--read-only", settings.read_only, areas | {"all"}),
        ("--tools", settings.tools, tools),
        ("--exclude-tools", settings.exclude_tools, tools),
    ):
        if odd := [name for name in given if name not in there]:
            raise BadInput(f"{flag} does not know {', '.join(odd)}; there are {', '.join(sorted(there))}.")


def nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema whose optional arguments may be null, so that clients that fill in all of them invent none.

    An object becomes one of two schemas: strict converters recognize objects only by their type.
    """
    said = dict(schema)
    if "items" in said:
        said["items"] = nullable(said["items"])
    if "properties" in said:
        needed = said.get("required", ())
        said["properties"] = {
            name: nullable(one) if name in needed else _or_null(nullable(one))
            for name, one in said["properties"].items()
        }
    return said


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "properties" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **choices}


def tools_for(settings: Settings) -> list[PreparedTool]:
    """The tools one server offers, in the order of the catalogue."""
    offered = _offered(settings)
    if not settings.nullable:
        return offered
    return [
        replace(one, tool={**one.tool, "inputSchema": nullable(one.tool["inputSchema"])}) for one in offered
    ]


def _offered(settings: Settings) -> list[PreparedTool]:
    named = listed_when_named() if settings.toolsets or settings.tools else ()
    own = [one for one in listed() if not hidden_by(settings, one.name, one.area, reads=one.reads)]
    asked = [one for one in named if announces(settings, one.name, one.area, reads=one.reads)]
    reaching = [one for one in own if one.area == AREA]
    return [*(one for one in own if one.area != AREA), *asked, *reaching]


def output_schema(*, lists: bool) -> dict[str, Any]:
    """The schema of a tool's structured content, for clients that get it."""
    return ROWS if lists else OBJECT
