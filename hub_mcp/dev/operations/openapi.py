"""The parts of an OpenAPI operation needed for a class, read without trusting the document's shape."""

from __future__ import annotations

from collections.abc import Mapping

from hub_mcp.cli.assistants.jsonc import Json

Object = Mapping[str, Json]


class CannotScaffold(ValueError):
    """No class can be written for an operation; the message says why."""


def object_at(of: Object, key: str) -> Object:
    found = of.get(key)
    return found if isinstance(found, Mapping) else {}


def text_at(of: Object, key: str) -> str:
    found = of.get(key)
    return found if isinstance(found, str) else ""


def parameters_in(of: Object, place: str) -> dict[str, tuple[Object, bool]]:
    """The parameters in one location (path, query): their schemas, and whether they are required."""
    listed = of.get("parameters")
    found: dict[str, tuple[Object, bool]] = {}
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, Mapping) and one.get("in") == place:
            schema = {"description": one.get("description"), **object_at(one, "schema")}
            found[text_at(one, "name")] = (schema, one.get("required") is True)
    return found


def body_of(of: Object) -> Object:
    """The JSON schema of a body, or None without one.

    Raises:
        CannotScaffold: the body is not a JSON object.
    """
    content = object_at(of, "content")
    if not content:
        return {}
    schema = object_at(object_at(content, "application/json"), "schema")
    if not schema or schema.get("type") not in ("object", None) or "anyOf" in schema or "oneOf" in schema:
        raise CannotScaffold("its body is not a plain JSON object; write this class by hand")
    return schema


def answer_of(operation: Object) -> Object:
    """The schema of the successful answer, or None without a body.

    Raises:
        CannotScaffold: it is not JSON.
    """
    responses = object_at(operation, "responses")
    good = next((code for code in responses if code.startswith("2")), "")
    content = object_at(object_at(responses, good), "content")
    if content and "application/json" not in content:
        raise CannotScaffold(f"it returns {', '.join(content)}, not JSON; write this class by hand")
    return object_at(object_at(content, "application/json"), "schema")
