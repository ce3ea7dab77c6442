"""A question in a view: its token is only for the view and works once, and no model's call answers it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, TextResourceContents

from tests.gate.gates import THINKS, World, agreeing, refused, said, text_of

pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("era", ["legacy", "auto"])]
NAME = "nimbus-labs/storm-atlas-7b"
DELETE: dict[str, Any] = {"repo_id": NAME, "type": "model"}
SQUASH = {"repo_id": NAME, "type": "model", "revision": "main"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def key_of(client: Client) -> str:
    """What the page of the view holds for its answers."""
    (page,) = (await client.read_resource("ui://hub-mcp/consent")).contents
    assert isinstance(page, TextResourceContents)
    found = re.search(r'name="hub-mcp-key" content="([0-9a-f]{32})"', page.text)
    assert found
    return found[1]


async def asked(client: Client, tool: str = "delete_repo", **arguments: Any) -> dict[str, Any]:
    """What the view of a question is given."""
    result = await client.call_tool(tool, arguments or DELETE)
    assert isinstance(result, CallToolResult)
    assert result.meta
    question: dict[str, Any] = result.meta["hub_mcp/question"]
    for form in (text_of(result), str(result.structured_content)):
        assert question["token"] not in form
        assert "confirm_token" not in form
    assert text_of(result).startswith("Nothing was changed.")
    return question


async def answered(
    world: World, client: Client, question: dict[str, Any], *, yes: object = True, **more: Any
) -> CallToolResult:
    """What comes of an answer as the view sends it."""
    world.clock.now += THINKS
    sent = {name: question[name] for name in ("token", "tool", "arguments")}
    call = {**sent, "key": await key_of(client), "yes": yes, **more}
    result = await client.call_tool(question["answer_tool"], call)
    assert isinstance(result, CallToolResult)
    return result


async def test_a_name_typed_in_the_view_makes_the_change_once(world: World, era: str) -> None:
    async with world.client(era, shows_views=True) as client:
        question = await asked(client)
        assert question["retype"] == NAME
        assert refused(await answered(world, client, question, name="storm-atlas-7b"))
        question = await asked(client)
        done = await answered(world, client, question, name=NAME)
        assert "Confirmed by a person in a view." in text_of(done)
        assert not await world.exists(NAME)
        again = await answered(world, client, question, name=NAME)
        assert "already been used" in text_of(again)
        assert len(world.spy.changes) == 1


async def test_a_no_in_the_view_uses_the_question_up(world: World, era: str) -> None:
    async with world.client(era, shows_views=True) as client:
        question = await asked(client)
        no = await answered(world, client, question, yes=False)
        assert "The person said no." in text_of(no)
        assert refused(no)
        assert "already been used" in text_of(await answered(world, client, question, name=NAME))
        assert world.spy.changes == []


FORGED: dict[str, dict[str, Any]] = {
    "without the key of the page": {"key": ""},
    "with another key": {"key": "0" * 32},
    "with another token": {"token": "v1.abc"},
    "for another repository": {"arguments": {**DELETE, "repo_id": "nimbus-labs/nowcast-base"}},
    "for another tool": {"tool": "move_repo"},
    "for a tool that reads": {"tool": "get_model"},
    "for itself": {"tool": "answer_question"},
    "with a plan's argument": {"arguments": {**DELETE, "confirm_token": "x"}},
    "with something else for a yes": {"yes": "true"},
    "with nothing typed": {"name": ""},
}


@pytest.mark.parametrize("how", FORGED)
async def test_an_answer_that_is_not_the_views_changes_nothing(world: World, era: str, how: str) -> None:
    async with world.client(era, shows_views=True) as client:
        question = await asked(client)
        result = await answered(world, client, question, **{"name": NAME, **FORGED[how]})
        assert result.is_error
        assert world.spy.changes == []


async def test_a_yes_faster_than_anybody_reads_changes_nothing(world: World, era: str) -> None:
    async with world.client(era, shows_views=True) as client:
        question = await asked(client)
        world.clock.now -= THINKS
        assert refused(await answered(world, client, question, name=NAME))
        assert world.spy.changes == []


async def test_a_no_is_a_no_however_fast_it_came(world: World, era: str) -> None:
    async with world.client(era, shows_views=True) as client:
        question = await asked(client)
        world.clock.now -= THINKS
        assert "The person said no." in text_of(await answered(world, client, question, yes=False))
        assert "already been used" in text_of(await answered(world, client, question, name=NAME))
        assert world.spy.changes == []


async def test_the_token_of_a_view_is_no_plan_and_a_plan_is_no_answer(world: World, era: str) -> None:
    async with world.client(era, shows_views=True) as client, world.client(era) as plain:
        question = await asked(client)
        world.clock.now += THINKS
        tried = await client.call_tool("delete_repo", {**DELETE, "confirm_token": question["token"]})
        assert refused(tried)
        plan = await plain.call_tool("delete_repo", DELETE)
        assert refused(await answered(world, client, question, token=said(plan)["confirm_token"], name=NAME))
        assert world.spy.changes == []


async def test_a_client_that_shows_no_views_has_no_such_tool_and_no_such_page(world: World, era: str) -> None:
    async with world.client(era, shows_views=True) as client, world.client(era) as plain:
        question = await asked(client)
        with pytest.raises(MCPError, match="no tool"):
            await plain.call_tool("answer_question", {**question, "yes": True, "key": await key_of(client)})
        with pytest.raises(MCPError):
            await plain.read_resource("ui://hub-mcp/consent")
        assert "answer_question" not in [tool.name for tool in (await plain.list_tools()).tools]


async def test_a_form_goes_before_a_view_and_a_policy_before_both(world: World, era: str) -> None:
    async with world.client(era, agreeing, shows_views=True) as client:
        assert "in a form" in text_of(await client.call_tool("delete_repo", DELETE))
    for policy in ("deny", "elicit"):
        async with world.client(era, shows_views=True, confirm=policy) as client:
            result = await client.call_tool("delete_repo", {**DELETE, "repo_id": "nimbus-labs/nowcast-base"})
            assert refused(result)
            assert "hub_mcp/question" not in (result.meta or {})
    async with world.client(era, shows_views=True, views="off") as client:
        plan = await client.call_tool("delete_repo", {**DELETE, "repo_id": "nimbus-labs/nowcast-base"})
        assert "confirm_token" in text_of(plan)


async def test_many_changes_and_operations_are_answered_in_the_view_too(world: World, era: str) -> None:
    async with world.client(era, shows_views=True) as client:
        question = await asked(client, "change_operation", operation="super_squash", arguments=SQUASH)
        done = await answered(world, client, question, name=question["retype"])
        assert "Confirmed by a person in a view." in text_of(done)
        other = {**DELETE, "repo_id": "nimbus-labs/nowcast-base"}
        calls = [{"tool": "delete_repo", "arguments": one} for one in (DELETE, other)]
        question = await asked(client, "change_many", calls=calls)
        done = await answered(world, client, question, name=question["retype"])
        assert "2 of 2 changes made." in text_of(done)


async def test_the_view_of_a_commit_is_given_its_difference(world: World, era: str) -> None:
    place = {"repo_id": NAME, "type": "model"}
    async with world.client(era, shows_views=True) as client:
        before = said(await client.call_tool("get_file", {**place, "path": "README.md"}))["text"]
        changed = f"something else\n{before}"
        files = [{"path": "README.md", "content": changed}, {"path": "new.txt", "content": "one\ntwo\n"}]
        question = await asked(client, "commit", **place, summary="Words", files=files)
        first, second = question["diff"]
        assert first["path"] == "README.md"
        assert "+something else" in first["lines"]
        assert f" {before.splitlines()[0]}" in first["lines"]
        assert [line for line in second["lines"] if line.startswith("+")] == ["+one", "+two"]
        assert not (await answered(world, client, question)).is_error
