"""TOML, edited as text: a table is appended or taken out, and every other line stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from hub_mcp.cli.jsonc import Json

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[^\]]*?)\s*\]\]?\s*(#.*)?$")


def key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)


def value(one: Json) -> str:
    """A value on one line; JSON's words are TOML's too, but for tables."""
    if isinstance(one, Mapping):
        return "{ " + ", ".join(f"{key(str(k))} = {value(v)}" for k, v in one.items()) + " }"
    if isinstance(one, list):
        return "[" + ", ".join(value(each) for each in one) + "]"
    return json.dumps(one, ensure_ascii=False)


def table(path: tuple[str, ...], entry: Mapping[str, Json]) -> str:
    """A whole table with its header."""
    lines = ["[" + ".".join(key(name) for name in path) + "]"]
    return "\n".join([*lines, *(f"{key(name)} = {value(one)}" for name, one in entry.items())]) + "\n"


def put(text: str, path: tuple[str, ...], entry: Mapping[str, Json]) -> str:
    """The text with this table at its end, or in place of the one that was there."""
    lines = text.splitlines(keepends=True)
    eol = "\r\n" if "\r\n" in text else "\n"
    written = table(path, entry).replace("\n", eol)
    spans = _spans(lines, path)
    if spans:
        first = spans[0][0]
        kept = [line for n, line in enumerate(lines) if not any(a <= n < b for a, b in spans)]
        return "".join([*kept[:first], written, *kept[first:]])
    if not text:
        return written
    return text + ("" if text.endswith("\n") else eol) + ("" if text.endswith(eol * 2) else eol) + written


def take(text: str, path: tuple[str, ...]) -> str:
    """The text without this table, and without the blank line that parted it from what stood before."""
    lines = text.splitlines(keepends=True)
    for first, end in reversed(_spans(lines, path)):
        blank = first > 0 and not lines[first - 1].strip()
        del lines[first - 1 if blank else first : end]
    return "".join(lines)


def _spans(lines: list[str], path: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where the table and the tables within it stand, each without the comments that lead to the next header.

    A line within a string of several lines can look like a header; the caller compares what the text says
    before and after, so such a file is refused, not broken.
    """
    headers = [(n, _parts(match["name"])) for n, line in enumerate(lines) if (match := _HEADER.match(line))]
    spans: list[tuple[int, int]] = []
    for place, (first, name) in enumerate(headers):
        if name[: len(path)] == list(path):
            end = headers[place + 1][0] if place + 1 < len(headers) else len(lines)
            while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
                end -= 1
            spans.append((first, end))
    return spans


def _parts(name: str) -> list[str]:
    found = re.findall(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([A-Za-z0-9_-]+)", name)
    return [quoted or literal or bare for quoted, literal, bare in found]
