"""Arguments read into a call of an endpoint, or an error about them; needs no SDK."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.fields.host_arguments import as_meant
from hub_mcp.errors import BadInput, plain
from hub_mcp.server.tools.argument_schemas import reading_schema_of

MOST_FAULTS = 5  # faults of arguments to report at once


def read_call(
    endpoint: type[Endpoint[Any]],
    arguments: Mapping[str, Any],
    hosts: tuple[str, ...] = (),
    *,
    literal: bool = False,
) -> Endpoint[Any]:
    """The call with these arguments; types are those of the schema.

    Args:
        hosts: further hosts whose addresses count as the Hub's.
        literal: whether only the model wrote them, so that an empty list is meant as such.

    Raises:
        BadInput: they are invalid; nothing was sent.
    """
    try:
        schema = reading_schema_of(endpoint)
        meant = as_meant(schema, arguments)
        if endpoint.from_table:
            from hub_mcp.catalogue.operations.announce import operation_of, with_empties

            meant = with_empties(operation_of(endpoint), meant, arguments, literal=literal)
        announced = schema["properties"].keys() - endpoint.unlisted  # a strict client sends every one
        context = {"hosts": hosts, "filled_in": announced <= arguments.keys()}
        return endpoint.model_validate_json(json.dumps(meant), strict=True, context=context)
    except ValidationError as trouble:
        raise bad_input(endpoint, trouble) from None
    except (ValueError, TypeError, RecursionError):
        raise BadInput(f"The arguments of {endpoint.tool} cannot be read.") from None


def bad_input(endpoint: type[Endpoint[Any]], trouble: ValidationError) -> BadInput:
    """An error about the arguments, each by its name."""
    if endpoint.from_table:
        from hub_mcp.catalogue.operations.announce import operation_of
        from hub_mcp.catalogue.operations.validation import bad_arguments

        return bad_arguments(operation_of(endpoint), trouble)
    faults: list[str] = []
    for error in trouble.errors(include_url=False)[:MOST_FAULTS]:
        name = ".".join(str(part) for part in error["loc"])
        said = error["msg"].removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":
            takes = ", ".join(endpoint.model_fields) or "no arguments"
            said = f"there is no such argument; {endpoint.tool} takes {takes}"
        elif error["type"] == "missing":
            said = "is required"
        elif error["type"] not in ("value_error", "literal_error"):
            said = f"{said}, not {json.dumps(error['input'], default=str)[:60]}"
        faults.append(f"{plain(name, 60)}: {plain(said)}" if name else plain(said))
    return BadInput(
        f"{endpoint.tool} was not called. " + "; ".join(faults) + ".", advice="Correct it and call again."
    )
