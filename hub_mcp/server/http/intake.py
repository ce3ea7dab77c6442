"""Limits on incoming requests: how many at once, per caller and in total, and the time and size of each.

Callers without a token are distinguished by address; a body is kept only while there is room for it.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from typing import Final

import anyio
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub_mcp.client.caller import Caller

EACH, ALL = 128, 1_024  # concurrent requests, including streams
LARGEST: Final = 2**20  # bytes of one body
ROOM: Final = 64 * 2**20  # bytes of all bodies being received
IN_TIME: Final = 20.0  # seconds for a body to arrive


def address_of(scope: Scope) -> str:
    """The network address of a request; for IPv6, the prefix that one customer has."""
    host = scope["client"][0] if scope.get("client") else "here"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def payer_in(scope: Scope) -> str:
    """Who is charged for a request: its caller, or if anonymous its address."""
    authorization = Headers(scope=scope).get("authorization", "")
    return Caller.behind(authorization).id or address_of(scope)


class Intake:
    """Passes on a request once it is complete, if its caller may have one more.

    Args:
        in_time: seconds for a body to arrive.
    """

    def __init__(self, app: ASGIApp, *, in_time: float = IN_TIME) -> None:
        self._app = app
        self._in_time = in_time
        self._under_way: Counter[str] = Counter()
        self._received = 0  # bytes of all bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        payer = payer_in(scope)
        if self._under_way[payer] >= EACH:
            return await _refused(429, "Too many requests at once from this caller.")(scope, receive, send)
        if self._under_way.total() >= ALL:
            return await _refused(503, "Too many requests at once.")(scope, receive, send)
        self._under_way[payer] += 1
        try:
            await self._taken_in(scope, receive, send)
        finally:
            self._under_way[payer] -= 1
            if not self._under_way[payer]:
                del self._under_way[payer]

    async def _taken_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and (len(declared) > 18 or int(declared) > LARGEST):
            return await _refused(413, f"A request has at most {LARGEST:,} bytes.")(scope, receive, send)
        body = bytearray()
        refusal: JSONResponse | None = None
        try:
            with anyio.move_on_after(self._in_time) as time:
                refusal = await self._fill(body, receive)
        finally:
            self._received -= len(body)
        if time.cancelled_caught:
            refusal = _refused(408, f"The request was not complete within {self._in_time:.0f} s.")
        if refusal:
            return await refusal(scope, receive, send)
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]
        body.clear()

        async def receive_whole() -> Message:
            return whole.pop() if whole else await receive()

        return await self._app(scope, receive_whole, send)

    async def _fill(self, body: bytearray, receive: Receive) -> JSONResponse | None:
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return _refused(400, "The request was cut off.")
            piece: bytes = message.get("body", b"")
            if len(body) + len(piece) > LARGEST:
                return _refused(413, f"A request has at most {LARGEST:,} bytes.")
            if self._received + len(piece) > ROOM:
                return _refused(503, "Too much is being received at once.")
            body += piece
            self._received += len(piece)
            if not message.get("more_body", False):
                return None


def _refused(status: int, says: str) -> JSONResponse:
    """A refusal that closes the connection, since the rest of the request is not read."""
    again = {"Retry-After": "1"} if status in (429, 503) else {}
    return JSONResponse({"error": says}, status, {"Connection": "close", **again})
