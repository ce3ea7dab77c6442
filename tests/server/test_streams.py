"""Walks in the background: bounded ahead of their reader, ended with their subscription, losing no row."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest

from hub_mcp.catalogue.models import ListModels
from hub_mcp.client.hub import Hub
from hub_mcp.errors import HubError
from hub_mcp.localhub.app import create_app
from hub_mcp.server.resources.streams import AHEAD, BUDGET, STREAM, Walk, listing_at, read_stream

pytestmark = pytest.mark.asyncio
ROWS = 2_000  # beside the world's own
PAGE = 50


class Counting(httpx.AsyncBaseTransport):
    """Passes requests on to the local Hub, and breaks those that `broken` names by their number."""

    def __init__(self, broken: Callable[[int], bool] = lambda n: False) -> None:
        self._inner = httpx.ASGITransport(create_app(models=ROWS, quota=1_000_000))
        self._broken = broken
        self.count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        if self._broken(self.count):
            return httpx.Response(403, json={"error": "not today"})
        return await self._inner.handle_async_request(request)


def listing(**more: Any) -> ListModels:
    return ListModels.model_validate({"sort": "id", "limit": PAGE, **more})


@asynccontextmanager
async def walking(far: Counting) -> AsyncIterator[Walk]:
    """A walk that runs for as long as the block lasts."""

    async def landed() -> None:
        pass

    walk = Walk(Hub("http://hub.test", transport=lambda: far), listing(), landed)
    async with anyio.create_task_group() as group:
        group.start_soon(walk.run)
        yield walk
        group.cancel_scope.cancel()


async def still(far: Counting) -> int:
    """How many requests were made when no more come."""
    seen = -1
    while seen != far.count:
        seen = far.count
        await anyio.sleep(0.2)
    return seen


async def all_of(read: Callable[[], Awaitable[str]]) -> list[str]:
    """The rows of read after read, until one does not say where it goes on."""
    rows: list[str] = []
    while True:
        lines = [json.loads(line) for line in (await read()).splitlines()]
        more = bool(lines) and "next" in lines[-1]
        rows += [line["id"] for line in lines if "id" in line]
        if not more:
            return rows


async def everything() -> list[str]:
    """Every row, by the client's own pages."""
    hub = Hub("http://hub.test", transport=Counting)
    return [row.content()["id"] async for row in hub.walk(listing(limit=1_000))]


async def test_a_reader_who_does_not_read_holds_the_walk_up() -> None:
    far = Counting()
    async with walking(far) as walk:
        ahead = await still(far)
        assert AHEAD <= ahead <= AHEAD + 2
        await walk.read()
        assert await still(far) > ahead
        assert far.count < ROWS // PAGE


async def test_a_slow_reader_gets_every_row_once() -> None:
    far = Counting()
    async with walking(far) as walk:
        rows = await all_of(walk.read)
    assert rows == await everything()
    assert len(rows) == len(set(rows)) > ROWS


async def test_a_walk_ends_with_whoever_wanted_it() -> None:
    far = Counting()
    async with walking(far) as walk:
        await walk.read()
    ended = far.count
    await anyio.sleep(0.3)
    assert far.count == ended


async def test_a_failing_page_ends_the_walk_after_the_rows_before_it_and_says_where_it_goes_on() -> None:
    far = Counting(lambda n: n > 3)
    rows: list[str] = []
    async with walking(far) as walk:
        while len(rows) < 3 * PAGE:
            lines = [json.loads(line) for line in (await walk.read()).splitlines()]
            rows += [line["id"] for line in lines if "id" in line]
        with pytest.raises(HubError, match=r"broke off after 150 rows") as broken:
            await walk.read()
    assert len(rows) == 3 * PAGE
    onward = STREAM + broken.value.next_step.partition(STREAM)[2]
    hub = Hub("http://hub.test", transport=Counting)

    async def go_on() -> str:
        nonlocal onward
        text = await read_stream(hub, listing_at(onward), told)
        onward = json.loads(text.splitlines()[-1]).get("next", "") if text else ""
        return text

    async def told(pages: int, text: str) -> None:
        pass

    assert rows + await all_of(go_on) == await everything()


async def test_one_read_stays_within_its_budget_and_tells_of_each_page() -> None:
    told: list[tuple[int, str]] = []

    async def tell(pages: int, text: str) -> None:
        told.append((pages, text))

    hub = Hub("http://hub.test", transport=Counting)
    text = await read_stream(hub, listing(fields=["tags", "config", "cardData", "siblings"]), tell)
    assert len(text.encode()) <= BUDGET
    *rows, last = (json.loads(line) for line in text.splitlines())
    assert set(last) == {"next"}
    assert [pages for pages, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][1].startswith(f"{PAGE * len(told):,}")
    assert 0 < len(rows) <= PAGE * len(told)
