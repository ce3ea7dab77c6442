"""The answer to a read with the data for its view."""

from __future__ import annotations

from typing import Any

from mcp.types import CallToolRequestParams, CallToolResult

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.organizations.organization_access import Access, GetAccess
from hub_mcp.server.answers.render import Rows
from hub_mcp.server.views.shown_access import with_access
from hub_mcp.server.views.shown_rows import with_rows
from hub_mcp.server.views.shown_space import with_space


def with_its_view(
    result: CallToolResult,
    params: CallToolRequestParams,
    call: Endpoint[Any],
    answer: Answer,
    rows: Rows | None,
    *,
    hub: str,
    reader: str,
) -> CallToolResult:
    """A result for a client that shows views.

    Args:
        rows: a page's rows.
        hub: the base address of links.
        reader: the tool that reads every operation; "" if it is not offered.
    """
    if rows and isinstance(answer, Page):
        return with_rows(result, params, call, answer, rows, hub)
    if isinstance(call, GetAccess) and isinstance(answer, Access):
        return with_access(result, call, answer)
    return with_space(result, call, answer, reader)
