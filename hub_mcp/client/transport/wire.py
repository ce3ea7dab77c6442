"""One connection's bytes: written and read in time, straight on the loop's own transport."""

from __future__ import annotations

import asyncio
import select
from functools import partial
from typing import Any

import httpx

PIECE = 2**16  # bytes read at once
MOST_UNREAD = 2**18  # bytes, from which on the other side has to wait until some were taken


class Wire(asyncio.BufferedProtocol):
    """What comes in is kept until it is read; at most one reads or writes at a time."""

    def __init__(self) -> None:
        self._room = memoryview(bytearray(PIECE))
        self._came = bytearray()
        self._ended = self._full = self._holding = False
        self._trouble: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._transport: Any = None  # with SSL or uvloop of other classes than asyncio's

    # ── as the loop calls it ────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        self._came += self._room[:nbytes]
        if len(self._came) >= MOST_UNREAD and not self._holding:
            self._holding = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended, self._trouble = True, exc
        self._wake()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    # ── as a connection uses it ─────────────────────────────────────────────────────────────────────────────

    async def read(self, seconds: float) -> bytes:
        """What came since; b"" at the end.

        Raises:
            httpx.ReadTimeout, httpx.ReadError: nothing came.
        """
        while not (self._came or self._ended):
            await self._wait(seconds, httpx.ReadTimeout)
        if not self._came and self._trouble:
            raise httpx.ReadError(type(self._trouble).__name__) from self._trouble
        piece = bytes(self._came)
        self._came.clear()
        if self._holding and not self._ended:
            self._holding = False
            self._transport.resume_reading()
        return piece

    async def write(self, piece: bytes, seconds: float) -> None:
        """Write, and wait until most of it has gone; a connection that broke is told by reading from it.

        Raises:
            httpx.WriteTimeout: the other side does not take it.
        """
        if not self._ended:
            self._transport.write(piece)
        while self._full and not self._ended:
            await self._wait(seconds, httpx.WriteTimeout)

    @property
    def is_quiet(self) -> bool:
        """Whether it stands and nothing came that nobody asked for, as far as the kernel knows."""
        if self._ended or self._came or self._transport.is_closing():
            return False
        handle = self._transport.get_extra_info("socket").fileno()
        if not hasattr(select, "poll"):  # Windows
            return not select.select([handle], [], [], 0)[0]
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        """Break off at once: whatever is under way is of no use any more."""
        self._transport.abort()

    async def _wait(self, seconds: float, late: type[httpx.TimeoutException]) -> None:
        loop = asyncio.get_running_loop()
        self._waiting = waiting = loop.create_future()
        clock = loop.call_later(seconds, partial(self._wake, late))
        try:
            await waiting
        finally:
            clock.cancel()
            self._waiting = None

    def _wake(self, late: type[httpx.TimeoutException] | None = None) -> None:
        if self._waiting is None or self._waiting.done():
            return
        if late:
            self._waiting.set_exception(late(f"{late.__name__} of a connection"))
        else:
            self._waiting.set_result(None)
