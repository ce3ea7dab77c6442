"""The portable input schema of an operation that is listed as a tool of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.fields.schema import MOST_CHOICES, as_json_text
from hub_mcp.catalogue.operations.arguments import arguments_of, is_listing
from hub_mcp.catalogue.operations.calls import OperationCall
from hub_mcp.catalogue.operations.json_types import allows_null
from hub_mcp.catalogue.operations.table import Operation

EVERY_CHOICE = 10_000


def operation_of(endpoint: type[Endpoint[Any]]) -> Operation:
    """The operation of a class made from the table."""
    assert issubclass(endpoint, OperationCall)
    return endpoint.operation


def operation_reading_schema(operation: Operation) -> dict[str, Any]:
    """The schema for reading an operation's arguments: also with all choices and the Hub's own names."""
    schema = operation_schema(operation, most=EVERY_CHOICE)
    theirs = {
        one.hub_name: schema["properties"][one.name]
        for one in arguments_of(operation).values()
        if one.hub_name not in schema["properties"]
    }
    return {**schema, "properties": {**schema["properties"], **theirs}}


def with_empties(
    operation: Operation, meant: Mapping[str, Any], given: Mapping[str, Any], *, literal: bool
) -> dict[str, Any]:
    """The arguments with meaningful empty values: all that a model wrote, or otherwise the required ones."""
    known = {name: one for one in arguments_of(operation).values() for name in (one.name, one.hub_name)}
    kept = {
        name: value
        for name, value in given.items()
        if name in known and (literal or known[name].required)
        if isinstance(value, (list, dict)) or (value is None and literal and allows_null(known[name].schema))
    }
    return {**meant, **kept}


def operation_schema(operation: Operation, most: int = MOST_CHOICES) -> dict[str, Any]:
    """The input schema of an operation that is listed as a tool of its own."""
    known = arguments_of(operation)
    properties = {name: _portable(one.schema, most=most) for name, one in known.items()}
    if is_listing(operation):
        properties |= {"limit": {"type": "integer"}, "cursor": {"type": "string"}}
    elif operation.reads:
        properties.setdefault("cursor", {"type": "string"})
    if operation.reads and "fields" not in properties:
        properties["fields"] = {"type": "array", "items": {"type": "string"}}
    needed = [one.name for one in known.values() if one.required]
    return {"type": "object", "properties": properties, **({"required": needed} if needed else {})}


def _portable(schema: Mapping[str, Any], depth: int = 6, most: int = MOST_CHOICES) -> dict[str, Any]:
    """A schema with the few keywords every provider accepts; the rest goes into descriptions."""
    for key in ("anyOf", "oneOf"):
        if key in schema:
            parts = [one for one in schema[key] if one.get("type") != "null"] or schema[key]
            texts = [one for one in parts if one.get("type") == "string" and "enum" not in one]
            best = texts[0] if texts and "enum" in parts[0] else parts[0]
            described = {name: one for name, one in schema.items() if name == "description"}
            return _portable({**best, **described}, depth, most)
    choices = [one for one in schema.get("enum", ()) if isinstance(one, str)]
    if len(choices) == len(schema.get("enum", ())) and 0 < len(choices) <= most:
        kept: dict[str, Any] = {"type": "string", "enum": list(dict.fromkeys(choices))}
    elif schema.get("type") == "array" and depth:
        kept = {"type": "array", "items": _portable(schema.get("items", {}), depth - 1, most)}
    elif (inner := schema.get("properties")) and depth:
        kept = {
            "type": "object",
            "properties": {n: _portable(one, depth - 1, most) for n, one in inner.items()},
        }
        if needed := [name for name in schema.get("required", ()) if name in inner]:
            kept["required"] = needed
    else:
        kind = schema.get("type", "string" if "enum" in schema or "const" in schema else "object")
        kept = {"type": kind if isinstance(kind, str) and kind != "null" else "string"}
        if isinstance(schema.get("const"), bool):
            kept = {"type": "boolean"}
        if kept["type"] == "object" and most != EVERY_CHOICE:
            return as_json_text(schema.get("description"))
    if words := schema.get("description"):
        kept["description"] = words
    return kept
