"""The data of the rows view, in the result's `_meta`, which models do not get."""

from __future__ import annotations

from typing import Any

from mcp.types import CallToolRequestParams, CallToolResult

from hub_mcp.catalogue.answers import Page
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.server.answers.render import Rows, columns_of, fields_of
from hub_mcp.server.views.row_links import link_of

KEY = "hub_mcp/rows"


def with_rows(
    result: CallToolResult,
    params: CallToolRequestParams,
    call: Endpoint[Any],
    page: Page[Any],
    rows: Rows,
    hub: str,
) -> CallToolResult:
    """A result with its rows, and the call for the next ones, in its `_meta`.

    Args:
        hub: the base address of links.
    """
    asked = {name: one for name, one in (params.arguments or {}).items() if name != "cursor"}
    first = page.items[0] if page.items else None
    usual = getattr(first, "shown", ())
    shown: dict[str, Any] = {
        "title": type(call).label,
        "tool": params.name,
        "arguments": asked,
        "columns": list(dict.fromkeys((*(columns_of(call) or usual), *fields_of(call)))),
        "items": rows.contents,
        "links": [link_of(call, row) for row in page.items],
        "hub": hub,
    }
    if page.next_cursor:
        shown["next_cursor"] = page.next_cursor
    return result.model_copy(update={"meta": {**(result.meta or {}), KEY: shown}})
