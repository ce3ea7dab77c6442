"""A value that a JSON Schema accepts: minimal, or with every property, and always the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

FORMATS = {
    "date-time": "2026-10-01T00:00:00.000Z",
    "date": "2026-10-01",
    "email": "ada@example.org",
    "uri": "https://example.org/",
    "uuid": "6f7d1a9e-3a55-4b2c-9a44-3f0d5a3f1c11",
}
# Texts that match the document's patterns, tried in this order.
TEXTS = (
    "example", "0" * 24, "a" * 64, "0" * 40, "2311.12983", "/data", "https://github.com/acme/code", "5m",
    "2026-10-01", "2026-10", "2026-W40", "@hourly", "acme/tiny", "1", "8.0", "https://example.org/",
    "2026-10-01T00:00:00.000Z", "models/acme", "0.0.0.0/0", "A1",
)  # fmt: skip
DEEPEST = 12


def sample(schema: Mapping[str, Any], *, every: bool = False, depth: int = DEEPEST) -> Any:
    """A value the schema accepts.

    Args:
        every: with all properties, not only those that are required.
    """
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if not every and schema.get("default") is not None:
        return schema["default"]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            parts = schema[key]
            best = next((one for one in parts if one.get("type") != "null"), parts[0])
            chosen = sample(best, every=every, depth=depth)
            beside = {name: one for name, one in schema.items() if name != key}
            if isinstance(chosen, dict) and "properties" in beside:
                return {**sample(beside, every=every, depth=depth), **chosen}
            return chosen
    if "allOf" in schema:
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            merged |= sample(part, every=every, depth=depth)
        return merged
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind == "object" or "properties" in schema:
        wanted = schema.get("properties", {}) if every and depth else schema.get("required", ())
        known = schema.get("properties", {})
        return {name: sample(known[name], every=every, depth=depth - 1) for name in wanted if name in known}
    if kind == "array":
        items = schema.get("items", {})
        count = max(1 if every else min(1, schema.get("minItems", 1)), schema.get("minItems", 0))
        return [sample(items, every=every, depth=depth - 1) for _ in range(count)]
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return False
    if kind == "null":
        return None
    return _text(schema) if kind == "string" else "example"


def _text(schema: Mapping[str, Any]) -> str:
    if schema.get("contentEncoding") == "base64":
        return "aGVsbG8="
    if said := FORMATS.get(schema.get("format", "")):
        return said
    least, most, pattern = schema.get("minLength", 0), schema.get("maxLength"), schema.get("pattern", "")
    for text in TEXTS:
        padded = text.ljust(least, "x")
        if (most is None or len(padded) <= most) and re.search(pattern, padded):
            return padded
    return "example"
