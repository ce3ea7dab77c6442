"""Recorded answers of searches whose addresses do not show their queries or nesting, read row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.search.search import GetTrending, SearchSpaces

SHARED = Path(__file__).parents[3] / "shared" / "hub"
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the recorded answers lie beside the repository")


def body_of(name: str) -> Any:
    return json.loads((SHARED / name).read_text("utf-8"))["body"]


def answered(body: Any) -> HttpResponse:
    return HttpResponse(200, {"content-type": "application/json"}, json.dumps(body).encode())


def test_spaces_found_by_meaning_are_listed_with_their_purpose() -> None:
    body = body_of("recorded/spaces_semantic_search.json")
    page = SearchSpaces(query="image", limit=100).from_http(answered(body))
    assert [row.id for row in page.items] == [one["id"] for one in body]
    first = page.items[0].content()
    assert first["stage"] == body[0]["runtime"]["stage"]
    assert first["ai_short_description"] == body[0]["ai_short_description"]


@pytest.mark.parametrize(
    "name", ["recorded/trending_repoData_2026.json", "samples/extra.trending_models.json"]
)
def test_recorded_trending_repositories_keep_their_order(name: str) -> None:
    body = body_of(name)
    page = GetTrending(limit=100).from_http(answered(body))
    listed = body["recentlyTrending"]
    assert [row.identity for row in page.items] == [one["repoData"]["id"] for one in listed]
    assert [row.content()["likes"] for row in page.items] == [one["repoData"]["likes"] for one in listed]
