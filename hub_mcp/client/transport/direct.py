"""A transport straight to an origin, by HTTP/1.1 over connections that are kept.

h11 thinks, a `Wire` carries. httpx's own transport does the same by way of httpcore and anyio, and takes half
a millisecond more for each request, a fifth of a call; it still serves where a proxy stands between.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import h11
import httpx

from hub_mcp.client.transport.connection_errors import odd_surroundings
from hub_mcp.client.transport.wire import Wire

log = logging.getLogger("hub_mcp.requests")

LONGEST_HEAD = 100 * 1024  # bytes of an answer's headers
KEPT, KEPT_FOR = 32, 30.0  # connections that nobody uses, and for how many seconds
OTHER_ADDRESS = 0.25  # seconds until a host's next address is tried as well
PORTS = {"http": 80, "https": 443}
# What the kernel holds of an answer comes at once, also of one whose turn to be read has not come.
RECEIVING = (socket.SOL_SOCKET, socket.SO_RCVBUF, 2**17)

Origin = tuple[str, str, int]


class Connection:
    """One connection, for one request after the other."""

    def __init__(self, origin: Origin, wire: Wire) -> None:
        self.origin = origin
        self.since = 0.0  # when it came to rest
        self._wire = wire
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)

    async def ask(self, request: httpx.Request) -> h11.Response:
        """Send a request; the head of its answer.

        Raises:
            httpx.TransportError: none came.
        """
        seconds = request.extensions["timeout"]
        try:
            head = h11.Request(
                method=request.method, target=request.url.raw_path, headers=request.headers.raw
            )
            sent = [self._http.send(head)]
            if body := await request.aread():
                sent.append(self._http.send(h11.Data(body)))
            sent.append(self._http.send(h11.EndOfMessage()))
        except h11.LocalProtocolError as trouble:
            raise httpx.LocalProtocolError(str(trouble)) from trouble
        await self._wire.write(b"".join(filter(None, sent)), seconds["write"])
        while not isinstance(event := await self._event(seconds["read"]), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise httpx.RemoteProtocolError("the connection ended without an answer")
        return event

    async def body(self, seconds: float) -> AsyncIterator[bytes]:
        """The answer's body, piece by piece."""
        while isinstance(event := await self._event(seconds), h11.Data):
            yield bytes(event.data)

    def rests(self, now: float) -> bool:
        """Whether the answer was read to its end, nothing came behind it, and another request may follow."""
        with suppress(h11.RemoteProtocolError):
            if self._http.their_state is h11.SEND_BODY:
                self._http.next_event()  # of an answer without a body, whose end nobody has looked for
        states = (self._http.our_state, self._http.their_state)
        if states != (h11.DONE, h11.DONE) or self._http.trailing_data != (b"", False):
            return False
        self._http.start_next_cycle()
        self.since = now
        return True

    def is_old(self, now: float) -> bool:
        return now - self.since > KEPT_FOR

    def can_go_on(self, now: float) -> bool:
        """Whether it can be used again."""
        return not self.is_old(now) and self._wire.is_quiet

    def close(self) -> None:
        self._wire.close()

    async def _event(self, seconds: float) -> Any:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(await self._wire.read(seconds))
        except h11.RemoteProtocolError as trouble:
            raise httpx.RemoteProtocolError(str(trouble)) from trouble
        return event


class Answered(httpx.AsyncByteStream):
    """The body of an answer; when it is closed, its connection goes back."""

    def __init__(self, connection: Connection, seconds: float, done: Callable[[Connection], None]) -> None:
        self._connection = connection
        self._seconds = seconds
        self._done = done

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._connection.body(self._seconds)

    async def aclose(self) -> None:
        self._done(self._connection)


class DirectTransport(httpx.AsyncBaseTransport):
    """Asks origins themselves; how many requests are under way is for others to bound."""

    def __init__(self) -> None:
        self._context: ssl.SSLContext | None = None
        self._resting: deque[Connection] = deque()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url, seconds = request.url, request.extensions["timeout"]
        origin = (url.scheme, url.raw_host.decode("ascii"), url.port or PORTS[url.scheme])
        connection = self._rested(origin) or await self._connected(origin, seconds["connect"])
        try:
            head = await connection.ask(request)
        except BaseException:
            connection.close()
            raise
        headers = head.headers.raw_items()
        log.debug("%s %s was answered %d, %s", request.method, url, head.status_code, headers)
        stream = Answered(connection, seconds["read"], self._give_back)
        return httpx.Response(head.status_code, headers=headers, stream=stream, request=request)

    def _rested(self, origin: Origin) -> Connection | None:
        """A connection to the origin that can be used again; the one used last is the likeliest to stand."""
        now = asyncio.get_running_loop().time()
        for connection in reversed(self._resting):
            if connection.origin == origin:
                self._resting.remove(connection)
                if connection.can_go_on(now):
                    return connection
                connection.close()
                return self._rested(origin)
        return None

    def _give_back(self, connection: Connection) -> None:
        now = asyncio.get_running_loop().time()
        if connection.rests(now):
            self._resting.append(connection)
        else:
            connection.close()
        while self._resting and (len(self._resting) > KEPT or self._resting[0].is_old(now)):
            self._resting.popleft().close()

    async def _connected(self, origin: Origin, seconds: float) -> Connection:
        scheme, host, port = origin
        loop = asyncio.get_running_loop()
        how: dict[str, Any] = {"ssl": self._certified()} if scheme == "https" else {}
        if isinstance(loop, asyncio.BaseEventLoop):  # uvloop knows nothing of it
            how["happy_eyeballs_delay"] = OTHER_ADDRESS
        try:
            async with asyncio.timeout(seconds):
                transport, wire = await loop.create_connection(Wire, host, port, **how)
        except TimeoutError as trouble:
            raise httpx.ConnectTimeout("no connection in time") from trouble
        except (OSError, ValueError) as trouble:  # a name that is none is a ValueError
            raise httpx.ConnectError(type(trouble).__name__) from trouble
        transport.get_extra_info("socket").setsockopt(*RECEIVING)
        return Connection(origin, wire)

    def _certified(self) -> ssl.SSLContext:
        if self._context is None:
            try:
                self._context = httpx.create_ssl_context()  # by SSL_CERT_FILE and SSL_CERT_DIR too
            except (OSError, ValueError) as trouble:
                raise odd_surroundings(trouble, None) from trouble
            self._context.set_alpn_protocols(["http/1.1"])
        return self._context

    async def aclose(self) -> None:
        while self._resting:
            self._resting.pop().close()
