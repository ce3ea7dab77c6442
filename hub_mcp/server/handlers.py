"""The server: the low-level MCP server of the SDK with the catalogue behind it, for both protocol eras.

    server = build(CatalogueTools(settings), hub_of=lambda ctx: hub, gate=Gate(settings, journal))

Everything a handler may raise becomes a sentence: errors of a call are results with `isError`, an unknown
tool is a protocol error, and the text of an unforeseen exception never leaves the process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    ReadResourceRequestParams,
    ReadResourceResult,
    TextContent,
)

from hub_mcp.catalogue import Change, Endpoint
from hub_mcp.catalogue.fields.host_arguments import as_meant
from hub_mcp.client.deadline import reporting
from hub_mcp.client.hub import Hub
from hub_mcp.client.near_names import near_names
from hub_mcp.client.titles import with_slugs, with_slugs_in_all
from hub_mcp.errors import BadInput, HubError, Invalid, Missing, MissingOrHidden, Stopped, plain
from hub_mcp.gate.batch import Batch
from hub_mcp.gate.gate import Gate
from hub_mcp.server.answers.answer_form import form_of, shows_views
from hub_mcp.server.answers.gathering import gather
from hub_mcp.server.answers.progress import Progress
from hub_mcp.server.confirm.batch_tool import batch_of, changed_many
from hub_mcp.server.confirm.change_tool import changed
from hub_mcp.server.confirm.elicitation import Boundary
from hub_mcp.server.confirm.view_answer import FOR_THE_VIEW, WAIT, ViewAnswer, view_key
from hub_mcp.server.lazy import Handlers, lazy_server
from hub_mcp.server.resources.reading import Pages
from hub_mcp.server.tools.catalogue_tools import CatalogueTools
from hub_mcp.server.tools.endpoint_tools import CONFIRM, DRY_RUN, answer_result, error_result
from hub_mcp.server.tools.operation_tools import CHANGE, FIND, MANY, READ, tool_for
from hub_mcp.server.tools.read_calls import read_call
from hub_mcp.server.views.view_list import ANSWER
from hub_mcp.server.views.view_pages import page_at

Context = ServerRequestContext[Any, Any]
HubOf = Callable[[Context], Hub]

log = logging.getLogger("hub_mcp")


def build(
    tools: CatalogueTools,
    hub_of: HubOf,
    gate: Gate,
    pages: Pages | None = None,
) -> Server[Any]:
    """A server that offers these tools.

    Args:
        hub_of: the Hub, with the token, that a request acts on.
        gate: where every change passes.
        pages: what can be read; by default over the same Hub.
    """
    return lazy_server(
        tools,
        lambda: handlers(tools, hub_of, gate, pages or Pages(hub_of)),
        gate.settings,
    )


def handlers(tools: CatalogueTools, hub_of: HubOf, gate: Gate, pages: Pages) -> Handlers:
    """The handlers of a server with these tools."""

    def offers(ctx: Context, name: str) -> bool:
        if tools.own_name(name) == ANSWER:
            return shows_views(ctx, gate.settings)
        return tools.endpoint(name) is not None or tools.reaches(name)

    async def call_tool(ctx: Context, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
        if not offers(ctx, params.name):
            raise MCPError(INVALID_PARAMS, f"There is no tool {plain(params.name, 80)!r} here.")
        try:
            progress = Progress(ctx)
            with reporting(progress):
                return await _called(ctx, params, progress)
        except HubError as error:
            if not tools.changes(params.name):
                error.not_done = ""  # nobody thinks that a read changed something
            return error_result(error)
        except MCPError:
            raise
        except Exception:
            log.exception("%s failed unexpectedly", params.name)
            sorry = f"{params.name} failed inside hub-mcp; its log on stderr says why."
            return CallToolResult(content=[TextContent(text=sorry)], is_error=True)

    async def _called(
        ctx: Context, params: CallToolRequestParams, progress: Progress
    ) -> CallToolResult | InputRequiredResult:
        name, arguments = tools.own_name(params.name), dict(params.arguments or {})
        answer: ViewAnswer | None = None
        if name == ANSWER:
            answer = ViewAnswer.read(arguments)
            if not tools.changes(answer.tool) or tools.own_name(answer.tool) == ANSWER:
                raise Stopped(FOR_THE_VIEW, advice=WAIT)
            name, arguments = tools.own_name(answer.tool), dict(answer.arguments)
            params = CallToolRequestParams(name=answer.tool, arguments=arguments)
        if name == FIND:
            return tools.operations.find(arguments, form_of(ctx, gate.settings))
        if name == MANY:
            return await _made_many(ctx, params, arguments, progress, answer)
        endpoint, dry_run, token = tools.endpoint(params.name), False, ""
        if name == CHANGE or (endpoint and endpoint.changes):
            dry_run = taken(arguments, DRY_RUN, bool, False)
            token = taken(arguments, CONFIRM, str, "") if not endpoint or endpoint.may_ask() else ""
        literal = endpoint is None
        if endpoint is None:
            asked = tools.operations.asked(name, arguments)
            endpoint, arguments = asked.endpoint, asked.arguments
        hub = hub_of(ctx)
        arguments = await with_slugs(hub, endpoint, arguments)
        call = read_call(endpoint, arguments, (hub.host,), literal=literal)
        try:
            return await _made(ctx, params, call, hub, progress, dry_run=dry_run, token=answer or token)
        except (Missing, MissingOrHidden, Invalid) as error:
            error.near = tuple(await near_names(hub, call, error))
            raise

    async def _made_many(
        ctx: Context,
        params: CallToolRequestParams,
        arguments: dict[str, Any],
        progress: Progress,
        answer: ViewAnswer | None,
    ) -> CallToolResult | InputRequiredResult:
        hub = hub_of(ctx)
        dry_run, token = taken(arguments, DRY_RUN, bool, False), taken(arguments, CONFIRM, str, "")
        arguments = as_meant(tool_for(MANY).input_schema, arguments)
        calls = await with_slugs_in_all(hub, tools.change_named, arguments.get("calls"))
        arguments = {**arguments, "calls": calls}
        batch, skipped = batch_of(arguments, lambda tool, said: tools.change_read(tool, said, (hub.host,)))
        return await _batch_made(
            ctx, params, batch, hub, progress, skipped=skipped, dry_run=dry_run, token=answer or token
        )

    async def _batch_made(
        ctx: Context,
        params: CallToolRequestParams,
        batch: Batch,
        hub: Hub,
        progress: Progress,
        *,
        skipped: int = 0,
        dry_run: bool,
        token: str | ViewAnswer,
    ) -> CallToolResult | InputRequiredResult:
        result, made = await changed_many(
            gate, ctx, params, batch, hub, progress.reached,
            skipped=skipped, dry_run=dry_run, confirm_token=token or None,
        )  # fmt: skip
        for one in made.made if made else ():
            if one.acted:
                await _tell(one.call)
        return result

    async def _tell(call: Change[Any, Any]) -> None:
        """Notify everyone watching of what a call changed."""
        try:
            await pages.changed(call)
        except Exception:
            log.exception(
                "subscribers were not told what %s changed", call.tool
            )  # it is changed all the same

    async def _made(
        ctx: Context,
        params: CallToolRequestParams,
        call: Endpoint[Any],
        hub: Hub,
        progress: Progress,
        *,
        dry_run: bool,
        token: str | ViewAnswer,
    ) -> CallToolResult | InputRequiredResult:
        if not isinstance(call, Change):
            found, rows = await gather(hub, call, progress.reached)
            form = form_of(ctx, gate.settings)
            rendered = answer_result(call, found, form, rows)
            if not form.views:
                return rendered
            from hub_mcp.server.views.shown_answer import with_its_view  # brings the classes of eight areas

            reader = f"{gate.settings.tool_prefix}{READ}" if READ in tools.reaching else ""
            return with_its_view(rendered, params, call, found, rows, hub=hub.base, reader=reader)
        if len(parts := call.parts()) > 1:
            batch = Batch(tuple(parts), goes_on=True, of=params.name)
            return await _batch_made(ctx, params, batch, hub, progress, dry_run=dry_run, token=token)
        result = await changed(gate, ctx, params, call, hub, dry_run=dry_run, confirm_token=token or None)
        if isinstance(result, CallToolResult) and not result.is_error:
            await _tell(call)
        return result

    async def read_resource(ctx: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        shown = shows_views(ctx, gate.settings) and page_at(str(params.uri), view_key(gate.keys[0]))
        return shown or await pages.read(ctx, params)

    own = {"on_call_tool": call_tool, **pages.handlers(), "on_read_resource": read_resource}
    return Handlers(own, Boundary(gate.keys))


T = TypeVar("T", bool, str)
OWN = {bool: {"type": "boolean"}, str: {"type": "string"}}  # schemas of the arguments that are ours


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
