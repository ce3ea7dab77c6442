"""Searching, filtering, sorting and paging through repositories."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Ask

pytestmark = pytest.mark.asyncio


async def _walk(ask: Ask, path: str, **parts: Any) -> list[dict[str, Any]]:
    """Every row of a listing, page after page."""
    rows: list[dict[str, Any]] = []
    answer = await ask("GET", path, **parts)
    while True:
        assert answer.status_code == 200, answer.text
        rows += answer.json()
        link = answer.links.get("next")
        if link is None:
            return rows
        assert link["url"].startswith("http://hub.test/api/")
        answer = await ask("GET", link["url"], **parts)


@pytest.mark.parametrize("kind", ["models", "datasets", "spaces"])
async def test_pages_hold_every_row_once_and_the_last_has_no_next(ask: Ask, kind: str) -> None:
    whole = await ask.get(f"/api/{kind}")
    paged = await _walk(ask, f"/api/{kind}?limit=17")
    assert [row["id"] for row in paged] == [row["id"] for row in whole]
    assert len({row["id"] for row in paged}) == len(paged)


@pytest.mark.parametrize(
    "sort",
    [
        "createdAt",
        "downloads",
        "likes",
        "lastModified",
        "likes30d",
        "trendingScore",
        "id",
        "num_parameters",
        "mainSize",
    ],
)
async def test_every_sort_key_pages_through_all_models_in_order(ask: Ask, sort: str) -> None:
    rows = await _walk(ask, f"/api/models?limit=60&sort={sort}&expand=likes&expand=downloads")
    assert len(rows) == len(await ask.get("/api/models"))
    if sort in ("likes", "downloads"):
        values = [row[sort] for row in rows]
        assert values == sorted(values, reverse=True)


async def test_the_next_link_keeps_all_parameters(ask: Ask) -> None:
    answer = await ask("GET", "/api/models?filter=en&filter=license%3Amit&limit=2&sort=likes&expand[]=likes")
    url = answer.links["next"]["url"]
    assert "filter=en&filter=license%3Amit&limit=2&sort=likes&expand[]=likes&cursor=" in url


async def test_a_page_does_not_shift_when_something_is_created_between(ask: Ask) -> None:
    first = await ask("GET", "/api/models?author=ada&sort=createdAt&limit=2")
    await ask("POST", "/api/repos/create", json={"name": "brand-new"})
    second = await ask("GET", first.links["next"]["url"])
    names = [row["id"] for row in first.json() + second.json()]
    assert len(set(names)) == len(names)
    assert "ada/brand-new" not in names


async def test_filters_all_hold_at_once(ask: Ask) -> None:
    rows = await ask.get("/api/models?filter=license:mit&filter=text-classification&author=ada")
    assert {row["id"] for row in rows} == {"ada/mood-of-the-weather", "ada/fjord-names"}


async def test_search_finds_every_word_in_the_id_in_any_case(ask: Ask) -> None:
    rows = await ask.get("/api/models?search=LLAMA 8b instruct&author=meta-llama")
    assert [row["id"] for row in rows] == ["meta-llama/Llama-3.1-8B-Instruct"]
    assert await ask.get("/api/models?search=%25") == []


@pytest.mark.parametrize(
    ("query", "field", "test"),
    [
        ("pipeline_tag=fill-mask", "pipeline_tag", lambda v: v == "fill-mask"),
        ("gated=true", "gated", lambda v: v in ("auto", "manual")),
        ("gated=false", "gated", lambda v: v is False),
        ("apps=ollama", "gguf", lambda v: v["total"] > 0),
        ("inference=warm", "inference", lambda v: v == "warm"),
        (
            "inference_provider=novita",
            "inferenceProviderMapping",
            lambda v: "novita" in {p["provider"] for p in v},
        ),
        ("inference_provider=all", "inferenceProviderMapping", lambda v: v != []),
        ("num_parameters=min:6B,max:10B", "library_name", lambda v: isinstance(v, str)),
        ("library=diffusers", "library_name", lambda v: v == "diffusers"),
    ],
)
async def test_a_model_filter_keeps_only_what_fits(ask: Ask, query: str, field: str, test: Any) -> None:
    rows = await ask.get(f"/api/models?{query}&expand={field}&filter=region:us", None)
    assert rows
    assert all(test(row[field]) for row in rows if field in row)


async def test_spaces_are_found_by_the_models_and_datasets_they_use(ask: Ask) -> None:
    for query in (
        "models=nimbus-labs/nowcast-2b",
        "datasets=nimbus-labs/rain-gauges",
        "linked=true&author=nimbus-labs",
    ):
        rows = await ask.get(f"/api/spaces?{query}", None)
        assert "nimbus-labs/will-it-rain" in {row["id"] for row in rows}


async def test_an_unknown_sort_key_is_refused_by_name(ask: Ask) -> None:
    answer = await ask("GET", "/api/models?sort=author")
    assert (answer.status_code, answer.json()) == (400, {"error": 'Invalid sort parameter "author"'})
    assert (await ask("GET", "/api/spaces?sort=downloads")).status_code == 400
    assert (await ask("GET", "/api/datasets?sort=datasetsServerInfo.numRows&limit=1")).status_code == 200


async def test_created_at_sorts_upwards_when_asked(ask: Ask) -> None:
    rows = await _walk(ask, "/api/models?sort=createdAt&direction=1&limit=50")
    dates = [row["createdAt"] for row in rows]
    assert dates == sorted(dates)


async def test_a_listing_shows_ones_own_private_repositories_and_nobody_elses(ask: Ask) -> None:
    async def private(token: str | None) -> set[str]:
        rows = await ask.get("/api/models?expand=private", token)
        return {row["id"] for row in rows if row["private"]}

    mine = {"ada/notes-to-self", "ada/draft-tide-model", "nimbus-labs/storm-atlas-7b"}
    assert await private("hf_sandbox_ada_write") == mine
    assert await private("hf_sandbox_ada_fine") == {"nimbus-labs/storm-atlas-7b"}
    assert await private("hf_sandbox_bob_write") == {"bob/eval-leftovers", "nimbus-labs/storm-atlas-7b"}
    assert await private("hf_sandbox_eve_write") == {"eve/secret-sauce"}
    assert await private(None) == set()


async def test_rows_grow_with_full_card_data_and_config(ask: Ask) -> None:
    plain = (await ask.get("/api/models?limit=1&sort=likes"))[0]
    full = (await ask.get("/api/models?limit=1&sort=likes&full=true&cardData=True&config=1"))[0]
    assert set(full) - set(plain) == {
        "author",
        "gated",
        "lastModified",
        "sha",
        "siblings",
        "cardData",
        "config",
    }
    assert "trendingScore" in (await ask.get("/api/models?limit=1"))[0]


async def test_expand_gives_exactly_the_fields_asked_for(ask: Ask) -> None:
    for spelling in ("expand", "expand[]"):
        row = (await ask.get(f"/api/models?limit=1&{spelling}=likes&{spelling}=sha&sort=likes"))[0]
        assert set(row) == {"_id", "id", "likes", "sha"}
    refused = await ask("GET", "/api/models?expand=usedStorage")
    assert refused.status_code == 400
    assert "at expand[0]" in refused.json()["error"]


async def test_a_limit_above_a_thousand_is_brought_down(ask: Ask) -> None:
    answer = await ask("GET", "/api/models?limit=5000")
    assert answer.status_code == 200
    assert len(answer.json()) < 1000


async def test_tags_in_use_are_listed_under_their_type(ask: Ask) -> None:
    tags = await ask.get("/api/models-tags-by-type", None)
    ids = {type: {tag["id"] for tag in found} for type, found in tags.items()}
    assert {"text-generation", "time-series-forecasting"} <= ids["pipeline_tag"]
    assert "dataset:bookcorpus" in ids["dataset"]
    assert "arxiv:1810.04805" in ids["arxiv"]
    assert "endpoints_compatible" in ids["other"]
    only = await ask.get("/api/datasets-tags-by-type?type=language", None)
    assert set(only) == {"language"}
    assert {"id": "language:en", "label": "English", "type": "language"} in only["language"]
