"""The portable JSON Schema of an endpoint: flat, and limited to the keywords every provider accepts.

No `$ref`, no combinators, no type arrays, no `title`, no bounds, no `pattern`, no long lists of choices, no
`additionalProperties` (some hosts' converters break on it): optional means absent. The endpoint's own rules
check everything else when the call is made, and a refusal states the rule: that costs tokens only when a rule
is broken, while the schema always does.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any, Literal, get_args, get_origin

from hub_mcp.catalogue.endpoint import Endpoint

MOST_CHOICES = 10
KEPT = ("type", "description", "enum", "items", "properties", "required")
READ = (*KEPT, "minimum")  # also needed to read arguments


def schema_of(endpoint: type[Endpoint[Any]]) -> dict[str, Any]:
    """The input schema of a tool; an endpoint's own fields come before shared ones."""
    return deepcopy(_tool_schema(endpoint))


@cache
def reading_schema(endpoint: type[Endpoint[Any]]) -> dict[str, Any]:
    """The schema for reading an endpoint's arguments: also with all choices and minimums."""
    raw = endpoint.model_json_schema(by_alias=False)
    return _portable(raw, raw.get("$defs", {}), READ)


@cache
def _tool_schema(endpoint: type[Endpoint[Any]]) -> dict[str, Any]:
    raw = endpoint.model_json_schema(by_alias=False)
    flat = _portable(raw, raw.get("$defs", {}), KEPT)
    known = [name for name in flat["properties"] if name not in endpoint.unlisted]
    own = [name for name in inspect.get_annotations(endpoint) if name in known]
    names = dict.fromkeys((*flat.get("required", ()), *own, *known))
    schema = {"type": "object", "properties": {name: flat["properties"][name] for name in names}}
    if flat.get("required"):
        schema["required"] = flat["required"]
    return schema


def as_json_text(description: str | None = None) -> dict[str, Any]:
    """Declare an object with arbitrary keys as text: some providers refuse an object without properties.

    An object is still accepted.
    """
    return {"type": "string", "description": f"{description}; JSON object" if description else "JSON object"}


def choices(endpoint: type[Endpoint[Any]], name: str) -> tuple[str, ...]:
    """All values a field can have, if they are few enough to declare; otherwise none."""
    found: list[str] = []
    open_ends: list[Any] = [endpoint.model_fields[name].annotation]
    while open_ends:
        part = open_ends.pop()
        if get_origin(part) is Literal:
            found.extend(str(one) for one in get_args(part))
        else:
            open_ends.extend(get_args(part))
    return tuple(found)


def _portable(
    node: Mapping[str, Any], definitions: Mapping[str, Any], words: tuple[str, ...]
) -> dict[str, Any]:
    """One schema node with references inlined, null branches dropped and only portable keywords kept."""
    while "$ref" in node:
        node = {
            **definitions[node["$ref"].rpartition("/")[2]],
            **{k: v for k, v in node.items() if k != "$ref"},
        }
    if "anyOf" in node:
        branch = next(one for one in node["anyOf"] if one.get("type") != "null")
        return _portable({**branch, **{k: v for k, v in node.items() if k != "anyOf"}}, definitions, words)
    if "const" in node:
        node = {**node, "enum": [node["const"]]}
    nested = "properties" in node
    kept: dict[str, Any] = {}
    for key in words:
        if key in node and not (nested and key == "description"):
            kept[key] = node[key]
    if words is KEPT and len(kept.get("enum", ())) > MOST_CHOICES:
        del kept["enum"]
    if words is KEPT and kept.get("type") == "object" and not nested:
        return as_json_text(kept.get("description"))
    if "items" in kept:
        kept["items"] = _portable(kept["items"], definitions, words)
    if nested:
        kept["properties"] = {
            name: _portable(one, definitions, words) for name, one in node["properties"].items()
        }
    return kept
