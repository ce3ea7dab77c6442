"""A listing can be counted, shown in other columns, and filtered in ways the Hub cannot."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.types import CallToolResult, TextContent

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.client.counting import MOST_PAGES, MOST_VALUES, count
from hub_mcp.client.hub import Hub
from hub_mcp.server.tools.read_calls import read_call
from hub_mcp.settings import Settings
from hub_mcp.wiring import hub_of, server_of
from tests.samples import CALLS
from tests.thoroughly import a_quarter
from tests.written import EVERY_TOOL

LISTINGS = [tool for tool, endpoint in ENDPOINTS.items() if endpoint.is_listing()]
BASE = "http://hub.test"
pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def local_hub() -> AsyncIterator[Client]:
    settings = Settings(sandbox="", journal="off", resource_links="off", **EVERY_TOOL)
    async with Client(server_of(settings, hub_of(settings))) as client:
        yield client


def text_of(result: CallToolResult) -> str:
    [block] = result.content
    assert isinstance(block, TextContent)
    assert not result.is_error, block.text
    return block.text


def told(text: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)$", text, re.MULTILINE)
    return found[1] if found else ""


async def every_row(client: Client, tool: str, arguments: dict[str, Any]) -> list[str]:
    """The lines of all pages of a listing."""
    rows: list[str] = []
    cursor = ""
    while True:
        more = {"cursor": cursor} if cursor else {}
        _, *lines = text_of(await client.call_tool(tool, {**arguments, **more, "limit": 100})).splitlines()
        rows += [line for line in lines if "\t" in line]
        found = re.match(r"More: cursor (\S+)", lines[-1]) if lines else None
        if not found:
            return rows
        cursor = found[1]


@pytest.mark.parametrize("tool", a_quarter(LISTINGS))
async def test_a_count_is_the_number_of_rows_that_reading_all_pages_finds(tool: str) -> None:
    arguments = {name: one for name, one in CALLS[tool].items() if name != "limit"}
    async with local_hub() as client:
        counted = text_of(await client.call_tool(tool, {**arguments, "count": True}))
        assert int(told(counted, "count").replace(",", "")) == len(await every_row(client, tool, arguments))


async def test_a_count_by_a_tag_family_or_a_column_adds_up() -> None:
    async with local_hub() as client:
        for tool, by in (("list_models", "license"), ("list_models", "pipeline_tag"), ("list_spaces", "sdk"),
                         ("list_spaces", "runtime.stage"), ("list_datasets", "language")):  # fmt: skip
            text = text_of(await client.call_tool(tool, {"count": True, "by": by}))
            values = dict(part.rsplit(" ", 1) for part in told(text, "values").split(", "))
            numbers = [int(n.replace(",", "")) for n in values.values()]
            total = sum(numbers) + int(told(text, "without").replace(",", "") or 0)
            assert total >= int(told(text, "count").replace(",", ""))
            assert numbers == sorted(numbers, reverse=True)
        whole = text_of(await client.call_tool("list_models", {"count": True, "by": "license"}))
        mit = dict(part.rsplit(" ", 1) for part in told(whole, "values").split(", "))["mit"]
        filtered = text_of(await client.call_tool("list_models", {"count": True, "filter": "license:mit"}))
        assert told(filtered, "count") == mit


async def test_a_count_by_a_missing_column_lists_the_possible_ones() -> None:
    async with local_hub() as client:
        for tool, by, there, said in (
            ("list_models", "nonsense", "license", {}),
            ("list_my_repos", "private", "visibility", {"type": "model"}),
            ("list_collections", "owner.name", "owner", {}),
        ):
            text = text_of(await client.call_tool(tool, {**said, "count": True, "by": by}))
            assert not told(text, "values")
            assert there in told(text, "no_row_has_it").removeprefix("by can be ").split(", ")


async def test_the_stage_of_a_space_is_a_column_and_counted_by_its_short_name() -> None:
    async with local_hub() as client:
        short = text_of(await client.call_tool("list_spaces", {"count": True, "by": "stage"}))
        assert short == text_of(await client.call_tool("list_spaces", {"count": True, "by": "runtime.stage"}))
        rows = text_of(await client.call_tool("list_spaces", {"columns": ["id", "stage"], "limit": 1}))
        assert rows.startswith("id\truntime.stage (")
        nothing = text_of(await client.call_tool("list_spaces", {"stage": "FROBNICATING"}))
        assert nothing.endswith("`count` with `by`: stage tells which there are.")


async def test_an_owner_that_there_is_not_is_answered_with_near_ones() -> None:
    async with local_hub() as client:
        text = text_of(await client.call_tool("list_models", {"author": "nimbus-lab"}))
        assert text.endswith("There is no such owner; there are: nimbus-labs.")
        text = text_of(await client.call_tool("list_spaces", {"author": "cleo", "search": "nothing"}))
        assert "owner" not in text


async def test_a_column_that_needs_an_expanded_listing_of_files_requests_one() -> None:
    said = {"repo_id": "nimbus-labs/nowcast-base", "type": "model", "columns": ["path", "lastCommit.date"]}
    async with local_hub() as client:
        rows = text_of(await client.call_tool("list_tree", said)).splitlines()[1:]
    assert "README.md\t2024-01-09" in rows


async def test_by_without_count_is_refused() -> None:
    async with local_hub() as client:
        result = await client.call_tool("list_models", {"by": "license"})
        assert result.is_error
        assert "`count`: true" in str(result.content)


def endless(row: Any) -> Hub:
    """A Hub whose listings never end."""
    pages = itertools.count(1)

    def answer(request: httpx.Request) -> httpx.Response:
        link = {"Link": f'<{BASE}{request.url.path}?cursor=c{next(pages)}>; rel="next"'}
        return httpx.Response(200, json=[row(n) for n in range(3)], headers=link)

    return Hub(BASE, None, transport=lambda: httpx.MockTransport(answer))


async def nobody(rows: int) -> None:
    return None


async def test_counting_stops_after_a_number_of_pages_and_says_where() -> None:
    call = read_call(ENDPOINTS["list_models"], {"count": True})
    found = await count(endless(lambda n: {"id": f"ada/m{n}"}), call, nobody)  # type: ignore[arg-type]  # it is a listing
    assert found.rows == 3 * MOST_PAGES
    assert found.next_cursor.endswith(f".c{MOST_PAGES}")
    assert f"go on with cursor {found.next_cursor}" in found.content()["stopped"]


async def test_no_more_values_are_named_than_an_answer_holds() -> None:
    numbers = itertools.count()
    call = read_call(ENDPOINTS["list_models"], {"count": True, "by": "sha"})
    hub = endless(lambda n: {"id": f"ada/m{n}", "sha": f"{next(numbers)}"})
    found = await count(hub, call, nobody)  # type: ignore[arg-type]  # it is a listing
    assert found.by is not None
    assert len(found.by) == MOST_VALUES + 1
    assert sum(found.by.values()) == found.rows


async def test_spaces_are_narrowed_by_their_stage_with_the_first_line_of_the_error() -> None:
    async with local_hub() as client:
        text = text_of(await client.call_tool("list_spaces", {"stage": ["build_error"]}))
        by = text_of(await client.call_tool("list_spaces", {"count": True, "by": "runtime.stage"}))
        counted = text_of(await client.call_tool("list_spaces", {"count": True, "stage": "BUILD_ERROR"}))
        pages: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            one = text_of(
                await client.call_tool("list_spaces", {"stage": "BUILD_ERROR", "limit": 1, **cursor})
            )
            pages += [line for line in one.splitlines()[1:] if "\t" in line]
            found = re.search(r"^More: cursor (\S+)", one, re.MULTILINE)
            if not found:
                break
            cursor = {"cursor": found[1]}
    head, *rows, note = text.splitlines()
    assert head.startswith("id\truntime.stage\truntime.errorMessage (")
    assert all(row.split("\t")[1] == "BUILD_ERROR" and row.split("\t")[2] for row in rows)
    assert note == f"Filtered here by stage: {told(by, 'count')} rows of the Hub's were looked at."
    assert f"BUILD_ERROR {len(rows)}" in by
    assert told(counted, "count") == str(len(rows))
    assert pages == rows


async def test_columns_replace_the_default_and_fields_add_to_it() -> None:
    async with local_hub() as client:
        text = text_of(await client.call_tool("list_models", {"columns": ["id", "sha"], "limit": 2}))
        assert text.splitlines()[0].split(" (")[0] == "id\tsha"
        both = {"columns": "likes", "fields": ["author"], "limit": 2}
        text = text_of(await client.call_tool("list_models", both))
        assert text.splitlines()[0].split(" (")[0] == "likes\tauthor"
        odd = await client.call_tool("list_models", {"columns": ["nothing.such"]})
        assert odd.is_error


@pytest.mark.parametrize("tool", a_quarter(LISTINGS))
async def test_a_count_costs_a_few_tokens_whatever_it_counts(tool: str) -> None:
    arguments = {name: one for name, one in CALLS[tool].items() if name != "limit"}
    async with local_hub() as client:
        assert len(text_of(await client.call_tool(tool, {**arguments, "count": True}))) < 120
