"""Deliberate faults, for testing assistants: `create_app(faults=…)`, or `--faults …` on the command line.

A plan is a list of `NAME=VALUE`, separated by commas:

    latency=200ms            every request waits; `50ms-2s` waits for a random time
    429=0.05                 the rate limit is used up: `r=0`, and `t` says how long; `429=0.05:3s` sets `t`
    quota=0.05               429 of an action's quota: `r` is above 0 and the body gives the reason
    edge429=0.05             429 of the network in front of the Hub: HTML, none of the Hub's headers
    5xx=0.1                  500, 502, 503 or 504; one of them alone is `503=0.1`
    reset=0.02               the connection is reset, without an answer
    truncate=0.02            the connection closes in the middle of the body
    slow=0.1                 the body trickles for 2 seconds; `slow=0.1:30s` sets the time
    html=0.05                200 with a page of HTML, as a captive portal answers
    content-type=0.05        the right body with the wrong type
    redirect-loop=0.05       307 to itself, without end
    redirect-away=0.05       307 to another host; `redirect-away=0.05:http://127.0.0.1:9999` sets it
    seed=7                   the same faults each time, as long as the requests come in the same order
    times=2                  at most 2 faults, then none
    path=/api/collections    only requests whose path begins like this; may be repeated
    only=writes              or `reads`
    outlines=on              no fault: operations not imitated are answered with an outline instead of 501

A probability is between 0 and 1, or written `5%`; at most one fault strikes a request. A write that is struck
never reaches the Hub. Only with `-after` appended to the name (`reset-after=0.02`, `503-after`,
`html-after`, `truncate-after` …) is the write done and its answer lost. `truncate`, `slow` and
`content-type` need the Hub's own answer, so without `-after` they leave writes alone.

On a port a reset is a real one; in process, `httpx.ReadError` or `httpx.RemoteProtocolError` is raised.
The request log names the fault beside each request it struck.
"""

from __future__ import annotations

from collections.abc import Callable

import anyio
import httpx
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..web.hub_errors import ApiError
from ..web.quotas import WINDOW, kind_of
from ..web.response import error_response
from .fault_plan import READING, Fault, FaultPlan

SERVER_ERRORS = {
    500: "Internal Error - We're working hard to fix this.",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
SLOW_SECONDS, SLOW_PIECES = 2.0, 10
LOOP = "redirect-loop=1"
PORTAL = "<!doctype html><title>Sign in to this network</title><h1>Welcome to the Wi-Fi</h1>"
EDGE = "<!doctype html><title>429</title><h1>429 Too Many Requests</h1><p>Request blocked."


class Faults:
    """The middleware around everything the Hub itself answers."""

    def __init__(self, app: ASGIApp, plan: FaultPlan, clock: Callable[[], float]) -> None:
        self.app = app
        self.plan = plan
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, delay it, or answer it with a fault."""
        if scope["type"] != "http" or not self.plan.concerns(scope["method"], scope["path"]):
            await self.app(scope, receive, send)
            return
        wait = self.plan.wait()
        if wait:
            await anyio.sleep(wait)
        looping = LOOP.encode() in scope["query_string"]
        fault = Fault("redirect-loop", 1) if looping else self.plan.draw()
        reads = scope["method"] in READING
        if fault is None or (fault.kind in SHAPING and not reads and not fault.after):
            await self.app(scope, receive, send)
            return
        scope["fault"] = fault.name
        heard = _Recorder()
        if fault.kind in SHAPING:
            await self.app(scope, receive, heard)
            await SHAPING[fault.kind](fault, heard, scope, receive, send)
            return
        answer = self._answer(fault, Request(scope))
        if not fault.after:
            scope["instead"] = answer  # HubMiddleware sends this, and no route runs
        await self.app(scope, receive, heard)
        if fault.kind == "reset":
            await _cut(scope, receive, True)
        elif fault.kind in ("html", "edge429"):
            await answer(scope, receive, send)
        else:
            await heard.answer_with(answer)(scope, receive, send)

    def _answer(self, fault: Fault, request: Request) -> Response:
        """The answer given instead; for a reset, only what the log shows."""
        path, query = request.url.path, request.url.query
        if fault.kind == "429":
            left = WINDOW - int(self.clock()) % WINDOW if fault.seconds is None else round(fault.seconds)
            headers = {"RateLimit": f'"{kind_of(path)}";r=0;t={left}'}
            return error_response(
                ApiError(
                    429, "Too many requests: this window of your rate limit is used up.", headers=headers
                )
            )
        if fault.kind == "quota":
            return error_response(
                ApiError(429, "You have reached the limit of this action for today: 300 in 24 hours.")
            )
        if fault.kind == "redirect-loop":
            rest = "&".join(part for part in (query, "" if LOOP in query else LOOP) if part)
            return _redirect(f"{path}?{rest}")
        if fault.kind == "redirect-away":
            return _redirect(
                f"{fault.words or 'http://elsewhere.invalid'}{path}" + (f"?{query}" if query else "")
            )
        if fault.kind in ("html", "edge429"):
            return HTMLResponse(PORTAL) if fault.kind == "html" else HTMLResponse(EDGE, 429)
        if fault.kind == "reset":
            return Response(status_code=0)
        status = self.plan.dice.choice(list(SERVER_ERRORS)) if fault.kind == "5xx" else int(fault.kind)
        return error_response(ApiError(status, SERVER_ERRORS[status]))


class _Recorder:
    """A `send` that records what the Hub would have sent."""

    def __init__(self) -> None:
        self.start: Message = {"type": "http.response.start", "status": 500, "headers": []}
        self.body = b""

    async def __call__(self, message: Message) -> None:
        """Keep one message."""
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")

    def answer_with(self, other: Response) -> Response:
        """Another answer with the headers the Hub puts on all its answers."""
        for name, value in self.start["headers"]:
            if name not in (b"content-length", b"content-type", b"etag", b"link", b"location"):
                other.headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
        return other


async def _truncate(fault: Fault, heard: _Recorder, scope: Scope, receive: Receive, send: Send) -> None:
    """Announce the whole body and send half of it."""
    await send(heard.start)
    if len(heard.body) < 2 or scope["method"] == "HEAD":
        await send({"type": "http.response.body", "body": heard.body})
        return
    half = heard.body[: len(heard.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    await _cut(scope, receive, False)


async def _slow(fault: Fault, heard: _Recorder, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the body in pieces, with a pause before each."""
    await send(heard.start)
    size = len(heard.body) // SLOW_PIECES + 1
    for n in range(SLOW_PIECES):
        await anyio.sleep((SLOW_SECONDS if fault.seconds is None else fault.seconds) / SLOW_PIECES)
        piece = heard.body[n * size : (n + 1) * size]
        await send({"type": "http.response.body", "body": piece, "more_body": n + 1 < SLOW_PIECES})


async def _mistype(fault: Fault, heard: _Recorder, scope: Scope, receive: Receive, send: Send) -> None:
    """Label the body with a wrong content type."""
    MutableHeaders(raw=heard.start["headers"])["content-type"] = "application/octet-stream"
    await send(heard.start)
    await send({"type": "http.response.body", "body": heard.body})


SHAPING = {"truncate": _truncate, "slow": _slow, "content-type": _mistype}


async def _cut(scope: Scope, receive: Receive, reset: bool) -> None:
    """End the connection now, with a reset or by closing it."""
    cut = scope.get("extensions", {}).get("hub.cut")
    if cut is None:  # in process
        if reset:
            raise httpx.ReadError("The connection was reset (a fault on purpose)")
        raise httpx.RemoteProtocolError("The body broke off (a fault on purpose)")
    cut(reset)
    while (await receive())["type"] != "http.disconnect":
        pass


def _redirect(location: str) -> Response:
    words = f"Temporary Redirect. Redirecting to {location}"
    return PlainTextResponse(words, 307, {"Location": location})
