"""The arguments of an operation, and a pydantic model that reads them, created on first use.

Arguments are flat: path, query and top-level body parameters side by side, in our spelling; the Hub's own
spelling is accepted too. Inside a field's value, the Hub's own names apply. Unknown arguments are refused,
and a refusal states the rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hub_mcp.catalogue.answers import is_array, is_object
from hub_mcp.catalogue.fields.identifiers import refuse_no_text
from hub_mcp.catalogue.operations.paths import (
    DEFAULT_REVISION,
    Route,
    may_be_empty,
    routes,
    services_of,
    snake,
    types_of,
)
from hub_mcp.catalogue.operations.pinning import Schema
from hub_mcp.catalogue.operations.table import Operation, Sends
from hub_mcp.errors import BadInput

TEXT: Schema = {"type": "string"}
PAGING = frozenset({"limit", "cursor", "p"})  # the Hub's names; a listing has our `limit` and `cursor`
BODY = "body"  # the only argument of a body that is not an object
LONGEST = 1_000_000  # characters of arguments sent as JSON text
MOST_ROWS = 1_000  # of a body sent as one JSON object per line


@dataclass(frozen=True)
class Argument:
    """One argument of an operation.

    Attributes:
        name: ours.
        hub_name: the Hub's.
        place: "path", "query" or "body"; "whole" if it is the body itself; "" if it is not sent.
        schema: from the OpenAPI document.
        required: whether every call needs it.
    """

    name: str
    hub_name: str
    place: str
    schema: Schema
    required: bool


@cache
def is_listing(operation: Operation) -> bool:
    """Whether it returns rows page by page."""
    return operation.reads and all(one.shape.rows is not None for one in routes(operation))


@cache
def arguments_of(operation: Operation) -> Mapping[str, Argument]:
    """Its arguments by our names, required ones first."""
    found: dict[str, list[Argument]] = {}
    for route in routes(operation):
        for one in _of_route(operation, route):
            found.setdefault(one.name, []).append(one)
    ways = len(routes(operation))
    merged: list[Argument] = []
    for name, here in found.items():
        required = len(here) == ways and all(one.required for one in here)
        merged.append(Argument(name, here[0].hub_name, here[0].place, here[0].schema, required))
    for name, choices in (("type", types_of(operation)), ("service", services_of(operation))):
        if choices:
            merged.append(Argument(name, name, "", {"enum": choices}, True))
    merged.sort(key=lambda one: not one.required)
    return {one.name: one for one in merged}


def of_route(operation: Operation, route: Route) -> Mapping[str, Argument]:
    """The arguments of one of its routes."""
    return {one.name: one for one in _of_route(operation, route)}


def _of_route(operation: Operation, route: Route) -> Iterator[Argument]:
    shape, taken = route.shape, {*route.fields, *(["type"] if types_of(operation) else [])}
    for name in route.fields:
        hub_name = route.hub_names[name]
        default = may_be_empty(route, name) or (name == "revision" and operation.reads)
        schema = (
            dict(shape.path.get(hub_name, TEXT)) if name not in ("repo_id", "slug", "organization") else TEXT
        )
        if name == "revision" and default:
            schema = {**schema, "description": f"{DEFAULT_REVISION} unless said"}
        yield Argument(name, hub_name, "path", schema, not default)
    body = shape.body
    inside = _properties(body)
    for hub_name, schema in shape.query.items():
        if hub_name in PAGING and (is_paged(operation, route) or not operation.reads):
            continue
        if hub_name in inside:
            continue  # the body has it too
        name = _free(snake(hub_name), taken)
        taken.add(name)
        yield Argument(name, hub_name, "query", schema, hub_name in shape.needed)
    if body is None:
        return
    if not inside:
        yield Argument(BODY, BODY, "whole", body, operation.sends is not Sends.JSON or "items" in body)
        return
    needed = _needed(body)
    for hub_name, schema in inside.items():
        name = _free(snake(hub_name), taken)
        taken.add(name)
        yield Argument(name, hub_name, "body", schema, hub_name in needed)


def is_paged(operation: Operation, route: Route) -> bool:
    return operation.reads and route.shape.rows is not None


def _free(name: str, taken: set[str]) -> str:
    """The name, or another if the call already has it, such as `type` of a repository."""
    return f"listed_{name}" if name in taken else name


def _properties(schema: Schema | None) -> dict[str, Schema]:
    """The top-level properties of an object's schema, through `allOf`."""
    if not schema:
        return {}
    found: dict[str, Schema] = {}
    for part in (schema, *schema.get("allOf", ())):
        found |= part.get("properties", {})
    return found


def _needed(schema: Schema) -> set[str]:
    """The names a caller must give; the document also lists those with a default as required."""
    known = _properties(schema)
    parts = (schema, *schema.get("allOf", ()))
    return {name for one in parts for name in one.get("required", ()) if "default" not in known.get(name, {})}


def defaults_of(schema: Schema) -> dict[str, Any]:
    """The values sent for names that the document requires although they have a default."""
    known, parts = _properties(schema), (schema, *schema.get("allOf", ()))
    needed = [name for one in parts for name in one.get("required", ())]
    return {name: known[name]["default"] for name in needed if "default" in known.get(name, {})}


def read_arguments(given: Any, operation: str) -> dict[str, Any]:
    """Read arguments as a host sends them: an object, or the JSON text of one.

    Raises:
        BadInput: they are neither.
    """
    if isinstance(given, str) and len(given) <= LONGEST:
        try:
            given = json.loads(given) if given.strip() else {}
        except (ValueError, RecursionError):
            raise BadInput(
                f"{operation} was not called. `arguments` is a text that is not JSON.",
                advice="Give `arguments` as an object.",
            ) from None
    if given is None:
        return {}
    if not is_object(given):
        raise BadInput(
            f"{operation} was not called. `arguments` must be an object.",
            advice='Give `arguments` as an object, such as {"repo_id": "namespace/name"}.',
        )
    return dict(given)


def read_rows(given: Any) -> Any:
    """Read a body of rows as hosts send it: a list, or a text with one JSON object per line.

    Raises:
        ValueError: a line is not JSON, or there are more rows than a call allows.
    """
    rows = given
    if isinstance(given, str):
        if len(given) > LONGEST:
            raise ValueError(f"a text of at most {LONGEST:,} characters is read; make several calls")
        lines = [(n, line) for n, line in enumerate(given.split("\n"), 1) if line.strip()]
        rows = [_row(n, line) for n, line in lines[: MOST_ROWS + 1]]
        if len(rows) == 1 and is_array(rows[0]):
            (rows,) = rows  # the list itself as text
    if is_array(rows) and len(rows) > MOST_ROWS:
        raise ValueError(f"at most {MOST_ROWS:,} rows are sent at once; make several calls")
    refuse_no_text(rows)
    return rows


def _row(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(f"line {number} is not JSON; each line must be one JSON object") from None
