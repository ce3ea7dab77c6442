"""Standard input and output as an MCP transport on the loop's own pipes: no threads, an end when stdin ends.

The SDK's transport reads in a thread, which outlives the end of input and doubles the time of a call; it
still serves where the loop cannot watch the streams (Windows, a file as standard input).
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp.types import jsonrpc_message_adapter

from hub_mcp.server.early_session import watchable
from hub_mcp.server.relay import UnreadableLine

LONGEST_LINE = 8 * 1024 * 1024  # bytes of one message

Incoming = MemoryObjectReceiveStream[SessionMessage | Exception]
Outgoing = MemoryObjectSendStream[SessionMessage]


@asynccontextmanager
async def stdio(unread: bytes = b"") -> AsyncGenerator[tuple[Any, Any]]:
    """Read and write streams for `Server.run`; stray prints go to stderr meanwhile.

    The read stream ends when standard input does.

    Args:
        unread: what was read of standard input before.
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
    to_server, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    outgoing, from_server = anyio.create_memory_object_stream[SessionMessage](0)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(_read, reader, to_server)
            group.start_soon(_write, from_server, writer)
            yield incoming, outgoing
    finally:
        source.close()
        writer.close()


async def _read(
    reader: asyncio.StreamReader, to_server: MemoryObjectSendStream[SessionMessage | Exception]
) -> None:
    async with to_server:
        while True:
            try:
                line = await reader.readline()
            except ValueError as too_long:  # of a line beyond LONGEST_LINE
                await to_server.send(too_long)
                continue
            if not line:
                return
            if not line.strip():
                continue
            try:
                message = message_of(line)
            except ValueError:
                await to_server.send(UnreadableLine(line))
                continue
            try:
                await to_server.send(message)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                return


def message_of(line: bytes) -> SessionMessage:
    """The message of a line.

    Raises:
        ValueError: it is none.
    """
    return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))


async def _write(
    from_server: MemoryObjectReceiveStream[SessionMessage], writer: asyncio.StreamWriter
) -> None:
    async with from_server:
        async for message in from_server:
            writer.write(message.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
            try:
                await writer.drain()
            except ConnectionError:
                return  # nobody listens any more; the end of stdin follows
