"""The innermost transport: one request out, one complete answer in, over the network set by the environment.

Everything that can fail fails in here: an answer is read to its end before it counts, within the limits of
`inflated.py`. A change being sent is not interrupted by a cancelled caller, only by its deadline. Cookies are
never kept.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import cache, partial

import anyio
import httpx

from hub_mcp.client.deadline import deadline_of
from hub_mcp.client.transport.connection_errors import CERTIFICATES, unusable_environment
from hub_mcp.client.transport.inflated import Inflated
from hub_mcp.client.transport.lanes import ONE, Lanes
from hub_mcp.client.transport.proxies import ProxyRoute, proxy_for
from hub_mcp.client.transport.retry import NOT_SENT, READS

LARGE = 2**15  # bytes of an answer above which answers are parsed one at a time
HUGE = 2**18  # bytes above which only a few are received concurrently
HUGE_AT_ONCE = 2
LEAST_BETWEEN, MOST_BETWEEN = 0.01, 1.0  # seconds after a large answer for the loop to serve others
MOST_OF_A_STREAM = 256 * 1024  # last bytes kept of an endless answer
MOST_READ_OF_A_STREAM = 16 * MOST_OF_A_STREAM
CLOSING = 2.0  # seconds
READ_FOR_A_WHILE = (b"x-read-for-a-while", b"1")  # our own: the answer continued when we stopped reading
EARLIER_LEFT_OUT = (b"x-earlier-left-out", b"1")  # our own: not everything received was kept
SENT_AS = (b"content-encoding", b"transfer-encoding", b"content-length")  # headers of the body as it was sent
COMMENTS = re.compile(rb"(?:(?<=\n)|\A):[^\n]*\n{1,2}")  # sent as a keep-alive
EVENTS_END = re.compile(rb"\n\n|\r\n\r\n|\r\r")
MOST_ORIGINS = 10  # the Hub, and its file storage
# The kernel buffers part of an answer even before its turn to be read.
RECEIVING = (socket.SOL_SOCKET, socket.SO_RCVBUF, 2**17)


class Network(httpx.AsyncBaseTransport):
    """The network, direct or through the proxy in the environment (`proxies`).

    A request is passed on unchanged: no header, cookie or redirect is added.
    """

    def __init__(self) -> None:
        self._by_origin: dict[str, Lanes] = {}
        self._makes: dict[ProxyRoute | None, Callable[[], httpx.AsyncHTTPTransport]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        origin = f"{url.scheme}://{url.netloc.decode()}"
        if origin not in self._by_origin:
            self._by_origin[origin] = Lanes(self._make(proxy_for(origin)))
            if len(self._by_origin) > MOST_ORIGINS:
                await self._by_origin.pop(next(iter(self._by_origin))).aclose()
        return await self._by_origin[origin].handle_async_request(request)

    def _make(self, proxy: ProxyRoute | None) -> Callable[[], httpx.AsyncHTTPTransport]:
        """A factory of transports for this route."""
        if proxy not in self._makes:
            try:
                through = httpx.Proxy(proxy.address) if proxy else None
                make = partial(
                    httpx.AsyncHTTPTransport,
                    verify=_certificates(*map(os.environ.get, CERTIFICATES)),
                    limits=ONE,
                    proxy=through,
                    socket_options=[RECEIVING],
                )
                make()  # errors in the configuration show here
                self._makes[proxy] = make
            except (ImportError, ValueError, OSError, httpx.InvalidURL) as trouble:
                raise unusable_environment(trouble, proxy) from None  # its text may contain a password
        return self._makes[proxy]

    async def aclose(self) -> None:
        for lanes in self._by_origin.values():
            await lanes.aclose()
        self._by_origin.clear()


@cache
def _certificates(*places: str | None) -> ssl.SSLContext:
    """The certificate authorities in the environment: read once, since it takes as long as a call."""
    return httpx.create_ssl_context()


class WholeAnswerTransport(httpx.AsyncBaseTransport):
    """Reads answers completely, and lets changes arrive."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._room = anyio.Semaphore(HUGE_AT_ONCE)
        self._given_on = asyncio.Lock()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method in READS:
            return await self._whole(request)
        departure = deadline_of(request).departure
        departure.leaves()
        try:
            with anyio.CancelScope(shield=True, deadline=deadline_of(request).deadline):
                return await self._whole(request)
        except NOT_SENT:
            departure.stays()
            raise
        raise httpx.ReadTimeout("the deadline passed", request=request)

    async def _whole(self, request: httpx.Request) -> httpx.Response:
        if lasts := request.extensions.get("lasts"):
            return await self._beginning(request, lasts)
        answer = await self._inner.handle_async_request(request)
        try:
            part = "range" in request.headers
            body = b"" if request.method == "HEAD" else await self._body_of(answer, counted=not part)
        finally:
            await answer.aclose()
        dropped = SENT_AS if request.method != "HEAD" else (b"content-encoding",)
        # as bytes: gateways put non-ASCII into headers
        headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in dropped]
        return httpx.Response(answer.status_code, headers=headers, content=body, request=request)

    async def _let_others_go_first(self) -> None:
        """Parse large answers one at a time, and yield the loop for as long as each took."""
        await self._given_on.acquire()
        loop = asyncio.get_running_loop()
        began = loop.time()

        def was_read() -> None:
            took = loop.time() - began
            loop.call_later(max(LEAST_BETWEEN, min(took, MOST_BETWEEN)), self._given_on.release)

        loop.call_soon(was_read)  # no `await` between here and the typed answer

    async def _body_of(self, answer: httpx.Response, *, counted: bool) -> bytes:
        """The decompressed body.

        Args:
            counted: whether it may be JSON, whose parts are counted; a range of a file is read as bytes.

        Raises:
            NotAHub: it is too large, or compressed in a way that no Hub uses.
        """
        body = Inflated(answer.headers.get("content-encoding", ""))
        stream = answer.stream
        if not isinstance(stream, httpx.AsyncByteStream):
            raise TypeError("an asynchronous transport answers with an asynchronous stream")
        async with AsyncExitStack() as held:
            waited = False
            async for chunk in stream:
                body.take(chunk)
                if not waited and len(body) > HUGE:
                    waited = True
                    await held.enter_async_context(self._room)
            if len(body) > LARGE:
                await self._let_others_go_first()
            return body.whole(counted=counted)

    async def _beginning(self, request: httpx.Request, lasts: float) -> httpx.Response:
        """The first `lasts` seconds of an endless answer; if that is too long, its last events."""
        answer = await self._inner.handle_async_request(request)
        stream = answer.stream
        if not isinstance(stream, httpx.AsyncByteStream):
            raise TypeError("an asynchronous transport answers with an asynchronous stream")
        body, came, ended, is_cut = bytearray(), 0, False, False
        try:
            with anyio.move_on_after(lasts):
                async for chunk in stream:
                    body += chunk
                    came += len(chunk)
                    if len(body) > 2 * MOST_OF_A_STREAM:  # not for each chunk, which may be tiny
                        is_cut |= _keep_last(body)
                    if came >= MOST_READ_OF_A_STREAM:
                        break
                else:
                    ended = True
        finally:
            with anyio.CancelScope(shield=True, deadline=anyio.current_time() + CLOSING):
                await answer.aclose()
        is_cut |= _keep_last(body)
        headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in SENT_AS]
        if not ended:
            headers.append(READ_FOR_A_WHILE)
        if is_cut:
            headers.append(EARLIER_LEFT_OUT)
        return httpx.Response(answer.status_code, headers=headers, content=bytes(body), request=request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _keep_last(body: bytearray) -> bool:
    """Keep the last complete events of a stream; returns whether others were dropped."""
    if len(body) <= MOST_OF_A_STREAM:
        return False
    body[:] = COMMENTS.sub(b"", body)
    if len(body) <= MOST_OF_A_STREAM:
        return False
    del body[:-MOST_OF_A_STREAM]
    if whole := EVENTS_END.search(body):
        del body[: whole.end()]  # the rest of an event whose beginning was dropped
    return True
