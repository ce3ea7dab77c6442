"""Endpoints as tools: how each is announced, how arguments become a call, and answers and errors results."""

from __future__ import annotations

from typing import Any

from mcp.types import CallToolResult, ContentBlock, ResourceLink, TextContent, Tool, ToolAnnotations

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.operations.announce import input_schema_of
from hub_mcp.catalogue.operations.table import operations
from hub_mcp.errors import HubError
from hub_mcp.server.answers.answer_form import AnswerForm
from hub_mcp.server.answers.render import Rows, render
from hub_mcp.server.resources.addresses import address_of

DRY_RUN = "dry_run"
CONFIRM = "confirm_token"


def tool_of(endpoint: type[Endpoint[Any]]) -> Tool:
    """An endpoint as it is announced."""
    schema = input_schema_of(endpoint)
    line = endpoint.line
    known = operations().get(endpoint.tool)
    meta: dict[str, Any] = {"anthropic/searchHint": known.hint if known else endpoint.label.lower()}
    hints = ToolAnnotations(read_only_hint=True, open_world_hint=True)  # the others mean nothing for a reader
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
    """The tools that are listed unasked, in the order of the catalogue."""
    return [tool_of(endpoint) for endpoint in default_endpoints().values()]


def answer_result(
    call: Endpoint[Any], answer: Answer, form: AnswerForm, rows: Rows | None = None
) -> CallToolResult:
    """An answer as a result: one text that is whole; its other form and links where they are wanted.

    Args:
        rows: a page's rows where they are rendered already.
    """
    rendered = render(call, answer, rows)
    beside: list[ContentBlock] = []
    if form.links and isinstance(call, Listing) and isinstance(answer, Page) and answer.next_cursor:
        onward = address_of(call.after(answer.next_cursor))
        beside.append(ResourceLink(uri=onward, name="next page", mime_type="application/json"))
    if answer.is_file:
        from hub_mcp.server.resources.file_contents import blocks_beside  # brings the classes of files

        beside += blocks_beside(call, answer, links=form.links)
    result = result_of(rendered.text, rendered.content, form)
    return result.model_copy(update={"content": [*result.content, *beside]}) if beside else result


def result_of(text: str, content: dict[str, Any], form: AnswerForm) -> CallToolResult:
    """A result in the form that is wanted."""
    return CallToolResult(
        content=[TextContent(text=text)], structured_content=content if form.structured else None
    )


def error_result(error: HubError) -> CallToolResult:
    """An error as a text the model reads: what happened, what did not, what to do.

    Text alone: a client that holds structured content against an output schema would throw the error away.
    """
    return CallToolResult(content=[TextContent(text=error.sentence())], is_error=True)
