"""What an assistant would ask in a second call, or guess, is in the answer or in the tool."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from mcp import Client

from hub_mcp.client.hub import Hub
from hub_mcp.server.tools.announced_tools import tools
from hub_mcp.settings import Settings
from hub_mcp.wiring import hub_of, server_of
from tests.server.test_counts import text_of

pytestmark = pytest.mark.asyncio
SETTINGS = Settings(sandbox="", journal="off", resource_links="off")


@asynccontextmanager
async def local_hub() -> AsyncGenerator[Client]:
    async with Client(server_of(SETTINGS, hub_of(SETTINGS))) as client:
        yield client


@asynccontextmanager
async def hub_that_answers(value: Any) -> AsyncGenerator[Client]:
    hub = Hub(
        "http://hub.test",
        transport=lambda: httpx.MockTransport(lambda request: httpx.Response(200, json=value)),
    )
    async with Client(server_of(SETTINGS, hub)) as client:
        yield client


async def test_resource_groups_are_listed_with_their_users_roles_and_repositories() -> None:
    async with local_hub() as client:
        text = text_of(await client.call_tool("list_resource_groups", {"organization": "nimbus-labs"}))
    assert "users bob (admin), cleo (contributor)" in text
    assert "model nimbus-labs/storm-atlas-7b (private)" in text


async def test_resource_groups_with_many_users_are_listed_with_their_numbers() -> None:
    users = [{"name": f"user-{n}", "role": "read"} for n in range(90)]
    groups = [{"id": f"{n:024x}", "name": f"group {n}", "users": users, "resources": []} for n in range(2)]
    async with hub_that_answers(groups) as client:
        text = text_of(await client.call_tool("list_resource_groups", {"organization": "nimbus-labs"}))
    assert text.count("users 90, resources 0") == 2
    assert "user-1" not in text


@pytest.mark.parametrize(
    ("positions", "said"),
    [
        ([0, 1, 2], ""),
        ([0, 2, 5], "3 items, gone or hidden from you: position 1, 3, 4"),
        ([1], "1 item, gone or hidden from you: position 0"),
        ([10**9], ""),
    ],
)
async def test_items_that_a_collection_does_not_show_are_reported(positions: list[int], said: str) -> None:
    items = [
        {"_id": f"{n:024x}", "position": n, "type": "model", "id": f"ada/b{n}", "private": False}
        for n in positions
    ]
    shelf = {"slug": f"ada/shelf-{0:024x}", "title": "Shelf", "items": items}
    async with hub_that_answers(shelf) as client:
        text = text_of(await client.call_tool("get_collection", {"slug": shelf["slug"]}))
    assert [line for line in text.splitlines() if line.startswith("not_shown")] == (
        [f"not_shown: {said}"] if said else []
    )


async def test_a_private_item_of_a_collection_is_marked() -> None:
    items = [
        {"_id": f"{n:024x}", "position": n, "type": "model", "id": f"ada/b{n}", "private": n == 1}
        for n in range(2)
    ]
    async with hub_that_answers({"slug": f"ada/shelf-{0:024x}", "title": "S", "items": items}) as client:
        text = text_of(await client.call_tool("get_collection", {"slug": f"ada/shelf-{0:024x}"}))
    assert [line.endswith("private yes") for line in text.splitlines() if "id ada/b" in line] == [False, True]


async def test_daily_papers_have_the_day_by_which_they_are_found() -> None:
    async with local_hub() as client:
        text = text_of(await client.call_tool("list_daily_papers", {"date": "2026-10-05"}))
    head, *rows = text.splitlines()
    column = head.split("\t").index("submittedOnDailyAt")
    assert {row.split("\t")[column] for row in rows if "\t" in row} == {"2026-10-05"}


async def test_one_parquet_file_and_several_have_the_same_form() -> None:
    several = {
        "default": {"train": ["https://hub.test/0", "https://hub.test/1"], "test": ["https://hub.test/2"]}
    }
    async with hub_that_answers(several) as client:
        text = text_of(await client.call_tool("list_dataset_parquet_files", {"repo_id": "a/b"}))
    assert re.findall(r"files \d, first \S+", text) == [
        "files 2, first https://hub.test/0",
        "files 1, first https://hub.test/2",
    ]


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("list_models", ("30 days", "all of", "license:", "base_model:", "arxiv:", "downloadsAllTime")),
        ("list_datasets", ("30 days", "all of", "language:", "downloadsAllTime")),
        ("list_spaces", ("all of", "runtime")),
        ("list_daily_papers", ("day", "not publishedAt")),
        ("list_collections", ("models/", "papers/")),
        ("update_collection_item", ("from 0",)),
        ("update_collection", ("from 0",)),
        ("update_resource_group_settings", ("read_plus: ",)),
        ("get_resource_group", ("replace the organization's",)),
    ],
)
async def test_a_tool_reports_what_was_guessed(tool: str, words: tuple[str, ...]) -> None:
    [said] = [f"{one.description} {one.input_schema}" for one in tools() if one.name == tool]
    assert [word for word in words if word not in said] == []
