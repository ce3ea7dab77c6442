"""Plans if no form can be shown: tokens that work once, for one thing, and approval in a terminal."""

from __future__ import annotations

import hashlib
import json
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
from hub_mcp.errors import Stopped
from hub_mcp.gate import approvals as approving
from hub_mcp.gate.approvals import Approvals
from hub_mcp.gate.challenge import Challenge
from hub_mcp.gate.gate import Gate
from hub_mcp.gate.journal import Journal
from hub_mcp.gate.local_key import local_key, sealed
from hub_mcp.gate.once import FileUsage
from hub_mcp.settings import Settings
from tests.gate.gates import (
    ERAS,
    EVE,
    KEY,
    Clock,
    World,
    agreeing,
    only_one_acts,
    refused,
    said,
    text_of,
)
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
async def test_a_plan_states_the_consequence_and_its_token_works_once(world: World, era: str) -> None:
    async with world.client(era) as client:
        result = await client.call_tool("update_repo_settings", OPEN)
        assert not result.is_error
        assert world.spy.changes == []
        assert "private → public: everyone can see it" in said(result)["consequence"]
        assert said(result)["expires_in"] == 600
        assert "Show the person the above" in text_of(result)
        token = said(result)["confirm_token"]
        assert token in text_of(result)
        assert not (await act(client, token)).is_error
        again = await act(client, token)
    assert refused(again)
    assert "already been used" in text_of(again)
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
            Challenge("t", "a", "c", "i", "h", "s", "", "c", "n", "", 1.0).text().encode()
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
    async with world.client(era) as client:
        token = await plan(client)
        late = await only_one_acts(lambda: act(client, token))
    assert len(world.spy.changes) == 1
    assert all(map(refused, late))


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
        assert "Something else has taken the name" in text_of(swapped)
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


# ── a server for each call ───────────────────────────────────────────────────────────────────────────


class ServerForEachCall(World):
    """Each gate is a process of its own, as of hosts that start a server for each call."""

    def gate(self, **settings: Any) -> Gate:  # type: ignore[override]  # it takes no keys or memory: they lie in the directory
        return Gate(
            Settings(**{"structured": True, **settings}),
            Journal(self.place / "journal.jsonl"),
            approvals=self.approvals,
            keys=[sealed(local_key(self.place), "questions and plans", "")],
            used=FileUsage(self.place, self.clock),
            clock=self.clock,
        )


@pytest.mark.asyncio
async def test_a_plan_outlives_its_server_and_acts_once(tmp_path: Path) -> None:
    world = ServerForEachCall(tmp_path)
    async with world.client() as client:
        token, late = await plan(client), await plan(client)
    async with world.client() as client:
        assert not (await act(client, token)).is_error
    async with world.client() as client:
        again = await act(client, token)
    assert refused(again)
    assert "already been used" in text_of(again)
    world.clock.now += 600
    async with world.client() as client:
        assert refused(await act(client, late))
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
async def test_of_many_servers_that_race_with_one_token_one_acts(tmp_path: Path) -> None:
    world = ServerForEachCall(tmp_path)
    async with world.client() as client:
        token = await plan(client)

    async def act_at_its_own_server() -> CallToolResult:
        async with world.client() as client:
            return await act(client, token)

    await only_one_acts(act_at_its_own_server)
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
async def test_what_was_used_is_forgotten_when_it_can_no_longer_be_used(tmp_path: Path) -> None:
    world = ServerForEachCall(tmp_path)
    used = FileUsage(tmp_path, world.clock)
    assert await used.claim("one", 600)
    assert not await FileUsage(tmp_path, world.clock).claim("one", 600)
    world.clock.now += 600
    assert await used.claim("two", 600)
    assert len(list((tmp_path / "used").iterdir())) == 1


# ── approval in a terminal ───────────────────────────────────────────────────────────────────────────


def at_terminal(command: str, typed: str) -> str:
    """What a person sees who runs this command in a terminal of their own, and types this."""
    shown = bytearray()
    master, slave = pty.openpty()
    child = subprocess.Popen(
        shlex.split(command),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={"PATH": "/nowhere", "HOME": "/nowhere"},  # nothing of what the server was started with
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


class Now(World):
    """A world whose plans lie where the command looks for them, and whose clock is the real one."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        import time

        self.clock.now = time.time()

    @property
    def approvals(self) -> Any:
        from hub_mcp.gate.approvals import Approvals

        return Approvals(self.place / "state" / "hub-mcp", self.clock)


@pytest.mark.asyncio
@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is made by POSIX means")
async def test_where_a_name_must_be_typed_the_plan_waits_for_a_terminal(tmp_path: Path) -> None:
    world = Now(tmp_path)
    async with world.client() as client:
        result = await client.call_tool("delete_repo", DELETE)
        token, command = said(result)["confirm_token"], said(result)["approve"]
        assert "A model's word is not enough" in text_of(result)
        assert command.endswith(f" --state-dir {world.place / 'state' / 'hub-mcp'}")
        early = await act(client, token, "delete_repo", DELETE)
        assert refused(early)
        assert command in text_of(early)
        wrong = await anyio.to_thread.run_sync(at_terminal, command, "notes-to-self")
        assert "nothing was approved" in wrong
        assert refused(await act(client, token, "delete_repo", DELETE))
        assert world.spy.changes == []
        seen = await anyio.to_thread.run_sync(at_terminal, command, MINE)
        assert 'Delete the model "ada/notes-to-self", with all its files' in seen
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
    assert "needs a terminal." in done.output
    assert "Nothing was changed." in done.output
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


def test_a_program_that_writes_to_the_file_of_a_plan_approves_nothing(world: World) -> None:
    """Whatever it writes: it has the complete file, and can copy from other plans, but lacks the key."""
    kept = world.approvals
    for nonce in ("one", "two"):
        kept.wait(nonce=nonce, tool="t", consequence="?", retype="a/b", until=int(world.clock.now) + 600)
    one, two = (world.place / "plans" / f"{kept.id_of(nonce)}.json" for nonce in ("one", "two"))
    first = kept.find(kept.id_of("one"))
    assert first
    kept.approve(first)
    approved, waiting = json.loads(one.read_text()), json.loads(two.read_text())
    assert kept.is_approved("one")
    for forged in (
        {**waiting, "approved": True},
        {**waiting, "approval": approved["approval"]},
        {**waiting, "approval": waiting["mac"]},
        {**waiting, "approval": approved["approval"], "mac": approved["mac"]},
        {**approved, "id": waiting["id"], "seal": waiting["seal"]},
        {**waiting, "approval": hashlib.sha256(json.dumps(waiting).encode()).hexdigest()},
    ):
        two.write_text(json.dumps(forged))
        assert not kept.is_approved("two"), forged
    for changed in ({"consequence": "Keep it?"}, {"retype": "x"}, {"until": waiting["until"] + 1}):
        two.write_text(json.dumps({**waiting, **changed}))
        assert kept.find(waiting["id"]) is None, changed  # nobody is shown anything else
    two.write_text(json.dumps(waiting))
    assert kept.find(waiting["id"])


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX")
def test_a_key_or_directory_that_others_can_use_is_refused(world: World) -> None:
    def wait() -> str:
        return world.approvals.wait(nonce="n", tool="t", consequence="?", retype="a", until=2_000_000_000)

    wait()
    assert stat.S_IMODE((world.place / "key").stat().st_mode) == 0o600
    for path, mode, usual in ((world.place / "key", 0o644, 0o600), (world.place, 0o777, 0o700)):
        path.chmod(mode)
        with pytest.raises(Stopped, match=r"Others can read|Anybody can write"):
            wait()
        path.chmod(usual)
    wait()


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


@pytest.mark.asyncio
async def test_a_nonce_is_never_in_its_place_without_the_time_until_which_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another server that clears away what expired, at any moment of a claim, must not make it work twice."""
    world = ServerForEachCall(tmp_path)
    used, other = FileUsage(tmp_path, world.clock), FileUsage(tmp_path, world.clock)
    again: list[bool] = []
    utime = os.utime

    def meanwhile(path: Any, times: tuple[float, float]) -> None:
        monkeypatch.setattr(os, "utime", utime)
        world.clock.now += 1_000_000_000  # the file's own time is long past for the clock of the other
        again.append(other._claim("one", world.clock.now + 600))
        world.clock.now -= 1_000_000_000
        utime(path, times)

    monkeypatch.setattr(os, "utime", meanwhile)
    first = await used.claim("one", 600)
    assert [first, *again].count(True) == 1


@pytest.mark.asyncio
async def test_a_callers_waiting_plans_are_limited_and_the_next_is_refused_only_for_that_caller(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approving, "MOST_OF_ONE", 3)
    gate = world.gate()
    async with world.client(gate=gate) as ada, world.client(gate=gate, token=EVE) as eve:
        for _ in range(3):
            assert not (await ada.call_tool("delete_repo", DELETE)).is_error
        ids = {one.id for one in world.approvals.waiting()}
        assert refused(answer := await ada.call_tool("delete_repo", DELETE))
        assert "3 plans of yours wait for approval here already." in text_of(answer)
        assert "the first of them in 10 minutes" in text_of(answer)
        assert {one.id for one in world.approvals.waiting()} == ids
        assert not (await eve.call_tool("delete_repo", {**DELETE, "repo_id": "eve/secret-sauce"})).is_error
        world.approvals.approve(next(one for one in world.approvals.waiting() if one.id in ids))
        assert not (await ada.call_tool("delete_repo", DELETE)).is_error


PLAN: dict[str, Any] = {"tool": "delete_repo", "consequence": "", "retype": "ada/x", "until": 4_000_000_000}


def test_an_account_with_many_tokens_has_no_more_plans_than_one_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approving, "MOST_OF_ONE", 3)
    approvals = Approvals(tmp_path)
    for n in range(3):
        approvals.wait(nonce=f"{n}", caller=f"token {n}", account="ada", **PLAN)
    with pytest.raises(Stopped, match="3 plans of yours"):
        approvals.wait(nonce="3", caller="token 3", account="ada", **PLAN)
    for n in range(4):  # whose account is not known are told apart by their tokens
        approvals.wait(nonce=f"other {n}", caller=f"other {n}", **PLAN)


@pytest.mark.asyncio
async def test_a_plan_that_is_stored_holds_up_no_other_caller(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[int] = []
    wait = Approvals.wait

    def noting(approvals: Approvals, **said: Any) -> str:
        stored.append(threading.get_ident())
        return wait(approvals, **said)

    monkeypatch.setattr(Approvals, "wait", noting)
    async with world.client() as client:
        assert not (await client.call_tool("delete_repo", DELETE)).is_error
    assert len(stored) == 1
    assert threading.get_ident() not in stored


def test_a_plan_is_approved_twice_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approvals = Approvals(tmp_path)
    plan = approvals.find(approvals.wait(nonce="one", **PLAN))
    assert plan
    opened = os.open

    def meanwhile(path: Any, *more: Any) -> int:
        descriptor = opened(path, *more)
        if str(path).endswith(".new") and os.open is meanwhile:
            monkeypatch.setattr(os, "open", opened)
            approvals.approve(plan)  # the button was pressed twice
        return descriptor

    monkeypatch.setattr(os, "open", meanwhile)
    approvals.approve(plan)
    assert approvals.is_approved("one")
    assert [one.suffix for one in (tmp_path / "plans").iterdir()] == [".json"]


def test_looking_for_one_plan_reads_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approvals = Approvals(tmp_path)
    ids = [approvals.wait(nonce=f"{n}", **PLAN) for n in range(3)]
    read: list[str] = []
    path_read = Path.read_bytes

    def reading(path: Path) -> bytes:
        read.append(path.name)
        return path_read(path)

    monkeypatch.setattr(Path, "read_bytes", reading)
    assert approvals.find(ids[0])
    for name in ("aaaaaaaa", "../key", f"../plans/{ids[0]}", "", "ü"):
        assert approvals.find(name) is None
    assert set(read) == {f"{ids[0]}.json", "key"}


def test_the_waiting_plans_of_all_callers_are_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approving, "MOST", 3)
    clock = Clock()
    approvals = Approvals(tmp_path, clock)
    said: dict[str, Any] = {
        "tool": "delete_repo",
        "consequence": "",
        "retype": "ada/x",
        "until": int(clock.now) + 600,
    }
    for account in ("ada", "bob", "cleo"):
        approvals.wait(nonce=account, account=account, **said)
    with pytest.raises(Stopped, match="Too many plans"):
        approvals.wait(nonce="dan", account="dan", **said)
    clock.now += 600
    assert approvals.wait(nonce="dan", account="dan", **{**said, "until": int(clock.now) + 600})
