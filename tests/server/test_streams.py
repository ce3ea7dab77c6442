"""Streams and walks: a limited lead over readers, ended with their subscription, each row once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest

from hub_mcp.catalogue.repos.models import ListModels
from hub_mcp.client.hub import Hub
from hub_mcp.errors import HubError
from hub_mcp.localhub.app import create_app
from hub_mcp.server.resources.streams import AHEAD, BUDGET, STREAM, Walk, listing_at, read_stream
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio
ROWS = 2_000  # beside the world's own
PAGE = 50
STREAM_OF_ALL = f"{STREAM}models?sort=id&limit={PAGE}"


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
    """How many requests were made when no more come: nothing here waits for anything but another task."""
    await anyio.wait_all_tasks_blocked()
    return far.count


async def no_word(pages: int, text: str) -> None:
    pass


async def rows_from(address: str, hub: Hub, walk: Walk | None = None) -> list[str]:
    """The rows from an address on, read after read, until one does not say where it goes on."""
    rows: list[str] = []
    while address:
        lines = [json.loads(line) for line in (await read(address, hub, walk)).splitlines()]
        rows += [line["id"] for line in lines if "id" in line]
        address = lines[-1].get("next", "") if lines else ""
    return rows


async def read(address: str, hub: Hub, walk: Walk | None = None) -> str:
    return await read_stream(hub, listing_at(address), no_word, walk)


async def everything() -> list[str]:
    """Every row, by the client's own pages."""
    hub = Hub("http://hub.test", transport=Counting)
    return [row.content()["id"] async for page in hub.pages(listing(limit=1_000)) for row in page.items]


async def test_a_walk_waits_for_its_readers() -> None:
    far = Counting()
    async with walking(far) as walk:
        ahead = await still(far)
        assert AHEAD <= ahead <= AHEAD + 2
        assert await walk.page_at("")
        assert await still(far) > ahead
        assert far.count < ROWS // PAGE


async def test_readers_of_one_walk_each_get_every_row_once_however_they_overtake_each_other() -> None:
    far, rows = Counting(), dict[int, list[str]]()
    async with walking(far) as walk:
        hub = Hub("http://hub.test", transport=lambda: far)

        async def window(number: int) -> None:
            rows[number] = await rows_from(STREAM_OF_ALL, hub, walk)

        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(window, number)
        await window(3)  # long after the others
    whole = await everything()
    assert len(whole) == len(set(whole)) > ROWS
    assert all(rows[number] == whole for number in range(4))


async def test_a_walk_saves_its_reader_the_pages_it_has() -> None:
    far = Counting()
    async with walking(far) as walk:
        ahead = await still(far)
        assert await walk.page_at("")
        assert await walk.page_at("")  # a read takes nothing away
        assert far.count - ahead <= 1


async def test_a_walk_ends_with_whoever_wanted_it() -> None:
    far = Counting()
    async with walking(far) as walk:
        await walk.page_at("")
    ended = far.count
    assert await still(far) == ended < ROWS // PAGE
    with anyio.fail_after(PATIENCE):
        assert await walk.page_at("nowhere") is None


async def test_a_failing_page_ends_a_read_after_the_rows_before_it_and_says_where_to_continue() -> None:
    far = Counting(lambda n: n > 3)
    async with walking(far) as walk:
        text = await read(STREAM_OF_ALL, Hub("http://hub.test", transport=lambda: far), walk)
        lines = [json.loads(line) for line in text.splitlines()]
        *rows, trouble, last = lines
        assert len(rows) == trouble["rows"] == 3 * PAGE
        with pytest.raises(HubError, match=r"stopped after 0 rows.*continues at hub://stream"):
            await read(last["next"], Hub("http://hub.test", transport=lambda: far), walk)
    healthy = Hub("http://hub.test", transport=Counting)
    assert [row["id"] for row in rows] + await rows_from(last["next"], healthy) == await everything()


async def test_a_stream_of_one_row_a_page_has_a_deadline_in_all() -> None:
    far = Counting()
    hub = Hub("http://hub.test", transport=lambda: far)
    dripping = listing(limit=1)
    text = await read_stream(hub, dripping, no_word, lasts=0.5)
    lines = [json.loads(line) for line in text.splitlines()]
    assert 0 < far.count < ROWS
    onward = listing_at(lines[-1]["next"])
    again = json.loads((await read_stream(hub, onward, no_word, lasts=0.5)).splitlines()[0])
    assert again["id"] == (await everything())[len(lines) - 1]


async def test_a_huge_row_is_cut_and_the_read_stays_within_its_budget() -> None:
    class Huge(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            card = {f"k{i}": "x " * 1_000 for i in range(400)}
            return httpx.Response(200, json=[{"id": f"ada/{n}", "cardData": card} for n in range(3)])

    asked = ListModels.model_validate({"fields": ["cardData"], "limit": 3})
    text = await read_stream(Hub("http://hub.test", transport=Huge), asked, no_word)
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(text.encode()) <= BUDGET
    assert [line["id"] for line in lines if "id" in line] == ["ada/0", "ada/1", "ada/2"]
    assert all(line["cut"] for line in lines)


async def test_one_read_stays_within_its_budget_and_reports_each_page() -> None:
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
