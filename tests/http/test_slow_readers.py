"""A client that does not read its answers keeps neither a connection nor memory."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import anyio
import anyio.lowlevel
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from hub_mcp.server.http import connections
from tests.http.serving import served
from tests.http.test_budgets import port_of
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.asyncio
PIECE = 2**16
LARGE = 16 * 2**20  # bytes, more than kernels keep
ASKING = b"GET /mcp HTTP/1.1\r\nHost: a\r\n\r\n"


class Answers:
    """An application that answers at length; counts whom it is answering, and who took all of it."""

    def __init__(self, way: str) -> None:
        self._way = way
        self.under_way = self.begun = self.ended = 0
        self.app = Starlette(
            routes=[Route("/mcp", self._at_length), Route("/short", lambda _: PlainTextResponse("here"))]
        )

    async def _at_length(self, request: Request) -> Response:
        self.begun += 1
        if self._way == "whole":
            return Response(bytes(LARGE))
        return StreamingResponse(self._pieces(endless=self._way == "endless"))

    async def _pieces(self, *, endless: bool) -> AsyncIterator[bytes]:
        self.under_way += 1
        try:
            sent = 0
            while endless or sent < LARGE:
                yield bytes(PIECE)
                await anyio.lowlevel.checkpoint()
                sent += PIECE
        finally:
            self.under_way -= 1
            self.ended += 1


def asking(port: int) -> socket.socket:
    """A connection that has asked, and whose kernel keeps little."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    one.connect(("127.0.0.1", port))
    one.sendall(ASKING)
    return one


def ended(one: socket.socket) -> bool:
    """Whether the server has closed the connection, so that nobody can send on it any more."""
    try:
        one.send(b"\r\n")
        one.send(b"\r\n")
    except OSError:
        return True
    return False


@pytest.mark.parametrize("way", ["whole", "pieces", "endless"])
async def test_who_reads_nothing_is_not_waited_for(
    way: str, parser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "TAKEN_IN_TIME", 0.1)
    answers = Answers(way)
    async with served(answers.app) as url:
        with asking(port_of(url)) as one:
            await until(lambda: answers.begun)
            await until(lambda: ended(one))
            await until(lambda: answers.under_way == 0)  # the end may be seen here before it is there


async def test_who_takes_a_byte_now_and_then_is_not_waited_for(
    parser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "TAKEN_IN_TIME", 0.1)
    answers = Answers("pieces")
    async with served(answers.app) as url:
        with asking(port_of(url)) as one, anyio.fail_after(PATIENCE):
            one.settimeout(PATIENCE)
            with contextlib.suppress(ConnectionError):
                while not answers.ended:
                    assert await asyncio.to_thread(one.recv, 1)
                    await anyio.lowlevel.checkpoint()
            await until(lambda: answers.under_way == 0)


async def test_what_nobody_takes_has_one_room_in_all(parser: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "TAKEN_IN_TIME", PATIENCE * 10)
    monkeypatch.setattr(connections, "MOST_UNREAD", LARGE * 2)
    answers = Answers("whole")
    async with served(answers.app) as url, httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
        with contextlib.ExitStack() as held:
            unread: list[socket.socket] = []
            for _ in range(4):
                unread.append(held.enter_context(asking(port_of(url))))
                await until(lambda: answers.begun == len(unread))
            await until(lambda: ended(unread[0]))
            assert not ended(unread[-1])
            assert (await client.get(url.replace("/mcp", "/short"))).text == "here"
            assert len((await client.get(url)).content) == LARGE  # who takes it, gets it


async def test_it_holds_on_a_faster_loop_too(monkeypatch: pytest.MonkeyPatch) -> None:
    uvloop = pytest.importorskip("uvloop")
    monkeypatch.setattr(connections, "TAKEN_IN_TIME", 0.1)

    async def asked() -> None:
        answers = Answers("whole")
        async with served(answers.app) as url:
            with asking(port_of(url)) as one:
                await until(lambda: answers.begun)
                await until(lambda: ended(one))

    await asyncio.to_thread(uvloop.run, asked())
