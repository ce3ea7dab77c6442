"""The schemas of an endpoint's arguments; the table of operations is imported only for those made from it."""

from __future__ import annotations

from typing import Any

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.fields.schema import reading_schema, schema_of


def input_schema_of(endpoint: type[Endpoint[Any]]) -> dict[str, Any]:
    """The input schema of an endpoint, written or of the table."""
    if not endpoint.from_table:
        return schema_of(endpoint)
    from hub_mcp.catalogue.operations.announce import operation_of, operation_schema

    return operation_schema(operation_of(endpoint))


def reading_schema_of(endpoint: type[Endpoint[Any]]) -> dict[str, Any]:
    """What an endpoint's arguments are read by: all choices too, and for the table the Hub's own names."""
    if not endpoint.from_table:
        return reading_schema(endpoint)
    from hub_mcp.catalogue.operations.announce import operation_of, operation_reading_schema

    return operation_reading_schema(operation_of(endpoint))
