"""Subscriptions of both eras: a stream announces its pages, and a thing on the Hub announces its changes.

Legacy clients subscribe a session, modern ones keep a listen request open; each era has its own notification.
The task for an address runs once per caller, however many subscribers there are, and ends with the last of
them. A change that any caller makes through this server, in any worker, makes all who watch the thing check
again at once, each with their own token: nobody is notified about what they cannot see.

Holders of subscriptions are charged for them, with limits per payer and in total; the more is watched, the
longer the time between two checks.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import anyio
from mcp.server.connection import Connection
from mcp.server.context import ServerRequestContext
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    ResourceUpdated,
    ServerEvent,
    SubscriptionBus,
)
from mcp.types import (
    EmptyResult,
    SubscribeRequestParams,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
    UnsubscribeRequestParams,
)

from hub_mcp.catalogue import Change, Endpoint
from hub_mcp.catalogue.listing import Listing
from hub_mcp.client.hub import Hub
from hub_mcp.errors import BadInput, HubError
from hub_mcp.server.answers.render import fields_of
from hub_mcp.server.resources.addresses import address_of, call_at
from hub_mcp.server.resources.log_streams import LOOK_EVERY, last_line_of, streamed_at
from hub_mcp.server.resources.streams import STREAM, Walk, stream_of

Context = ServerRequestContext[Any, Any]
Key = tuple[str, str]  # caller and address
Tell = Callable[[], Awaitable[None]]

log = logging.getLogger("hub_mcp")

EVERY = 60.0  # seconds between two checks of a watched thing, while a caller watches only a few
FEW, FEW_IN_ALL = 20, 200  # number of watched things above which the time between checks grows
SOONEST = 0.5  # seconds between two checks caused by changes
MOST, MOST_IN_ALL = 100, 1_000  # subscriptions per payer, and in total
MOST_WALKS, MOST_WALKS_IN_ALL = 8, 32  # of these, walks, which keep pages


async def one_caller(ctx: Context) -> str:
    """Who is charged if a server has only one caller."""
    return ""


@dataclass(frozen=True)
class Subscriber:
    """Who is notified about an address.

    Attributes:
        holder: the session or listen request, with which it ends.
        payer: who is charged for it.
        tell: sends the notification.
    """

    holder: object
    payer: str
    tell: Tell


@dataclass
class Running:
    """The task for one address and one caller.

    Attributes:
        thing: the watched thing, independent of the spelling of its address.
    """

    thing: str = ""
    task: asyncio.Task[None] | None = None
    walk: Walk | None = None
    subscribers: list[Subscriber] = field(default_factory=list[Subscriber])
    changed: asyncio.Event = field(default_factory=asyncio.Event)  # somebody changed it: check at once
    looked: asyncio.Event = field(default_factory=asyncio.Event)  # the state to compare with is known


class Subscriptions:
    """The subscriptions of a server.

    Args:
        payer_of: who is charged for a request's subscriptions.
        every: seconds between two checks of a watched thing.
        changes: distributes changes to all watchers; by default within this process. Its listeners must be
            called on the event loop.
        walks: whether streams can be subscribed to; a walk lives in one process, so if several processes
            share a caller's requests, streams can only be read.
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
        self._payer_of = payer_of
        self._every = every
        self._walks = walks
        self._running: dict[Key, Running] = {}
        self._changes = changes or InMemorySubscriptionBus()
        self._changes.subscribe(self._look_now)

    async def changed(self, call: Change[Any, Any]) -> None:
        """Notify subscribers of what this call changed."""
        for shown in (call.target(), *call.shown_in()):
            if shown:
                await self._changes.publish(ResourceUpdated(uri=address_of(shown)))

    def _look_now(self, event: ServerEvent) -> None:
        if isinstance(event, ResourceUpdated):
            for running in self._running.values():
                if running.thing == _thing(event.uri):
                    running.changed.set()

    def walk_of(self, hub: Hub, listing: Listing[Any]) -> Walk | None:
        """A walk of this caller over this listing, at any position."""
        caller, address = hub.caller.id, stream_of(listing.after(""))
        for (whose, _), running in self._running.items():
            if whose == caller and running.walk and running.walk.address == address:
                return running.walk
        return None

    # ── legacy: resources/subscribe ─────────────────────────────────────────────────────────────────

    async def subscribe(self, ctx: Context, params: SubscribeRequestParams) -> EmptyResult:
        hub, address, connection = self._hub_of(ctx), str(params.uri), _connection_of(ctx)
        if ctx.session.client_params is None:
            raise BadInput(
                "Nothing can be announced here: this server keeps no sessions, and without one this "
                "protocol version has no channel for it.",
                advice="Read the address again when it matters.",
            )
        key = (hub.caller.id, address)
        if any(one.holder is connection for one in self._subscribers(key)):
            return EmptyResult()

        async def tell() -> None:
            await ctx.session.send_resource_updated(address)

        begun = self._start(hub, address, Subscriber(connection, await self._payer_of(ctx), tell))
        connection.exit_stack.callback(self._leave, key, connection)
        await begun.looked.wait()
        return EmptyResult()

    async def unsubscribe(self, ctx: Context, params: UnsubscribeRequestParams) -> EmptyResult:
        self._leave((self._hub_of(ctx).caller.id, str(params.uri)), _connection_of(ctx))
        return EmptyResult()

    # ── modern: subscriptions/listen ────────────────────────────────────────────────────────────────

    async def listen(
        self, ctx: Context, params: SubscriptionsListenRequestParams
    ) -> SubscriptionsListenResult:
        hub = self._hub_of(ctx)
        addresses = list(dict.fromkeys(str(one) for one in params.notifications.resource_subscriptions or ()))
        bus = InMemorySubscriptionBus()
        payer = await self._payer_of(ctx) if addresses else ""

        def telling(address: str) -> Tell:
            return lambda: bus.publish(ResourceUpdated(uri=address))

        try:
            begun = [self._start(hub, one, Subscriber(bus, payer, telling(one))) for one in addresses]
            for running in begun:  # every change after the acknowledgement is reported
                await running.looked.wait()
            return await ListenHandler(bus)(ctx, params)
        finally:
            for address in addresses:
                self._leave((hub.caller.id, address), bus)

    # ── tasks ───────────────────────────────────────────────────────────────────────────────────

    def _subscribers(self, key: Key) -> list[Subscriber]:
        running = self._running.get(key)
        return running.subscribers if running else []

    def _start(self, hub: Hub, address: str, subscriber: Subscriber) -> Running:
        """Start notifying a subscriber about an address.

        Raises:
            BadInput: there is nothing of that address, or more is subscribed to than can be.
        """
        key = (hub.caller.id, address)
        self._refuse_too_many(subscriber.payer, walks=address.startswith(STREAM))
        running = self._running.get(key) or self._run(hub, key)
        running.subscribers.append(subscriber)
        return running

    def _run(self, hub: Hub, key: Key) -> Running:
        address = key[1]
        running = Running()
        streamed = streamed_at(address, (hub.host,)) if address.startswith(STREAM) else None
        if isinstance(streamed, Listing):
            if not self._walks:
                raise BadInput(
                    "Streams cannot be subscribed to at this server, where several processes share the work.",
                    advice="Read it, and go on at the address in its last line.",
                )
            running.walk = Walk(hub, streamed, lambda: self._announce(key))
            running.task = asyncio.create_task(running.walk.run())
            running.looked.set()
        else:
            call = last_line_of(streamed) if streamed else call_at(address, (hub.host,))
            every = min(self._every, LOOK_EVERY) if streamed else self._every
            running.thing = _thing(address_of(call))
            running.task = asyncio.create_task(self._watch(hub, key, running, call, every))
        running.task.add_done_callback(lambda _: running.looked.set())  # or waiters would wait on
        self._running[key] = running
        return running

    def _refuse_too_many(self, payer: str, *, walks: bool) -> None:
        held = [(run.walk, one.payer) for run in self._running.values() for one in run.subscribers]
        _refuse_beyond("addresses", [whose for _, whose in held], payer, MOST, MOST_IN_ALL)
        if walks:
            walking = [whose for walk, whose in held if walk]
            _refuse_beyond("streams", walking, payer, MOST_WALKS, MOST_WALKS_IN_ALL)

    def _leave(self, key: Key, holder: object) -> None:
        if running := self._running.get(key):
            running.subscribers = [one for one in running.subscribers if one.holder is not holder]
            if not running.subscribers:
                del self._running[key]
                if running.walk:
                    running.walk.end()
                if running.task:
                    running.task.cancel()

    def _pause(self, caller: str, every: float) -> float:
        """Seconds until the next check of a watched thing; longer if more is watched."""
        own = sum(whose == caller for whose, _ in self._running)
        return every * max(1.0, own / FEW, len(self._running) / FEW_IN_ALL)

    async def _watch(self, hub: Hub, key: Key, running: Running, call: Endpoint[Any], every: float) -> None:
        """Check repeatedly, and notify when something has changed."""
        seen = ""
        while True:
            try:
                answer = await hub.send(call)
                shown = json.dumps(answer.content(fields_of(call)), sort_keys=True)
                now = hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()
            except HubError as error:
                now = f"{error.kind}: {error.what}" if error.status else seen  # an outage is not a change
            if seen and now != seen:
                await self._announce(key)
            seen = now
            running.looked.set()
            with anyio.move_on_after(self._pause(key[0], every)):
                await running.changed.wait()
                await anyio.sleep(SOONEST)
            running.changed.clear()

    async def _announce(self, key: Key) -> None:
        for subscriber in list(self._subscribers(key)):
            try:
                await subscriber.tell()
            except Exception:  # the session is gone, whatever its transport raises for that
                log.debug("a subscriber of %s disconnected", key[1])
                self._leave(key, subscriber.holder)


def _refuse_beyond(what: str, held: list[str], payer: str, most: int, most_in_all: int) -> None:
    """Refuse one more subscription if a limit is reached.

    Raises:
        BadInput: the payer, or all together, have reached the limit.
    """
    if held.count(payer) >= most:
        raise BadInput(f"At most {most} {what} can be subscribed to.", advice="Unsubscribe from some.")
    if len(held) >= most_in_all:
        raise BadInput(f"This server cannot take more subscriptions to {what}.", advice="Try again later.")


def _connection_of(ctx: Context) -> Connection:
    """The connection a legacy request came on; the SDK makes a new session for each request."""
    return ctx.session._connection  # pyright: ignore[reportPrivateUsage]  # handlers get it nowhere else


def _thing(address: str) -> str:
    """The thing at an address, whichever of its fields are requested."""
    return address.partition("?")[0].lower()
