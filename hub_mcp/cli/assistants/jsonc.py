"""JSON with comments, parsed with the position of every value, so that an edit changes nothing around it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_TRIVIA = re.compile(r"(?:\s++|//[^\n]*+|/\*.*?\*/)*+", re.DOTALL)
_SAME_LINE = re.compile(r"(?:[ \t]++|/\*[^\n]*?\*/)*+(?://[^\r\n]*+)?")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*+"')
_WORD = re.compile(r"-?[A-Za-z0-9.+-]+")

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Path = Sequence[str | int]  # keys of objects, indexes of lists


class Unreadable(ValueError):
    """A text that is not in its supposed format; the message says where."""


@dataclass
class Node:
    """One value: its position, its content, and its members."""

    start: int
    end: int = 0
    value: Json = None
    members: list[JsonMember] = field(default_factory=list["JsonMember"])


@dataclass
class JsonMember:
    """One member of an object or a list; `after` is the end of the comma after it, 0 without one."""

    start: int
    key: str | int
    node: Node
    after: int = 0


def read(text: str) -> Node:
    """Parse the text as one value; comments, trailing commas and a byte order mark are allowed.

    Raises:
        Unreadable: it is not JSON, even with comments.
    """
    at = _skip(text, 1 if text.startswith("\ufeff") else 0)
    try:
        node = _value(text, at)
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    if (rest := _skip(text, node.end)) != len(text):
        raise _wrong(text, rest)
    return node


def _wrong(text: str, at: int) -> Unreadable:
    line = text.count("\n", 0, at) + 1
    return Unreadable(f"line {line}, column {at - text.rfind(chr(10), 0, at)} is not JSON")


def _skip(text: str, at: int) -> int:
    match = _TRIVIA.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int) -> Node:
    if text[at : at + 1] in ("{", "["):
        return _box(text, at)
    match = _STRING.match(text, at) or _WORD.match(text, at)
    if match is None:
        raise _wrong(text, at)
    try:
        return Node(at, match.end(), json.loads(match[0]))
    except ValueError:
        raise _wrong(text, at) from None


def _box(text: str, start: int) -> Node:
    """An object or a list."""
    is_object, closing = text[start] == "{", "}" if text[start] == "{" else "]"
    box = Node(start)
    at = _skip(text, start + 1)
    while text[at : at + 1] != closing:
        if box.members and not box.members[-1].after:
            raise _wrong(text, at)
        begin, key = at, len(box.members)
        name: str | int = key
        if is_object:
            name, at = _key(text, at)
        node = _value(text, at)
        member = JsonMember(begin, name, node)
        box.members.append(member)
        at = _skip(text, node.end)
        if text[at : at + 1] == ",":
            member.after = at + 1
            at = _skip(text, at + 1)
    box.end = at + 1
    values = [member.node.value for member in box.members]
    box.value = dict(zip((str(m.key) for m in box.members), values, strict=True)) if is_object else values
    return box


def _key(text: str, at: int) -> tuple[str, int]:
    match = _STRING.match(text, at)
    colon = _skip(text, match.end()) if match else at
    if match is None or text[colon : colon + 1] != ":":
        raise _wrong(text, at)
    try:
        return str(json.loads(match[0])), _skip(text, colon + 1)
    except ValueError:
        raise _wrong(text, at) from None


# ── editing ───────────────────────────────────────────────────────────────────────────────────────────


def member_at(box: Node, key: str | int) -> JsonMember | None:
    """A member by its key; the last of several with the same key, which is the effective one."""
    return next((member for member in reversed(box.members) if member.key == key), None)


def put(text: str, path: Path, value: Json) -> str:
    """The text with the value at this path replaced or appended; missing containers are added.

    A path that ends in -1 appends to a list.

    Raises:
        Unreadable: the text does not parse, or something on the path cannot contain the value.
    """
    if not text.strip().strip("\ufeff"):
        text = "{}" + _eol(text)
    node = read(text)
    for depth, key in enumerate(path):
        if not isinstance(node.value, list if isinstance(key, int) else dict):
            kind = "a list" if isinstance(key, int) else "an object"
            raise Unreadable(f"{_dotted(path[:depth])} is not {kind}")
        found = member_at(node, key)
        if found is None:
            for inner in reversed(path[depth + 1 :]):
                value = [value] if isinstance(inner, int) else {inner: value}
            return _append(text, node, key, value)
        node = found.node
    written = _written(text, value, _indent(text, node.start))
    return text[: node.start] + written + text[node.end :]


def take(text: str, path: Path) -> str:
    """The text without the member at this path; unchanged if there is none.

    Raises:
        Unreadable: the text does not parse.
    """
    box = read(text)
    for key in path[:-1]:
        found = member_at(box, key)
        if found is None:
            return text
        box = found.node
    member = member_at(box, path[-1])
    return text if member is None else _remove(text, box, member)


def _dotted(path: Path) -> str:
    return ".".join(str(key) for key in path) or "the file"


def _eol(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _indent(text: str, at: int) -> str:
    """The indentation of the line at this position."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _unit(text: str) -> str:
    """One level of indentation, as in the file."""
    first = re.search(r"^([ \t]+)\S", text, re.MULTILINE)
    return first[1] if first else "  "


def _written(text: str, value: Json, indent: str) -> str:
    """A value in the file's style, for a line that begins with `indent`."""
    lines = json.dumps(value, indent=_unit(text), ensure_ascii=False).split("\n")
    return (_eol(text) + indent).join(lines)


def _after(text: str, at: int) -> int:
    """The end of what belongs to this position on its line: comments, without trailing whitespace."""
    match = _SAME_LINE.match(text, at)
    return at + len(match[0].rstrip()) if match else at


def _append(text: str, box: Node, key: str | int, value: Json) -> str:
    outer, eol = _indent(text, box.start), _eol(text)
    inner = outer + _unit(text)
    last = box.members[-1] if box.members else None
    if last is not None and not text[text.rfind("\n", 0, last.start) + 1 : last.start].strip():
        inner = _indent(text, last.start)
    member = "" if isinstance(key, int) else json.dumps(key, ensure_ascii=False) + ": "
    member = eol + inner + member + _written(text, value, inner)
    if last is None:
        inside = text[box.start + 1 : box.end - 1]
        cut = box.start + 1 + len(inside.rstrip())
        before = text[:cut]
    else:
        cut = _after(text, last.after or last.node.end)
        before = text[:cut] if last.after else text[: last.node.end] + "," + text[last.node.end : cut]
        member += "," if last.after else ""
    rest = text[cut:]
    if "\n" not in text[cut : _skip(text, cut)]:
        rest = eol + outer + rest.lstrip(" \t")
    return before + member + rest


def _remove(text: str, box: Node, member: JsonMember) -> str:
    end = member.after or member.node.end
    start = len(text[: member.start].rstrip())
    rest = text[end:]
    if not re.match(r"[ \t]*(\r?\n|[}\]])", rest):
        start, rest = member.start, rest.lstrip(" \t")  # the rest of the line stays on it
    where = box.members.index(member)
    if where == len(box.members) - 1 and where > 0 and not member.after:
        before = box.members[where - 1]
        return text[: before.after - 1] + text[before.after : start] + rest
    if len(box.members) == 1 and not (text[box.start + 1 : start] + text[end : box.end - 1]).strip():
        return text[: box.start + 1] + text[box.end - 1 :]
    return text[:start] + rest
