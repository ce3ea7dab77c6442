"""httpx's own transports side by side, one connection each, so that no request looks through all connections.

httpx's pool does so for every request, a few times over: with sixteen connections that takes longer than the
request, with fifty twice as long again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx

KEPT, KEPT_FOR = 32, 30.0  # connections that nobody uses, and for how many seconds
ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEPT_FOR)


class Lanes(httpx.AsyncBaseTransport):
    """Gives each request a transport of its own; how many there are at once is for others to bound.

    Args:
        make: makes one more transport, with `ONE` as its limits.
    """

    def __init__(self, make: Callable[[], httpx.AsyncHTTPTransport]) -> None:
        self._make = make
        self._free: deque[tuple[httpx.AsyncHTTPTransport, float]] = deque()  # and since when
        self._kept = KEPT

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        lane = self._free.pop()[0] if self._free else self._make()  # the last one is the likeliest to stand
        try:
            answer = await lane.handle_async_request(request)
        except BaseException:
            await self._give_back(lane)
            raise
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        answer.stream = OfALane(answer.stream, lambda: self._give_back(lane))
        return answer

    async def _give_back(self, lane: httpx.AsyncHTTPTransport) -> None:
        now = asyncio.get_running_loop().time()
        self._free.append((lane, now))
        while len(self._free) > self._kept or (self._free and now - self._free[0][1] > KEPT_FOR):
            await self._free.popleft()[0].aclose()

    async def aclose(self) -> None:
        self._kept = 0  # also of what is under way
        while self._free:
            await self._free.pop()[0].aclose()


class OfALane(httpx.AsyncByteStream):
    """The body of an answer; when it is closed, its lane is free again."""

    def __init__(self, stream: httpx.AsyncByteStream, done: Callable[[], Awaitable[None]]) -> None:
        self._stream = stream
        self._done = done

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._stream)

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            await self._done()
