"""The shape of a request: the parts of an OpenAPI operation that decide what is sent, and their digest.

A shape is stored as one line of JSON. It includes descriptions, but its digest does not: a better description
does not change what a request does.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub_mcp.catalogue.answers import is_array, is_object

Schema = Mapping[str, Any]  # JSON Schema, as in the document

WORDS = frozenset({"description", "examples", "title", "deprecated"})
LEFT_OUT = frozenset({"$schema", "examples", "title", "deprecated"})  # of the stored schemas
NAMED_FORMATS = frozenset({"date-time", "date", "email", "uuid", "uri"})  # formats whose pattern is redundant
MAPS = frozenset({"properties", "patternProperties"})  # keys whose values are schemas by name
VERBS = ("get", "post", "put", "patch", "delete", "head")
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Shape:
    """The parameters and rows of a request.

    Attributes:
        path, query: the schema of each parameter.
        needed: the required query parameters.
        body: the schema of the body; None if there is none.
        rows: where a listing has its rows: "" for the answer itself, a name, or None if it is no listing.
    """

    path: Mapping[str, Schema] = field(default_factory=dict[str, Schema])
    query: Mapping[str, Schema] = field(default_factory=dict[str, Schema])
    needed: tuple[str, ...] = ()
    body: Schema | None = None
    rows: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape as it is stored, without empty parts."""
        said = {
            "path": {name: one for name, one in self.path.items() if one != {"type": "string"}},
            "query": dict(self.query),
            "needed": list(self.needed),
        }
        kept: dict[str, Any] = {name: one for name, one in said.items() if one}
        if self.body is not None:
            kept["body"] = self.body
        if self.rows is not None:
            kept["rows"] = self.rows
        return kept

    @classmethod
    def read(cls, path: str, kept: Mapping[str, Any]) -> Shape:
        """Parse the output of `as_json`, for a request with this path."""
        named = kept.get("path", {})
        return cls(
            {name: named.get(name, {"type": "string"}) for name in _PLACE.findall(path)},
            kept.get("query", {}),
            tuple(kept.get("needed", ())),
            kept.get("body"),
            kept.get("rows"),
        )

    def digest(self, method: str, path: str) -> str:
        """Twelve digits that change with anything that affects what this request does."""
        said = [method, path, self.path, self.query, sorted(self.needed), self.body]
        text = json.dumps(plain_schema(said, WORDS), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def plain_schema(node: Any, without: frozenset[str] = LEFT_OUT) -> Any:
    """A schema without some of its keywords; properties with such a name stay."""
    if is_array(node):
        return [plain_schema(one, without) for one in node]
    if not is_object(node):
        return node
    kept: dict[str, Any] = {}
    for key, value in node.items():
        if key in MAPS and is_object(value):
            kept[key] = {name: plain_schema(one, without) for name, one in value.items()}
        elif key == "pattern" and node.get("format") in NAMED_FORMATS:
            continue
        elif key not in without or not isinstance(value, (str, list, bool)):
            kept[key] = plain_schema(value, without)
    return kept


def shapes_in(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Shape, str]]:
    """Every operation of an OpenAPI document: method, path, shape, and its summary."""
    known = document.get("components", {}).get("schemas", {})
    for path, item in document.get("paths", {}).items():
        for verb in VERBS:
            if is_object(operation := item.get(verb)):
                yield verb.upper(), path, _shape(path, operation, known), str(operation.get("summary", ""))


def _shape(path: str, operation: Mapping[str, Any], known: Mapping[str, Any]) -> Shape:
    places: dict[str, dict[str, Schema]] = {"path": {}, "query": {}}
    needed: list[str] = []
    for one in operation.get("parameters", ()):
        if one.get("in") in places:
            schema = plain_schema(inlined(one.get("schema", {}), known))
            if words := one.get("description"):
                schema["description"] = words
            places[one["in"]][one["name"]] = schema
            if one["in"] == "query" and one.get("required") is True:
                needed.append(one["name"])
    content = operation.get("requestBody", {}).get("content", {})
    body = next((one.get("schema") for one in content.values()), None)
    return Shape(
        {name: places["path"].get(name, {"type": "string"}) for name in _PLACE.findall(path)},
        places["query"],
        tuple(needed),
        None if body is None else plain_schema(inlined(body, known)),
        _rows(operation),
    )


def _rows(operation: Mapping[str, Any]) -> str | None:
    responses = operation.get("responses", {})
    good: Mapping[str, Any] = next((responses[code] for code in responses if code.startswith("2")), {})
    schema = good.get("content", {}).get("application/json", {}).get("schema", {})
    if schema.get("type") == "array":
        return ""
    lists = [name for name, one in schema.get("properties", {}).items() if one.get("type") == "array"]
    asked = {one.get("name") for one in operation.get("parameters", ()) if one.get("in") == "query"}
    return lists[0] if len(lists) == 1 and asked & {"p", "cursor", "limit"} else None


def inlined(node: Any, known: Mapping[str, Any], depth: int = 20) -> Any:
    """A schema with its references inlined."""
    if is_array(node):
        return [inlined(one, known, depth) for one in node]
    if not is_object(node):
        return node
    if isinstance(where := node.get("$ref"), str) and depth:
        return inlined(known.get(where.rpartition("/")[2], {}), known, depth - 1)
    return {key: inlined(one, known, depth) for key, one in node.items()}
