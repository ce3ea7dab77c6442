"""One call adds, annotates, moves or removes several items of a collection: one question lists them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from tests.gate.gates import Asked, World, refused, text_of

pytestmark = pytest.mark.asyncio
BASE, LARGE, GAUGES = (
    "models/nimbus-labs/nowcast-base",
    "models/nimbus-labs/nowcast-2b",
    "datasets/nimbus-labs/rain-gauges",
)
SECRETS = ("models/ada/notes-to-self", "models/ada/draft-tide-model")


async def text(client: Client, tool: str, arguments: dict[str, Any]) -> str:
    return text_of(await client.call_tool(tool, arguments))


async def made(client: Client, *items: object, title: str = "Rain") -> str:
    """The slug of a new collection with these items."""
    arguments = {"title": title, "namespace": "ada", "item": [*items]}
    said = await text(client, "create_collection", arguments)
    found = re.search(r"collection (\S+)\.", said)
    assert found, said
    return found[1]


async def held(world: World, slug: str) -> list[tuple[str, str]]:
    """What a collection holds: type and id, and the note."""
    items = (await world.json(f"/api/collections/{slug}"))["items"]
    return [(f"{one['type']}s/{one['id']}", (one.get("note") or {}).get("text", "")) for one in items]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_collection_is_made_with_its_items_and_their_notes_in_order(world: World) -> None:
    async with world.client("auto", structured=False) as client:
        slug = await made(
            client, f"{BASE}: Start here: it is small.", {"item": LARGE, "note": "The large one."}, GAUGES
        )
        assert await held(world, slug) == [
            (BASE, "Start here: it is small."),
            (LARGE, "The large one."),
            (GAUGES, ""),
        ]
    assert [request.url.path for request in world.spy.changes] == [
        "/api/collections",
        *[f"/api/collections/{slug}/items"] * 3,
    ]
    assert [one.outcome for one in world.entries()] == ["done"] * 4


async def test_an_item_that_cannot_be_added_is_reported_and_the_others_are_added(world: World) -> None:
    async with world.client("auto", Asked(), structured=False) as client:
        said = await text(
            client,
            "create_collection",
            {"title": "Rain", "namespace": "ada", "item": [BASE, BASE, GAUGES]},
        )
        assert "as number 2 of 2" in said
        assert "Not made: add collection item" in said
        assert "is already in this collection" in said


async def test_for_an_item_that_a_collection_lacks_those_that_it_has_are_named(world: World) -> None:
    async with world.client("auto", structured=False) as client:
        slug = await made(client, BASE, GAUGES)
        lacking = await text(client, "delete_collection_item", {"slug": slug, "item_id": LARGE})
    assert f"has no item {LARGE}." in lacking
    assert f"It has: {BASE}, {GAUGES}." in lacking


async def test_one_question_names_every_item_that_others_would_learn_of(world: World) -> None:
    person = Asked()
    async with world.client("auto", person, structured=False) as client:
        slug = await made(client, *SECRETS, BASE)
        assert len(person.questions) == 1
        assert all(one.partition("/")[2] in person.questions[0].message for one in (*SECRETS, BASE))
        empty = await made(client, title="Empty")
        await text(client, "add_collection_item", {"slug": empty, "item": [*SECRETS, BASE]})
        assert len(person.questions) == 2
        assert all(one.partition("/")[2] in person.questions[1].message for one in (*SECRETS, BASE))
        assert await held(world, slug) == await held(world, empty) == [(one, "") for one in (*SECRETS, BASE)]


async def test_a_no_leaves_everything_as_it_was(world: World) -> None:
    async with world.client("auto", confirm="elicit", structured=False) as client:
        said = await client.call_tool(
            "create_collection", {"title": "Rain", "namespace": "ada", "item": [BASE, *SECRETS]}
        )
        assert refused(said)
    assert world.spy.changes == []


async def test_notes_and_order_of_several_items_change_in_one_request_and_are_undone_together(
    world: World,
) -> None:
    async with world.client("auto", structured=False) as client:
        slug = await made(client, f"{BASE}: Old.", LARGE, GAUGES)
        before = await held(world, slug)
        count = len(world.spy.changes)
        said = await text(
            client,
            "update_collection_item",
            {"slug": slug, "item_id": [GAUGES, f"{BASE}: New."], "position": 0},
        )
        assert f"The note of {BASE} is now New." in said
        assert f"The order is now: {GAUGES}, {BASE}, {LARGE}." in said
        assert await held(world, slug) == [(GAUGES, ""), (BASE, "New."), (LARGE, "")]
        assert len(world.spy.changes) == count + 1
        back = world.entries()[-1].undo
        assert back
        await text(client, back.tool, dict(back.arguments))
        assert await held(world, slug) == before


@pytest.mark.parametrize("position", [0, 1, 2, 3])
async def test_several_items_are_placed_one_after_another_from_their_position_on(
    world: World, position: int
) -> None:
    rest = ["datasets/nimbus-labs/storm-reports", "spaces/nimbus-labs/will-it-rain"]
    async with world.client("auto", structured=False) as client:
        slug = await made(client, BASE, rest[0], LARGE, GAUGES, rest[1])
        moved = [GAUGES, BASE, LARGE]
        said = await text(
            client, "update_collection_item", {"slug": slug, "item_id": moved, "position": position}
        )
    wanted = [*rest[:position], *moved, *rest[position:]]
    assert [name for name, _ in await held(world, slug)] == wanted
    assert f"The order is now: {', '.join(wanted)}." in said


@pytest.mark.parametrize("many", [False, True])
async def test_a_collection_with_more_items_than_writes_are_left_is_not_made_at_all(
    world: World, many: bool
) -> None:
    arguments = {"title": "Rain", "namespace": "ada", "item": [BASE, LARGE, GAUGES]}
    call = {"calls": [{"tool": "create_collection", "arguments": arguments}]}
    tool, said = ("change_many", call) if many else ("create_collection", arguments)
    async with world.client("auto", structured=False, max_writes=3) as client:
        told = await text(client, tool, said)
        assert "leaves 3 of 3" in told
        assert "4 changes" in told
        assert world.spy.changes == []
        slug = await made(client, f"{BASE}: It is small.", LARGE)
        assert len(await held(world, slug)) == len(world.spy.changes) - 1 == 2
        assert "have been made" in await text(client, "delete_collection", {"slug": slug})


async def test_several_items_are_removed_with_one_question_and_each_is_listed(world: World) -> None:
    person = Asked()
    async with world.client("auto", person, structured=False) as client:
        slug = await made(client, f"{BASE}: Mine.", LARGE, GAUGES)
        said = await text(client, "delete_collection_item", {"slug": slug, "item_id": [BASE, GAUGES]})
        assert [BASE in said, GAUGES in said, "2 of 2 changes made." in said] == [True] * 3
        [question] = person.questions
        assert all(word in question.message for word in ("nowcast-base", "rain-gauges", "Mine."))
        assert await held(world, slug) == [(LARGE, "")]


@pytest.mark.parametrize(
    ("tool", "arguments", "why"),
    [
        ("add_collection_item", {"item": [BASE, LARGE], "note": "Which?"}, "for one item"),
        ("update_collection_item", {"item_id": [BASE, LARGE], "note": "Which?"}, "for one item"),
        ("update_collection_item", {"item_id": [BASE]}, "a note or a position"),
        ("delete_collection_item", {"item_id": ["nowcast-base: x"]}, "needs its type"),
    ],
)  # fmt: skip
async def test_what_is_not_clear_is_refused_before_anything_is_sent(
    world: World, tool: str, arguments: dict[str, Any], why: str
) -> None:
    async with world.client("auto", structured=False) as client:
        said = await text(client, tool, {"slug": "ada/rain-" + "0" * 24, **arguments})
    assert why in said
    assert world.spy.changes == world.spy.reads == []


async def test_the_documented_form_of_one_item_stays_valid(world: World) -> None:
    async with world.client("auto", Asked(), structured=False) as client:
        slug = await made(client)
        one = {"type": "model", "id": "nimbus-labs/nowcast-base"}
        await text(client, "add_collection_item", {"slug": slug, "item": one, "note": "First."})
        assert await held(world, slug) == [(BASE, "First.")]
        await text(
            client,
            "update_collection_item",
            {"slug": slug, "item_id": BASE, "note": "Changed.", "position": 0},
        )
        assert await held(world, slug) == [(BASE, "Changed.")]
        await text(client, "delete_collection_item", {"slug": slug, "item_id": BASE})
        assert await held(world, slug) == []
