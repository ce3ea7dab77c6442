"""Streamable HTTP for a team: one endpoint for both protocol eras; each request uses its caller's own token.

State that workers share is in Redis (`redis_state.py`). A request passes, from the outside in: the access
log, the check of hosts, the sign-in, the intake, and the sessions.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from sniffio import current_async_library_cvar
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub_mcp import __version__
from hub_mcp.client.caller import Caller
from hub_mcp.client.hub import Hub
from hub_mcp.errors import plain
from hub_mcp.gate.approvals import Approvals
from hub_mcp.gate.awaited_secrets import AwaitedSecrets
from hub_mcp.server.http import shutdown
from hub_mcp.server.http.approval_page import ApprovalPage
from hub_mcp.server.http.auth import METADATA, KnownTokens, NotAToken, SignIn, token_in
from hub_mcp.server.http.hosts import ExpectedHosts
from hub_mcp.server.http.intake import Intake
from hub_mcp.server.http.sessions import Sessions

if TYPE_CHECKING:
    from hub_mcp.server.http.redis_state import ChangesInRedis

access = logging.getLogger("hub_mcp.access")


@dataclass(frozen=True)
class Http:
    """How a server is exposed.

    Attributes:
        path: the endpoint.
        hosts, origins: Host and Origin headers accepted besides loopback; `name:*` is any port.
        public_url: where callers reach it behind a gateway; "" trusts the Host header.
        require_token: whether every caller needs a token that the Hub knows.
        sessions: whether legacy clients get one, for questions and notifications; for one process only.
        redis: the Redis that workers and machines share; "" for a single process.
        run: the id shared by the workers of one start; --max-writes counts for all of them.
        pages: where a browser reaches the server, for the page that approves a plan; "" for none.
    """

    path: str = "/mcp"
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    public_url: str = ""
    require_token: bool = False
    sessions: bool = True
    redis: str = ""
    run: str = ""
    pages: str = ""


def per_caller(hub: Hub) -> Callable[[ServerRequestContext[Any, Any]], Hub]:
    """The Hub for each request's own caller; a token in `hub` itself is never used."""

    def hub_of(ctx: ServerRequestContext[Any, Any]) -> Hub:
        headers = ctx.request.headers if isinstance(ctx.request, Request) else Headers({})
        try:
            return hub.asked_by(token_in(headers))
        except NotAToken:  # `SignIn` lets none through; a caller without an identity is anonymous
            return hub.asked_by(None)

    return hub_of


def http_app(
    server: Server[Any],
    hub: Hub,
    http: Http,
    *,
    known: KnownTokens | None = None,
    ready: Callable[[], Awaitable[bool]] | None = None,
    changes: ChangesInRedis | None = None,
    approvals: Approvals | None = None,
    awaited: AwaitedSecrets | None = None,
) -> Starlette:
    """The application: the server's endpoint with health, readiness, sign-in and an access log.

    Args:
        hub: verifies tokens, and is closed at the end.
        known: the verified tokens.
        ready: whether shared state can be reached.
        changes: announcements of other workers, received while the server runs.
        approvals: the plans that a person can approve on a page.
        awaited: the secrets that a person can type there.
    """

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    async def readyz(request: Request) -> Response:
        if ready is not None and not await ready():
            return JSONResponse({"status": "Redis does not answer"}, 503)
        return JSONResponse({"status": "ready"})

    sessions = Sessions(server, kept=http.sessions)
    sign_in = SignIn(
        Intake(sessions.endpoint),
        path=http.path,
        known=known or KnownTokens(hub),
        required=http.require_token,
        hub=hub.base,
        public_url=http.public_url,
    )
    has_page = approvals is not None and approvals.page
    app = Starlette(
        routes=[
            Route(http.path, endpoint=sign_in),
            Route(METADATA, sign_in.metadata),
            Route(METADATA + http.path, sign_in.metadata),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            *(ApprovalPage(approvals, hub, http.pages, awaited).routes if approvals and has_page else ()),
        ],
        lifespan=_lifespan(sessions, hub, changes),
    )
    app.router.redirect_slashes = False  # a redirect would go to whatever host the request names
    app.add_middleware(shutdown.EndStreams)
    if http.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origin_regex="|".join(re.escape(one).replace(r":\*", r"(:\d+)?") for one in http.origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],
            expose_headers=["Mcp-Session-Id", "WWW-Authenticate"],
        )
    own = (_origin(http.pages),) if has_page else ()  # a form is sent with the page's own origin
    app.add_middleware(ExpectedHosts, hosts=http.hosts, origins=(*http.origins, *own))
    app.add_middleware(AccessLog)
    return app


def _origin(address: str) -> str:
    """The origin that browsers send for a page at an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _lifespan(
    sessions: Sessions, hub: Hub, changes: ChangesInRedis | None
) -> Callable[[Starlette], AbstractAsyncContextManager[Mapping[str, Any]]]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(hub.aclose)
            if changes is not None:
                await stack.enter_async_context(changes.running())
            for manager in (sessions.each, sessions.kept):
                if manager:
                    await stack.enter_async_context(manager.run())
            yield {shutdown.KEY: stack.enter_context(shutdown.signalled())}

    return lifespan


class AccessLog:
    """One line per request: no query, no headers, and the caller as an opaque name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ("/healthz", "/readyz"):
            return await self._app(scope, receive, send)
        current_async_library_cvar.set("asyncio")  # otherwise each of some thirty steps detects it
        started, status = time.monotonic(), 0

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = Headers(scope=scope)
        try:
            return await self._app(scope, receive, send_noting_status)
        finally:
            access.info(
                "%s %s %s %d %.0f ms %s",
                scope["method"],
                plain(scope["path"], 80),
                plain(headers.get("mcp-method", "-"), 40),
                status,
                (time.monotonic() - started) * 1000,
                Caller.behind(headers.get("authorization", "")).id[:8] or "anonymous",
            )
