"""The server: the SDK's low-level MCP server with the catalogue's handlers, for both protocol eras.

    server = build(CatalogueTools(settings), hub_of=lambda ctx: hub, gate=Gate(settings, journal))

Every exception becomes a sentence: errors of a call are results with `isError`, an unknown tool is a protocol
error, and the text of an unexpected exception never leaves the process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
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
from mcp_types.methods import is_input_required

from hub_mcp.catalogue import Change, Endpoint
from hub_mcp.client.deadline import reporting
from hub_mcp.client.hub import Hub
from hub_mcp.client.near_names import near_names
from hub_mcp.client.titles import with_slugs
from hub_mcp.errors import HubError, Invalid, Missing, MissingOrHidden, Stopped, plain
from hub_mcp.server.answers.answer_form import form_of, shows_views
from hub_mcp.server.answers.gathering import gather
from hub_mcp.server.answers.progress import Progress
from hub_mcp.server.lazy import HANDLED, Handler, Handlers, lazy_server
from hub_mcp.server.tools.catalogue_tools import CatalogueTools
from hub_mcp.server.tools.endpoint_tools import CONFIRM, DRY_RUN, answer_result, error_result, taken
from hub_mcp.server.tools.operation_tools import CHANGE, FIND, MANY, READ
from hub_mcp.server.tools.read_calls import read_call
from hub_mcp.server.views.view_list import ANSWER
from hub_mcp.server.views.view_pages import page_at
from hub_mcp.settings import Settings

if TYPE_CHECKING:
    from hub_mcp.gate.gate import Gate
    from hub_mcp.server.confirm.changing import Changing
    from hub_mcp.server.confirm.elicitation import Boundary
    from hub_mcp.server.confirm.view_answer import ViewAnswer
    from hub_mcp.server.resources.reading import Pages

Context = ServerRequestContext[Any, Any]
HubOf = Callable[[Context], Hub]

# Imported by the first call that needs it; a worker for many callers imports it before it serves.
LATER = ("hub_mcp.server.confirm.changing", "hub_mcp.server.tools.reached_operations")

log = logging.getLogger("hub_mcp")


def build(tools: CatalogueTools, hub_of: HubOf, gate: Gate, pages: Pages | None = None) -> Server[Any]:
    """A server that offers these tools.

    Args:
        hub_of: the Hub, with its token, for a request.
        gate: the gate for every change.
        pages: the resources; by default of the same Hub.
    """
    from hub_mcp.server.resources.reading import Pages  # imports logs, streams and subscriptions

    read = pages or Pages(hub_of)
    return lazy_server(
        tools, lambda: handlers(tools, hub_of, gate.settings, lambda: gate, lambda: read), gate.settings
    )


def handlers(
    tools: CatalogueTools,
    hub_of: HubOf,
    settings: Settings,
    gate: Callable[[], Gate],
    pages: Callable[[], Pages],
) -> Handlers:
    """The handlers of a server with these tools.

    Args:
        gate: makes the gate; called for the first change.
        pages: makes the resources; called for the first read of one, or the first change.
    """

    @cache
    def changing() -> Changing:
        from hub_mcp.server.confirm.changing import Changing  # imports the gate

        return Changing(gate(), tools, pages().changed)

    def offers(ctx: Context, name: str) -> bool:
        if tools.own_name(name) == ANSWER:
            return shows_views(ctx, settings)
        return tools.endpoint(name) is not None or tools.reaches(name)

    async def call_tool(ctx: Context, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
        if not offers(ctx, params.name):
            raise MCPError(INVALID_PARAMS, f"There is no tool {plain(params.name, 80)!r} here.")
        try:
            progress = Progress(ctx)
            with reporting(progress):
                return await _called(ctx, params, progress)
        except HubError as error:
            return error_result(error if tools.changes(params.name) else error.of_a_read())
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
            from hub_mcp.server.confirm.view_answer import FOR_THE_VIEW, WAIT, ViewAnswer

            answer = ViewAnswer.read(arguments)
            if not tools.changes(answer.tool) or tools.own_name(answer.tool) == ANSWER:
                raise Stopped(FOR_THE_VIEW, advice=WAIT)
            name, arguments = tools.own_name(answer.tool), dict(answer.arguments)
            params = CallToolRequestParams(name=answer.tool, arguments=arguments)
        if name == FIND:
            return tools.operations.find(arguments, form_of(ctx, settings))
        if name == MANY:
            return await changing().made_many(ctx, params, arguments, hub_of(ctx), progress, answer)
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
            form = form_of(ctx, settings)
            rendered = answer_result(call, found, form, rows)
            if not form.views:
                return rendered
            from hub_mcp.server.views.shown_answer import with_its_view  # imports the classes of eight areas

            reader = f"{settings.tool_prefix}{READ}" if READ in tools.reaching else ""
            return with_its_view(rendered, params, call, found, rows, hub=hub.base, reader=reader)
        return await changing().made(ctx, params, call, hub, progress, dry_run=dry_run, token=token)

    async def read_resource(ctx: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        def key() -> str:
            from hub_mcp.server.confirm.view_answer import view_key

            return view_key(gate().keys[0])

        shown = shows_views(ctx, settings) and page_at(str(params.uri), key)
        return shown or await pages().read(ctx, params)

    @cache
    def boundary() -> Boundary:
        from hub_mcp.server.confirm.elicitation import Boundary

        return Boundary(gate().keys)

    async def seal(ctx: Context, call_next: CallNext) -> HandlerResult:
        """Pass requests with an answer, and results with a question, through the boundary."""
        if (ctx.params or {}).get("requestState") is not None:
            return await boundary()(ctx, call_next)
        result = await call_next(ctx)
        if not is_input_required(result):
            return result

        async def asked(_: Context) -> HandlerResult:
            return result

        return await boundary()(ctx, asked)

    def of_pages(name: str) -> Handler:
        async def handle(ctx: Context, params: Any) -> Any:
            return await pages().handlers()[name](ctx, params)

        return handle

    own: dict[str, Handler] = {"on_call_tool": call_tool, "on_read_resource": read_resource}
    return Handlers({name: own.get(name) or of_pages(name) for name in HANDLED}, seal)
