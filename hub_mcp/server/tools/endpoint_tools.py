"""Answers and errors of endpoints as results of tools, and the arguments of tools that are ours."""

from __future__ import annotations

from typing import Any, TypeVar

from mcp.types import CallToolResult, ContentBlock, ResourceLink, TextContent

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.fields.host_arguments import as_meant
from hub_mcp.catalogue.listing import Listing
from hub_mcp.errors import BadInput, HubError
from hub_mcp.server.answers.answer_form import AnswerForm
from hub_mcp.server.answers.render import Rows, render
from hub_mcp.server.resources.addresses import address_of

DRY_RUN = "dry_run"
CONFIRM = "confirm_token"
OWN = {bool: {"type": "boolean"}, str: {"type": "string"}}  # schemas of the arguments that are ours

T = TypeVar("T", bool, str)


def answer_result(
    call: Endpoint[Any], answer: Answer, form: AnswerForm, rows: Rows | None = None
) -> CallToolResult:
    """An answer as a result: one complete text, plus its other form and links if enabled.

    Args:
        rows: a page's rows, if they are already rendered.
    """
    rendered = render(call, answer, rows)
    beside: list[ContentBlock] = []
    if form.links and isinstance(call, Listing) and isinstance(answer, Page) and answer.next_cursor:
        onward = address_of(call.after(answer.next_cursor))
        beside.append(ResourceLink(uri=onward, name="next page", mime_type="application/json"))
    if answer.is_file:
        from hub_mcp.server.resources.file_contents import blocks_beside  # imports the classes of files

        beside += blocks_beside(call, answer, links=form.links)
    result = result_of(rendered.text, rendered.content, form)
    return result.model_copy(update={"content": [*result.content, *beside]}) if beside else result


def result_of(text: str, content: dict[str, Any], form: AnswerForm) -> CallToolResult:
    """A result in the requested form."""
    return CallToolResult(
        content=[TextContent(text=text)], structured_content=content if form.structured else None
    )


def error_result(error: HubError) -> CallToolResult:
    """An error as text for the model: what happened, what did not, what to do.

    Only text: a client that validates structured content with an output schema would discard the error.
    """
    return CallToolResult(content=[TextContent(text=error.sentence())], is_error=True)


def taken(arguments: dict[str, Any], name: str, kind: type[T], absent: T) -> T:
    """An argument of ours, taken out of the ones that make the call.

    Raises:
        BadInput: it is of another type.
    """
    read = as_meant({"properties": {name: OWN[kind]}}, {name: arguments.pop(name, None)})
    if name not in read:
        return absent
    value = read[name]
    if not isinstance(value, kind):
        raise BadInput(
            f"`{name}` must be a {'boolean' if kind is bool else 'string'}.",
            advice="Correct it and call again.",
        )
    return value
