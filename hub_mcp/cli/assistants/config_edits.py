"""Editing TOML and YAML with tomlkit and ruamel.yaml, keeping comments before the lines they precede.

For both libraries, a comment between two entries belongs to the first one. So an added entry would come after
the comment of the next, and a removed entry would take that comment along; `_inserted` and `_removed` correct
this, line by line.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, MutableMapping
from typing import Any

import tomlkit
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.util import load_yaml_guess_indent
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from hub_mcp.cli.assistants.jsonc import Json, Unreadable

UNSAFE = "it is written in a way that cannot be edited safely; --print shows what to add"
UNBROKEN = 2**20  # characters of a YAML line before the library breaks it


def toml_table(path: tuple[str, ...], entry: Mapping[str, Json]) -> str:
    """A file with only this table and its header."""
    return tomlkit.dumps(_nested(path, entry))


def put_toml(text: str, path: tuple[str, ...], entry: Mapping[str, Json]) -> str:
    """The text with this table in place of one with that name, or after its siblings.

    Raises:
        Unreadable: it does not parse, or something on the path cannot contain tables.
    """
    bare = take_toml(text, path)
    document = _toml(bare)
    tables: Any = document
    for key in path[:-1]:
        if key not in tables:
            tables[key] = tomlkit.table(is_super_table=True)
        tables = tables[key]
        if not isinstance(tables, MutableMapping):
            raise Unreadable(f"`{key}` holds something other than servers")
    try:
        within = isinstance(tables, InlineTable)
        tables[path[-1]] = _inline(entry) if within else tomlkit.item(dict(entry))
    except (TOMLKitError, ValueError):
        raise Unreadable(UNSAFE) from None
    return _inserted(bare, tomlkit.dumps(document))


def take_toml(text: str, path: tuple[str, ...]) -> str:
    """The text without this table.

    Raises:
        Unreadable: it does not parse.
    """
    document = _toml(text)
    tables: Any = document
    for key in path[:-1]:
        tables = tables.get(key) if isinstance(tables, MutableMapping) else None
    if not isinstance(tables, MutableMapping) or path[-1] not in tables:
        return text
    del tables[path[-1]]
    return _removed(text, tomlkit.dumps(document))


def yaml_block(value: Json) -> str:
    """A file with only this value, with quoted strings."""
    return _written(YAML(), _quoted(value))


def put_yaml(text: str, top: str, name: str, entry: Mapping[str, Json]) -> str:
    """The text with this entry under `top`, which is added if missing.

    Raises:
        Unreadable: it does not parse, or `top` is something else.
    """
    bare = take_yaml(text, top, name)
    editor, said = _yaml(bare)
    if said.get(top) is None:
        said[top] = CommentedMap()
    if not isinstance(said[top], CommentedMap):
        raise Unreadable(f"`{top}` holds something other than servers")
    said[top].fa.set_block_style()
    said[top][name] = _quoted(entry)
    return _inserted(bare, _written(editor, said))


def take_yaml(text: str, top: str, name: str) -> str:
    """The text without this entry; an empty mapping is written as `{}`, since YAML reads nothing as null.

    Raises:
        Unreadable: it does not parse.
    """
    editor, said = _yaml(text)
    if not isinstance(said.get(top), CommentedMap) or name not in said[top]:
        return text
    del said[top][name]
    return _removed(text, _written(editor, said))


# ── the libraries ─────────────────────────────────────────────────────────────────────────────────────


def _toml(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, ValueError):
        raise Unreadable("it is not TOML") from None


def _inline(entry: Mapping[str, Json]) -> InlineTable:
    """A table for a place where all tables are inline."""
    table = tomlkit.inline_table()
    table.update({key: _inline(one) if isinstance(one, Mapping) else one for key, one in entry.items()})
    return table


def _nested(path: tuple[str, ...], entry: Mapping[str, Json]) -> dict[str, Json]:
    whole: dict[str, Json] = dict(entry)
    for key in reversed(path):
        whole = {key: whole}
    return whole


def _yaml(text: str) -> tuple[YAML, CommentedMap]:
    """An editor with the text's indentation, and the parsed text."""
    editor = YAML()
    editor.preserve_quotes = True
    try:
        _, step, offset = load_yaml_guess_indent(text) if text.strip() else (None, None, None)
        said = editor.load(text)
    except (YAMLError, RecursionError, ValueError):
        raise Unreadable("it is not YAML") from None
    editor.indent(mapping=step or 2, sequence=(offset or 0) + 2, offset=offset or 0)
    if said is None:
        said = CommentedMap()
    if not isinstance(said, CommentedMap):
        raise Unreadable("it holds no mapping")
    return editor, said


def _written(editor: YAML, value: Any) -> str:
    editor.width = UNBROKEN
    text = io.StringIO()
    editor.dump(value, text)
    return text.getvalue()


def _quoted(value: Json) -> Any:
    """A value for ruamel.yaml: quoted strings, lists of plain values on one line."""
    if isinstance(value, Mapping):
        mapping = CommentedMap({key: _quoted(one) for key, one in value.items()})
        if not mapping:
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        listed = CommentedSeq([_quoted(one) for one in value])
        if not any(isinstance(one, Mapping) for one in value):
            listed.fa.set_flow_style()
        return listed
    return DoubleQuotedScalarString(value) if isinstance(value, str) else value


# ── comments ──────────────────────────────────────────────────────────────────────────────────────────


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _cut(shorter: list[str], longer: list[str]) -> tuple[int, int]:
    """The lengths of the common prefix and the common suffix, in lines."""
    most = len(shorter)
    start = next((n for n in range(most) if shorter[n] != longer[n]), most)
    end = next((n for n in range(most - start) if shorter[-1 - n] != longer[-1 - n]), most - start)
    return start, end


def _inserted(before: str, after: str) -> str:
    """The text after an entry was added, with the entry moved before the comments of what follows it."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(new) < len(old):
        return after
    start, end = _cut(old, new)
    first = next((n for n in range(start, 0, -1) if _says(old[n - 1])), 0)
    if start + end < len(old) or not first:
        return after  # lines were rewritten, not added: the caller compares the parsed text
    if not end:  # at the end of the file: a comment right below an entry belongs to it
        first = next((n for n in range(first, start) if not old[n].strip()), start)
    added = new[start : len(new) - end]
    return "".join([*old[:first], *added, *old[first:]])


def _removed(before: str, after: str) -> str:
    """The text after an entry was removed, with the comments of what follows it restored."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(old) < len(new):
        return after
    start, end = _cut(new, old)
    if start + end < len(new):
        return after
    gone = old[start : len(old) - end]
    last = next((n for n in range(len(gone), 0, -1) if _says(gone[n - 1])), 0)
    head, tail = new[:start], [*gone[last:], *new[start:]]
    if head and not head[-1].strip() and (not tail or not tail[0].strip()):
        head = head[:-1]  # the blank line between the entry and what preceded it
    return "".join([*head, *tail])
