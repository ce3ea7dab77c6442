"""A transport that shares connections fairly: many calls of one caller do not delay those of others.

A caller has at most `EACH` concurrent requests, all callers together `ALL`; each caller has a separate queue,
and queues are served round-robin. There are as many connections as turns, so httpx's own queue, which all
callers share, stays empty. A wait counts against the call's own deadline.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import httpx

from hub_mcp.client.caller import Caller

EACH = 16  # concurrent requests per caller
ALL = 128  # concurrent requests in total


class FairTurns:
    """Turns granted round-robin by caller."""

    def __init__(self, each: int = EACH, everybody: int = ALL) -> None:
        self._each = each
        self._free = everybody
        self._held: Counter[str] = Counter()
        self._lines: OrderedDict[str, deque[anyio.Event]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncGenerator[None]:
        """One turn, for as long as the block lasts."""
        await self._take(caller)
        try:
            yield
        finally:
            self._give_back(caller)

    async def _take(self, caller: str) -> None:
        if self._free and self._held[caller] < self._each and caller not in self._lines:
            self._free, self._held[caller] = self._free - 1, self._held[caller] + 1
            return
        mine = anyio.Event()
        line = self._lines.setdefault(caller, deque())
        line.append(mine)
        try:
            await mine.wait()
        except BaseException:
            if mine.is_set():  # the turn was granted as the caller was cancelled
                self._give_back(caller)
            else:
                line.remove(mine)
                if not line:
                    self._lines.pop(caller, None)
            raise

    def _give_back(self, caller: str) -> None:
        self._free += 1
        self._held[caller] -= 1
        if not self._held[caller]:
            del self._held[caller]
        self._call_next()

    def _call_next(self) -> None:
        """Grant free turns to the queues in order; a served queue moves to the end."""
        for caller in list(self._lines):
            if not self._free:
                return
            if self._held[caller] >= self._each:
                continue
            line = self._lines.pop(caller)
            line.popleft().set()
            self._free, self._held[caller] = self._free - 1, self._held[caller] + 1
            if line:
                self._lines[caller] = line


class TurnsTransport(httpx.AsyncBaseTransport):
    """Passes on a request in its caller's turn, which lasts until the complete answer has arrived."""

    def __init__(self, inner: httpx.AsyncBaseTransport, turns: FairTurns | None = None) -> None:
        self._inner = inner
        self._turns = turns or FairTurns()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async with self._turns.turn(Caller.of(request).id):
            return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
