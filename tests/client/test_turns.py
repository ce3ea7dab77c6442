"""Turns at the connections: many slow calls of one caller do not delay those of others."""

from __future__ import annotations

import anyio
import httpx
import pytest

from hub_mcp.client.transport.turns import FairTurns, TurnsTransport
from tests.client.scripts import request
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio


class Held(httpx.AsyncBaseTransport):
    """Holds each request until released."""

    def __init__(self) -> None:
        self.here: list[str] = []
        self.go = anyio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.here.append(request.headers.get("authorization", ""))
        await self.go.wait()
        return httpx.Response(200)


async def settled() -> None:
    for _ in range(300):
        await anyio.lowlevel.checkpoint()


async def test_another_callers_call_starts_at_once_while_64_of_one_are_slow() -> None:
    far = Held()
    transport = TurnsTransport(far)
    async with anyio.create_task_group() as group:
        for _ in range(64):
            group.start_soon(transport.handle_async_request, request(token="hf_many"))
        await settled()
        group.start_soon(transport.handle_async_request, request(token="hf_one"))
        await settled()
        assert far.here[-1] == "Bearer hf_one"
        assert len(far.here) == 17
        far.go.set()
    assert len(far.here) == 65


async def test_callers_who_wait_are_served_in_turn() -> None:
    turns = FairTurns(each=2, everybody=2)
    order: list[str] = []

    async def take(caller: str) -> None:
        async with turns.turn(caller):
            order.append(caller)
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as group:
        for caller in ["a"] * 6 + ["b", "c"]:
            group.start_soon(take, caller)
    assert sorted(order) == ["a"] * 6 + ["b", "c"]
    assert {"b", "c"} <= set(order[:5])


async def test_a_caller_who_leaves_takes_no_turn_with_them() -> None:
    turns = FairTurns(each=1, everybody=1)

    async def take() -> None:
        async with turns.turn("a"):
            pass

    async with turns.turn("a"), anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(take)
        await settled()
        group.cancel_scope.cancel()
    with anyio.fail_after(PATIENCE):
        async with turns.turn("b"), anyio.create_task_group():
            pass
        await take()
