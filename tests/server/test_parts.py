"""A cut answer about one thing can be read to its end, with one kind of cursor."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.types import TextResourceContents

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.catalogue.parts import Lookup
from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token
from hub_mcp.server.resources.addresses import address_of, call_at
from hub_mcp.server.tools.catalogue_tools import callable_operations
from hub_mcp.server.tools.read_calls import read_call
from hub_mcp.settings import Settings
from hub_mcp.wiring import server_of
from tests.server.test_answer_form import text_of
from tests.thoroughly import every_nth

BASE = "http://hub.test"
GROUP = "0123456789abcdef01234567"
pytestmark = pytest.mark.asyncio
WORD = "word " * 60
REPO = {"repo_id": "ada/x"}
CARD = {"dataset_info": {f"part{n}.of:it": {"features": WORD} for n in range(1_500)}}
SHARDS = [f"{BASE}/api/datasets/ada/x/parquet/s/train/0.parquet"]
PEOPLE = [{"name": f"user-{n}", "fullname": WORD, "role": "read"} for n in range(1_200)]
# For each tool: what is asked, what the Hub answers, and a mark that each entry of the large part carries.
LARGE: Mapping[str, tuple[dict[str, Any], Any, str]] = {
    "get_model": ({**REPO, "fields": ["cardData"]}, {"id": "ada/x", "cardData": CARD}, r"part(\d+)\.of:it:"),
    "get_dataset": ({**REPO, "fields": ["cardData.dataset_info"]}, {"id": "ada/x", "cardData": CARD},
                    r"part(\d+)\.of:it:"),
    "get_space": ({**REPO, "fields": ["siblings"]}, {"id": "ada/x", "siblings": [
        {"rfilename": f"folder/file-{n}.bin"} for n in range(3_500)]}, r"file-(\d+)\.bin"),
    "list_dataset_parquet_files": (REPO, {f"subset-{n}": {"train": SHARDS} for n in range(3_260)},
                                   r"subset-(\d+)"),
    "get_dataset_croissant": (REPO, {"name": "x", "recordSet": [
        {"@type": "cr:RecordSet", "name": f"set-{n}", "field": [{"name": WORD, "dataType": "sc:Text"}]}
        for n in range(600)]}, r"set-(\d+)"),
    "get_model_tags": ({"limit": 1000}, {"library": [
        {"id": f"tag-{n}", "label": f"{WORD}{n}"} for n in range(4_000)]}, r"id tag-(\d+)"),
    "get_dataset_tags": ({}, {"language": [{"id": f"language:{n}x", "label": f"{n}x"} for n in range(3_000)]},
                         r"language:(\d+)x"),
    "whoami": ({}, {"name": "ada", "orgs": [
        {"name": f"org-{n}", "roleInOrg": "read", "plan": "team"} for n in range(4_000)]}, r"org-(\d+)"),
    "get_organization_overview": ({"organization": "ada"}, {
        "name": "ada", "details": " ".join(f"w{n}w" for n in range(9_000))}, r"w(\d+)w"),
    "get_paper": ({"arxiv_id": "2311.12983", "field": ["comments"]}, {"id": "2311.12983", "comments": [
        {"author": {"name": f"user-{n}"}, "data": {"latest": {"raw": WORD}}} for n in range(900)]},
        r"user-(\d+)"),
    "list_paper_repos": ({"arxiv_id": "2311.12983"}, {"models": [
        {"id": f"somebody/model-{n}", "likes": n} for n in range(9_000)]}, r"somebody/model-(\d+)"),
    "list_resource_groups": ({"organization": "acme"}, [
        {"id": GROUP, "name": f"group-{n}", "users": [], "repos": []} for n in range(3_000)], r"group-(\d+)"),
    "get_resource_group": ({"organization": "acme", "resource_group_id": GROUP}, {
        "id": GROUP, "name": "g", "users": PEOPLE}, r"user-(\d+)"),
    "get_repo_resource_group": ({**REPO, "type": "model"}, {
        "id": GROUP, "name": " ".join(f"w{n}w" for n in range(9_000))}, r"w(\d+)w"),
    "get_collection": ({"slug": f"ada/many-{GROUP}"}, {
        "slug": f"ada/many-{GROUP}", "title": "Many", "items": [
            {"_id": f"{n:024x}", "type": "model", "id": f"somebody/model-{n}", "note": {"text": WORD}}
            for n in range(1_000)]}, r"somebody/model-(\d+)"),
    "get_scan": ({**REPO, "type": "model"}, {"filesWithIssues": [
        {"path": f"file-{n}", "level": WORD} for n in range(900)]}, r"file-(\d+)"),
    "get_paths_info": ({**REPO, "type": "model", "paths": ["x"]}, [
        {"type": "file", "path": f"file-{n}", "size": n} for n in range(5_000)], r"file-(\d+)"),
    "list_refs": ({**REPO, "type": "model"}, {"branches": [
        {"name": f"b{n}b", "targetCommit": "0" * 40} for n in range(3_000)]}, r"b(\d+)b"),
    "get_job": ({"namespace": "acme", "job_id": "1"}, {"id": "1", "arguments": [
        f"a{n}a {WORD}" for n in range(900)]}, r"a(\d+)a"),
    "get_scheduled_job": ({"namespace": "acme", "job_id": "1"}, {"id": "1", "jobSpec": {"arguments": [
        f"a{n}a {WORD}" for n in range(900)]}}, r"a(\d+)a"),
    "get_user_overview": ({"username": "ada"}, {
        "user": "ada", "details": " ".join(f"w{n}w" for n in range(9_000))}, r"w(\d+)w"),
    "export_audit_log": ({"organization": "acme"}, [
        {"type": "repo.create", "message": f"e{n}e {WORD}"} for n in range(1_500)], r"e(\d+)e"),
    "export_access_report": ({"repo_id": "ada/x", "type": "model"}, [
        {"user": {"user": f"user-{n}"}, "status": "pending", "timestamp": "2026-10-01T00:00:00.000Z"}
        for n in range(1_500)], r"user-(\d+)"),
    "get_space_runtime": (REPO, {"stage": "RUNNING", "domains": [
        {"domain": f"d{n}d.hf.space", "stage": "READY"} for n in range(3_000)]}, r"d(\d+)d"),
    "get_webhook": ({"webhook_id": "1"}, {"webhook": {"id": "1", "watched": [
        {"type": "model", "name": f"ada/m{n}m"} for n in range(3_000)]}}, r"m(\d+)m"),
}  # fmt: skip
OWN_WAY = {
    "get_discussion": "`start`: its events are told from any of them on",
    "read_space_logs": "`tail`: its last lines are told",
    "read_job_logs": "`tail`: its last lines are told",
    "stream_space_metrics": "the last of what was measured is told",
    "stream_space_events": "the last of what happened is told",
    "stream_job_metrics": "the last of what was measured is told",
    "stream_job_events": "the last of what happened is told",
    "get_file": "`start_line`: a text goes on by its lines",
    "compare_revisions": "get_file reads the files it names",
    "get_access": "`repository` and `user` narrow it",
    "get_downloads": "its rows are those of the `repo_ids` that were given, at most 100",
}
SMALL = {
    "get_dataset_parquet_shard": "three short facts",
    "get_tree_size": "two short facts",
    "count_jobs": "a number",
    "quicksearch": "some names of each kind",
}


@asynccontextmanager
async def answering(answer: Any, **settings: Any) -> AsyncIterator[Client]:
    def reply(request: httpx.Request) -> httpx.Response:
        assert "cursor" not in request.url.params  # it is ours
        return httpx.Response(200, json=answer)

    hub = Hub(BASE, Token("hf_" + "Sample" * 5, "a test"), transport=lambda: httpx.MockTransport(reply))
    async with Client(server_of(Settings(journal="off", **settings), hub)) as client:
        yield client


def asked(tool: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The call as a host makes it: by the tool of that name, or through the one that reads."""
    if tool in default_endpoints():
        return tool, arguments
    cursor = {name: one for name, one in arguments.items() if name == "cursor"}
    inside = {name: one for name, one in arguments.items() if name != "cursor"}
    return "read_operation", {"operation": tool, "arguments": inside, **cursor}


async def test_every_default_tool_that_reads_one_thing_has_a_large_answer_here() -> None:
    single = {name for name, one in ENDPOINTS.items() if issubclass(one, Lookup)}
    reading = {name for name, one in ENDPOINTS.items() if not one.changes and not one.is_listing()}
    assert reading <= single | OWN_WAY.keys(), "what reads one thing is a Lookup, or has its OWN_WAY"
    unasked = single & default_endpoints().keys()
    assert unasked <= {*LARGE, *SMALL}, "what is offered unasked has a large answer in LARGE"
    assert LARGE.keys() - ENDPOINTS.keys() <= callable_operations().keys()


@pytest.mark.parametrize("tool", every_nth([*LARGE], 0))
async def test_the_cursors_of_a_cut_answer_lead_through_all_of_it_once(tool: str) -> None:
    arguments, answer, mark = LARGE[tool]
    expected = set(re.findall(mark.replace(r"\.of:it:", r"\.of:it").replace("id tag", "tag"),
                              json.dumps(answer)))  # fmt: skip
    found: list[str] = []
    async with answering(answer) as client:
        text = text_of(await client.call_tool(*asked(tool, arguments)))
        assert "cursor" in text, text[-300:]
        while True:
            found += re.findall(mark, text)
            cursors = re.findall(r"cursor (\S+?:\d+)", text)
            if not cursors:
                break
            result = await client.call_tool(*asked(tool, {**arguments, "cursor": cursors[-1]}))
            assert not result.is_error, text_of(result)
            assert "data from the Hub" in text_of(result)
            text = text_of(result)
    assert sorted(found, key=int) == sorted(expected, key=int)


@pytest.mark.parametrize("tool", every_nth([name for name in LARGE if name in ENDPOINTS], 1))
async def test_the_address_of_a_part_is_the_call_with_its_cursor(tool: str) -> None:
    arguments, answer, _ = LARGE[tool]
    async with answering(answer) as client:
        text = text_of(await client.call_tool(*asked(tool, arguments)))
        cursor = re.findall(r"cursor (\S+?:\d+)", text)[-1]
        call = read_call(ENDPOINTS[tool], {**arguments, "cursor": cursor})
        [read] = (await client.read_resource(address_of(call))).contents
    assert isinstance(read, TextResourceContents)
    assert len(read.text) > 100
    assert call_at(address_of(call)) == call


async def test_an_answer_too_large_for_one_read_names_the_addresses_of_the_rest() -> None:
    arguments, answer, mark = LARGE["get_collection"]
    seen: list[str] = []
    async with answering(answer) as client:
        following = [address_of(read_call(ENDPOINTS["get_collection"], arguments))]
        while following:
            [read] = (await client.read_resource(following.pop())).contents
            assert isinstance(read, TextResourceContents)
            page = json.loads(read.text)
            following = page.pop("next", [])
            seen += re.findall(mark, json.dumps(page))
    assert [int(one) for one in seen] == list(range(1_000))


async def test_a_long_text_is_read_to_its_end_by_the_cursor_where_it_stops() -> None:
    words = " ".join(f"w{n}" for n in range(5_000))
    async with answering({"id": "ada/x", "description": words}) as client:
        text = text_of(await client.call_tool("get_dataset", REPO))
        told = re.findall(r"w\d+", text)
        while cursors := re.findall(r"cursor (description:\d+)", text):
            text = text_of(await client.call_tool("get_dataset", {**REPO, "cursor": cursors[0]}))
            told += re.findall(r"\bw\d+", text.partition("\n")[2])
    assert told == words.split()


@pytest.mark.parametrize("cursor", ["items", "items:x", "nothing:3", "items.9.id:1", "0.20.", "items:1:2"])
async def test_a_cursor_of_another_answer_is_refused_and_never_shows_another_part(cursor: str) -> None:
    slug = f"ada/few-{GROUP}"
    async with answering({"slug": slug, "items": [{"_id": "1", "type": "model", "id": "a/b"}]}) as client:
        result = await client.call_tool("get_collection", {"slug": slug, "cursor": cursor})
    assert result.is_error
    assert "cursor" in text_of(result)


async def test_parts_of_a_field_are_asked_for_by_dots_where_one_thing_is_read() -> None:
    card = {"license": "mit", "model-index": [1], "deep": {"er": {"est": 7, "other": 8}}}
    sent: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        sent.extend(request.url.params.get_list("expand[]"))
        return httpx.Response(200, json={"id": "ada/x", "cardData": card})

    hub = Hub(BASE, Token("hf_" + "Sample" * 5, "a test"), transport=lambda: httpx.MockTransport(reply))
    async with Client(server_of(Settings(journal="off"), hub)) as client:
        for tool in ("get_model", "get_dataset", "get_space"):
            fields = ["cardData.license", "cardData.deep.er.est", "cardData.nowhere"]
            text = text_of(await client.call_tool(tool, {**REPO, "fields": fields}))
            assert "cardData.license: mit" in text
            assert "cardData.deep.er.est: 7" in text
            assert "other" not in text
            assert "Not there: cardData.nowhere." in text
    assert "cardData" in sent
    assert [name for name in sent if "." in name] == []
