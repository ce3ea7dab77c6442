"""Collections and their items: behaviour, limits, rights; over HTTP and with the official client."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from .conftest import ADA, Ask

READ, FINE = "hf_sandbox_ada_read", "hf_sandbox_ada_fine"
BOB, CLEO, EVE = "hf_sandbox_bob_write", "hf_sandbox_cleo_write", "hf_sandbox_eve_write"
GPT2 = {"type": "model", "id": "openai-community/gpt2"}


async def made(ask: Ask, token: str = ADA, **fields: Any) -> dict[str, Any]:
    """A new collection."""
    answer = await ask(
        "POST", "/api/collections", token, json={"title": "Tides", "namespace": "ada"} | fields
    )
    assert answer.status_code == 200, answer.text
    collection: dict[str, Any] = answer.json()
    return collection


async def slug_of(ask: Ask, owner: str, title: str, token: str = ADA) -> str:
    """The slug of a collection of the world."""
    rows = await ask.get(f"/api/collections?owner={owner}&limit=100", token)
    return next(str(row["slug"]) for row in rows if row["title"] == title)


@pytest.mark.asyncio
async def test_a_new_collection_answers_all_of_itself(ask: Ask) -> None:
    collection = await made(ask, description="High and low", item=GPT2)
    assert re.fullmatch(r"ada/tides-[0-9a-f]{24}", collection["slug"])
    assert collection["description"] == "High and low"
    assert collection["owner"]["name"] == "ada"
    assert [(item["type"], item["id"], item["position"]) for item in collection["items"]] == [
        ("model", "openai-community/gpt2", 0)
    ]
    assert (collection["private"], collection["gating"], collection["upvotes"]) == (False, False, 0)
    assert await ask.get(f"/api/collections/{collection['slug']}") == collection


@pytest.mark.asyncio
async def test_a_second_one_of_the_same_title_is_a_conflict_that_names_the_first(ask: Ask) -> None:
    first = await made(ask)
    again = await ask("POST", "/api/collections", json={"title": "Tides", "namespace": "ada"})
    assert again.status_code == 409
    assert again.json()["slug"] == first["slug"]


@pytest.mark.asyncio
async def test_a_collection_with_an_item_that_is_not_there_is_not_made(ask: Ask) -> None:
    answer = await ask(
        "POST", "/api/collections", json={"title": "Tides", "namespace": "ada", "item": GPT2 | {"id": "a/b"}}
    )
    assert answer.status_code == 404
    assert "Tides" not in {row["title"] for row in await ask.get("/api/collections?owner=ada&limit=100")}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Rain & Shine!", "rain-shine"),
        ("Été à la mer", "ete-a-la-mer"),
        ("天気", "collection"),
        ("--", "collection"),
    ],
)
async def test_slugs_are_plain(ask: Ask, title: str, slug: str) -> None:
    assert re.fullmatch(rf"ada/{slug}-[0-9a-f]{{24}}", (await made(ask, title=title))["slug"])


@pytest.mark.asyncio
async def test_renaming_changes_the_slug_and_the_old_one_still_leads_there(ask: Ask) -> None:
    old = (await made(ask))["slug"]
    answer = await ask(
        "PATCH", f"/api/collections/{old}", json={"title": "Currents", "theme": "pink", "position": 3}
    )
    new = answer.json()["data"]
    assert new["slug"] == old.replace("tides", "currents")
    assert (new["theme"], new["position"]) == ("pink", 3)
    assert (await ask.get(f"/api/collections/{old}"))["slug"] == new["slug"]
    assert (await ask.get("/api/collections/ada/currents"))["slug"] == new["slug"]
    assert (await ask("GET", "/api/collections/ada/tides")).status_code == 404


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "x" * 61},
        {"title": None},
        {"description": "x" * 151},
        {"position": -1},
        {"position": 1.5},
        {"theme": "mauve"},
        {"private": "yes"},
        {"gating": {"mode": "never"}},
        {"gating": True},
    ],
)
async def test_limits_are_kept(ask: Ask, change: dict[str, object]) -> None:
    slug = (await made(ask))["slug"]
    before = await ask.get(f"/api/collections/{slug}")
    assert (await ask("PATCH", f"/api/collections/{slug}", json=change)).status_code == 400
    assert await ask.get(f"/api/collections/{slug}") == before


@pytest.mark.asyncio
async def test_gating_is_shown_in_full_only_to_those_who_may_change_it(ask: Ask) -> None:
    slug = (await made(ask))["slug"]
    gating = {"mode": "manual", "notifications": {"mode": "bulk"}}
    changed = await ask("PATCH", f"/api/collections/{slug}", json={"gating": gating})
    assert changed.json()["data"]["gating"] == gating
    assert (await ask.get(f"/api/collections/{slug}", EVE))["gating"] is True
    await ask("PATCH", f"/api/collections/{slug}", json={"gating": False})
    assert (await ask.get(f"/api/collections/{slug}", EVE))["gating"] is False


@pytest.mark.asyncio
@pytest.mark.parametrize("token", [None, EVE])
async def test_a_private_collection_is_missing_to_others(ask: Ask, token: str | None) -> None:
    slug = (await made(ask, private=True))["slug"]
    assert (await ask.get(f"/api/collections/{slug}", READ))["private"] is True
    assert (await ask("GET", f"/api/collections/{slug}", token)).status_code == 404
    assert (await ask("DELETE", f"/api/collections/{slug}", token)).status_code == (404 if token else 401)
    assert slug not in {row["slug"] for row in await ask.get("/api/collections?owner=ada&limit=100", token)}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("token", "namespace", "status"),
    [
        (None, "ada", 401),
        (EVE, "ada", 403),
        (READ, "ada", 403),
        (FINE, "ada", 403),
        (FINE, "nimbus-labs", 200),
        (CLEO, "nimbus-labs", 200),
        (EVE, "nimbus-labs", 403),
        (ADA, "no-such-namespace", 403),
        (EVE, "Drizzle-Collective", 200),
    ],
)
async def test_making_one_takes_the_right_to(
    ask: Ask, token: str | None, namespace: str, status: int
) -> None:
    answer = await ask("POST", "/api/collections", token, json={"title": "Tides", "namespace": namespace})
    assert answer.status_code == status


@pytest.mark.asyncio
async def test_a_contributor_changes_only_their_own(ask: Ask) -> None:
    own = (await made(ask, CLEO, namespace="nimbus-labs"))["slug"]
    others = await slug_of(ask, "nimbus-labs", "Nowcasting releases")
    for slug, status in ((own, 200), (others, 403)):
        for method in ("PATCH", "DELETE"):
            assert (await ask(method, f"/api/collections/{slug}", CLEO, json={})).status_code == status
    assert (await ask("PATCH", f"/api/collections/{others}", BOB, json={})).status_code == 200


@pytest.mark.asyncio
async def test_the_listing_is_paged_and_shows_four_items_of_each(ask: Ask) -> None:
    seen: list[dict[str, Any]] = []
    path = "/api/collections?limit=20"
    while path:
        answer = await ask("GET", path)
        seen += answer.json()
        path = answer.links.get("next", {}).get("url", "")
    assert len(seen) == len({row["slug"] for row in seen}) == 50
    assert max(len(row["items"]) for row in seen) == 4
    assert not any({"position", "shareUrl"} & set(row) for row in seen)
    assert len(await ask.get("/api/collections")) == 10


@pytest.mark.asyncio
async def test_the_listing_filters_and_sorts(ask: Ask) -> None:
    titles = [row["title"] for row in await ask.get("/api/collections?owner=ada&owner=Qwen&sort=upvotes")]
    assert titles[:2] == ["Qwen3", "Rain & shine"]
    assert set(titles[2:]) == {"To try in winter", "Empty shelf"}
    holding = await ask.get("/api/collections?item=datasets/nimbus-labs/storm-reports&item=papers/2505.09388")
    assert {row["title"] for row in holding} == {"Qwen3", "Nowcasting releases"}
    assert await ask.get("/api/collections?item=models/no/such") == []
    assert [row["title"] for row in await ask.get("/api/collections?q=WEATHER")] == ["Rain & shine"]
    updated = [row["lastUpdated"] for row in await ask.get("/api/collections?sort=lastModified&limit=100")]
    assert updated == sorted(updated, reverse=True)
    (brief, *_) = await ask.get("/api/collections?q=weather&expand=false")
    assert set(brief) == {"title", "private", "upvotes", "name"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "query", ["sort=title", "limit=0", "limit=10001", "item=kernels/a", "cursor=nonsense"]
)
async def test_the_listing_refuses_what_it_does_not_know(ask: Ask, query: str) -> None:
    assert (await ask("GET", f"/api/collections?{query}")).status_code == 400


def test_the_official_client_does_everything_with_a_collection(hub_url: str) -> None:
    api = HfApi(endpoint=hub_url, token=ADA)
    title = f"Judged {uuid4().hex[:8]}"
    collection = api.create_collection(title, description="By the official client", private=True)
    assert api.create_collection(title, exists_ok=True).slug == collection.slug
    with pytest.raises(HfHubHTTPError):
        api.create_collection(title)
    collection = api.update_collection_metadata(
        collection.slug, title=f"{title} again", theme="green", private=False
    )
    assert (collection.theme, collection.private) == ("green", False)
    api.add_collection_item(collection.slug, "openai-community/gpt2", "model", note="Small")
    api.add_collection_item(collection.slug, "openai-community/gpt2", "model", exists_ok=True)
    with pytest.raises(HfHubHTTPError):
        api.add_collection_item(collection.slug, "openai-community/gpt2", "model")
    collection = api.add_collection_item(collection.slug, "2303.04421", "paper")
    assert [(item.item_id, item.note) for item in collection.items] == [
        ("openai-community/gpt2", "Small"),
        ("2303.04421", None),
    ]
    api.update_collection_item(
        collection.slug, collection.items[0].item_object_id, note="Still small", position=1
    )
    collection = api.get_collection(collection.slug)
    assert [item.note for item in collection.items] == [None, "Still small"]
    assert collection.slug in {
        found.slug for found in api.list_collections(owner="ada", item="papers/2303.04421")
    }
    api.delete_collection_item(collection.slug, collection.items[0].item_object_id)
    api.delete_collection_item(collection.slug, collection.items[0].item_object_id, missing_ok=True)
    api.delete_collection(collection.slug)
    api.delete_collection(collection.slug, missing_ok=True)
    with pytest.raises(HfHubHTTPError):
        api.delete_collection(collection.slug)


def test_the_official_client_walks_all_collections(hub_url: str) -> None:
    api = HfApi(endpoint=hub_url, token=False)
    assert len(list(api.list_collections())) >= 47
    assert len(list(api.list_collections(limit=3, sort="upvotes"))) == 3
