"""Arguments as hosts send them, read as they were meant: JSON as text, numbers as text, everything filled in.

What is unambiguous is read as meant; what is empty counts as absent where an empty value means nothing. The
rest is for the call's own rules to check. A list sent on as a text would find nothing, and not say why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from hub_mcp.catalogue.answers import is_array, is_object

# Names that hosts add to every call; beside these whatever begins with an underscore.
HOSTS_OWN = frozenset({"sessionId", "session_id", "chatInput", "action", "toolCallId", "tool_call_id"})
_NUMBER = re.compile(r"-?\d{1,15}(\.0*)?")
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_LONGEST = 262_144  # characters of a text that is read as JSON
_ABSENT = object()

Schema = Mapping[str, Any]


def as_meant(schema: Schema, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments without what a host added, each value of the type that the schema says, where it can be.

    Args:
        schema: of the arguments; of its words `properties`, `required`, `type`, `items`, `enum` and `minimum`
            are heeded.
    """
    known = schema.get("properties", {})
    ours = {
        name: value
        for name, value in arguments.items()
        if name in known or not (name.startswith("_") or name in HOSTS_OWN)
    }
    return _members(schema, ours)


def arguments_in(sent: Any) -> dict[str, Any] | None:
    """All the arguments of a call, which may come as the text of an object; None where they are no object."""
    if isinstance(sent, str):
        sent = None if sent.strip() == "null" else _json_in(sent, "object")
    if sent in _EMPTY:
        return {}
    return dict(sent) if is_object(sent) else None


def _members(schema: Schema, value: Mapping[str, Any]) -> dict[str, Any]:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    required = schema.get("required", ())
    read: dict[str, Any] = {}
    for name, one in value.items():
        meant = _meant(properties[name], one, required=name in required) if name in properties else one
        if meant is not _ABSENT:
            read[name] = meant  # an unknown one too: the call refuses it, with the names there are
    return read


def _meant(schema: Schema, value: Any, *, required: bool = False) -> Any:
    kind = schema.get("type")
    if isinstance(value, str) and kind in ("array", "object"):
        value = _json_in(value, kind)
    if is_array(value) and kind == "array":
        items = schema.get("items", {})
        if len(value) == 1 and isinstance(value[0], str) and is_array(inner := _json_in(value[0], "array")):
            value = inner
        value = [one for one in (_meant(items, one) for one in value) if one is not _ABSENT]
    elif is_object(value) and kind == "object":
        if "properties" not in schema and (required or value):
            return value  # its names are the caller's own, and none of them may be lost
        value = _members(schema, value)
    elif kind in ("integer", "number"):
        value = _number(value, kind)
        least = schema.get("minimum")
        if value == 0 and not required and least is not None and least > 0:
            return _ABSENT
    elif kind == "boolean":
        if isinstance(value, str):
            value = {"true": True, "false": False}.get(value.strip().lower(), value)
    elif kind == "string":
        value = _word(schema, value)
    return _ABSENT if any(value == one and type(value) is type(one) for one in _EMPTY) else value


def _json_in(text: str, kind: str) -> Any:
    """The list or object that a text writes as JSON; the text itself where it writes none."""
    opening = "[" if kind == "array" else "{"
    if not text.lstrip().startswith(opening) or len(text) > _LONGEST:
        return text.strip() and text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if is_array(value) or is_object(value) else text


def _number(value: Any, kind: str) -> Any:
    if isinstance(value, str):
        stripped = value.strip()
        if _NUMBER.fullmatch(stripped):
            return int(float(stripped)) if "." in stripped else int(stripped)
        try:
            return float(stripped) if stripped and kind == "number" else stripped
        except ValueError:
            return value
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _word(schema: Schema, value: Any) -> Any:
    """A text; the Hub's own booleans and a different case are one of the choices where there are some."""
    choices = schema.get("enum")
    if choices:
        word = json.dumps(value) if isinstance(value, (bool, int)) else value
        if isinstance(word, str) and word not in choices:
            same = [one for one in choices if str(one).lower() == word.strip().lower()]
            return same[0] if len(same) == 1 else word
        return word
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
