"""JSON Schema as types for pydantic, and in a few words for a person or a model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, create_model

from hub_mcp.catalogue.answers import is_array
from hub_mcp.catalogue.operations.pinning import Schema
from hub_mcp.errors import plain

DEEPEST = 12  # levels of nesting in a schema; the document's own have up to seven
MOST_CHOICES = 30  # choices listed in a refusal
KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "null": "null",
}


def allows_null(schema: Schema) -> bool:
    """Whether null is a value here, rather than the absence of one."""
    kinds = schema.get("type")
    return (
        kinds == "null"
        or (is_array(kinds) and "null" in kinds)
        or None in schema.get("enum", ())
        or ("const" in schema and schema["const"] is None)
        or any(allows_null(one) for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())))
    )


def type_of(schema: Schema, depth: int = DEEPEST) -> Any:
    """A JSON Schema as a type for pydantic."""
    if depth == 0 or not schema:
        return Any
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        return Literal[tuple(choices)]
    if parts := schema.get("anyOf") or schema.get("oneOf"):
        return reduce(or_, (_for_union(type_of(one, depth - 1)) for one in parts))
    if parts := schema.get("allOf"):
        return _object(_merged((schema, *parts)), depth)
    kind = schema.get("type")
    if is_array(kind):
        return reduce(or_, (_for_union(type_of({**schema, "type": one}, depth - 1)) for one in kind))
    if kind == "null":
        return type(None)
    if kind == "boolean":
        return bool
    if kind in ("integer", "number"):
        return _bounded(int if kind == "integer" else float, schema)
    if kind == "string":
        return _text(schema)
    if kind == "array":
        within = GenericAlias(list, (type_of(schema.get("items", {}), depth - 1),))
        return Annotated[within, Field(min_length=schema.get("minItems"), max_length=schema.get("maxItems"))]
    if kind == "object" or "properties" in schema:
        return _object(schema, depth)
    return Any


def _for_union(kind: Any) -> Any:
    return object if kind is Any else kind


def _bounded(kind: type, schema: Schema) -> Any:
    safe = 2**53 - 1  # the document's way of saying "no bound"
    least, most = schema.get("minimum"), schema.get("maximum")
    return Annotated[
        kind,
        Field(
            ge=None if least in (None, -safe) else least,
            le=None if most in (None, safe) else most,
            gt=schema.get("exclusiveMinimum"),
            lt=schema.get("exclusiveMaximum"),
        ),
    ]


def _text(schema: Schema) -> Any:
    checks: list[Any] = [Field(min_length=schema.get("minLength"), max_length=schema.get("maxLength"))]
    if pattern := schema.get("pattern"):
        checks.append(AfterValidator(_Matches(pattern)))
    return Annotated[(str, *checks)]


class _Matches:
    """Checks a text against one of the document's patterns."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __call__(self, text: str) -> str:
        try:
            fits = re.search(self._pattern, text) is not None
        except re.error:
            return text  # not a valid pattern in Python; the Hub checks it
        if not fits:
            raise ValueError(f"it must match {plain(self._pattern, 80)}")
        return text


def _merged(parts: Sequence[Schema]) -> Schema:
    properties: dict[str, Any] = {}
    needed: list[str] = []
    for one in parts:
        properties |= one.get("properties", {})
        needed += one.get("required", ())
    return {"type": "object", "properties": properties, "required": needed}


def _object(schema: Schema, depth: int) -> Any:
    properties = schema.get("properties")
    rest = schema.get("additionalProperties")
    if not properties:
        return GenericAlias(dict, (str, type_of(rest, depth - 1) if isinstance(rest, Mapping) else Any))
    fields: dict[str, Any] = {}
    for n, (name, one) in enumerate(properties.items()):
        kind = type_of(one, depth - 1)
        fields[f"field_{n}"] = (
            (kind, Field(alias=name))
            if name in schema.get("required", ())
            else (kind, Field(default=None, alias=name))
        )
    config = ConfigDict(frozen=True, extra="allow" if isinstance(rest, Mapping) or rest is True else "forbid")
    kind = next((str(one["const"]) for one in properties.values() if "const" in one), "")
    return create_model(f"Part{kind}", __config__=config, **fields)


def schema_in_words(schema: Schema, depth: int = 3) -> str:
    """A schema in a few words: `text`, `one of a, b`, `{key, value?}`."""
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        listed = ", ".join(
            json.dumps(one) if not isinstance(one, str) else one for one in choices[:MOST_CHOICES]
        )
        return (
            listed if len(choices) == 1 else f"one of {listed}{', …' if len(choices) > MOST_CHOICES else ''}"
        )
    if parts := schema.get("anyOf") or schema.get("oneOf"):
        open_ended = any(one.get("type") == "string" and "enum" not in one for one in parts)
        counted = [one for one in parts if not (open_ended and "enum" in one)]
        return " or ".join(dict.fromkeys(schema_in_words(one, depth) for one in counted))
    kind = schema.get("type")
    if kind == "array":
        return f"a list of {schema_in_words(schema.get('items', {}), depth - 1)}"
    if "allOf" in schema:
        return schema_in_words(_merged((schema, *schema["allOf"])), depth)
    if (properties := schema.get("properties")) and depth:
        needed = schema.get("required", ())
        inner = ", ".join(
            (name if name in needed else f"{name}?")
            + (f": {said}" if depth > 1 and (said := schema_in_words(one, depth - 1)) != "text" else "")
            for name, one in properties.items()
        )
        return f"{{{inner}}}"
    return f"{KINDS.get(str(schema.get('type')), 'any value')}{_bounds(schema)}"


def _bounds(schema: Schema) -> str:
    safe = 2**53 - 1
    least = schema.get("minimum", schema.get("minLength"))
    most = schema.get("maximum", schema.get("maxLength"))
    said = [
        *([f"at least {least:,}"] if least not in (None, -safe) else []),
        *([f"at most {most:,}"] if most not in (None, safe) else []),
    ]
    return f" ({', '.join(said)}{' characters' if schema.get('type') == 'string' else ''})" if said else ""
