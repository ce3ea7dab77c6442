"""Lenient reading of arguments as hosts send them: JSON as text, numbers as text, every field filled in.

Unambiguous values are converted; empty ones count as absent where an empty value has no meaning. The call's
own rules check the rest. Without this, a list sent as text would find nothing, and not say why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from hub_mcp.catalogue.answers import is_array, is_object

# Names that hosts add to every call, in addition to any that begin with an underscore.
HOSTS_OWN = frozenset({"sessionId", "session_id", "chatInput", "action", "toolCallId", "tool_call_id"})
_NUMBER = re.compile(r"-?\d{1,15}(\.0*)?")
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_LONGEST = 262_144  # characters of a text to parse as JSON
_ABSENT = object()

Schema = Mapping[str, Any]


def as_meant(schema: Schema, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments without those a host added, each value converted to the schema's type if possible.

    Args:
        schema: of the arguments; only `properties`, `required`, `type`, `items`, `enum` and `minimum` are
            used.
    """
    known = schema.get("properties", {})
    ours = {
        name: value
        for name, value in arguments.items()
        if name in known or not (name.startswith("_") or name in HOSTS_OWN)
    }
    return _members(schema, ours)


def arguments_in(sent: Any) -> dict[str, Any] | None:
    """The arguments of a call, which may be the JSON text of an object; None if they are not an object."""
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
            read[name] = meant  # an unknown one too: the call refuses it and lists the valid names
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
            return value  # its keys are the caller's own, and none of them may be lost
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
    """The list or object in a JSON text, or the text itself if there is none."""
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
    """A text, matched to the choices if there are any, from another case or the Hub's own booleans."""
    choices = schema.get("enum")
    if choices:
        word = json.dumps(value) if isinstance(value, (bool, int)) else value
        if isinstance(word, str) and word not in choices:
            same = [one for one in choices if str(one).lower() == word.strip().lower()]
            return same[0] if len(same) == 1 else word
        return word
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
