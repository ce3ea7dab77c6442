"""The endpoint for the name of an operation, reading or changing, hand-written or from the table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.catalogue.operations.calls import made_of, reading_of
from hub_mcp.catalogue.operations.operation_change import OperationChange
from hub_mcp.catalogue.operations.table import Operation, Standing, further_words, operations


@cache
def endpoint_of(name: str) -> type[Endpoint[Any]] | None:
    """The hand-written class or the table's, created on first use; None if there is no such operation."""
    if found := ENDPOINTS.get(name) or reading_of(name):
        return found
    operation = operations().get(name)
    return made_of(operation, OperationChange) if operation else None


@cache
def findable() -> Mapping[str, Operation]:
    """The table, plus the hand-written reads that combine several of its operations."""
    words = further_words()
    several = {
        name: Operation(name, written.area, *words[name], Standing.FREE, "R", ())
        for name, written in ENDPOINTS.items()
        if name not in operations()
    }
    return {**operations(), **several}
