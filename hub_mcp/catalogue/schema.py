"""The portable JSON Schema of an endpoint: flat, closed, and of the few words every provider takes.

No `$ref`, no combinators, no type arrays, no `title` and no `pattern`: optional means absent. What is left
out of the schema is still checked when the call is made, by the endpoint's own rules.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from hub_mcp.catalogue.endpoint import Endpoint

KEPT = (
    "type",
    "description",
    "enum",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "minimum",
    "maximum",
)
KEPT_OF_TEXT = ("maxLength",)


def schema_of(endpoint: type[Endpoint[Any]]) -> dict[str, Any]:
    """The input schema of a tool; an endpoint's own fields come before those it shares with others."""
    raw = endpoint.model_json_schema(by_alias=False)
    flat = _portable(raw, raw.get("$defs", {}))
    own = [name for name in inspect.get_annotations(endpoint) if name in flat["properties"]]
    names = dict.fromkeys((*flat.get("required", ()), *own, *flat["properties"]))
    schema = {"type": "object", "properties": {name: flat["properties"][name] for name in names}}
    if flat.get("required"):
        schema["required"] = flat["required"]
    return {**schema, "additionalProperties": False}


def _portable(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """One schema node with references inlined, null branches dropped and only portable words kept."""
    while "$ref" in node:
        node = {
            **definitions[node["$ref"].rpartition("/")[2]],
            **{k: v for k, v in node.items() if k != "$ref"},
        }
    if "anyOf" in node:
        branch = next(one for one in node["anyOf"] if one.get("type") != "null")
        return _portable({**branch, **{k: v for k, v in node.items() if k != "anyOf"}}, definitions)
    if "const" in node:
        node = {**node, "enum": [node["const"]]}
    nested = "properties" in node
    kept: dict[str, Any] = {}
    for key in (*KEPT, *KEPT_OF_TEXT):
        if key in node and not (nested and key == "description"):
            kept[key] = node[key]
    if "items" in kept:
        kept["items"] = _portable(kept["items"], definitions)
    if nested:
        kept["properties"] = {name: _portable(one, definitions) for name, one in node["properties"].items()}
    if isinstance(default := node.get("default"), (int, str)) and not isinstance(default, bool):
        kept["default"] = default
    return kept
