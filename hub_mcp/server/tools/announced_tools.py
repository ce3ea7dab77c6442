"""Endpoints as tools: how each is listed."""

from __future__ import annotations

from typing import Any

from mcp.types import Tool, ToolAnnotations

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.catalogue.operations.table import operations
from hub_mcp.server.tools.argument_schemas import input_schema_of
from hub_mcp.server.tools.endpoint_tools import CONFIRM, DRY_RUN


def tool_of(endpoint: type[Endpoint[Any]]) -> Tool:
    """An endpoint as it is listed."""
    schema = input_schema_of(endpoint)
    line = endpoint.line
    known = operations().get(endpoint.tool)
    meta: dict[str, Any] = {"anthropic/searchHint": known.hint if known else endpoint.label.lower()}
    hints = ToolAnnotations(read_only_hint=True, open_world_hint=True)  # others do not apply to reads
    if endpoint.changes:
        hints = ToolAnnotations(
            read_only_hint=False,
            destructive_hint=line.destructive,
            idempotent_hint=line.idempotent,
            open_world_hint=True,
        )
        if DRY_RUN not in endpoint.unlisted:
            schema["properties"][DRY_RUN] = {"type": "boolean"}
        if endpoint.may_ask():
            schema["properties"][CONFIRM] = {"type": "string"}
            meta["anthropic/requiresUserInteraction"] = True
    return Tool(
        name=endpoint.tool,
        title=endpoint.label,
        description=" ".join((endpoint.__doc__ or "").split()),
        input_schema=schema,
        annotations=hints,
        _meta=meta,
    )


def tools() -> list[Tool]:
    """The tools listed by default, in the order of the catalogue."""
    return [tool_of(endpoint) for endpoint in default_endpoints().values()]
