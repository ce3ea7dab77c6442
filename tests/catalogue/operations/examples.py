"""Examples made from JSON Schemas: the least arguments that make a call, and answers."""

from collections.abc import Mapping
from typing import Any

from hub_mcp.catalogue.operations.arguments import of_route
from hub_mcp.catalogue.operations.paths import routes, services_of, types_of
from hub_mcp.catalogue.operations.table import Operation

FORMATS = {
    "date-time": "2026-10-01T00:00:00.000Z",
    "date": "2026-10-01",
    "email": "ada@example.org",
    "uri": "https://example.org/",
    "uuid": "6f7d1a9e-3a55-4b2c-9a44-3f0d5a3f1c11",
}
# Texts that some pattern of the document takes, tried in this order.
TEXTS = ("example", "0" * 24, "a" * 64, "0" * 40, "2311.12983", "/data", "https://github.com/acme/code", "5m",
         "2026-10-01", "2026-10", "2026-W40", "@hourly", "acme/tiny", "1", "8.0",
         "https://example.org/")  # fmt: skip
NAMES = {
    "repo_id": "acme/tiny",
    "organization": "acme",
    "namespace": "acme",
    "username": "ada",
    "revision": "main",
    "arxiv_id": "2311.12983",
    "slug": "acme/list-64f9a55bb3115b4f513ec026",
    "num": "3",
    "compare": "main..dev",
}


def example(schema: Mapping[str, Any]) -> Any:
    """The least value that a schema takes."""
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if "default" in schema and schema["default"] is not None:
        return schema["default"]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return example(next((one for one in schema[key] if one.get("type") != "null"), schema[key][0]))
    if "allOf" in schema:
        found: dict[str, Any] = {}
        for part in schema["allOf"]:
            found |= example(part)
        return found
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next(one for one in kind if one != "null")
    if kind == "object" or "properties" in schema:
        return {name: example(one) for name, one in schema.get("properties", {}).items()
                if name in schema.get("required", ())}  # fmt: skip
    if kind == "array":
        return [example(schema.get("items", {}))] * max(1, schema.get("minItems", 0))
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return False
    if kind == "null":
        return None
    if kind == "string":
        return _text(schema)
    return "example"


def _text(schema: Mapping[str, Any]) -> str:
    import jsonschema

    if said := FORMATS.get(schema.get("format", "")):
        return said
    judge = jsonschema.Draft202012Validator({key: one for key, one in schema.items() if key != "format"})
    padded = [text.ljust(schema.get("minLength", 0), "x") for text in TEXTS]
    return next((text for text in padded if judge.is_valid(text)), "example")


def least_arguments(operation: Operation) -> dict[str, Any]:
    """The least arguments that make a call of it, with every part of its richest path."""
    route = routes(operation)[0]
    said: dict[str, Any] = {}
    for one in of_route(operation, route).values():
        if one.required or one.name in route.fields:
            named = one.place == "path" and "enum" not in one.schema and one.name in NAMES
            said[one.name] = NAMES[one.name] if named else example(one.schema)
    if operation.area != "collections" and said.get("slug") == NAMES["slug"]:
        said["slug"] = "about-us"
    if types_of(operation):
        said["type"] = route.type
    if services_of(operation):
        said["service"] = route.service
    return said
