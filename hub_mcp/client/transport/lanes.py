"""httpx's own transports in parallel, one connection each, so that no request scans all connections.

httpx's pool does that several times for every request: with sixteen connections it takes longer than the
request itself, with fifty twice as long again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx

KEPT, KEPT_FOR = 32, 30.0  # idle connections, and the seconds they are kept
ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEPT_FOR)


class Lanes(httpx.AsyncBaseTransport):
    """Gives each request its own transport; `turns.py` limits their number.

    Args:
        make: makes one more transport, with `ONE` as its limits.
    """

    def __init__(self, make: Callable[[], httpx.AsyncHTTPTransport]) -> None:
        self._make = make
        self._free: deque[tuple[httpx.AsyncHTTPTransport, float]] = deque()  # idle lanes, and since when
        self._kept = KEPT

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        lane = self._free.pop()[0] if self._free else self._make()  # most likely still connected
        try:
            answer = await lane.handle_async_request(request)
        except BaseException:
            await self._give_back(lane)
            raise
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        answer.stream = LaneStream(answer.stream, lambda: self._give_back(lane))
        return answer

    async def _give_back(self, lane: httpx.AsyncHTTPTransport) -> None:
        now = asyncio.get_running_loop().time()
        self._free.append((lane, now))
        while len(self._free) > self._kept or (self._free and now - self._free[0][1] > KEPT_FOR):
            await self._free.popleft()[0].aclose()

    async def aclose(self) -> None:
        self._kept = 0  # including those in use
        while self._free:
            await self._free.pop()[0].aclose()


class LaneStream(httpx.AsyncByteStream):
    """The body of an answer; closing it frees its lane."""

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
