"""Plans where no form can be shown: tokens that act once, for one thing, and approval in a terminal."""

from __future__ import annotations

import os
import pty
import shlex
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner
from mcp import Client
from mcp.server.request_state import AESGCMRequestStateCodec
from mcp.types import CallToolResult

from hub_mcp.cli.approve import approve
from hub_mcp.gate.question import Challenge
from tests.gate.gates import ERAS, EVE, KEY, World, agreeing, refused, said, text_of
from tests.waiting import PATIENCE

MINE = "ada/notes-to-self"
DELETE = {"repo_id": MINE, "type": "model"}
OPEN = {"repo_id": MINE, "type": "model", "visibility": "public"}
OPEN_OTHER = {"repo_id": "ada/draft-tide-model", "type": "model", "visibility": "public"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def plan(client: Client, tool: str = "update_repo_settings", arguments: Any = OPEN) -> str:
    """The token of a plan."""
    return str(said(await client.call_tool(tool, arguments))["confirm_token"])


async def act(
    client: Client, token: str, tool: str = "update_repo_settings", arguments: Any = OPEN
) -> CallToolResult:
    return await client.call_tool(tool, {**arguments, "confirm_token": token})


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_plan_tells_the_consequence_and_its_token_acts_once(world: World, era: str) -> None:
    async with world.client(era) as client:
        result = await client.call_tool("update_repo_settings", OPEN)
        assert not result.is_error
        assert world.spy.changes == []
        assert "private → public, visible to everyone" in said(result)["consequence"]
        assert said(result)["expires_in"] == 600
        assert "Show the person the above" in text_of(result)
        token = said(result)["confirm_token"]
        assert token in text_of(result)
        assert not (await act(client, token)).is_error
        again = await act(client, token)
    assert refused(again)
    assert "used already" in text_of(again)
    assert len(world.spy.changes) == 1
    assert world.outcomes() == ["asked", "done", "refused"]


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_token_is_good_for_its_own_call_only(world: World, era: str) -> None:
    async with world.client(era) as client:
        token = await plan(client)
        crossed = [
            await act(client, token, arguments=OPEN_OTHER),
            await act(client, token, arguments={**OPEN, "gated": "false"}),
            await act(client, token, "delete_repo", DELETE),
            await act(client, token, "create_resource_group", {
                "organization": "nimbus-labs", "name": "x", "users": [{"user": "eve", "role": "admin"}],
            }),
        ]  # fmt: skip
        assert all(refused(one) and "another call" in text_of(one) for one in crossed)
        assert world.spy.changes == []
        assert not (await act(client, token)).is_error  # none of which used it up


@pytest.mark.asyncio
async def test_a_token_cannot_be_forged_altered_or_made_of_a_questions_state(world: World) -> None:
    async with world.client("auto", agreeing) as client:
        asked = await client.session.call_tool("update_repo_settings", OPEN, allow_input_required=True)
        state = str(getattr(asked, "request_state", ""))
    async with world.client() as client:
        token = await plan(client)
        middle = len(token) // 2
        same_key = AESGCMRequestStateCodec([KEY]).seal(
            Challenge("t", "a", "c", "i", "h", "", "c", "n", "", 1.0).text().encode()
        )
        forged = [
            same_key,
            "", "x", "v1.", "null", "{}", state, token[:-1], token + "A", token.upper(), f"{token} ",
            token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :],
        ]  # fmt: skip
        for one in forged:
            result = await act(client, one)
            assert world.spy.changes == [], one
            if one:  # an empty token is none: another plan is made
                assert "not one this server gave out" in text_of(result)
                assert refused(result)
        assert not (await act(client, token)).is_error


@pytest.mark.asyncio
async def test_a_token_of_somebody_else_of_yesterday_or_of_another_server_is_refused(world: World) -> None:
    gate = world.gate()
    async with world.client(gate=gate) as client:
        token, late = await plan(client), await plan(client)
    async with world.client(gate=gate, token=EVE) as client:
        assert "somebody else" in text_of(foreign := await act(client, token))
        assert refused(foreign)
    async with world.client(gate=world.gate(keys=("z" * 40,))) as client:
        assert refused(await act(client, token))
    async with world.client() as client:  # the same keys, but nobody there remembers what was used
        assert "before this server was started" in text_of(restarted := await act(client, token))
        assert refused(restarted)
    assert world.spy.changes == []
    async with world.client(gate=gate) as client:
        world.clock.now += 599
        assert not (await act(client, token)).is_error
        world.clock.now += 1
        assert "expired" in text_of(expired := await act(client, late))
        assert refused(expired)
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_of_two_that_race_with_one_token_one_acts(world: World, era: str) -> None:
    results: list[CallToolResult] = []
    async with world.client(era) as client:
        token = await plan(client)

        async def race() -> None:
            results.append(await act(client, token))

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(race)
    assert len(world.spy.changes) == 1
    assert sorted(bool(one.is_error) for one in results) == [False] + [True] * 7
    assert all(refused(one) for one in results if one.is_error)


@pytest.mark.asyncio
async def test_a_target_that_was_swapped_since_the_plan_is_not_touched(world: World) -> None:
    async with world.client() as client:
        token = await plan(client)
        await world.other(
            "DELETE", "/api/repos/delete", {"type": "model", "name": "notes-to-self", "organization": "ada"}
        )
        await world.other(
            "POST", "/api/repos/create", {"type": "model", "name": "notes-to-self", "visibility": "private"}
        )
        swapped = await act(client, token)
        assert "Another one has the name" in text_of(swapped)
        assert refused(swapped)
        fresh = await plan(client)
        await world.other(
            "POST",
            "/api/repos/move",
            {"type": "model", "fromRepo": MINE, "toRepo": "nimbus-labs/notes-to-self"},
        )
        moved = await act(client, fresh)
        assert "nimbus-labs/notes-to-self" in text_of(moved)
        assert refused(moved)
    assert world.spy.changes == []


# ── approval in a terminal ───────────────────────────────────────────────────────────────────────────


def at_terminal(world: World, command: str, typed: str) -> str:
    """What a person sees who runs the command of a plan in a terminal of their own, and types this."""
    shown = bytearray()
    master, slave = pty.openpty()
    child = subprocess.Popen(
        shlex.split(command),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**environment(world), "PATH": "/nowhere", "XDG_STATE_HOME": "/nowhere", "HOME": "/nowhere"},
        cwd="/",
        close_fds=True,
    )
    os.close(slave)

    def read() -> None:
        try:
            while piece := os.read(master, 1024):
                shown.extend(piece)
                if b"> " in shown and not answered.is_set():
                    answered.set()
                    os.write(master, f"{typed}\n".encode())
        except OSError:
            return  # the child has closed its terminal

    answered = threading.Event()
    reader = threading.Thread(target=read)
    reader.start()
    child.wait(PATIENCE)
    reader.join(PATIENCE)
    os.close(master)
    return shown.decode()


def environment(world: World) -> dict[str, str]:
    return {**os.environ, "XDG_STATE_HOME": str(world.place / "state")}


class Now(World):
    """A world whose plans lie where the command looks for them, and whose clock is the real one."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        import time

        self.clock.now = time.time()

    @property
    def approvals(self) -> Any:
        from hub_mcp.gate.approvals import Approvals

        return Approvals(self.place / "state" / "hub-mcp" / "plans", self.clock)


@pytest.mark.asyncio
@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is made by POSIX means")
async def test_where_a_name_must_be_typed_the_plan_waits_for_a_terminal(tmp_path: Path) -> None:
    world = Now(tmp_path)
    async with world.client() as client:
        result = await client.call_tool("delete_repo", DELETE)
        token, command = said(result)["confirm_token"], said(result)["approve"]
        assert "A model's word is not enough" in text_of(result)
        early = await act(client, token, "delete_repo", DELETE)
        assert refused(early)
        assert command in text_of(early)
        wrong = await anyio.to_thread.run_sync(at_terminal, world, command, "notes-to-self")
        assert "nothing was approved" in wrong
        assert refused(await act(client, token, "delete_repo", DELETE))
        assert world.spy.changes == []
        seen = await anyio.to_thread.run_sync(at_terminal, world, command, MINE)
        assert "Delete the model ada/notes-to-self, with all its files" in seen
        assert "Approved." in seen
        assert not (await act(client, token, "delete_repo", DELETE)).is_error
        assert refused(await act(client, token, "delete_repo", DELETE))
    assert len(world.spy.changes) == 1


def test_approving_needs_a_terminal(tmp_path: Path) -> None:
    world = Now(tmp_path)
    id = world.approvals.wait(
        nonce="n",
        tool="delete_repo",
        consequence="Delete it?",
        retype="a/b",
        until=int(world.clock.now) + 600,
    )
    done = CliRunner().invoke(approve, [id], input="a/b\n", env={"XDG_STATE_HOME": str(tmp_path / "state")})
    assert done.exit_code == 1
    assert "needs a terminal. Nothing was changed." in done.output
    assert not world.approvals.is_approved("n")
    listed = CliRunner().invoke(approve, ["--list"], env={"XDG_STATE_HOME": str(tmp_path / "state")})
    assert listed.output.startswith(id)
    assert "Delete it?" in listed.output


@pytest.mark.asyncio
async def test_the_file_of_a_plan_is_the_users_own_holds_no_token_and_does_not_stay(world: World) -> None:
    async with world.client() as client:
        token = await plan(client, "delete_repo", DELETE)
        (path,) = (world.place / "plans").iterdir()
        assert token not in path.read_text()
        assert "hf_" not in path.read_text()
        if sys.platform != "win32":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        world.clock.now += 601
        await plan(client, "delete_repo", {**DELETE, "repo_id": "ada/draft-tide-model"})
    assert path not in list((world.place / "plans").iterdir())


@pytest.mark.asyncio
@pytest.mark.parametrize("forged", ['{"approved": true}', "[]", "{", '{"id": "x", "approved": 1}', ""])
async def test_a_file_that_is_no_plan_approves_nothing(world: World, forged: str) -> None:
    async with world.client() as client:
        token = await plan(client, "delete_repo", DELETE)
        (path,) = (world.place / "plans").iterdir()
        path.write_text(forged)
        assert refused(await act(client, token, "delete_repo", DELETE))
    assert world.spy.changes == []


def test_one_approval_does_not_count_for_another_plan(world: World) -> None:
    kept = world.approvals
    for nonce in ("one", "two"):
        kept.wait(nonce=nonce, tool="t", consequence="?", retype="a/b", until=int(world.clock.now) + 600)
    plan = kept.find(kept.id_of("one"))
    assert plan
    kept.approve(plan)
    assert kept.is_approved("one")
    assert not kept.is_approved("two")
    copied = (world.place / "plans" / f"{kept.id_of('one')}.json").read_text()
    (world.place / "plans" / f"{kept.id_of('two')}.json").write_text(
        copied.replace(kept.id_of("one"), kept.id_of("two"))
    )
    assert not kept.is_approved("two")
    world.clock.now += 600
    assert not kept.is_approved("one")
