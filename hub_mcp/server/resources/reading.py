"""Reading resources by address: resources, templates, and pages that link to the next one."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.subscriptions import SubscriptionBus
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
)

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.answers import Page
from hub_mcp.catalogue.bounds import bounded
from hub_mcp.catalogue.jobs.log_lines import ReadsLog
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.parts import Lookup, Rest, going_on
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.catalogue.repos.tags import GetTags
from hub_mcp.client.hub import Hub
from hub_mcp.client.near_names import with_near_names
from hub_mcp.errors import BadInput, HubError, Missing
from hub_mcp.server.answers.gathering import gather
from hub_mcp.server.answers.progress import Progress
from hub_mcp.server.answers.render import Rows, columns_of, fields_of
from hub_mcp.server.prompts import get_prompt, list_prompts
from hub_mcp.server.resources.addresses import address_of, call_at, named_templates, templates
from hub_mcp.server.resources.log_streams import read_log, streamed_at
from hub_mcp.server.resources.streams import BUDGET, STREAM, read_stream, row_text
from hub_mcp.server.resources.subscriptions import EVERY, Subscriptions, one_caller
from hub_mcp.server.resources.text_contents import JSON, text_at

Context = ServerRequestContext[Any, Any]

NDJSON = "application/x-ndjson"
# How long a client may cache an answer, in milliseconds. Everything else may have changed meanwhile, by this
# very client or in a page that was subscribed to, and is requested each time.
FRESH_FOR: dict[type[Endpoint[Any]], int] = {Whoami: 60_000, GetTags: 3_600_000}
PART = 40_000  # tokens per read of a thing too large for one read; less than its bytes allow


class Pages:
    """The resources of the Hub that a request acts on.

    Args:
        payer_of: who is charged for a request's subscriptions.
        every: seconds between two checks of a watched thing.
        changes: distributes changes between workers; by default within this process.
        walks: whether streams can be subscribed to.
    """

    def __init__(
        self,
        hub_of: Callable[[Context], Hub],
        *,
        payer_of: Callable[[Context], Awaitable[str]] = one_caller,
        every: float = EVERY,
        changes: SubscriptionBus | None = None,
        walks: bool = True,
    ) -> None:
        self._hub_of = hub_of
        self._subscriptions = Subscriptions(
            hub_of, payer_of=payer_of, every=every, changes=changes, walks=walks
        )
        self.changed = self._subscriptions.changed

    def handlers(self) -> dict[str, Any]:
        """The low-level server's handlers for everything but tools."""

        async def completing(ctx: Context, params: Any) -> Any:
            from hub_mcp.server.resources.completions import completed  # imports the listings of five areas

            return await completed(self._hub_of(ctx), params)

        return {
            "on_list_resources": self.list_resources,
            "on_list_resource_templates": self.list_templates,
            "on_read_resource": self.read,
            "on_subscribe_resource": self.subscribe,
            "on_unsubscribe_resource": self._subscriptions.unsubscribe,
            "on_subscriptions_listen": self.listen,
            "on_completion": completing,
            "on_list_prompts": list_prompts,
            "on_get_prompt": get_prompt,
        }

    async def list_resources(
        self, ctx: Context, params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        """The resources with a fixed address, by address: the tag lists, then the signed-in user."""
        found = ((uri.partition("{?")[0], endpoint) for uri, endpoint in templates())
        fixed = sorted(found, key=lambda one: one[0])
        return ListResourcesResult(
            resources=[
                Resource(
                    uri=uri,
                    name=endpoint.tool,
                    title=endpoint.label,
                    description=_words(endpoint),
                    mime_type=JSON,
                )
                for uri, endpoint in fixed
                if "{" not in uri and not endpoint.is_listing() and not _needs_arguments(endpoint)
            ]
        )

    async def list_templates(
        self, ctx: Context, params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        """The templates of every reading endpoint, and of every listing and log as a stream."""
        found: list[ResourceTemplate] = []
        for uri, endpoint, beside in named_templates():
            words = _words(endpoint)
            name = "_".join((endpoint.tool, *(("with", *beside) if beside else ())))
            title = f"{endpoint.label}, with {' and '.join(beside)}" if beside else endpoint.label
            found.append(
                ResourceTemplate(uri_template=uri, name=name, title=title, description=words, mime_type=JSON)
            )
            is_log = issubclass(endpoint, ReadsLog)
            if endpoint.is_listing() or is_log:
                found.append(
                    ResourceTemplate(
                        uri_template=STREAM + uri.removeprefix("hub://"),
                        name=f"stream_{name}",
                        title=f"{title}, {'line by line' if is_log else 'all of them'}",
                        description=f"{words} As NDJSON.",
                        mime_type=NDJSON,
                    )
                )
        return ListResourceTemplatesResult(resource_templates=found)

    async def subscribe(self, ctx: Context, params: SubscribeRequestParams) -> Any:
        """Start the notifications a legacy client requests."""
        try:
            return await self._subscriptions.subscribe(ctx, params)
        except HubError as error:
            raise _refused(error, str(params.uri)) from None

    async def listen(self, ctx: Context, params: SubscriptionsListenRequestParams) -> Any:
        """Keep up the notifications a modern client requests."""
        try:
            return await self._subscriptions.listen(ctx, params)
        except HubError as error:
            raise _refused(error, "") from None

    async def read(self, ctx: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        """The content at an address, which is always a reading call."""
        uri, hub = str(params.uri), self._hub_of(ctx)
        try:
            if uri.startswith(STREAM):
                return text_at(uri, await self._streamed(ctx, hub, uri), NDJSON)
            call = call_at(uri, (hub.host,))
            if call.answer.is_file:
                from hub_mcp.server.resources.file_contents import file_at  # imports the classes of files

                return await file_at(hub, call, uri)
            read = text_at(uri, whole(call, await _answered(ctx, hub, call)), JSON)
            fresh = next((ms for kind, ms in FRESH_FOR.items() if isinstance(call, kind)), 0)
            return read.model_copy(update={"ttl_ms": fresh, "cache_scope": "private"})
        except HubError as error:
            raise _refused(error, uri) from None

    async def _streamed(self, ctx: Context, hub: Hub, uri: str) -> str:
        progress = Progress(ctx)

        async def report(pages: int, text: str) -> None:
            await progress.reached(pages, None, text)

        call = streamed_at(uri, (hub.host,))
        if isinstance(call, ReadsLog):
            return await read_log(hub, call, report)
        return await read_stream(hub, call, report, self._subscriptions.walk_of(hub, call))


async def _answered(ctx: Context, hub: Hub, call: Endpoint[Any]) -> Any:
    """The answer at an address: one of the Hub's pages, or several combined."""
    if isinstance(call, Listing) and (call.count or call.filters_here):
        return (await gather(hub, call, Progress(ctx).reached, Rows(call, math.inf)))[0]
    return await with_near_names(hub, await hub.send(call))


def whole(call: Endpoint[Any], answer: Any) -> str:
    """An answer as JSON within the budget; a listing is cut between two rows."""
    fields = fields_of(call)
    if not isinstance(call, Listing) or not isinstance(answer, Page):
        return _one_thing(call, answer)
    rows: list[str] = []
    onward, room = answer.next_cursor, BUDGET - 8_192  # for the text after the rows
    for at, row in enumerate(answer.items):
        text = row_text(row, fields, columns_of(call))
        room -= len(text.encode()) + 2
        if room < 0:
            onward = answer.cursors[at - 1]
            break
        rows.append(text)
    last: dict[str, Any] = {"left_out": answer.left_out} if answer.left_out else {}
    if call.filters_here:
        last["filtered_here"] = f"by {call.filters_here}, of {answer.looked_at:,} rows of the Hub's"
    if onward:
        last["next"] = address_of(call.after(onward))
    rest = f", {json.dumps(last, ensure_ascii=False)[1:]}" if last else "}"
    return f'{{"items": [{", ".join(rows)}]{rest}'


def _one_thing(call: Endpoint[Any], answer: Any) -> str:
    """One thing as JSON; if it does not fit, its parts cut, with the addresses of the rest."""
    rest = None
    if isinstance(call, Lookup) and call.cursor:
        rest = Rest.behind(call.cursor, answer.entire(fields_of(call)))
        content = {rest.place.name: rest.value}
    else:
        content = answer.content(fields_of(call))
    text = json.dumps(content, ensure_ascii=False)
    if len(text.encode()) <= BUDGET:
        return text
    if not isinstance(call, Lookup):
        raise BadInput(f"The answer is larger than {BUDGET // 1024} KiB.", advice="Ask for fewer `fields`.")
    kept, cuts = bounded(content, PART)
    onward = [
        address_of(call.model_copy(update={"cursor": going_on(rest.cut_as(cut) if rest else cut)}))
        for cut in cuts
    ]
    return json.dumps({**kept, "next": onward}, ensure_ascii=False)


def _refused(error: HubError, uri: str) -> MCPError:
    """A Hub error as a protocol error; a missing resource has its own."""
    absent = isinstance(error, (BadInput, Missing))
    return MCPError(INVALID_PARAMS if absent else INTERNAL_ERROR, error.of_a_read().sentence(), {"uri": uri})


def _needs_arguments(endpoint: type[Endpoint[Any]]) -> bool:
    return any(field.is_required() for field in endpoint.model_fields.values())


def _words(endpoint: type[Endpoint[Any]]) -> str:
    return " ".join((endpoint.__doc__ or "").split())
