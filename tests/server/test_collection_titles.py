"""Collections referred to by a unique title."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.gate.gates import Asked, World, text_of

pytestmark = pytest.mark.asyncio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_title_replaces_the_slug_in_reads_changes_and_batches(world: World) -> None:
    async with world.client("auto", Asked(), structured=False) as client:
        made = await client.call_tool("create_collection", {"title": "Things to read", "namespace": "ada"})
        slug = re.search(r"collection (\S+)\.", text_of(made))
        assert slug
        for title in ("Things to read", "things  to READ", "ada/Things to read", slug[1]):
            assert slug[1] in text_of(await client.call_tool("get_collection", {"slug": title}))
        item = {"slug": "Things to read", "item": "models/openai-community/gpt2"}
        assert not (await client.call_tool("add_collection_item", item)).is_error
        calls = [{"tool": "update_collection", "arguments": {"slug": "Things to read", "theme": "pink"}}]
        assert "1 of 1 changes made." in text_of(await client.call_tool("change_many", {"calls": calls}))
        gone = await client.call_tool("delete_collection", {"slug": "Things to read"})
        assert f"Deleted the collection {slug[1]}" in text_of(gone)


async def test_a_title_of_several_or_of_none_is_an_error_that_names_what_there_is(world: World) -> None:
    async with world.client("auto", structured=False) as client:
        slugs: list[str] = []
        for title in ("Rain", "Snow"):
            made = await client.call_tool("create_collection", {"title": title, "namespace": "ada"})
            slugs += re.findall(r"collection (\S+)\.", text_of(made))
        await client.call_tool("update_collection", {"slug": slugs[1], "title": "Rain"})
        count = len(world.spy.changes)
        several = await client.call_tool("update_collection", {"slug": "Rain", "theme": "pink"})
        assert several.is_error
        assert "ada has 2 collections called “Rain”. Nothing was changed. Name one: ada/" in text_of(several)
        assert all(one[-24:] in text_of(several) for one in slugs)
        none = await client.call_tool("get_collection", {"slug": "Rainy"})
        assert "ada has no collection called “Rainy”." in text_of(none)
        assert len(world.spy.changes) == count
