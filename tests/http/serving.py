"""A server over HTTP on its own port, in the test's event loop, in front of a spied-on local Hub."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitRequestFormParams, ElicitResult
from starlette.applications import Starlette

from hub_mcp.client.hub import Hub
from hub_mcp.gate.gate import Gate
from hub_mcp.server.handlers import build
from hub_mcp.server.http.auth import KnownTokens, payer_of
from hub_mcp.server.http.connections import server_config
from hub_mcp.server.http.http_app import Http, http_app, per_caller
from hub_mcp.server.resources.reading import Pages
from hub_mcp.server.tools.catalogue_tools import CatalogueTools
from tests.gate.gates import ADA, BASE, World
from tests.waiting import PATIENCE, until

Answer = Callable[[ElicitRequestFormParams], Any]


def app_of(world: World, http: Http | None = None, *, gate: Gate | None = None, **settings: Any) -> Starlette:
    """A worker's application, as `wiring.create_http_app` makes it, with a spy before the Hub."""
    gate = gate or world.gate(**{"confirm": "deny", **settings})
    hub = Hub(BASE, None, transport=lambda: world.spy)
    hub_of = per_caller(hub)
    known = KnownTokens(hub)
    pages = Pages(hub_of, payer_of=payer_of(known), every=gate.settings.watch_every)
    server = build(CatalogueTools(gate.settings), hub_of, gate, pages)
    return http_app(server, hub, http or Http(), known=known, approvals=gate.approvals, awaited=gate.awaited)


@asynccontextmanager
async def served(app: Starlette, bound: socket.socket | None = None) -> AsyncIterator[str]:
    """The address of the endpoint of a running server.

    Args:
        bound: where it listens, if that is to be known before.
    """
    bound = bound or socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(server_config(app, grace=int(PATIENCE)))
    running = asyncio.create_task(server.serve(sockets=[bound]))
    await until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/mcp"
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def client_of(
    url: str,
    era: str = "auto",
    answer: Answer | None = None,
    *,
    token: str = ADA,
    authorization: str = "",
    **manners: Any,
) -> AsyncIterator[Client]:
    """The official client, as somebody with this token; without an answer it cannot show a form."""

    async def asked(context: Any, params: Any) -> ElicitResult:
        assert answer
        reply = answer(params)
        return reply if isinstance(reply, ElicitResult) else await reply

    header = authorization or (f"Bearer {token}" if token else "")
    headers = {"Authorization": header} if header else {}
    # our servers speak plain HTTP here, and reading the certificates takes longer than most calls
    async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE, verify=False) as http:
        transport = streamable_http_client(url, http_client=http)
        elicitation = asked if answer else None
        async with Client(transport, mode=era, elicitation_callback=elicitation, **manners) as client:  # type: ignore[arg-type]  # one of two words
            yield client
