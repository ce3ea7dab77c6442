"""Searches across the Hub with our tools and the official client; download counts of many repositories."""

from __future__ import annotations

import pytest
from huggingface_hub import HfApi

from .official import Told, api, by_lfs, told

__all__ = ["api", "by_lfs", "told"]


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()[1:] if "\t" in line]


def number(text: str) -> float:
    """A number as in a table, with thousands abbreviated."""
    short = {"k": 1e3, "M": 1e6, "B": 1e9}.get(text[-1:], 1.0)
    return float(text.replace(",", "").replace("–", "0").rstrip("kMB")) * short


def test_spaces_are_found_by_what_they_do(told: Told, api: HfApi) -> None:
    question = "will it rain tomorrow"
    found = [space.id for space in api.search_spaces(question)]
    assert found
    assert [row[0] for row in rows(told("search_spaces", {"query": question, "limit": 48}))] == found
    static = told("search_spaces", {"query": question, "sdk": "static", "include_non_running": True})
    assert {row[0] for row in rows(static)} == {
        space.id for space in api.search_spaces(question, sdk="static", include_non_running=True)
    }


def test_papers_are_found_by_what_they_are_about(told: Told, api: HfApi) -> None:
    found = [paper.id for paper in api.list_papers(query="transformers", limit=5)]
    assert found
    assert [row[0] for row in rows(told("search_papers", {"query": "transformers", "limit": 5}))] == found


def test_anything_is_found_by_its_name_and_private_things_only_by_their_owner(told: Told) -> None:
    found = told("quicksearch", {"query": "notes-to-self"})
    assert "models: ada/notes-to-self" in found
    found = told("quicksearch", {"query": "ada", "type": "user", "limit": 1})
    assert "users: ada (Ada Okafor)" in found
    assert "models" not in found
    assert "found: nothing" in told("quicksearch", {"query": "no-such-thing-anywhere"})
    assert (
        "secret-sauce" not in told("quicksearch", {"query": "secret-sauce", "type": "model"}).split(":", 1)[1]
    )


def test_trending_repositories_are_listed_in_order(told: Told, api: HfApi) -> None:
    first = next(iter(api.list_models(sort="trending_score", limit=1)))
    shown = told("get_trending", {"type": "model", "limit": 3})
    assert shown.splitlines()[1].startswith(first.id)
    assert len(shown.splitlines()) >= 4


def test_the_documentation_is_searched_and_its_passages_are_short(told: Told) -> None:
    shown = told("search_docs", {"query": "let people into a gated model"})
    assert shown.splitlines()[1].startswith("hub\tGated models")
    assert "vectors" not in shown
    words = told("search_docs_fulltext", {"query": "upload_folder"})
    assert "huggingface_hub > Upload files > Upload a folder" in words
    assert "transformers" in told("list_docs", {})


def test_downloads_in_thirty_days_and_of_all_time_are_listed_for_many_repositories(
    told: Told, api: HfApi
) -> None:
    asked = {"author": "nimbus-labs", "columns": ["id", "downloads", "downloadsAllTime"], "limit": 50}
    shown = rows(told("list_models", asked))
    assert len(shown) > 3
    for id, *numbers in shown:
        info = api.model_info(id, expand=["downloads", "downloadsAllTime"])
        asked_alone = (info.downloads or 0, info.downloads_all_time or 0)
        assert [number(one) for one in numbers] == pytest.approx(asked_alone, rel=0.02)
