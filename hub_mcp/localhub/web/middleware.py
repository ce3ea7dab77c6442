"""What every answer of the Hub has in common: one ASGI layer around all routes.

It identifies the caller, enforces the rate limit, renders refusals and redirects, adds the headers of
FACTS §7 and §18, answers `If-None-Match` with 304, empties the answer to HEAD, and logs the request.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import time
import uuid

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..people.rights import SignedInUser, caller_of
from ..store import Store
from .hub_errors import ApiError, Moved
from .quotas import RateQuotas
from .response import error_response, etag, tag_matches

EXPOSED = (
    "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,"
    "Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash"
)
KEPT_REQUESTS = 1000

log = logging.getLogger(__name__)


class HubMiddleware:
    """The middleware itself."""

    def __init__(self, app: ASGIApp, store: Store, limits: RateQuotas) -> None:
        self.app = app
        self.store = store
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever a route raises becomes a response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request = Request(scope, receive)
        who: SignedInUser | None = None
        early: Response | None = None
        try:
            who = caller_of(
                self.store, request.headers.get("authorization"), scope["path"] == "/api/whoami-v2"
            )
        except ApiError as error:
            early = error_response(error)
        scope["caller"] = who
        client = scope.get("client")
        headers, used_up = self.limits.spend(
            who, client[0] if client else "", scope["path"], self.store.clock()
        )
        if used_up:
            early = error_response(
                ApiError(429, "Too many requests: this window of your rate limit is used up.")
            )
        early = scope.get("instead", early)  # a deliberate fault, see faults/
        headers |= {
            "X-Powered-By": "huggingface-moon",
            "X-Request-Id": _request_id(self.store, request.headers.get("x-amzn-trace-id")),
            "Access-Control-Expose-Headers": EXPOSED,
            "Vary": "Origin",
        }
        finish = _Finish(request, send, headers)
        try:
            if early is not None:
                await early(scope, receive, finish)
            else:
                await self._answer(scope, receive, finish)
            if request.method not in ("GET", "HEAD"):
                from ..webhooks.firing import fire  # brings jobs

                fire(self.store, str(request.base_url).rstrip("/"))
        finally:
            self._note(request, finish.status, who, (time.perf_counter() - started) * 1000)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except ApiError as error:
            await error_response(error)(scope, receive, send)
        except Moved as moved:
            words = {302: "Found"}.get(moved.status, "Temporary Redirect")
            text = PlainTextResponse(f"{words}. Redirecting to {moved.location}", moved.status)
            text.headers["Location"] = moved.location
            await text(scope, receive, send)
        except Exception as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                failed = ApiError(
                    503, "The local Hub's file is locked by another program. Nothing was changed."
                )
            else:
                log.exception("A route of the local Hub failed")
                failed = ApiError(500, "Internal Error - We're working hard to fix this.")
            await error_response(failed)(scope, receive, send)

    def _note(self, request: Request, status: int, who: SignedInUser | None, milliseconds: float) -> None:
        """Log the request for the view; a busy file is no reason to fail."""
        what = (request.method, request.url.path, request.url.query, request.scope.get("said"))
        how = (status, who.name if who else None, request.scope.get("fault"), round(milliseconds, 3))
        try:
            with self.store.write():
                self.store.run(
                    "insert into requests"
                    " (time, method, path, query, said, status, caller, fault, milliseconds)"
                    " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    self.store.now(),
                    *what,
                    *how,
                )
                self.store.run("delete from requests where id <= last_insert_rowid() - ?", KEPT_REQUESTS)
        except sqlite3.Error:
            return


class _Finish:
    """The `send` of one request: adds headers to the start, and handles ETag, 304 and HEAD."""

    def __init__(self, request: Request, send: Send, headers: dict[str, str]) -> None:
        self.request = request
        self.send = send
        self.headers = headers
        self.status = 500
        self.start: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Hold back the start until the first piece of the body arrives, then send both."""
        if message["type"] == "http.response.start":
            self.start = message
            self.status = message["status"]
            return
        body = message.get("body", b"")
        if self.start is not None:
            start, self.start = self.start, None
            await self.send(self._started(start, body, whole=not message.get("more_body", False)))
        empty = self.request.method == "HEAD" or self.status == 304
        await self.send({**message, "body": b"" if empty else body})

    def _started(self, start: Message, body: bytes, whole: bool) -> Message:
        pairs: list[tuple[bytes, bytes]] = list(start["headers"])
        names = dict(pairs)
        if whole and body and b"etag" not in names:
            names[b"etag"] = etag(body).encode()
            pairs.append((b"etag", names[b"etag"]))
        asked, tag = self.request.headers.get("if-none-match"), names.get(b"etag", b"").decode("latin-1")
        if (
            tag
            and start["status"] == 200
            and self.request.method in ("GET", "HEAD")
            and tag_matches(asked, tag)
        ):
            self.status = 304
            pairs = [pair for pair in pairs if pair[0] not in (b"content-length", b"content-type")]
        pairs += [
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in self.headers.items()
            if name.lower().encode() not in names
        ]
        return {**start, "status": self.status, "headers": pairs}


def _request_id(store: Store, trace: str | None) -> str:
    """`Root=1-<time>-<random>;<the caller's own id>` (FACTS §3)."""
    sent = trace and re.fullmatch(r"[\w:=;.-]{1,128}", trace, re.ASCII)
    own = trace if sent else uuid.UUID(bytes=store.entropy(16), version=4)
    return f"Root=1-{int(store.clock()):08x}-{store.entropy(12).hex()};{own}"
