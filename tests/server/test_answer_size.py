"""What an answer costs a reader with a context window: rows of few tokens, long lists by their count."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import Client
from mcp.types import CallToolResult, TextContent

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.answers import size
from hub_mcp.dev.snapshots import tokens_of
from hub_mcp.settings import Settings
from hub_mcp.wiring import hub_of, server_of
from tests.samples import CALLS

ROWS = 50
TOKENS_A_ROW = 30  # of text, o200k, the mean
GPT2_FILES = {"repo_id": "openai-community/gpt2"}
GPT2 = {"search": "openai-community/gpt2", "sort": "downloads", "limit": 1}
ARCHIVE = {"repo_id": "nimbus-labs/checkpoint-archive"}  # of 10,000 files
pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def on_the_local_hub() -> AsyncIterator[Client]:
    settings = Settings(sandbox="", journal="off", structured=True)
    async with Client(server_of(settings, hub_of(settings))) as client:
        yield client


def text_of(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


@pytest.mark.parametrize("tool", ["list_models", "list_datasets", "list_spaces"])
@pytest.mark.parametrize("sort", [None, "likes"])
async def test_a_listed_repository_costs_thirty_tokens_at_most(tool: str, sort: str | None) -> None:
    async with on_the_local_hub() as client:
        result = await client.call_tool(tool, {"limit": ROWS, **({"sort": sort} if sort else {})})
    head, *lines, more = text_of(result).splitlines(keepends=True)
    assert result.structured_content is not None
    rows = result.structured_content["items"]
    assert [line.split("\t")[0] for line in lines] == [row["id"] for row in rows]
    assert len(lines) == ROWS
    assert sum(tokens_of(line) for line in lines) / ROWS <= TOKENS_A_ROW
    assert tokens_of(head + more) < 130  # a cursor of the Hub's costs forty, and stands there twice


async def test_a_row_rounds_what_the_structured_answer_has_exactly_and_shows_requested_fields_in_full() -> (
    None
):
    async with on_the_local_hub() as client:
        short = await client.call_tool("list_models", GPT2)
        long = await client.call_tool("list_models", {**GPT2, "fields": ["lastModified", "downloads"]})
    [row] = (short.structured_content or {})["items"]
    assert [row] == (long.structured_content or {})["items"]
    assert (row["downloads"], row["lastModified"]) == (14_347_531, "2026-01-27T06:29:35.000Z")
    assert text_of(short).splitlines()[1].split("\t")[2:] == ["14M", "2,865", "2026-01"]
    assert text_of(long).splitlines()[1].split("\t")[2:] == ["14,347,531", "2,865", "2026-01-27"]


def sizes_in(content: Any, name: str = "") -> Iterator[tuple[str, int]]:
    """Every number in an answer whose name says that it is of bytes."""
    if isinstance(content, dict):
        for key, one in content.items():
            yield from sizes_in(one, str(key))
    elif isinstance(content, list):
        for one in content:
            yield from sizes_in(one, name)
    elif isinstance(content, int) and re.search(r"(?i)(size|bytes|storage)$", name):
        yield name, content


async def test_a_size_has_its_unit_in_every_text_and_is_exact_for_programs() -> None:
    reading = {tool: said for tool, said in CALLS.items() if not ENDPOINTS[tool].changes}
    seen: set[str] = set()
    settings = Settings(sandbox="", journal="off", structured=True, toolsets=("all",))
    async with Client(server_of(settings, hub_of(settings))) as client:
        for tool, said in {**reading, "get_model": {**GPT2_FILES, "blobs": True}}.items():
            result = await client.call_tool(tool, said)
            for name, count in sizes_in(result.structured_content):
                seen.add(name)
                assert size(count) in text_of(result), (tool, name)
                assert f"{count:,}" not in text_of(result) or f"{count:,} byte" in text_of(result), (
                    tool,
                    name,
                )
    assert {"size", "storage", "usedStorage"} <= seen


async def test_a_time_limit_has_its_unit() -> None:
    settings = Settings(sandbox="", journal="off", tools=("get_job", "get_space_runtime"))
    async with Client(server_of(settings, hub_of(settings))) as client:
        job = text_of(await client.call_tool("get_job", CALLS["get_job"]))
        space = text_of(await client.call_tool("get_space_runtime", {"repo_id": "nimbus-labs/forecast-desk"}))
    assert "timeout: 3,600 s" in job
    assert "gcTimeout: 172,800 s" in space


async def test_ten_thousand_files_are_a_count_and_the_first_few() -> None:
    async with on_the_local_hub() as client:
        result = await client.call_tool("get_model", ARCHIVE)
        asked = await client.call_tool("get_model", {**ARCHIVE, "fields": ["siblings"]})
    text, shown = text_of(result), result.structured_content
    assert shown is not None
    assert shown["files"]["count"] == 10_000
    assert len(shown["files"]["names"]) == 10
    assert shown["files"]["more"] == "cursor files.names:10"
    assert "count: 10,000" in text
    assert tokens_of(text) < 400
    assert len(json.dumps(shown)) < 2_000
    assert asked.structured_content is not None
    assert len(asked.structured_content["files"]["names"]) == 1_000
    assert asked.structured_content["files"]["more"] == "cursor files.names:1000"
