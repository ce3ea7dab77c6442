"""The relay between one client's streams and the SDK's server: two eras on one connection, and a clean end.

    async with stdio() as (incoming, outgoing):
        await Relay(server).run(incoming, outgoing)

In the SDK, the first request decides a connection's era, and the end of the input cancels running requests.
Here `server/discover` decides nothing, so that a client may send it and continue with `initialize`, or the
other way round; everything read before the input ended is answered; and an invalid line gets an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream, TaskGroup
from mcp.server.lowlevel import Server
from mcp.shared.message import SessionMessage
from mcp.types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    PROTOCOL_VERSION_META_KEY,
    ErrorData,
    JSONRPCError,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
)

Incoming = ObjectReceiveStream[SessionMessage | Exception]
Outgoing = ObjectSendStream[SessionMessage]

TIME_TO_ANSWER = 5.0  # seconds after the end of input; hosts kill a server that takes longer to exit
ENDLESS = "subscriptions/listen"  # the only request that is never answered by itself
MOST_REFUSALS = 100  # errors for one line
NOT_JSON = "This is not JSON."
NO_REQUEST = "This is not a JSON-RPC request."
ENDS = 1_000  # bytes at either end of an unreadable line, to search for its id
_PLAIN_ID = re.compile(rb'-?[0-9]{1,15}|"[^"\\]{1,200}"')
_ID_AT_END = re.compile(
    rb'\}\s*,\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(' + _PLAIN_ID.pattern + rb")\s*[,}]\s*\Z"
)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,"]|[^\s{}\[\]:,"]+', re.DOTALL)


class UnreadableLine(Exception):
    """A line that is not a message; `refusals` are the errors to answer it with."""

    def __init__(self, refusals: Sequence[JSONRPCError]) -> None:
        super().__init__("a line that is not a message")
        self.refusals = refusals


class _Pulled(ObjectReceiveStream[SessionMessage | Exception]):
    """A generator's messages as a stream; reading it runs the generator, so that no extra task is needed."""

    def __init__(self, messages: AsyncGenerator[SessionMessage | Exception]) -> None:
        self._messages = messages

    async def receive(self) -> SessionMessage | Exception:
        try:
            return await anext(self._messages)
        except StopAsyncIteration:
            raise anyio.EndOfStream from None

    async def aclose(self) -> None:
        await self._messages.aclose()


class _Passed(ObjectSendStream[SessionMessage]):
    """A stream that passes what it is sent directly to a function."""

    def __init__(self, take: Callable[[SessionMessage, Outgoing], Awaitable[None]], beyond: Outgoing) -> None:
        self._take = take
        self._beyond = beyond

    async def send(self, item: SessionMessage) -> None:
        await self._take(item, self._beyond)

    async def aclose(self) -> None:
        """Nothing to close; the stream behind it is closed by its own owner."""


class Relay:
    """Passes messages between a client's streams and a server.

    Args:
        time_to_answer: seconds for running requests after the input ends.
    """

    def __init__(self, server: Server[Any], *, time_to_answer: float = TIME_TO_ANSWER) -> None:
        self._server = server
        self._time = time_to_answer
        self._open: set[str | int] = set()  # unanswered requests
        self._answered = anyio.Event()
        self._replayed: dict[str | int, anyio.Event] = {}  # requests whose answers are dropped

    async def run(
        self, incoming: Incoming, outgoing: Outgoing, replayed: Sequence[SessionMessage] = ()
    ) -> None:
        """Serve until the input has ended and everything read is answered.

        Args:
            replayed: already answered messages that the server has to read first.
        """
        async with outgoing, anyio.create_task_group() as group:
            await self._server.run(
                _Pulled(self._read(incoming, outgoing, group, replayed)),
                _Passed(self._pass_back, outgoing),
                self._server.create_initialization_options(),
            )

    async def _read(
        self, incoming: Incoming, outgoing: Outgoing, group: TaskGroup, replayed: Sequence[SessionMessage]
    ) -> AsyncGenerator[SessionMessage | Exception]:
        """The messages for the server, which reads the next one after it has taken the one before."""
        for known in replayed:
            request = known.message.id if isinstance(known.message, JSONRPCRequest) else None
            answered = anyio.Event()
            if request is not None:
                self._replayed[request] = answered
            yield known
            if request is not None:
                await answered.wait()
        async for item in incoming:
            if isinstance(item, UnreadableLine):
                for refusal in item.refusals:
                    await outgoing.send(SessionMessage(refusal))
                continue
            self._note(item)
            if isinstance(item, SessionMessage) and _is_discover(item):
                group.start_soon(self._apart, item, outgoing)
                continue
            yield item
        with anyio.move_on_after(self._time):
            while self._open:
                self._answered = anyio.Event()
                await self._answered.wait()

    async def _pass_back(self, item: SessionMessage, outgoing: Outgoing) -> None:
        answered = getattr(item.message, "id", None)
        if isinstance(item.message, (JSONRPCResponse, JSONRPCError)) and answered in self._replayed:
            self._replayed.pop(answered).set()
        else:
            await self._answer(item, outgoing)

    async def _answer(self, item: SessionMessage, outgoing: Outgoing) -> None:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):  # the client is gone
            await outgoing.send(item)
        message = item.message
        if isinstance(message, (JSONRPCResponse, JSONRPCError)) and message.id is not None:
            self._close(message.id)

    async def _apart(self, item: SessionMessage, outgoing: Outgoing) -> None:
        """Answer one request as if on a separate connection."""
        to_server, server_in = anyio.create_memory_object_stream[SessionMessage | Exception](1)
        server_out, from_server = anyio.create_memory_object_stream[SessionMessage](1)
        options = self._server.create_initialization_options()
        async with from_server, anyio.create_task_group() as group:
            group.start_soon(self._server.run, server_in, server_out, options)
            async with to_server:
                await to_server.send(item)
                with suppress(anyio.EndOfStream):
                    await self._answer(await from_server.receive(), outgoing)

    def _note(self, item: SessionMessage | Exception) -> None:
        """Remember what has to be answered."""
        message = item.message if isinstance(item, SessionMessage) else None
        if isinstance(message, JSONRPCRequest) and message.method != ENDLESS:
            self._open.add(message.id)
        elif isinstance(message, JSONRPCNotification) and message.method == "notifications/cancelled":
            self._close((message.params or {}).get("requestId"))

    def _close(self, request: Any) -> None:
        if isinstance(request, (str, int)):
            self._open.discard(request)
        self._answered.set()


def _is_discover(item: SessionMessage) -> bool:
    message = item.message
    if not isinstance(message, JSONRPCRequest) or message.method != "server/discover":
        return False
    meta = (message.params or {}).get("_meta")
    return isinstance(meta, Mapping) and PROTOCOL_VERSION_META_KEY in meta


def refusals_of(line: bytes) -> list[JSONRPCError]:
    """An error for each request in a line whose id can be read; none for a broken response."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return [_refusal(one, PARSE_ERROR, NOT_JSON) for one in _ids_in(line[:ENDS], line[-ENDS:])]
    if isinstance(value, list):
        says = "Batches are not accepted: send one message at a time."
        requests = [one for one in value if isinstance(one, dict) and "method" in one]
    else:
        says = NO_REQUEST
        requests = [value] if isinstance(value, dict) and not {"result", "error"} & set(value) else []
    ids: list[Any] = [one.get("id") for one in requests[:MOST_REFUSALS]]
    return [_refusal(one, INVALID_REQUEST, says) for one in ids if type(one) in (int, str)]


def refusals_of_long(head: bytes, end: bytes, most: int) -> list[JSONRPCError]:
    """An error for a request too long to keep, if its id comes before or after its parameters."""
    says = f"A message has at most {most:,} bytes."
    return [_refusal(one, INVALID_REQUEST, says) for one in _ids_in(head, end)]


def _ids_in(head: bytes, end: bytes) -> list[str | int]:
    """The id of the request in a line, before or after its parameters, which may contain other ids.

    Empty for a response: its id is that of one of our requests, and the client may use the same id itself.
    """
    known = _outer(head)
    if not known.keys() & {b'"method"', b'"params"'} or known.keys() & {b'"result"', b'"error"'}:
        return []
    if _PLAIN_ID.fullmatch(found := known.get(b'"id"', b"")):
        return [json.loads(found)]
    behind = _ID_AT_END.search(end)
    return [json.loads(behind[1])] if behind else []


def _outer(text: bytes) -> dict[bytes, bytes]:
    """The top-level keys of the object at the start of a text, with their plain values."""
    values: dict[bytes, bytes] = {}
    depth, name, last = 0, b"", b""
    for token in _TOKEN.findall(text):
        if token == b'"':  # a cut string
            break
        if token in (b"{", b"["):
            depth += 1
        elif depth == 1 and token == b":":
            name, values[last] = last, b""
        elif depth == 1 and token in (b",", b"}"):
            values |= {name: last} if name else {}
            name = b""
        if token in (b"}", b"]"):
            depth -= 1
        last = token
    return values


def _refusal(request: str | int, code: int, says: str) -> JSONRPCError:
    return JSONRPCError(jsonrpc="2.0", id=request, error=ErrorData(code=code, message=says))
