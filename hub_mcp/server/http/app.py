"""Streamable HTTP for a team: one endpoint for both protocol eras, each request with its caller's own token.

Legacy clients are served without sessions, so any worker may take any request. What a worker must know of the
others is in Redis (`sharing.py`); who may come in is decided in `signin.py`.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.transport_security import TransportSecuritySettings
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
from hub_mcp.server.http import shutdown
from hub_mcp.server.http.auth import Known, NotAToken, SignIn, token_in

if TYPE_CHECKING:
    from hub_mcp.server.http.redis_state import ChangesInRedis

access = logging.getLogger("hub_mcp.access")

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Http:
    """How a server is reached.

    Attributes:
        path: the endpoint.
        hosts, origins: Host and Origin headers that are answered, besides loopback's; `name:*` is any port.
        public_url: where callers reach it when a gateway is in front; "" takes the Host header's word.
        require_token: nobody is served without a token that the Hub knows.
        redis: the Redis that workers and machines share; "" for one process alone.
        run: what the workers of one start have in common; --max-writes counts for all of them.
    """

    path: str = "/mcp"
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    public_url: str = ""
    require_token: bool = False
    redis: str = ""
    run: str = ""

    def security(self) -> TransportSecuritySettings:
        """The check against DNS rebinding: named hosts and origins, and none else."""
        here = [form for name in LOOPBACK for form in (name, f"{name}:*")]
        return TransportSecuritySettings(
            allowed_hosts=[*here, *self.hosts],
            allowed_origins=[*(f"http://{one}" for one in here), *self.origins],
        )


def per_caller(hub: Hub) -> Callable[[ServerRequestContext[Any, Any]], Hub]:
    """The Hub for each request's own caller; a token that `hub` may have is never used."""

    def hub_of(ctx: ServerRequestContext[Any, Any]) -> Hub:
        headers = ctx.request.headers if isinstance(ctx.request, Request) else Headers({})
        try:
            return hub.asked_by(token_in(headers))
        except NotAToken:  # `SignIn` lets none through; a caller nobody can name is anonymous
            return hub.asked_by(None)

    return hub_of


def http_app(
    server: Server[Any],
    hub: Hub,
    http: Http,
    *,
    ready: Callable[[], Awaitable[bool]] | None = None,
    changes: ChangesInRedis | None = None,
) -> Starlette:
    """The server behind its endpoint, with health, readiness, sign-in and an access log.

    Args:
        hub: verifies tokens, and is closed at the end.
        ready: whether what is shared can be reached.
        changes: what other workers announce; listened to while the server runs.
    """

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    async def readyz(request: Request) -> Response:
        if ready is not None and not await ready():
            return JSONResponse({"status": "Redis does not answer"}, 503)
        return JSONResponse({"status": "ready"})

    security = http.security()
    app = server.streamable_http_app(
        streamable_http_path=http.path,
        stateless_http=True,
        transport_security=security,
        custom_starlette_routes=[Route("/healthz", healthz), Route("/readyz", readyz)],
    )
    app.router.lifespan_context = _lifespan(app.router.lifespan_context, hub, changes)
    app.add_middleware(shutdown.EndStreams)
    app.add_middleware(
        SignIn,
        path=http.path,
        security=security,
        known=Known(hub) if http.require_token else None,
        hub=hub.base,
        public_url=http.public_url,
    )
    if http.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origin_regex="|".join(re.escape(one).replace(r":\*", r"(:\d+)?") for one in http.origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],
            expose_headers=["Mcp-Session-Id", "WWW-Authenticate"],
        )
    app.add_middleware(AccessLog)
    return app


Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]


def _lifespan(sessions: Lifespan, hub: Hub, changes: ChangesInRedis | None) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(hub.aclose)
            if changes is not None:
                await stack.enter_async_context(changes.running())
            await stack.enter_async_context(sessions(app))
            yield {shutdown.KEY: stack.enter_context(shutdown.signalled())}

    return lifespan


class AccessLog:
    """One line for each request: no query, no header, and the caller as a name that tells nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ("/healthz", "/readyz"):
            return await self._app(scope, receive, send)
        started, status = time.monotonic(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = Headers(scope=scope)
        try:
            return await self._app(scope, receive, sending)
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
