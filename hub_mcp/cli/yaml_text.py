"""YAML, edited as text: an entry of a top-level mapping is added or taken out, every other line stays."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from hub_mcp.cli.jsonc import Json


def block(value: Json, indent: str = "") -> str:
    """A value in block style; texts are quoted as JSON quotes them, which YAML reads the same."""
    if isinstance(value, Mapping) and value:
        return "".join(f"{indent}{key}:{_within(one, indent)}" for key, one in value.items())
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        items = (block(one, indent + "  ") for one in value)
        return "".join(f"{indent}- {item[len(indent) + 2 :]}" for item in items)
    return f"{indent}{json.dumps(value, ensure_ascii=False)}\n"


def _within(value: Json, indent: str) -> str:
    nested = bool(value) and (
        isinstance(value, Mapping) or (isinstance(value, list) and isinstance(value[0], Mapping))
    )
    return "\n" + block(value, indent + "  ") if nested else " " + block(value)


def put(text: str, top: str, name: str, entry: Mapping[str, Json]) -> str:
    """The text with this entry under `top`, which is made where it is missing.

    A file in another style than the block style that clients write comes out wrong; the caller compares what
    the text says before and after, so it is refused, not broken.
    """
    eol = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += eol
    opened = _line_of(lines, top)
    if opened is None:
        return "".join(lines) + block({top: {name: entry}}).replace("\n", eol)
    lines[opened] = re.sub(r":\s*(\{\s*\}|null|~)", ":", lines[opened], count=1)
    end = _end(lines, opened, 0)
    indent = next((_indent(line) for line in lines[opened + 1 : end] if _says(line)), "  ")
    found = _entry(lines, opened, end, name)
    written = block({name: entry}, indent).replace("\n", eol)
    first, last = found or (end, end)
    return "".join([*lines[:first], written, *lines[last:]])


def take(text: str, top: str, name: str) -> str:
    """The text without this entry; a mapping left empty says so, since YAML reads nothing as null."""
    lines = text.splitlines(keepends=True)
    opened = _line_of(lines, top)
    found = None if opened is None else _entry(lines, opened, _end(lines, opened, 0), name)
    if opened is None or found is None:
        return text
    del lines[found[0] : found[1]]
    if not any(_says(line) for line in lines[opened + 1 : _end(lines, opened, 0)]):
        lines[opened] = re.sub(r":", ": {}", lines[opened], count=1)
    return "".join(lines)


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def _line_of(lines: list[str], top: str) -> int | None:
    key = re.compile(rf"(?:{re.escape(top)}|\"{re.escape(top)}\"|'{re.escape(top)}')\s*:")
    return next((n for n, line in enumerate(lines) if key.match(line)), None)


def _end(lines: list[str], opened: int, depth: int) -> int:
    """Where the block opened on this line ends: after its last line that says something."""
    last = opened
    for n in range(opened + 1, len(lines)):
        if _says(lines[n]):
            if len(_indent(lines[n])) <= depth:
                break
            last = n
    return last + 1


def _entry(lines: list[str], opened: int, end: int, name: str) -> tuple[int, int] | None:
    key = re.compile(rf"\s+(?:{re.escape(name)}|\"{re.escape(name)}\"|'{re.escape(name)}')\s*:")
    indent = next((_indent(line) for line in lines[opened + 1 : end] if _says(line)), "")
    for n in range(opened + 1, end):
        if _says(lines[n]) and _indent(lines[n]) == indent and key.match(lines[n]):
            return n, _end(lines, n, len(indent))
    return None
