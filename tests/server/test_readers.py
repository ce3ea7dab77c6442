"""Two readers of one stream, in every era and over both transports: each sees every row exactly once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from mcp import Client, MCPError

from hub_mcp.server.resources.subscriptions import MOST, MOST_WALKS
from tests.gate.gates import ADA, ERAS, World
from tests.http.serving import app_of, client_of, served
from tests.server.test_pages import text_at
from tests.thoroughly import a_quarter
from tests.waiting import PATIENCE, turns, until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings(
        "ignore::mcp.shared.exceptions.MCPDeprecationWarning"
    ),  # the legacy era is tried
]
URI = "hub://stream/models?sort=id&limit=7"
WHO = {"one token in two windows": (ADA, ADA), "two anonymous callers": ("", "")}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@asynccontextmanager
async def two_over_http(world: World, era: str, tokens: tuple[str, str]) -> AsyncIterator[list[Client]]:
    async with served(app_of(world)) as url, AsyncExitStack() as stack:
        yield [await stack.enter_async_context(client_of(url, era, token=token)) for token in tokens]


@asynccontextmanager
async def one_in_two_windows(world: World, era: str) -> AsyncIterator[list[Client]]:
    """One client of one server in memory, which reads twice at once."""
    async with world.client(era) as client:
        yield [client, client]


@asynccontextmanager
async def subscribed(client: Client, era: str) -> AsyncIterator[None]:
    if era == "legacy":
        await client.subscribe_resource(URI)
        yield
        await client.unsubscribe_resource(URI)
    else:
        async with client.listen(resource_subscriptions=[URI]):
            yield


async def rows_of(client: Client, uri: str = URI) -> list[str]:
    rows: list[str] = []
    while uri:
        lines = [json.loads(line) for line in (await text_at(client, uri)).splitlines()]
        rows += [line["id"] for line in lines if "id" in line]
        uri = lines[-1].get("next", "")
        await anyio.lowlevel.checkpoint()
    return rows


async def each_reads_everything(clients: list[Client], era: str, subscribers: int) -> None:
    found: dict[int, list[str]] = {}

    async def window(number: int, client: Client) -> None:
        found[number] = await rows_of(client)

    with anyio.fail_after(PATIENCE):
        async with AsyncExitStack() as stack:
            for client in clients[:subscribers]:
                await stack.enter_async_context(subscribed(client, era))
            async with anyio.create_task_group() as group:
                for number, client in enumerate(clients):
                    group.start_soon(window, number, client)
        whole = await rows_of(clients[0])
    assert len(whole) == len(set(whole)) > 50
    assert found == {0: whole, 1: whole}


@pytest.mark.parametrize(
    ("era", "who", "subscribers"),
    a_quarter([(era, who, number) for era in ERAS for who in WHO for number in (1, 2, 0)]),
)
async def test_two_readers_over_http_each_see_all_rows_once(
    world: World, era: str, who: str, subscribers: int
) -> None:
    async with two_over_http(world, era, WHO[who]) as clients:
        await each_reads_everything(clients, era, subscribers)


@pytest.mark.parametrize("era", ERAS)
async def test_two_readers_of_one_server_in_memory_each_see_all_rows_once(world: World, era: str) -> None:
    async with one_in_two_windows(world, era) as clients:
        await each_reads_everything(clients, era, 1)


async def test_a_legacy_subscription_ends_when_it_is_given_up_and_when_its_client_leaves(
    world: World,
) -> None:
    watched = "hub://models/openai-community/gpt2"

    def looks() -> int:
        return sum(one.url.path.endswith("/gpt2") for one in world.spy.reads)

    async def goes_on() -> None:
        before = looks()
        await until(lambda: looks() > before + 1)

    async def has_ended() -> None:
        await until(lambda: not watching())
        before = looks()
        await turns()
        assert looks() == before

    def watching() -> bool:
        return any("Subscriptions._watch" in repr(task.get_coro()) for task in asyncio.all_tasks())

    async with served(app_of(world, watch_every=0.01)) as url:
        async with client_of(url, "legacy") as client:
            await client.subscribe_resource(watched)
            await goes_on()
            await client.unsubscribe_resource(watched)
            await has_ended()
            await client.subscribe_resource(watched)
            await goes_on()
        await has_ended()


@pytest.mark.parametrize(
    ("kind", "most"), [("stream/models?limit=1&search=", MOST_WALKS), ("models?search=", MOST)]
)
async def test_a_callers_subscriptions_are_limited_without_affecting_another_caller(
    world: World, kind: str, most: int
) -> None:
    many = [f"hub://{kind}a{n}" for n in range(most + 1)]
    async with two_over_http(world, "auto", (ADA, "")) as (ada, nobody):
        with pytest.raises((MCPError, ExceptionGroup)):
            async with ada.listen(resource_subscriptions=many):
                pass
        async with ada.listen(resource_subscriptions=many[:most]):
            with pytest.raises((MCPError, ExceptionGroup)):
                async with ada.listen(resource_subscriptions=[many[-1]]):
                    pass
            async with nobody.listen(resource_subscriptions=many[:1]):
                pass
        async with ada.listen(resource_subscriptions=[many[-1]]):
            pass


async def test_a_token_the_hub_does_not_know_watches_nothing(world: World) -> None:
    async with two_over_http(world, "auto", ("hf_made_up_one", "hf_made_up_two")) as clients:
        for client in clients:
            with pytest.raises((MCPError, ExceptionGroup)):
                async with client.listen(resource_subscriptions=["hub://models/openai-community/gpt2"]):
                    pass
        before = [one for one in world.spy.reads if "whoami" not in one.url.path]
        assert before == []


async def test_time_between_looks_grows_with_what_is_watched() -> None:
    from hub_mcp.server.resources.subscriptions import FEW, FEW_IN_ALL, Running, Subscriptions

    def pause(own: int, others: int) -> float:
        subscriptions = Subscriptions(lambda ctx: Any, every=60.0)  # type: ignore[arg-type, return-value]  # no request
        subscriptions._running = {
            **{("me", str(n)): Running() for n in range(own)},
            **{(f"caller {n}", ""): Running() for n in range(others)},
        }
        return subscriptions._pause("me", 60.0)

    assert [pause(1, 0), pause(FEW, 0), pause(5 * FEW, 0)] == [60.0, 60.0, 300.0]
    assert pause(1, 5 * FEW_IN_ALL - 1) == 300.0
