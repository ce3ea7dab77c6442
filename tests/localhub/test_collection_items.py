"""The items of collections: every type of them, added, moved, annotated and removed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .conftest import Ask
from .test_collections import EVE, GPT2, made, slug_of


@pytest.mark.asyncio
async def test_every_type_of_item_has_flat_fields(ask: Ask) -> None:
    collection = await ask.get(f"/api/collections/{await slug_of(ask, 'ada', 'Rain & shine')}")
    items = {item["type"]: item for item in collection["items"]}
    assert set(items) == {"model", "dataset", "space", "paper", "bucket", "collection"}
    assert [item["position"] for item in collection["items"]] == list(range(7))
    assert items["paper"]["id"] == "2303.04421"
    assert items["paper"]["note"] == {
        "html": "How it works &lt;in our own words&gt;.",
        "text": "How it works <in our own words>.",
    }
    assert re.fullmatch(r"[0-9a-f]{24}", items["collection"]["id"])
    assert items["collection"]["slug"].startswith("open-cartography/place-names-of-the-world-")
    assert items["space"]["runtime"]["stage"] == "RUNNING"
    assert items["bucket"]["id"] == "nimbus-labs/radar-frames"


@pytest.mark.asyncio
@pytest.mark.parametrize("spelling", ["items", "item"])
async def test_an_item_is_added_at_the_end_under_either_spelling(ask: Ask, spelling: str) -> None:
    slug = (await made(ask, item=GPT2))["slug"]
    paper = {"item": {"type": "paper", "id": "1810.04805"}, "note": "Read this"}
    answer = await ask("POST", f"/api/collections/{slug}/{spelling}", json=paper)
    assert [item["id"] for item in answer.json()["items"]] == ["openai-community/gpt2", "1810.04805"]
    assert answer.json()["items"][1]["note"]["text"] == "Read this"
    assert (await ask("POST", f"/api/collections/{slug}/{spelling}", json=paper)).status_code == 409


@pytest.mark.asyncio
@pytest.mark.parametrize("form", ["{id}", "{slug}", "{short}"])
async def test_a_collection_is_added_by_its_id_or_either_slug(ask: Ask, form: str) -> None:
    slug = (await made(ask))["slug"]
    other = await slug_of(ask, "Qwen", "Qwen3")
    id = form.format(id=other[-24:], slug=other, short=other[:-25])
    answer = await ask(
        "POST", f"/api/collections/{slug}/items", json={"item": {"type": "collection", "id": id}}
    )
    assert answer.json()["items"][0]["slug"] == other


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "item",
    [
        {"type": "model", "id": "eve/secret-sauce"},
        {"type": "dataset", "id": "openai-community/gpt2"},
        {"type": "paper", "id": "9912.99999"},
        {"type": "bucket", "id": "a/b"},
        {"type": "collection", "id": "a/b"},
    ],
)
async def test_what_is_missing_or_private_to_others_cannot_be_added(ask: Ask, item: dict[str, str]) -> None:
    slug = (await made(ask))["slug"]
    assert (await ask("POST", f"/api/collections/{slug}/items", json={"item": item})).status_code == 404


@pytest.mark.asyncio
async def test_items_are_moved_annotated_and_removed(ask: Ask) -> None:
    slug = (await made(ask))["slug"]
    for id in ("gpt2", "gpt2-medium", "gpt2-large"):
        item = {"type": "model", "id": f"openai-community/{id}"}
        await ask("POST", f"/api/collections/{slug}/items", json={"item": item})

    async def items() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await ask.get(f"/api/collections/{slug}"))["items"]
        return found

    small, medium, large = await items()
    change = {"position": 0, "note": "first"}
    assert (
        await ask("PATCH", f"/api/collections/{slug}/items/{large['_id']}", json=change)
    ).status_code == 200
    assert [item["_id"] for item in await items()] == [large["_id"], small["_id"], medium["_id"]]
    assert [item["position"] for item in await items()] == [0, 1, 2]
    await ask("PATCH", f"/api/collections/{slug}/items/{large['_id']}", json={"note": ""})
    assert "note" not in (await items())[0]
    batch = [
        {"action": "update", "_id": small["_id"], "data": {"note": "small"}},
        {"action": "update", "_id": large["_id"], "data": {"position": 99}},
    ]
    assert (await ask("POST", f"/api/collections/{slug}/items/batch", json=batch)).status_code == 200
    assert [(item["_id"], item.get("note", {}).get("text")) for item in await items()] == [
        (small["_id"], "small"),
        (medium["_id"], None),
        (large["_id"], None),
    ]
    assert (await ask("DELETE", f"/api/collections/{slug}/items/{small['_id']}")).status_code == 200
    assert [(item["_id"], item["position"]) for item in await items()] == [
        (medium["_id"], 0),
        (large["_id"], 1),
    ]
    assert (await ask("DELETE", f"/api/collections/{slug}/items/{small['_id']}")).status_code == 404


@pytest.mark.asyncio
async def test_a_batch_with_one_wrong_change_changes_nothing(ask: Ask) -> None:
    slug = (await made(ask, item=GPT2))["slug"]
    before = await ask.get(f"/api/collections/{slug}")
    right = {"action": "update", "_id": before["items"][0]["_id"], "data": {"note": "new"}}
    for wrong in (
        {**right, "_id": "0" * 24},
        {**right, "data": {"note": "x" * 501}},
        {**right, "action": "delete"},
    ):
        assert (
            await ask("POST", f"/api/collections/{slug}/items/batch", json=[right, wrong])
        ).status_code in (400, 404)
    assert await ask.get(f"/api/collections/{slug}") == before


@pytest.mark.asyncio
async def test_a_renamed_repository_stays_an_item_and_a_deleted_one_does_not(ask: Ask) -> None:
    await ask("POST", "/api/repos/create", json={"name": "shelf-life"})
    slug = (await made(ask, item={"type": "model", "id": "ada/shelf-life"}))["slug"]
    move = {"fromRepo": "ada/shelf-life", "toRepo": "ada/best-before", "type": "model"}
    assert (await ask("POST", "/api/repos/move", json=move)).status_code == 200
    assert [item["id"] for item in (await ask.get(f"/api/collections/{slug}"))["items"]] == [
        "ada/best-before"
    ]
    await ask("DELETE", "/api/repos/delete", json={"name": "best-before", "type": "model"})
    assert (await ask.get(f"/api/collections/{slug}"))["items"] == []


@pytest.mark.asyncio
async def test_items_private_to_others_are_not_shown(ask: Ask) -> None:
    slug = await slug_of(ask, "eve", "Licences explained")
    assert [item["id"] for item in (await ask.get(f"/api/collections/{slug}", EVE))["items"]] == [
        "eve/licence-reader",
        "eve/secret-sauce",
    ]
    assert [item["id"] for item in (await ask.get(f"/api/collections/{slug}"))["items"]] == [
        "eve/licence-reader"
    ]


@pytest.mark.asyncio
async def test_a_deleted_collection_leaves_others_and_is_gone(ask: Ask) -> None:
    inner, outer = await made(ask, title="Inner"), await made(ask, title="Outer")
    item = {"item": {"type": "collection", "id": inner["slug"]}}
    await ask("POST", f"/api/collections/{outer['slug']}/items", json=item)
    assert (await ask("DELETE", f"/api/collections/{inner['slug']}")).status_code == 200
    assert (await ask("GET", f"/api/collections/{inner['slug']}")).status_code == 404
    assert (await ask.get(f"/api/collections/{outer['slug']}"))["items"] == []
