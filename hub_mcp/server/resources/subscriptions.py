"""Subscriptions, both eras: a stream announces its pages, and one thing on the Hub announces that it changed.

Legacy clients subscribe a session, modern ones hold a listen request; both are told by two different calls.
Whatever runs for an address runs once for each caller, however many ask for it, and ends with the last of
them. A change that any caller makes through this server, in whatever worker, has all who watch the thing look
again at once, each with a token of their own: nobody is told of what they cannot see.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anyio
from mcp.server.context import ServerRequestContext
from mcp.server.session import ServerSession
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

from hub_mcp.catalogue import Endpoint
from hub_mcp.client.hub import Hub
from hub_mcp.errors import BadInput, HubError
from hub_mcp.server.render import fields_of
from hub_mcp.server.resources.addresses import address_of, call_at
from hub_mcp.server.resources.streams import STREAM, Walk, listing_at

Context = ServerRequestContext[Any, Any]
Key = tuple[str, str]  # a caller, and an address

log = logging.getLogger("hub_mcp")

EVERY = 60.0  # seconds between two looks at a watched thing
MOST = 100  # addresses that one caller can be subscribed to


@dataclass
class Running:
    """What runs for one address and one caller."""

    task: asyncio.Task[None]
    walk: Walk | None = None
    sessions: list[ServerSession] = field(default_factory=list[ServerSession])
    listeners: list[SubscriptionBus] = field(default_factory=list[SubscriptionBus])
    changed: asyncio.Event = field(default_factory=asyncio.Event)  # somebody changed it: look at once


class Subscriptions:
    """Who is told of what.

    Args:
        every: seconds between two looks at a watched thing.
        changes: carries what was changed from whoever changed it to all who watch; by default within this
            process. Its listeners must be called on the event loop.
        walks: whether streams can be subscribed to; a walk lives in one process, so where several take a
            caller's requests in turn they are only read.
    """

    def __init__(
        self,
        hub_of: Callable[[Context], Hub],
        *,
        every: float = EVERY,
        changes: SubscriptionBus | None = None,
        walks: bool = True,
    ) -> None:
        self._hub_of = hub_of
        self._every = every
        self._walks = walks
        self._running: dict[Key, Running] = {}
        self._changes = changes or InMemorySubscriptionBus()
        self._changes.subscribe(self._look_now)

    async def changed(self, call: Endpoint[Any]) -> None:
        """Have whoever watches what this call changed look again."""
        if target := call.target():
            await self._changes.publish(ResourceUpdated(uri=address_of(target)))

    def _look_now(self, event: ServerEvent) -> None:
        if isinstance(event, ResourceUpdated):
            for (_, address), running in self._running.items():
                if _thing(address) == _thing(event.uri):
                    running.changed.set()

    def walk_at(self, hub: Hub, address: str) -> Walk | None:
        """The walk that runs for this caller at this address."""
        running = self._running.get((hub.caller.id, address))
        return running.walk if running else None

    # ── legacy: resources/subscribe ─────────────────────────────────────────────────────────────────

    async def subscribe(self, ctx: Context, params: SubscribeRequestParams) -> EmptyResult:
        hub, address = self._hub_of(ctx), str(params.uri)
        running = self._start(hub, address)
        if ctx.session not in running.sessions:
            running.sessions.append(ctx.session)
        return EmptyResult()

    async def unsubscribe(self, ctx: Context, params: UnsubscribeRequestParams) -> EmptyResult:
        key = (self._hub_of(ctx).caller.id, str(params.uri))
        if running := self._running.get(key):
            running.sessions = [one for one in running.sessions if one is not ctx.session]
            self._end_unwanted(key)
        return EmptyResult()

    # ── modern: subscriptions/listen ────────────────────────────────────────────────────────────────

    async def listen(
        self, ctx: Context, params: SubscriptionsListenRequestParams
    ) -> SubscriptionsListenResult:
        hub = self._hub_of(ctx)
        caller = hub.caller.id
        addresses = [str(one) for one in params.notifications.resource_subscriptions or ()]
        bus = InMemorySubscriptionBus()
        try:
            for address in addresses:
                self._start(hub, address).listeners.append(bus)
            return await ListenHandler(bus)(ctx, params)
        finally:
            for address in addresses:
                if running := self._running.get((caller, address)):
                    running.listeners = [one for one in running.listeners if one is not bus]
                    self._end_unwanted((caller, address))

    # ── what runs ───────────────────────────────────────────────────────────────────────────────────

    def _start(self, hub: Hub, address: str) -> Running:
        key = (hub.caller.id, address)
        if key in self._running:
            return self._running[key]
        if sum(1 for caller, _ in self._running if caller == key[0]) >= MOST:
            raise BadInput(f"At most {MOST} addresses can be subscribed to.", advice="Unsubscribe from some.")
        walk = None
        if address.startswith(STREAM):
            if not self._walks:
                raise BadInput(
                    "Streams cannot be subscribed to at this server, where several processes share the work.",
                    advice="Read it, and go on at the address in its last line.",
                )
            walk = Walk(hub, listing_at(address, (hub.host,)), lambda: self._announce(key))
            task = asyncio.create_task(walk.run())
        else:
            task = asyncio.create_task(self._watch(hub, key, call_at(address, (hub.host,))))
        self._running[key] = Running(task, walk)
        return self._running[key]

    def _end_unwanted(self, key: Key) -> None:
        running = self._running.get(key)
        if running and not running.sessions and not running.listeners:
            del self._running[key]
            running.task.cancel()

    async def _watch(self, hub: Hub, key: Key, call: Endpoint[Any]) -> None:
        """Look again and again, and tell when something is not as it was."""
        seen = ""
        while True:
            try:
                answer = await hub.send(call)
                now = json.dumps(answer.content(fields_of(call)), sort_keys=True)
            except HubError as error:
                now = f"{error.kind}: {error.what}" if error.status else seen  # an outage is no change
            if seen and now != seen:
                await self._announce(key)
            seen = now
            changed = self._running[key].changed
            with anyio.move_on_after(self._every):
                await changed.wait()
            changed.clear()

    async def _announce(self, key: Key) -> None:
        address = key[1]
        running = self._running.get(key)
        for session in list(running.sessions) if running else []:
            try:
                await session.send_resource_updated(address)
            except Exception:  # the session is gone, whatever its transport calls that
                log.debug("a subscriber of %s left without a word", address)
                if running:
                    running.sessions = [one for one in running.sessions if one is not session]
        for bus in list(running.listeners) if running else []:
            await bus.publish(ResourceUpdated(uri=address))
        self._end_unwanted(key)


def _thing(address: str) -> str:
    """What an address is about, whichever of its fields are asked for."""
    return address.partition("?")[0].lower()
