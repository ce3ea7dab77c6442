"""Views are sent to clients that show them, cost a model nothing, and load no external resources."""

from __future__ import annotations

import re

import pytest
from mcp import Client
from mcp.types import TextResourceContents, Tool

from hub_mcp.server.views.view_list import HTML, PREFIX, VIEWS
from hub_mcp.server.views.view_pages import LARGEST
from hub_mcp.settings import Settings
from hub_mcp.wiring import hub_of, server_of
from tests.gate.gates import SHOWS_VIEWS, text_of
from tests.written import EVERY_TOOL

pytestmark = pytest.mark.asyncio
SETTINGS = Settings(sandbox="", journal="off", tool_prefix="hub_", **EVERY_TOOL)
SERVER = server_of(SETTINGS, hub_of(SETTINGS))
COST = 52  # bytes of a tool's view in the list


def compact(tools: list[Tool]) -> str:
    return "".join(one.model_dump_json(by_alias=True, exclude_none=True) for one in tools)


ERAS = pytest.mark.parametrize("era", ["legacy", "auto"])


@ERAS
async def test_every_listing_has_its_view_towards_clients_that_show_one(era: str) -> None:
    async with Client(SERVER, mode=era, extensions=[SHOWS_VIEWS]) as one, Client(SERVER, mode=era) as other:
        shows, plain = await one.list_tools(), await other.list_tools()
    assert not [tool.name for tool in plain.tools if "ui" in (tool.meta or {})]
    views = {tool.name: tool.meta["ui"] for tool in shows.tools if tool.meta and "ui" in tool.meta}
    assert views["hub_list_models"] == {"resourceUri": "ui://hub-mcp/rows"}
    assert {one.removeprefix("hub_") for one in views} >= {"list_spaces", "list_commits", "read_operation"}
    only = views.pop("hub_answer_question")
    assert only == {"visibility": ["app"]}
    assert views["hub_delete_repo"] == {"resourceUri": "ui://hub-mcp/consent"}
    more = len(compact([one for one in shows.tools if one.name in views])) - len(
        compact([one for one in plain.tools if one.name in views])
    )
    assert more <= COST * len(views)


@ERAS
async def test_rows_are_added_to_an_answer_whose_text_stays_the_same(era: str) -> None:
    call = ("hub_list_models", {"limit": 3})
    async with Client(SERVER, mode=era, extensions=[SHOWS_VIEWS]) as one, Client(SERVER, mode=era) as other:
        shows, plain = await one.call_tool(*call), await other.call_tool(*call)
    assert text_of(shows) == text_of(plain)
    assert "hub_mcp/rows" not in (plain.meta or {})
    assert shows.meta
    rows = shows.meta["hub_mcp/rows"]
    assert (rows["tool"], rows["arguments"]) == ("hub_list_models", {"limit": 3})
    assert len(rows["items"]) == len(rows["links"]) == 3
    assert rows["links"] == [f"/{one['id']}" for one in rows["items"]]
    assert rows["next_cursor"] in text_of(plain)


async def test_access_is_a_table_of_people_and_groups_in_addition_to_the_same_text() -> None:
    call = ("hub_get_access", {"organization": "nimbus-labs"})
    async with Client(SERVER, extensions=[SHOWS_VIEWS]) as one, Client(SERVER) as other:
        shows, plain = await one.call_tool(*call), await other.call_tool(*call)
    assert text_of(shows) == text_of(plain)
    assert "hub_mcp/access" not in (plain.meta or {})
    assert shows.meta
    table = shows.meta["hub_mcp/access"]
    assert table["roles"]["ada"] == "admin"
    assert {place["name"]: place.get("users") for place in table["places"]}["Storm team"]
    held = [one["id"] for place in table["places"] for one in place["repositories"]]
    assert len(held) == len(set(held)) > 10


LINKED = {
    "list_datasets": ({}, "/datasets/"),
    "list_spaces": ({}, "/spaces/"),
    "list_collections": ({}, "/collections/"),
    "list_daily_papers": ({}, "/papers/"),
    "list_organization_members": ({"organization": "nimbus-labs"}, "/"),
    "list_commits": (
        {"repo_id": "nimbus-labs/storm-atlas-7b", "type": "model"},
        "/nimbus-labs/storm-atlas-7b/commit/",
    ),
    "list_tree": (
        {"repo_id": "nimbus-labs/storm-atlas-7b", "type": "model"},
        "/nimbus-labs/storm-atlas-7b/blob/main/",
    ),
    "list_discussions": (
        {"repo_id": "openai-community/gpt2", "type": "model"},
        "/openai-community/gpt2/discussions/",
    ),
}


async def test_each_row_links_to_its_own_page_of_the_hub() -> None:
    async with Client(SERVER, extensions=[SHOWS_VIEWS]) as client:
        for tool, (asked, begins) in LINKED.items():
            result = await client.call_tool(f"hub_{tool}", {**asked, "limit": 2})
            assert result.meta, tool
            links = result.meta["hub_mcp/rows"]["links"]
            assert links, tool
            assert [one for one in links if not one.startswith(begins)] == [], tool


@pytest.mark.parametrize("view", VIEWS)
async def test_a_view_is_one_small_page_that_names_no_other_place(view: str) -> None:
    async with Client(SERVER, extensions=[SHOWS_VIEWS]) as client:
        read = await client.read_resource(PREFIX + view)
    (page,) = read.contents
    assert isinstance(page, TextResourceContents)
    assert page.mime_type == HTML
    assert page.meta == {"ui": {"csp": {}, "prefersBorder": True}}
    assert len(page.text.encode()) < LARGEST
    assert not re.search(r"(?:src|href)=|url\(|@import|fetch\(|XMLHttp|WebSocket|innerHTML|eval\(", page.text)
    assert "/* bridge.js */" not in page.text
    assert "https://" not in page.text
