"""What a replacing call would lose: the operation that reads the current state, and the values lost.

`looks_up.tsv` names the reading operation for each of them, and the fields that are replaced.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hub_mcp.catalogue.answers import is_array, is_object
from hub_mcp.catalogue.operations.table import Operation, lines_in, shipped
from hub_mcp.text import quoted

MOST_LOST = 20  # entries to name
NAMES = ("name", "displayName", "value", "id", "_id", "source", "mountPath", "key", "path", "user")


@dataclass(frozen=True)
class Before:
    """The operation that reads the current state.

    Attributes:
        operation: the reading operation.
        fields: the fields that the call replaces, by the Hub's names.
        inside: where in the answer these fields are; "" for the top level.
    """

    operation: str
    fields: tuple[str, ...]
    inside: str = ""


@cache
def _table() -> Mapping[str, Before]:
    rows = lines_in(shipped("looks_up.tsv"))
    return {name: Before(reading, tuple(fields.split()), inside) for name, reading, inside, fields in rows}


def read_before(operation: Operation) -> Before | None:
    """The operation that reads what this one acts on; None if there is none."""
    return _table().get(operation.name)


def lost_by(operation: Operation, said: Mapping[str, Any], was: Any) -> tuple[str, ...]:
    """A line for each field to be replaced, with what is there now but not in the call."""
    looked = read_before(operation)
    if not looked:
        return ()
    now = _inside(was, looked.inside)
    lines: list[str] = []
    for name in looked.fields:
        gone = _missing(now.get(name), said.get(name))
        if gone and (name in said or operation.requests[0].method in ("PUT", "DELETE")):
            more = f" and {len(gone) - MOST_LOST:,} more" if len(gone) > MOST_LOST else ""
            lines.append(f"lost from {name}: {', '.join(gone[:MOST_LOST])}{more}")
    return tuple(lines)


def taken_back(operation: Operation, was: Any) -> dict[str, Any]:
    """The earlier values of the replaced fields, for an undo; empty if unknown."""
    looked = read_before(operation)
    if not looked or operation.requests[0].method != "PUT":
        return {}
    now = _inside(was, looked.inside)
    return {name: now[name] for name in looked.fields if name in now}


def _inside(value: Any, where: str) -> Mapping[str, Any]:
    for name in where.split(".") if where else ():
        value = value.get(name) if is_object(value) else None
    return value if is_object(value) else {}


def _missing(was: Any, then: Any) -> list[str]:
    """The names of the entries in the first that are not in the second."""
    if is_object(was):
        kept = then if is_object(then) else {}
        return [_in_words(name) for name, one in was.items() if kept.get(name) != one]
    if is_array(was):
        kept_names = {_name_of(one) for one in then} if is_array(then) else set()
        return [name for one in was if (name := _name_of(one)) not in kept_names]
    return [_in_words(was)] if was not in (None, "", then) else []


def _name_of(value: Any) -> str:
    if is_object(value):
        value = next((value[name] for name in NAMES if value.get(name)), value)
    return _in_words(value)


def _in_words(value: Any) -> str:
    return quoted(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), 80)
