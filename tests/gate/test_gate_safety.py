"""What can happen between a question, its answer and the end of a change: nothing lost, nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client
from mcp.shared.memory import create_client_server_memory_streams
from mcp.shared.message import SessionMessage
from mcp.types import CallToolResult, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from mcp.types.jsonrpc import JSONRPCNotification, JSONRPCRequest, JSONRPCResponse

from hub_mcp.catalogue.repos.repos import DeleteRepo
from hub_mcp.gate.challenge import Challenge, digest
from hub_mcp.gate.once import InMemoryUsage
from hub_mcp.server.handlers import build
from hub_mcp.server.tools.catalogue_tools import CatalogueTools
from tests.gate.gates import ERAS, EVE, NOTHING, THINKS, World, agreeing, only_one_acts, refused, text_of
from tests.waiting import turns, until

MINE = "ada/notes-to-self"
DELETE = {"repo_id": MINE, "type": "model"}
OPEN = {"repo_id": MINE, "type": "model", "visibility": "public"}
YES = {"confirm": ElicitResult(action="accept", content={"confirm": True})}
NAME = {"confirm": ElicitResult(action="accept", content={"name": MINE})}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def question(client: Client, tool: str = "delete_repo", arguments: Any = DELETE) -> str:
    """The sealed state of a question, as a modern client holds it."""
    result = await client.session.call_tool(tool, arguments, allow_input_required=True)
    assert isinstance(result, InputRequiredResult)
    return str(result.request_state)


async def answered(
    client: Client, state: str, tool: str = "delete_repo", arguments: Any = DELETE, reply: Any = NAME
) -> CallToolResult:
    """The call made again with the question's state and an answer."""
    result = await client.session.call_tool(
        tool, arguments, input_responses=reply, request_state=state, allow_input_required=True
    )
    assert isinstance(result, CallToolResult)
    return result


# ── the state a modern client carries ────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
async def test_an_answer_works_once(world: World) -> None:
    async with world.client("auto", agreeing) as client:
        state = await question(client, "update_repo_settings", OPEN)
        assert not (await answered(client, state, "update_repo_settings", OPEN, YES)).is_error
        again = await answered(client, state, "update_repo_settings", OPEN, YES)
        assert refused(again)
        assert "already been used" in text_of(again)
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
async def test_a_no_cannot_be_turned_into_a_yes(world: World) -> None:
    async with world.client("auto", agreeing) as client:
        state = await question(client)
        world.clock.now += THINKS
        assert refused(await answered(client, state, reply={"confirm": ElicitResult(action="decline")}))
        assert refused(await answered(client, state))
        lost = await question(client)
        assert NOTHING in text_of(await answered(client, lost, reply=None))
        assert refused(await answered(client, lost))
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_of_two_that_race_with_one_answer_one_acts(world: World) -> None:
    async with world.client("auto", agreeing) as client:
        state = await question(client)
        await only_one_acts(lambda: answered(client, state))
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
async def test_an_answer_counts_for_the_call_it_was_given_to_and_no_other(world: World) -> None:
    async with world.client("auto", agreeing) as client:
        state = await question(client)
        token = str((await plan_of(world))["confirm_token"])
        call = DeleteRepo.model_validate(DELETE)
        made_up = Challenge(
            "delete_repo", digest(call), digest(call), "", "", "", MINE, "", "nonce", "", 2_000_000_000.0
        ).text()
        for tool, arguments, with_state in (
            ("delete_repo", DELETE, made_up),
            ("delete_repo", {"repo_id": "ada/draft-tide-model", "type": "model"}, state),
            ("move_repo", {"from_repo": MINE, "to_repo": "ada/other", "type": "model"}, state),
            ("update_repo_settings", OPEN, state),
            ("delete_repo", DELETE, state[:-2]),
            ("delete_repo", DELETE, "v1.forged"),
            ("delete_repo", DELETE, token),
            ("delete_repo", DELETE, '{"tool":"delete_repo"}'),
        ):
            result = await answered(client, with_state, tool, arguments)
            assert refused(result)
            assert "has expired, or was not given to this server for this call" in text_of(result)
    assert world.spy.changes == []


async def plan_of(world: World) -> dict[str, Any]:
    async with world.client() as client:
        return dict((await client.call_tool("delete_repo", DELETE)).structured_content or {})


@pytest.mark.asyncio
async def test_an_answer_to_a_server_that_was_killed_meanwhile_changes_nothing(world: World) -> None:
    async with world.client("auto", agreeing) as client:
        state = await question(client)
    for restarted in (
        world.gate(keys=("other" * 10,)),
        world.gate(),
    ):  # other keys, or the same but no memory
        async with world.client("auto", agreeing, gate=restarted) as client:
            assert refused(await answered(client, state))
            assert not (
                await client.call_tool("update_repo_settings", {**OPEN, "visibility": "private"})
            ).is_error
    assert [one.method for one in world.spy.changes] == ["PUT", "PUT"]


@pytest.mark.asyncio
async def test_another_worker_with_the_same_keys_and_memory_takes_the_answer_once(world: World) -> None:
    shared = InMemoryUsage(world.clock)
    async with world.client("auto", agreeing, gate=world.gate(used=shared)) as client:
        state = await question(client)
    async with world.client("auto", agreeing, gate=world.gate(used=shared)) as client:
        assert not (await answered(client, state)).is_error
    async with world.client("auto", agreeing, gate=world.gate(used=shared)) as client:
        assert refused(await answered(client, state))
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
async def test_an_answer_of_another_caller_or_of_ten_minutes_ago_is_refused(world: World) -> None:
    gate = world.gate()
    async with world.client("auto", agreeing, gate=gate) as client:
        state = await question(client)
    async with world.client("auto", agreeing, gate=gate, token=EVE) as client:
        assert refused(await answered(client, state))
    async with world.client("auto", agreeing, gate=gate) as client:
        world.clock.now += 600
        late = await answered(client, state)
        assert refused(late)
        assert "expired" in text_of(late)
    assert world.spy.changes == []


# ── a target that changes while the person thinks ────────────────────────────────────────────────────

RECREATE = [
    ("DELETE", "/api/repos/delete", {"type": "model", "name": "notes-to-self", "organization": "ada"}),
    ("POST", "/api/repos/create", {"type": "model", "name": "notes-to-self", "visibility": "private"}),
]
RENAME = [("POST", "/api/repos/move", {"type": "model", "fromRepo": MINE, "toRepo": "ada/diary"})]
GIVE_AWAY = [
    ("POST", "/api/repos/move", {"type": "model", "fromRepo": MINE, "toRepo": "nimbus-labs/notes-to-self"})
]
RENAME_AND_REPLACE = [*RENAME, RECREATE[1]]


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("meanwhile", [RECREATE, RENAME, GIVE_AWAY, RENAME_AND_REPLACE])
@pytest.mark.parametrize("tool", ["delete_repo", "update_repo_settings"])
async def test_a_target_that_was_swapped_while_the_person_thought_is_not_touched(
    world: World, era: str, meanwhile: list[tuple[str, str, Any]], tool: str
) -> None:
    async def slowly(params: ElicitRequestFormParams) -> ElicitResult:
        for method, path, body in meanwhile:
            await world.other(method, path, body)
        return agreeing(params)

    async with world.client(era, slowly) as client:
        result = await client.call_tool(tool, DELETE if tool == "delete_repo" else OPEN)
    assert refused(result)
    assert world.spy.changes == []
    assert world.outcomes() == ["asked", "refused"]


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_consequence_that_grew_while_the_person_thought_is_not_carried_out(
    world: World, era: str
) -> None:
    space = "nimbus-labs/forecast-desk"

    async def slowly(params: ElicitRequestFormParams) -> ElicitResult:
        await world.other("PUT", f"/api/spaces/{space}/settings", {"visibility": "private"})
        return agreeing(params)

    await world.other("PUT", f"/api/spaces/{space}/settings", {"visibility": "protected"})
    async with world.client(era, slowly) as client:
        result = await client.call_tool(
            "update_repo_settings", {"repo_id": space, "type": "space", "visibility": "public"}
        )
    assert refused(result)
    assert world.spy.changes == []


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_target_that_is_gone_when_the_person_answers_is_an_error(world: World, era: str) -> None:
    async def slowly(params: ElicitRequestFormParams) -> ElicitResult:
        await world.other(*RECREATE[0])
        return agreeing(params)

    async with world.client(era, slowly) as client:
        result = await client.call_tool("delete_repo", DELETE)
    assert result.is_error
    assert "Nothing was changed." in text_of(result)
    assert world.spy.changes == []


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_rename_in_the_very_last_moment_is_not_followed(world: World, era: str) -> None:
    async def moved(request: httpx.Request) -> None:
        world.spy.before = None
        await world.other(*RENAME[0])

    world.spy.before = moved
    async with world.client(era, agreeing) as client:
        result = await client.call_tool("update_repo_settings", OPEN)
    assert result.is_error
    assert "has moved to ada/diary" in text_of(result)
    assert (await world.json("/api/models/ada/diary"))["private"] is True
    assert world.outcomes() == ["asked", "failed"]


# ── calls that are given up ──────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
async def test_a_call_cancelled_before_the_answer_changes_nothing(world: World) -> None:
    asked = anyio.Event()

    async def never(params: ElicitRequestFormParams) -> ElicitResult:
        asked.set()
        await anyio.sleep_forever()
        raise AssertionError

    async with world.client("legacy", never) as client, anyio.create_task_group() as group:
        group.start_soon(client.call_tool, "delete_repo", DELETE)
        await asked.wait()
        group.cancel_scope.cancel()
    async with world.client() as client:
        assert (await client.call_tool("get_model", {"repo_id": MINE})).is_error is False
    assert world.spy.changes == []
    assert world.outcomes() == ["asked", "refused"]


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_change_in_flight_is_finished_and_written_down_when_the_call_is_cancelled(
    world: World, era: str
) -> None:
    flying, land = anyio.Event(), anyio.Event()

    async def slowly(request: httpx.Request) -> None:
        flying.set()
        await land.wait()

    world.spy.before = slowly

    async def land_after_the_cancellation() -> None:
        await turns()
        land.set()

    async with world.client(era, agreeing) as client, anyio.create_task_group() as around:
        async with anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "delete_repo", DELETE)
            await flying.wait()
            group.cancel_scope.cancel()
            around.start_soon(land_after_the_cancellation)
        await until(lambda: world.outcomes() == ["asked", "done"])
    assert len(world.spy.changes) == 1
    assert not await world.exists(MINE)


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_change_that_waits_for_the_rate_limit_is_not_made_when_the_call_is_cancelled(
    world: World, era: str
) -> None:
    waiting = anyio.Event()

    async def used_up(request: httpx.Request) -> httpx.Response:
        waiting.set()
        return httpx.Response(429, headers={"ratelimit": '"api";r=0;t=30'}, json={"error": "slow down"})

    world.spy.before = used_up
    async with world.client(era, agreeing) as client:
        async with anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "delete_repo", DELETE)
            await waiting.wait()
            await turns()
            group.cancel_scope.cancel()
        await until(lambda: world.outcomes() == ["asked", "refused"])
    assert len(world.spy.changes) == 1
    assert await world.exists(MINE)


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_change_whose_answer_was_lost_is_written_down_as_unknown_and_not_sent_again(
    world: World, era: str
) -> None:
    async def broken(request: httpx.Request) -> None:
        raise httpx.ReadError("the line is dead")

    world.spy.before = broken
    async with world.client(era, agreeing) as client:
        result = await client.call_tool("delete_repo", DELETE)
    assert "Whether the change happened is not known" in text_of(result)
    assert len(world.spy.changes) == 1
    assert world.outcomes() == ["asked", "unknown"]


# ── who can be asked ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("elicitation", "asks"),
    [({"url": {}}, False), ({}, True), ({"form": {}, "url": {}}, True), (None, False)],
)
async def test_a_client_that_only_opens_addresses_has_no_form(
    world: World, elicitation: Any, asks: bool
) -> None:
    """Said on the wire, since the SDK's own client knows no such half."""
    gate, hub = world.gate(confirm="deny"), world.hub()
    server = build(CatalogueTools(gate.settings), lambda ctx: hub, gate)
    capabilities = {} if elicitation is None else {"elicitation": elicitation}
    hello = {
        "protocolVersion": "2025-11-25",
        "capabilities": capabilities,
        "clientInfo": {"name": "t", "version": "1"},
    }
    async with (
        create_client_server_memory_streams() as ((read, write), ends),
        anyio.create_task_group() as group,
    ):
        group.start_soon(server.run, *ends, server.create_initialization_options())
        await write.send(
            SessionMessage(JSONRPCRequest(jsonrpc="2.0", id=1, method="initialize", params=hello))
        )
        await read.receive()
        await write.send(
            SessionMessage(JSONRPCNotification(jsonrpc="2.0", method="notifications/initialized"))
        )
        call = {"name": "delete_repo", "arguments": DELETE}
        await write.send(
            SessionMessage(JSONRPCRequest(jsonrpc="2.0", id=2, method="tools/call", params=call))
        )
        first = await read.receive()
        assert isinstance(first, SessionMessage)
        if asks:
            assert isinstance(first.message, JSONRPCRequest)
            assert first.message.method == "elicitation/create"
        else:
            assert isinstance(first.message, JSONRPCResponse)
            assert "--confirm deny" in str(first.message.result)
        group.cancel_scope.cancel()
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_a_client_that_fails_to_show_the_form_changes_nothing(world: World) -> None:
    """A legacy client answers with an error; a modern one never calls again."""

    def broken(params: ElicitRequestFormParams) -> ElicitResult:
        raise RuntimeError("no screen")

    async with world.client("legacy", broken, confirm="elicit") as client:
        assert refused(await client.call_tool("delete_repo", DELETE))
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_a_journal_that_cannot_be_written_stops_a_change_before_it_is_made(world: World) -> None:
    (world.place / "journal.jsonl").mkdir()
    async with world.client("auto", agreeing) as client:
        result = await client.call_tool("create_repo", {"repo_id": "ada/fresh", "type": "model"})
        assert refused(result)
        assert "--journal" in text_of(result)
    assert world.spy.changes == []
