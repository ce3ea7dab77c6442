"""Secrets of Spaces come from the server's machine, as far as its operator allows, and are never seen."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from hub_mcp.catalogue.space_runtime.space_settings import SetSpaceVariable
from hub_mcp.cli.flags.flag_table import settings_from
from hub_mcp.cli.main import cli
from hub_mcp.errors import BadInput
from tests.gate.gates import Asked, World, agreeing, refused, text_of
from tests.gate.test_effects import impacts, question_about
from tests.written import SOURCE

RAIN: dict[str, Any] = {"repo_id": "nimbus-labs/will-it-rain"}
KEPT = {**RAIN, "key": "MAPS_KEY"}
SECRET = "correct-horse-battery-staple"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.asyncio
async def test_a_secret_reaches_the_hub_and_neither_answer_question_journal_nor_log(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", SECRET)
    caplog.set_level(logging.DEBUG)
    person = Asked(agreeing)
    async with world.client("auto", person) as client:
        answer = await client.call_tool("set_space_secret", {**KEPT, "source": SOURCE})
        listed = await client.call_tool("list_space_secrets", RAIN)
    assert not answer.is_error, text_of(answer)
    (sent,) = world.spy.changes
    assert json.loads(sent.content) == {"key": "MAPS_KEY", "value": SECRET}
    (asked,) = person.questions
    assert "it replaces the present value, which nobody can read" in asked.message
    assert f'what "{SOURCE}" holds on the server' in asked.message.replace("∶", ":")
    seen = [asked.message, repr(answer), repr(listed), (world.place / "journal.jsonl").read_text("utf-8")]
    assert not [one for one in (*seen, caplog.text) if SECRET in one]


@pytest.mark.asyncio
@pytest.mark.parametrize("before", ["", '{"key": "', "-----BEGIN-----\n", "C:\\keys/"])
@pytest.mark.parametrize("written", [str, json.dumps])
async def test_a_hub_that_sends_a_secret_back_does_not_get_it_through(
    world: World, monkeypatch: pytest.MonkeyPatch, before: str, written: Callable[[str], str]
) -> None:
    monkeypatch.setenv("PATH", f'{before}{SECRET}"')

    async def echo(request: httpx.Request) -> httpx.Response:
        value = written(json.loads(request.content)["value"])
        return httpx.Response(400, json={"error": f"Invalid value: {value}"}, headers={"X-Odd": SECRET})

    world.spy.before = echo
    async with world.client("auto", Asked(agreeing)) as client:
        answer = await client.call_tool("set_space_secret", {**KEPT, "source": SOURCE})
    assert answer.is_error
    assert "Invalid value" in text_of(answer)
    assert SECRET not in repr(answer) + (world.place / "journal.jsonl").read_text("utf-8")


@pytest.mark.asyncio
@pytest.mark.parametrize("source", ["env:HOME", "file:/etc/passwd", "file:PATH"])
async def test_what_the_operator_did_not_name_is_not_sent_and_nobody_is_asked(
    world: World, source: str
) -> None:
    person = Asked(agreeing)
    async with world.client("auto", person) as client:
        answer = await client.call_tool("set_space_secret", {**KEPT, "source": source})
    assert refused(answer)
    assert f"It allows {SOURCE}." in text_of(answer)
    assert (person.questions, world.spy.changes) == ([], [])


@pytest.mark.asyncio
@pytest.mark.parametrize("value", ["", "abc"])
async def test_what_holds_no_secret_is_not_sent(
    world: World, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("PATH", value)
    async with world.client("auto", Asked(agreeing)) as client:
        answer = await client.call_tool("set_space_secret", {**KEPT, "source": SOURCE})
    assert "holds no secret" in text_of(answer)
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_a_secret_is_no_argument_and_a_variable_that_looks_like_one_is_refused_without_being_repeated(
    world: World,
) -> None:
    token = "hf_" + "a1B2" * 8
    async with world.client("auto", Asked(agreeing)) as client:
        given = await client.call_tool("set_space_secret", {**KEPT, "value": SECRET})
        variable = await client.call_tool("set_space_variable", {**RAIN, "key": "A", "value": token})
    assert given.is_error
    assert "variables can be read" in text_of(variable)
    assert token not in repr(variable)
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_the_question_about_a_variable_states_the_old_value_its_readers_and_the_loss_of_the_disk(
    world: World,
) -> None:
    asked = await question_about(world, "set_space_variable", {**RAIN, "key": "GREETING", "value": "Hi!"})
    assert 'it replaces its present value, "Take an umbrella?"' in asked
    assert "everyone can read its value" in asked
    assert "it restarts, and what is on its disk is lost" in asked
    same = {**RAIN, "key": "GREETING", "value": "Take an umbrella?"}
    assert await impacts(world, "set_space_variable", same) == frozenset()


@pytest.mark.asyncio
async def test_a_variable_without_a_value_that_can_be_read_does_not_count_as_empty(world: World) -> None:
    inner = world.spy.inner

    class Untold(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/variables"):
                return httpx.Response(200, json={"GREETING": {}})
            return await inner.handle_async_request(request)

    world.spy.inner = Untold()  # type: ignore[assignment]  # what answers in its place
    call = SetSpaceVariable.model_validate({**RAIN, "key": "GREETING", "value": ""})
    found = await world.gate().assess(call, world.hub())
    assert found.stakes
    assert "it replaces whatever the variable is now" in found.stakes.lines


@pytest.mark.asyncio
@pytest.mark.parametrize("tool", ["delete_space_variable", "delete_space_secret"])
async def test_deleting_what_is_not_there_restarts_nothing(world: World, tool: str) -> None:
    async with world.client("auto", Asked(agreeing)) as client:
        answer = await client.call_tool(tool, {**RAIN, "key": "NOWHERE"})
    assert "has no" in text_of(answer)
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_a_variable_is_set_back_to_what_it_was(world: World) -> None:
    async with world.client("auto", Asked(agreeing)) as client:
        await client.call_tool("set_space_variable", {**RAIN, "key": "GREETING", "value": "Hi!"})
        await client.call_tool("set_space_variable", {**RAIN, "key": "NEW", "value": "1"})
    first, second = [one.undo for one in world.entries() if one.outcome == "done"]
    assert first
    assert (first.tool, first.arguments["value"]) == ("set_space_variable", "Take an umbrella?")
    assert second
    assert (second.tool, second.arguments["key"]) == ("delete_space_variable", "NEW")


def test_the_operator_hears_of_a_source_that_is_none_and_that_it_is_not_for_a_team(tmp_path: Path) -> None:
    for source, why in (
        ("PATH", "neither env:NAME nor file:PATH"),
        ("env:NOBODY_SET_THIS", "is not set"),
        (f"file:{tmp_path / 'none'}", "is not a file that can be read"),
    ):
        with pytest.raises(BadInput, match=why):
            settings_from({"sandbox": "", "secrets_from": source})
    team = CliRunner().invoke(cli, ["--sandbox=", "http", "--secrets-from", SOURCE])
    assert "for one person over stdio" in team.output
