"""Papers: one paper, who cites it, daily papers, search; over HTTP and with the official client."""

from __future__ import annotations

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from .conftest import Ask

RAIN = "2303.04421"
CROWDED = "2026-09-28"  # a day with more papers than fit on a page


@pytest.mark.asyncio
async def test_a_paper_names_its_people_and_what_is_linked_to_it(ask: Ask) -> None:
    paper = await ask.get(f"/api/papers/{RAIN}", token=None)
    assert paper["title"].startswith("Gauges, Radar")
    assert [author["name"] for author in paper["authors"]] == ["Ada Okafor", "Bob Lindqvist", "Marta Ruiz"]
    assert paper["authors"][0]["user"]["name"] == "ada"
    assert "user" not in paper["authors"][2]
    assert {model["id"] for model in paper["linkedModels"]} == {
        "nimbus-labs/nowcast-base",
        "nimbus-labs/nowcast-2b",
        "nimbus-labs/nowcast-tiny",
    }
    assert paper["numTotalModels"] == 3
    assert [space["id"] for space in paper["linkedSpaces"]] == ["nimbus-labs/will-it-rain"]
    assert "comments" not in paper


@pytest.mark.asyncio
async def test_comments_and_the_deadline_come_only_when_asked_for(ask: Ask) -> None:
    paper = await ask.get(f"/api/papers/{RAIN}?field=comments&field=submissionDeadline")
    first, second = paper["comments"]
    assert first["author"]["name"] == "eve"
    assert "mountains" in first["data"]["latest"]["raw"]
    assert second["data"]["parentCommentId"] == first["id"]
    assert paper["submissionDeadline"] == "2023-03-22T00:00:00.000Z"
    assert (await ask("GET", f"/api/papers/{RAIN}?field=gossip")).status_code == 400


@pytest.mark.asyncio
async def test_text_of_people_is_kept_as_it_is_and_its_html_is_escaped(ask: Ask) -> None:
    paper = await ask.get("/api/papers/2609.00666?field=comments")
    assert "<script>" in paper["summary"]
    assert "</untrusted>" in paper["comments"][0]["data"]["latest"]["raw"]
    assert "</untrusted>" not in paper["comments"][0]["data"]["latest"]["html"]


@pytest.mark.asyncio
async def test_an_unknown_paper_is_missing_but_nobody_cites_it_without_an_error(ask: Ask) -> None:
    assert (await ask("GET", "/api/papers/9912.99999")).status_code == 404
    assert await ask.get("/api/arxiv/9912.99999/repos") == {"models": [], "datasets": [], "spaces": []}


@pytest.mark.asyncio
async def test_the_repositories_of_a_paper_are_rows_of_the_listings(ask: Ask) -> None:
    repos = await ask.get(f"/api/arxiv/{RAIN}/repos")
    assert [row["id"] for row in repos["datasets"]] == ["nimbus-labs/rain-gauges"]
    assert [row["id"] for row in repos["spaces"]] == ["nimbus-labs/will-it-rain"]
    assert all(f"arxiv:{RAIN}" in row["tags"] for rows in repos.values() for row in rows)


@pytest.mark.asyncio
async def test_daily_papers_are_paged_by_number_until_an_empty_page(ask: Ask) -> None:
    pages = [await ask.get(f"/api/daily_papers?date={CROWDED}&p={p}") for p in range(3)]
    assert [len(page) for page in pages] == [50, 10, 0]
    assert len({row["paper"]["id"] for page in pages for row in page}) == 60
    answer = await ask("GET", f"/api/daily_papers?date={CROWDED}")
    assert "link" not in answer.headers


@pytest.mark.asyncio
async def test_a_daily_paper_repeats_title_and_summary_and_says_who_submitted_it(ask: Ask) -> None:
    (row, *_) = await ask.get("/api/daily_papers?limit=1")
    assert (row["title"], row["summary"]) == (row["paper"]["title"], row["paper"]["summary"])
    assert row["submittedBy"]["name"] == row["paper"]["submittedOnDailyBy"]["user"]
    assert row["numComments"] == 0


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("span", "begins"),
    [
        ("date=2026-09-28", ("2026-09-28",)),
        ("week=2026-W40", ("2026-09-28", "2026-09-29", "2026-09-3", "2026-10-0")),
    ],
)
async def test_days_and_weeks_hold_what_was_submitted_in_them(
    ask: Ask, span: str, begins: tuple[str, ...]
) -> None:
    rows = await ask.get(f"/api/daily_papers?{span}&limit=100")
    assert rows
    assert all(row["paper"]["submittedOnDailyAt"].startswith(begins) for row in rows)


@pytest.mark.asyncio
async def test_months_and_submitters_narrow_and_trending_sorts_by_upvotes(ask: Ask) -> None:
    rows = await ask.get("/api/daily_papers?month=2026-09&submitter=ada&sort=trending&limit=100")
    assert rows
    assert {row["submittedBy"]["name"] for row in rows} == {"ada"}
    upvotes = [row["paper"]["upvotes"] for row in rows]
    assert upvotes == sorted(upvotes, reverse=True)
    assert await ask.get("/api/daily_papers?submitter=nobody-at-all") == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "query",
    [
        "date=yesterday",
        "date=2025-02-30",
        "date=2999-01-01",
        "week=2026-W53",
        "week=2026-40",
        "week=2999-W01",
        "month=2026-13",
        "month=2999-01",
        "sort=upvotes",
        "limit=101",
        "limit=0",
        "p=-1",
        "p=one",
    ],
)
async def test_malformed_and_future_dates_and_bounds_are_refused(ask: Ask, query: str) -> None:
    assert (await ask("GET", f"/api/daily_papers?{query}")).status_code == 400


@pytest.mark.asyncio
async def test_the_search_wants_every_word(ask: Ask) -> None:
    rows = await ask.get("/api/papers/search?q=radar gauges")
    assert [row["paper"]["id"] for row in rows] == [RAIN]
    assert len(await ask.get("/api/papers/search?limit=120")) == 120
    assert (await ask("GET", f"/api/papers/search?q={'x' * 251}")).status_code == 400


def test_the_official_client_reads_papers(hub_url: str) -> None:
    api = HfApi(endpoint=hub_url, token=False)
    paper = api.paper_info(RAIN)
    assert paper.num_total_models == 3
    assert paper.linked_models is not None
    assert {model.id for model in paper.linked_models} >= {"nimbus-labs/nowcast-base"}
    assert paper.submitted_by is not None
    assert len(list(api.list_daily_papers(date=CROWDED, limit=100))) == 60
    assert [found.id for found in api.list_papers(query="radar gauges")] == [RAIN]
    assert api.read_paper(RAIN).startswith("# Gauges, Radar")
    with pytest.raises(HfHubHTTPError) as missing:
        api.paper_info("9912.99999")
    assert missing.value.response.status_code == 404
