"""Sessions: legacy clients get one from `initialize` on, if one process serves all requests.

In a session, a legacy client can show forms and be notified of changes. Everything else needs none: modern
requests contain all they need, and a legacy request without a session is answered on its own. If several
processes share the work, there are no sessions, and `initialize` does not declare what needs one.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import INVALID_REQUEST, PARSE_ERROR, ErrorData
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from hub_mcp.client.caller import Caller
from hub_mcp.server.http.intake import LARGEST, payer_in
from hub_mcp.server.relay import NO_REQUEST, NOT_JSON, refusals_of
from hub_mcp.server.stdio import message_of

EACH, ALL = 32, 1_000  # sessions
IDLE = 30 * 60.0  # seconds until an idle session ends
HELLO: Final = b"initialize"


class Sessions:
    """The endpoint: serves each request in its session, or on its own.

    Args:
        kept: whether legacy clients get sessions.
    """

    def __init__(self, server: Server[Any], *, kept: bool) -> None:
        self._open: Counter[str] = Counter()
        self.each = StreamableHTTPSessionManager(server, stateless=True, max_request_body_size=LARGEST)
        self.kept = (
            StreamableHTTPSessionManager(
                server, max_request_body_size=LARGEST, session_idle_timeout=IDLE, max_sessions=ALL
            )
            if kept
            else None
        )
        server.middleware.append(self.count)

    async def endpoint(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        headers = Headers(scope=scope)
        session = headers.get("mcp-session-id") if self.kept else None
        if self.kept and session and scope["method"] != "POST":
            return await self.kept.handle_request(_signed(scope, headers), receive, send)
        if scope["method"] == "GET":  # nothing would ever be sent on a stream without a session
            return await Response(status_code=405, headers={"Allow": "POST"})(scope, receive, send)
        message = await receive()
        if scope["method"] == "POST" and (refusal := _no_message(message.get("body", b""))):
            return await refusal(scope, receive, send)

        async def replay() -> Message:
            nonlocal message
            first, message = message, {}
            return first or await receive()

        if self.kept and (
            session or (self._open[payer_in(scope)] < EACH and _says_hello(message.get("body", b"")))
        ):
            return await self.kept.handle_request(_signed(scope, headers), replay, send)
        return await self.each.handle_request(scope, replay, send)

    async def count(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Count a session while it is open; without one, declare nothing that needs it."""
        result = await call_next(ctx)
        if ctx.method != "initialize" or not isinstance(result, dict):
            return result
        connection = ctx.session._connection  # pyright: ignore[reportPrivateUsage]  # its end is only here
        if connection.session_id is None:
            if resources := result.get("capabilities", {}).get("resources"):
                resources["subscribe"] = False
        elif isinstance(ctx.request, Request):
            payer = payer_in(ctx.request.scope)
            self._open[payer] += 1
            connection.exit_stack.callback(self._closed, payer)
        return result

    def _closed(self, payer: str) -> None:
        self._open[payer] -= 1
        if self._open[payer] <= 0:
            del self._open[payer]


def _no_message(body: bytes) -> Response | None:
    """The JSON-RPC error for an invalid message, as over stdio: with its id if that can be read."""
    try:
        message_of(body)
    except ValueError:
        found = refusals_of(body)
    else:
        return None
    unread = ErrorData(code=INVALID_REQUEST, message=NO_REQUEST)
    if not found and not _is_json(body):
        unread = ErrorData(code=PARSE_ERROR, message=NOT_JSON)
    error = found[0].error if found else unread
    id = found[0].id if found else None
    return JSONResponse({"jsonrpc": "2.0", "id": id, "error": error.model_dump(exclude_none=True)}, 400)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _says_hello(body: bytes) -> bool:
    if HELLO not in body:
        return False
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(message, dict) and message.get("method") == "initialize"


def _signed(scope: Scope, headers: Headers) -> Scope:
    """The request with its caller, so that nobody else can use a session."""
    caller = Caller.behind(headers.get("authorization", "")).id
    return {**scope, "user": AuthenticatedUser(AccessToken(token=caller, client_id=caller, scopes=[]))}
