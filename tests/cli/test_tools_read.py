"""`hub-mcp tools` and `hub-mcp read`: what a client would see, without a client."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from mcp import Client

from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.cli.flags.flag_table import settings_from
from hub_mcp.server.resources.streams import BUDGET
from hub_mcp.server.tools.operation_tools import TOOLS
from hub_mcp.wiring import hub_of, server_of
from tests.cli.conftest import Run

OFFERS: list[dict[str, str]] = [
    {},
    {"toolsets": "models"},
    {"read_only": "all"},
    {"read_only": "repos", "exclude_tools": "whoami,get_paper"},
    {"tools": "whoami,delete_repo"},
]
# An address of each kind, and what must be found there.
ADDRESSES = {
    "hub://models/openai-community/gpt2": "openai-community/gpt2",
    "hub://models?search=bert&limit=3": "google-bert/bert-base-uncased",
    "hub://datasets/Salesforce/wikitext": "Salesforce/wikitext",
    "hub://datasets/Salesforce/wikitext/parquet": "parquet",
    "hub://datasets?limit=2": "items",
    "hub://spaces?limit=2": "items",
    "hub://organizations/nimbus-labs/overview": "nimbus-labs",
    "hub://organizations/nimbus-labs/members": "ada",
    "hub://organizations/nimbus-labs/resource-groups": "items",
    "hub://collections?limit=2": "items",
    "hub://daily_papers?limit=2": "items",
    "hub://models-tags-by-type?type=license": "license",
    "hub://whoami-v2": "ada",
    "hub://models/ada/fjord-names/tree/main": "README.md",
    "hub://models/ada/fjord-names/file/main/README.md": "fjord-names",
}


def flags(offer: dict[str, str]) -> list[str]:
    return [f"--{name.replace('_', '-')}={value}" for name, value in offer.items()]


async def seen_by_a_client(offer: dict[str, str]) -> list[dict[str, Any]]:
    settings = settings_from({"sandbox": "", "journal": "off", **offer})
    hub = hub_of(settings)
    async with Client(server_of(settings, hub)) as client:
        listed = await client.list_tools()
    await hub.aclose()
    return [tool.model_dump(by_alias=True, exclude_none=True, mode="json") for tool in listed.tools]


@pytest.mark.parametrize("offer", OFFERS, ids=str)
def test_tools_as_json_are_what_a_client_sees(run: Run, offer: dict[str, str]) -> None:
    told = run("tools", "--json", *flags(offer))
    assert (told.code, told.err) == (0, "")
    shown = json.loads(told.out)
    assert shown == asyncio.run(seen_by_a_client(offer))
    assert sorted(run("tools", "-q", *flags(offer)).out.split()) == sorted(tool["name"] for tool in shown)


def test_tools_for_people_name_every_tool_with_its_effect_in_80_columns(run: Run) -> None:
    told = run("tools")
    assert (told.code, told.err) == (0, "")
    assert max(map(len, told.out.splitlines())) <= 80
    marks = dict(line.split()[:2] for line in told.out.splitlines() if line[:3].strip() and line[:2] == "  ")
    assert set(marks) == {*default_endpoints(), *TOOLS}
    assert (marks["list_models"], marks["create_repo"], marks["delete_repo"]) == ("read", "asks", "asks")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_kind_of_address_is_read_as_json(run: Run, address: str) -> None:
    told = run("read", "--sandbox", address)
    assert (told.code, told.err) == (0, ""), told
    assert isinstance(json.loads(told.out), dict | list)
    assert ADDRESSES[address] in told.out


def test_a_page_names_the_address_of_the_next(run: Run) -> None:
    seen: list[str] = []
    address = "hub://models?search=bert&sort=downloads&limit=2"
    while address:
        page = json.loads(run("read", "--sandbox", address).out)
        seen += [row["id"] for row in page["items"]]
        address = page.get("next", "")
    whole = json.loads(run("read", "--sandbox", "hub://models?search=bert&sort=downloads&limit=100").out)
    assert seen == [row["id"] for row in whole["items"]]
    assert len(seen) > 4


def test_a_stream_is_every_row_as_a_line_of_json(run: Run) -> None:
    told = run("read", "--sandbox", "hub://stream/models?limit=50&author=google-bert")
    assert (told.code, told.err) == (0, "")
    rows = [json.loads(line) for line in told.out.splitlines()]
    listed = run("call", "list_models", "--sandbox", "--author", "google-bert", "--limit", "1000", "--json")
    assert [row["id"] for row in rows] == [row["id"] for row in json.loads(listed.out)["items"]]


def test_a_stream_longer_than_one_answer_ends_with_the_address_that_continues(run: Run) -> None:
    wordy = ("tags", "sha", "siblings", "createdAt", "config", "cardData", "safetensors")
    address = "hub://stream/models?" + "&".join(f"fields={field}" for field in wordy)
    seen: list[str] = []
    reads = 0
    while address:
        told = run("read", "--sandbox", address)
        assert told.code == 0
        assert len(told.out.encode()) <= BUDGET
        rows = [json.loads(line) for line in told.out.splitlines()]
        address = rows.pop()["next"] if "next" in rows[-1] else ""
        seen += [row["id"] for row in rows]
        reads += 1
    listed = run("call", "list_models", "--sandbox", "--limit", "1000", "-q")
    assert seen == listed.out.split()
    assert reads > 1


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("hub://models/ada/none", 1, "ada/none does not exist"),
        ("hub://no-such-thing", 2, "There is nothing at hub://no-such-thing."),
        ("hub://models/../../etc", 2, ""),
        ("hub://stream/whoami-v2", 2, "no stream"),
        ("hub://stream/models?limit=0", 2, "limit"),
        ("hub://models?serach=bert", 2, "serach"),
        ("models", 2, "models"),
        ("", 2, ""),
    ],
)
def test_an_address_that_leads_nowhere_is_reported_on_one_line(
    run: Run, address: str, code: int, said: str
) -> None:
    told = run("read", address, "--sandbox")
    assert (told.code, told.out, told.err.count("\n")) == (code, "", 1), told
    assert told.err.startswith("hub-mcp: ")
    assert said in told.err


def test_read_alone_asks_for_an_address(run: Run) -> None:
    told = run("read")
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert "hub-mcp read --list" in told.err


def test_the_list_of_addresses_is_that_of_a_client(run: Run) -> None:
    async def templates() -> list[str]:
        settings = settings_from({"sandbox": "", "journal": "off"})
        hub = hub_of(settings)
        async with Client(server_of(settings, hub)) as client:
            listed = await client.list_resource_templates()
        await hub.aclose()
        return [one.uri_template for one in listed.resource_templates]

    told = run("read", "--list")
    assert (told.code, told.err) == (0, "")
    assert set(told.out.split()) <= set(asyncio.run(templates()))
    assert any(one.startswith("hub://models/{namespace}/{repo}{?cursor,fields,") for one in told.out.split())


def test_a_read_that_fails_says_nothing_of_changes(run: Run) -> None:
    missing = run("read", "--sandbox", "hub://models/ada/none")
    assert missing.code == 1
    assert "ada/none" in missing.err
    assert "Nothing was changed" not in missing.err
