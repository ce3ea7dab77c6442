"""The only module that connects the packages: settings become a Hub, a gate and a server."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hub_mcp.settings import Settings

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from starlette.applications import Starlette

    from hub_mcp.client.hub import Hub
    from hub_mcp.client.token import Token
    from hub_mcp.gate.gate import Gate
    from hub_mcp.gate.journal import Journal
    from hub_mcp.server.early.early_session import StartedSession
    from hub_mcp.server.http.http_app import Http
    from hub_mcp.server.lazy import Handlers
    from hub_mcp.server.resources.reading import Pages

SANDBOX = "http://sandbox.hub.localhost"  # an address on no network: requests to it never leave the process


def hub_of(settings: Settings, environment: Mapping[str, str] | None = None) -> Hub:
    """The Hub from the settings: the real one, or the local one in this process."""
    from hub_mcp.client.hub import Hub, user_agent
    from hub_mcp.client.placeholders import usable
    from hub_mcp.client.token import find_token, is_true

    env = usable(os.environ if environment is None else environment)
    if settings.sandbox is not None:
        return sandbox(settings)
    token = None if settings.anonymous else find_token(env, settings.token_file)
    return Hub(
        settings.endpoint,
        token,
        offline=settings.offline
        or is_true(env.get("HF_HUB_OFFLINE", ""))
        or is_true(env.get("TRANSFORMERS_OFFLINE", "")),
        timeout=settings.timeout,
        max_wait=settings.max_wait,
        agent=user_agent(env),
        secrets_from=settings.secrets_from,
    )


def sandbox(settings: Settings) -> Hub:
    """The local Hub in this process, in memory or a file; ignores token and endpoint in the environment."""
    from hub_mcp.client.hub import Hub

    def transport() -> Any:
        import httpx

        from hub_mcp.localhub.app import create_app

        return httpx.ASGITransport(create_app(settings.sandbox or None, faults=settings.faults))

    token = None if settings.anonymous else _sandbox_token(settings.sandbox_user)
    return Hub(
        SANDBOX,
        token,
        transport=transport,
        timeout=settings.timeout,
        max_wait=settings.max_wait,
        secrets_from=settings.secrets_from,
    )


def _sandbox_token(name: str) -> Token:
    """A token of the local Hub's world: the first one of that user."""
    from hub_mcp.client.token import Token
    from hub_mcp.localhub.world.tokens import TOKENS

    found = next((one.token for one in TOKENS if one.user == name), TOKENS[0].token)
    return Token(found, "the local Hub's world")


def server_of(settings: Settings, hub: Hub) -> Server[Any]:
    """A server for one caller on one Hub."""
    from hub_mcp.server.lazy import lazy_server
    from hub_mcp.server.tools.catalogue_tools import CatalogueTools

    return lazy_server(CatalogueTools(settings), lambda: handlers_of(settings, hub), settings)


def handlers_of(settings: Settings, hub: Hub) -> Handlers:
    """The handlers of a server for one caller."""
    from hub_mcp.server.handlers import handlers
    from hub_mcp.server.tools.catalogue_tools import CatalogueTools

    def the_hub(ctx: object) -> Hub:
        return hub

    @cache
    def gate() -> Gate:
        return gate_of(settings)

    @cache
    def pages() -> Pages:
        from hub_mcp.server.resources.reading import Pages  # brings logs, streams and subscriptions

        return Pages(the_hub, every=settings.watch_every)

    return handlers(CatalogueTools(settings), the_hub, settings, gate, pages)


def gate_of(settings: Settings) -> Gate:
    """The gate with the operator's limits and the journal.

    Keys and used answers are stored in the state directory, so that a plan outlives the server that made it:
    some hosts start a server for each call.
    """
    from hub_mcp.errors import Stopped
    from hub_mcp.gate.gate import Gate, keys_from
    from hub_mcp.gate.journal import state_directory
    from hub_mcp.gate.local_key import local_key, sealed
    from hub_mcp.gate.once import FileUsage

    journal, keys, state = journal_at(settings.journal), keys_from(), state_directory()
    try:
        return Gate(
            settings,
            journal,
            keys=keys or [sealed(local_key(state), "questions and plans", "")],
            used=FileUsage(state),
        )
    except (OSError, Stopped) as trouble:
        why = trouble.what if isinstance(trouble, Stopped) else f"{trouble.strerror}: {state}"
        logging.getLogger("hub_mcp").warning("A plan ends with this process: %s", why)
        return Gate(settings, journal, keys=keys)


def journal_at(place: str) -> Journal:
    """The journal from a setting: a file, a Redis, "off", or "" for the one in the state directory."""
    from hub_mcp.gate.journal import Journal

    if not place.startswith(("redis://", "rediss://", "unix://")):
        return Journal.at(place)
    from hub_mcp.gate.redis_journal import RedisJournal

    return RedisJournal(place)


def run_stdio(settings: Settings, begun: StartedSession | None = None) -> None:
    """Serve one client over standard input and output, until its input ends.

    Args:
        begun: what was already read and answered without the SDK.
    """
    from hub_mcp.log_output import set_up_logging

    set_up_logging(settings)
    import anyio

    with contextlib.suppress(KeyboardInterrupt):
        anyio.run(_serve_stdio, settings, begun)  # records the loop, which each wait would look up


async def _serve_stdio(settings: Settings, begun: StartedSession | None) -> None:
    from hub_mcp.server import telemetry
    from hub_mcp.server.early.prepared_tools import PreparedTools
    from hub_mcp.server.lazy import lazy_server
    from hub_mcp.server.relay import Relay
    from hub_mcp.server.stdio import message_of, stdio

    telemetry.set_up()
    hubs: list[Hub] = []

    def load() -> Handlers:
        hubs.append(hub_of(settings))
        return handlers_of(settings, hubs[0])

    server = lazy_server(PreparedTools(settings), load, settings)
    _settle()
    replayed = [message_of(line) for line in begun.replayed] if begun else []
    async with stdio(begun.unread if begun else b"") as (incoming, outgoing):
        await Relay(server).run(incoming, outgoing, replayed)
    for hub in hubs:
        await hub.aclose()


def create_http_app(settings: Settings, http: Http) -> Starlette:
    """One worker's application for Streamable HTTP; called in the worker, so nothing open is inherited."""
    from dataclasses import replace

    from hub_mcp.gate.approvals import Approvals
    from hub_mcp.gate.awaited_secrets import AwaitedSecrets, keeps_secrets
    from hub_mcp.gate.gate import Gate, keys_from
    from hub_mcp.gate.journal import state_directory
    from hub_mcp.log_output import set_up_logging
    from hub_mcp.server import telemetry
    from hub_mcp.server.handlers import LATER, build
    from hub_mcp.server.http.approval_page import APPROVE
    from hub_mcp.server.http.auth import KnownTokens, payer_of
    from hub_mcp.server.http.http_app import http_app, per_caller
    from hub_mcp.server.resources.reading import Pages
    from hub_mcp.server.tools.catalogue_tools import CatalogueTools

    set_up_logging(settings)
    logging.getLogger("hub_mcp.access").setLevel(logging.INFO)
    telemetry.set_up()
    keys = keys_from()
    used, changes, ready = None, None, None
    if http.redis:
        from hub_mcp.server.http import redis_state

        redis = redis_state.connect(http.redis)
        used, changes = redis_state.RedisUsage(redis, http.run), redis_state.ChangesInRedis(redis)
        ready = redis_state.answering(redis)
    anonymous = replace(settings, anonymous=True)  # the server's own token is not even read
    hub = hub_of(anonymous)
    reachable = http.pages and settings.sandbox is None  # no browser can reach a Hub inside a process
    approvals = Approvals(state_directory(), page=http.pages + APPROVE if reachable else "")
    alone = http.sessions and keeps_secrets(http.pages)  # typed secrets are in the memory of one process
    gate = Gate(
        settings,
        journal_at(settings.journal or http.redis),
        approvals=approvals,
        keys=keys,
        used=used,
        awaited=AwaitedSecrets(approvals.page) if approvals.page and alone else None,
    )
    known = KnownTokens(hub)
    pages = Pages(
        per_caller(hub),
        payer_of=payer_of(known),
        every=settings.watch_every,
        changes=changes,
        walks=not http.redis,
    )
    tools = CatalogueTools(settings)
    tools.listed(structured=False, views=False)  # so that no caller waits for all imports
    for name in LATER:
        import_module(name)
    server = build(tools, per_caller(hub), gate, pages)
    app = http_app(
        server,
        hub,
        http,
        known=known,
        ready=ready,
        changes=changes,
        approvals=approvals,
        awaited=gate.awaited,
    )
    _settle()
    return app


def _settle() -> None:
    """Exempt permanent objects from garbage collection: scanning the catalogue would delay every caller."""
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)  # a call creates some thousand objects, hardly any of them in cycles
