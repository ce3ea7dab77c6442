"""Discussions by address: read, streamed page after page, and announced when somebody writes."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest
from mcp.server.subscriptions import ResourceUpdated

from tests.gate.gates import ERAS, World
from tests.server.test_pages import text_at
from tests.waiting import PATIENCE

THREAD = "hub://models/ada/fjord-names/discussions/1"
LIST = "hub://models/ada/fjord-names/discussions?status=open"
FJORDS = {"repo_id": "ada/fjord-names", "type": "model"}
pytestmark = pytest.mark.asyncio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize("era", ERAS)
async def test_a_thread_is_read_by_its_address_of_every_type(world: World, era: str) -> None:
    async with world.client(era) as client:
        for place, author in (
            ("models/ada/fjord-names", "bob"),
            ("datasets/nimbus-labs/rain-gauges", "dan"),
            ("spaces/nimbus-labs/will-it-rain", "mallory"),
        ):
            thread = json.loads(await text_at(client, f"hub://{place}/discussions/1"))
            assert (thread["num"], thread["author"], thread["status"]) == (1, author, "open")
        known = {one.uri_template for one in (await client.list_resource_templates()).resource_templates}
    assert "hub://{type}s/{namespace}/{repo}/discussions/{num}{?start,diff}" in known


@pytest.mark.parametrize("era", ERAS)
async def test_a_stream_of_discussions_has_each_once_over_the_hubs_own_pages(world: World, era: str) -> None:
    async with world.client(era) as client:
        text = await text_at(client, "hub://stream/models/openai-community/gpt2/discussions?limit=7")
    rows = [json.loads(line) for line in text.splitlines()]
    assert sorted(row["num"] for row in rows) == list(range(1, 64))


async def test_subscribers_of_a_thread_or_the_list_are_notified_of_a_comment_at_once(world: World) -> None:
    awaited = {THREAD, LIST}
    async with world.client(allow=("discussions.comment",)) as client:
        with anyio.fail_after(PATIENCE):
            async with client.listen(resource_subscriptions=[THREAD, LIST]) as events:
                said = {**FJORDS, "num": 1, "comment": "It is CC0."}
                assert not (await client.call_tool("comment_discussion", said)).is_error
                async for event in events:
                    assert isinstance(event, ResourceUpdated)
                    awaited.discard(str(event.uri))
                    if not awaited:
                        break
        assert "It is CC0." in await text_at(client, THREAD)


async def test_a_new_discussion_is_announced_to_subscribers_of_the_list(world: World) -> None:
    async with world.client(allow=("discussions.create",)) as client:
        with anyio.fail_after(PATIENCE):
            async with client.listen(resource_subscriptions=[LIST]) as events:
                asked = {**FJORDS, "title": "Another one", "description": "Or not?"}
                assert not (await client.call_tool("create_discussion", asked)).is_error
                async for event in events:
                    assert isinstance(event, ResourceUpdated)
                    assert str(event.uri) == LIST
                    break
        assert "Another one" in await text_at(client, LIST)
