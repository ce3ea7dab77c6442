"""Standard input and output as an MCP transport on the event loop's own pipes: no threads, ends with stdin.

The SDK's transport reads in a thread, which outlives the end of input and doubles the time of a call; it is
still used where the loop cannot watch the streams (Windows, a file as standard input).
"""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
from mcp.shared.message import SessionMessage
from mcp.types import jsonrpc_message_adapter

from hub_mcp.server.early.early_session import watchable
from hub_mcp.server.relay import ENDS, Incoming, Outgoing, UnreadableLine, refusals_of, refusals_of_long

LONGEST_LINE = 8 * 1024 * 1024  # bytes per message


@asynccontextmanager
async def stdio(unread: bytes = b"") -> AsyncGenerator[tuple[Any, Any]]:
    """The streams of messages from and to a client; stray prints go to stderr meanwhile.

    The read stream ends when standard input does.

    Args:
        unread: input that was already read.
    """
    if sys.platform == "win32" or not (watchable(0) and watchable(1)):
        from mcp.server.stdio import stdio_server

        async with stdio_server() as streams:
            yield streams
        return
    wire_in, wire_out = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    reader.feed_data(unread)
    source, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(wire_in, "rb", buffering=0)
    )
    sink = os.fdopen(wire_out, "wb", buffering=0)
    sink_transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sink)
    writer = asyncio.StreamWriter(sink_transport, protocol, None, loop)
    try:
        yield Lines(reader), Sink(writer)
    finally:
        source.close()
        writer.close()


class Lines(Incoming):
    """The messages on standard input, one per line.

    A line that is not a message, or is longer than `LONGEST_LINE`, becomes an `UnreadableLine`.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def receive(self) -> SessionMessage | Exception:
        while True:
            try:
                line = await self._reader.readuntil()
            except asyncio.IncompleteReadError as end:
                line = end.partial
            except asyncio.LimitOverrunError as overrun:
                return await self._too_long(overrun)
            line = line.removeprefix(codecs.BOM_UTF8)  # Windows shells put it before piped input
            if not line:
                raise anyio.EndOfStream
            if line.strip():
                break
        try:
            return message_of(line)
        except ValueError:
            return UnreadableLine(refusals_of(line))

    async def _too_long(self, overrun: asyncio.LimitOverrunError) -> UnreadableLine:
        """A line too long to keep; its id is searched for at its ends."""
        head = end = b""
        while True:
            piece = await self._reader.readexactly(overrun.consumed)
            head, end = head or piece[:ENDS], (end + piece[-ENDS:])[-ENDS:]
            try:
                rest = await self._reader.readuntil()
            except asyncio.IncompleteReadError as left:
                rest = left.partial
            except asyncio.LimitOverrunError as more:
                overrun = more
                continue
            return UnreadableLine(refusals_of_long(head, (end + rest)[-ENDS:], LONGEST_LINE))

    async def aclose(self) -> None:
        """The opener of the pipe closes it."""


class Sink(Outgoing):
    """Standard output, one message per line; messages to a client that is gone are dropped."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, item: SessionMessage) -> None:
        if self._writer.is_closing():
            return  # the end of stdin follows
        self._writer.write(item.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
        with suppress(ConnectionError):
            await self._writer.drain()

    async def aclose(self) -> None:
        """The opener of the pipe closes it."""


def message_of(line: bytes) -> SessionMessage:
    """The message on a line.

    Raises:
        ValueError: it is not a message.
    """
    return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
