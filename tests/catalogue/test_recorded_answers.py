"""Recorded answers of the real Hub, each read by its endpoint: nothing important is lost.

Which endpoint that is follows from the request that was recorded, or from the name of a sample without one. A
new recording that no endpoint reads fails, until somebody says why it is none of ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from hub_mcp import errors
from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.catalogue.answers import BEFORE_DATES, EMPTY, Answer, Page, Record, clean
from hub_mcp.catalogue.groups.resource_groups import ResourceGroups
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.listing import Listing, Place, next_link
from hub_mcp.catalogue.repos.datasets import ParquetFiles, Shard
from hub_mcp.catalogue.repos.repos import CreateRepo, DeleteRepo
from hub_mcp.catalogue.repos.tags import GetTags, Tags
from hub_mcp.catalogue.search.papers import PaperRepos
from hub_mcp.client.hub import Hub
from hub_mcp.server.resources.addresses import call_at
from tests.samples import CALLS

SHARED = Path(__file__).parents[3] / "shared" / "hub"
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the recorded answers lie beside the repository")
FILES = [f"{path.parent.name}/{path.name}" for path in sorted(SHARED.glob("*/*.json"))]
BASE = "https://huggingface.co"

NOT_OURS = {
    "recorded/spaces_semantic_search.json": "read in test_recorded_search",
    "recorded/trending_repoData_2026.json": "read in test_recorded_search",
    "samples/extra.trending_models.json": "read in test_recorded_search",
}
SPACE: dict[str, Any] = {"repo_id": "user/tmp_test_space", "type": "space"}
WRITES: dict[str, Endpoint[Any]] = {
    "POST /api/repos/create": CreateRepo.model_validate({**SPACE, "sdk": "gradio"}),
    "DELETE /api/repos/delete": DeleteRepo.model_validate(SPACE),
}
FORMS: dict[str, dict[str, Any]] = {  # what a sample answers, where that is not what CALLS asks
    "samples/get_model_tags.json": {"search": None},
    "samples/list_dataset_parquet_files.subset.json": {"subset": "ParaphraseRC"},
    "samples/list_dataset_parquet_files.subset_split.json": {"subset": "ParaphraseRC", "split": "train"},
}
ERRORS: dict[str, tuple[type[errors.HubError], str]] = {
    "error_400_expand": (errors.Invalid, "expected one of"),
    "error_401_gated": (errors.Gated, "You must have access to it"),
    "error.gated_anonymous_401": (errors.Gated, "You must have access to it"),
    "error_401_missing_anonymous": (errors.MissingOrHidden, ""),
    "error.repo_missing_anonymous_401": (errors.MissingOrHidden, ""),
    "error_403_namespace": (errors.Forbidden, 'under the namespace "someone"'),
    "error_404_org": (errors.Missing, "we can't find the page"),
    "error.org_not_found_404": (errors.Missing, "we can't find the page"),
    "error_404_repo_authenticated": (errors.MissingRepository, "Repository not found"),
    "error_404_revision": (errors.MissingRevision, "Invalid rev id"),
    "error_404_revision_info": (errors.MissingRevision, "Invalid rev id"),
    "error.revision_not_found_404": (errors.MissingRevision, "Invalid rev id"),
    "error_409_create": (errors.Conflict, "You already created this model repo"),
    "create_repo.conflict_409": (errors.Conflict, "You already created this space repo"),
    "whoami_401": (errors.SignInNeeded, "Invalid username or password."),
}


@dataclass(frozen=True)
class Recording:
    """One recorded exchange; of a bare sample only the body is known."""

    name: str
    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def stem(self) -> str:
        return self.name.partition("/")[2].removesuffix(".json")

    @property
    def response(self) -> HttpResponse:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return HttpResponse(self.status, self.headers, text.encode(), f"{BASE}{self.path}")

    @property
    def call(self) -> Endpoint[Any] | None:
        """The recorded call; None if it is not one of ours. Listings and tags request everything."""
        if self.name in NOT_OURS:
            return None
        if not self.path:
            tool = self.stem.partition(".")[0]
            call = ENDPOINTS[tool].model_validate(CALLS[tool] | FORMS.get(self.name, {}))
        elif self.method == "GET":
            path = self.path.partition("/commits/")[
                0
            ]  # what is wrong with a repository is so for its commits
            call = call_at(path.replace("/api/", "hub://", 1))
        else:
            call = WRITES[f"{self.method} {self.path}"]
        if isinstance(call, Listing | GetTags):
            return call.model_copy(update={"limit": 10_000})
        return call


def recording(name: str) -> Recording:
    told = json.loads((SHARED / name).read_text("utf-8").replace("{BASE}", BASE))
    if not isinstance(told, dict) or not {"status", "headers"} <= told.keys():
        return Recording(name, "", "", 200, {"content-type": "application/json"}, told)
    asked = told["request"]
    method, url = ("GET", asked) if isinstance(asked, str) else (asked["method"], asked.get("path", ""))
    path = urlsplit(url or asked["url"]).path
    body = told.get("body", told.get("body_text"))
    return Recording(name, method, path, told["status"], told["headers"], body)


def with_status(least: int, most: int) -> list[str]:
    """The recordings of ours that were answered so."""
    return [name for name in FILES if name not in NOT_OURS and least <= recording(name).status <= most]


def read(name: str) -> Any:
    """What the endpoint makes of a recording."""
    told = recording(name)
    assert told.call is not None
    return told.call.from_http(told.response)


def kept(answer: Answer) -> Any:
    """All that an answer knows, as the Hub would say it."""
    match answer:
        case Page():
            return [kept(row) for row in answer.items]
        case ResourceGroups():
            return [kept(group) for group in answer.groups]
        case PaperRepos():
            groups = {"models": answer.models, "datasets": answer.datasets, "spaces": answer.spaces}
            return {name: [kept(row) for row in rows] for name, rows in groups.items()}
        case ParquetFiles():
            return {
                subset: {split: list(urls) for split, urls in splits.items()}
                for subset, splits in answer.files.items()
            }
        case Tags():
            return {kind: [list(tag) for tag in tags] for kind, tags in answer.by_type.items()}
        case Record():
            return filled(answer.model_dump(by_alias=True))
    raise AssertionError(type(answer))


def filled(value: dict[str, Any]) -> dict[str, Any]:
    """An object without its nulls, which say no more than absence."""
    return {key: one for key, one in value.items() if one is not None}


def sent(told: Recording, answer: Answer) -> Any:
    """The body of a recording in the form of `kept`."""
    body, call = told.body, told.call
    match answer:
        case ParquetFiles():
            for name in ("split", "subset"):
                body = {inside: body} if (inside := getattr(call, name)) else body
            return body
        case Tags():
            return {kind: [[tag["id"], tag["label"]] for tag in tags] for kind, tags in body.items() if tags}
        case PaperRepos():
            return {name: [filled(row) for row in rows] for name, rows in body.items()}
    return [filled(row) for row in body] if isinstance(body, list) else filled(body)


def records(answer: Answer, body: Any) -> list[tuple[Record, dict[str, Any]]]:
    """The objects in an answer, each with the JSON it was read from."""
    match answer:
        case Page() | ResourceGroups():
            rows = answer.items if isinstance(answer, Page) else answer.groups
            return [pair for row, one in zip(rows, body, strict=True) for pair in records(row, one)]
        case Record():
            return [(answer, body)]
    return []


@pytest.mark.parametrize("name", FILES)
def test_a_recording_belongs_to_an_endpoint_or_is_listed_with_a_reason(name: str) -> None:
    assert (recording(name).call is None) == (name in NOT_OURS)


def test_what_is_none_of_ours_is_still_there() -> None:
    assert set(FILES) >= {*NOT_OURS, *FORMS}
    assert {recording(name).stem for name in FILES} >= ERRORS.keys()
    others = {path.name for path in SHARED.glob("*/*") if path.suffix != ".json"}
    assert others <= {"SOURCES.txt", "OBSERVED.md", "list.link_header.txt"}


WORDLESS = {"recorded/repos_delete_text_ok.json", "samples/delete_repo.ok.json"}  # the text OK


@pytest.mark.parametrize("name", [name for name in with_status(200, 299) if name not in WORDLESS])
def test_nothing_is_lost_in_reading(name: str) -> None:
    told, answer = recording(name), read(name)
    assert kept(answer) == sent(told, answer)


@pytest.mark.parametrize("name", with_status(200, 299))
def test_what_is_shown_is_what_was_sent(name: str) -> None:
    answer = read(name)
    assert answer.content()
    for record, body in records(answer, recording(name).body):
        shown = record.content()
        for field in set(record.shown) & body.keys():
            value = body[field]
            # `gating` is shown only where there is some.
            if isinstance(value, str | int | float) and value not in EMPTY and field != "gating":
                assert shown[field] == clean(value)
        if "siblings" in record.shown and body.get("siblings"):
            assert shown["files"]["count"] == len(body["siblings"])


@pytest.mark.parametrize("name", sorted(WORDLESS))
def test_the_text_ok_means_done(name: str) -> None:
    assert read(name).content() == {"status": "done"}


@pytest.mark.parametrize("name", with_status(400, 599))
def test_a_refusal_is_read_as_what_it_is(name: str) -> None:
    told = recording(name)
    kind, words = ERRORS[told.stem]
    with pytest.raises(errors.HubError) as caught:
        read(name)
    assert type(caught.value) is kind
    assert words in caught.value.quoted


@pytest.mark.asyncio
@pytest.mark.parametrize("name", with_status(300, 399))
async def test_a_redirect_leads_to_the_answer(name: str) -> None:
    told, asked = recording(name), list[httpx.Request]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) == 1:
            return httpx.Response(told.status, headers=dict(told.headers), text=told.body or "")
        return httpx.Response(200, json={"id": "there/it-is"}, headers={"x-linked-size": "12345"})

    assert told.call is not None
    hub = Hub(transport=lambda: httpx.MockTransport(answer))
    found = await hub.send(told.call)
    await hub.aclose()
    assert str(asked[1].url) == str(httpx.URL(BASE).join(told.headers["location"]))
    if isinstance(found, Shard):
        assert (found.url, found.bytes) == (str(asked[1].url), 12_345)
    else:
        assert found.identity == "there/it-is"


def test_the_next_page_is_where_the_link_header_says() -> None:
    paged = [name for name in with_status(200, 299) if "link" in recording(name).headers]
    assert len(paged) >= 3
    for name in paged:
        link = httpx.URL(next_link(recording(name).headers["link"]))
        assert Place.read(read(name).next_cursor).at == link.params["cursor"]
    assert read("recorded/models_page3.json").next_cursor == ""
    assert read("recorded/daily_papers_empty_page.json").items == ()
    header = (SHARED / "samples" / "list.link_header.txt").read_text("utf-8").partition(":")[2]
    assert httpx.URL(next_link(header)).params["cursor"].startswith("eyIk")


def test_the_sentinel_of_old_dates_is_kept_and_said_for_what_it_means() -> None:
    bert = read("recorded/model_info_bert.json")
    assert bert.content()["createdAt"] == BEFORE_DATES == "2022-03-02T23:29:04.000Z"
    assert (bert.identity, bert.id) == ("621ffdc036468d709f174338", "google-bert/bert-base-uncased")


@pytest.mark.parametrize(
    ("name", "gated", "disabled"),
    [
        ("recorded/model_info_bert.json", False, False),
        ("recorded/model_info_gated_manual.json", "manual", False),
        ("recorded/dataset_info_gated_auto.json", "auto", False),
        ("recorded/model_info_disabled.json", "auto", True),
    ],
)
def test_gates_and_disabling_are_read(name: str, gated: bool | str, disabled: bool) -> None:
    repository = read(name)
    assert (repository.gated, repository.disabled) == (gated, disabled)


@pytest.mark.parametrize("kind", ["minimal", "odd_types", "injection", "huge_siblings"])
def test_a_malformed_model_can_be_described_to_a_person(kind: str) -> None:
    assert all(line.isprintable() for line in read(f"recorded/model_info_{kind}.json").facts())
