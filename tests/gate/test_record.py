"""The record of a change: its start is written before it is sent, its end in any case."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest
from click.testing import CliRunner

from hub_mcp.catalogue.repos.repos import DeleteRepo
from hub_mcp.cli.journal_commands import journal as journal_command
from hub_mcp.cli.main import cli
from hub_mcp.client.hub import Hub
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.token import Token
from hub_mcp.gate.gate import Gate
from hub_mcp.gate.journal import Entry, Journal
from hub_mcp.settings import Settings
from tests.client.scripts import Time
from tests.gate.gates import ADA, BASE, ERAS, KEY, World, agreeing, refused, text_of
from tests.gate.test_gate_property import Case, cases
from tests.thoroughly import every_nth
from tests.waiting import PATIENCE
from tests.written import EVERY_TOOL

MINE = "ada/notes-to-self"
DELETE = {"repo_id": MINE, "type": "model"}
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="a disk that is always full is Linux's")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def for_every_change(tmp_path: Path, promise: Callable[[World, Case], Any]) -> None:
    """Hold a promise against a call of tools that change something, each in its own world."""
    for n, case in enumerate(every_nth(cases(), 0)):
        anyio.run(promise, World(tmp_path / str(n)), case)


def on(world: World, journal: Journal, **settings: Any) -> Gate:
    return Gate(
        Settings(**{**EVERY_TOOL, **settings}),
        journal,
        approvals=world.approvals,
        keys=(KEY,),
        clock=world.clock,
    )


# ── before ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_start_of_every_change_is_written_before_the_request_leaves(tmp_path: Path) -> None:
    async def promise(world: World, case: Case) -> None:
        at_the_time: list[str] = []

        async def look(request: httpx.Request) -> None:
            at_the_time.extend(one.outcome for one in Journal(world.place / "journal.jsonl").entries())

        world.spy.before = look
        async with world.client(confirm="off") as client:
            result = await client.call_tool(case.tool, case.arguments)
        assert not result.is_error, text_of(result)
        assert at_the_time == ["started"]
        started, end = Journal(world.place / "journal.jsonl").entries()
        assert started.change == end.change != ""
        assert world.outcomes() == ["done"]

    for_every_change(tmp_path, promise)


@needs_full
def test_no_change_is_sent_while_the_disk_is_full_and_none_is_counted(tmp_path: Path) -> None:
    async def promise(world: World, case: Case) -> None:
        gate = on(world, Journal(FULL), confirm="off", max_writes=1)
        async with world.client(gate=gate) as client:
            result = await client.call_tool(case.tool, case.arguments)
            assert refused(result)
            assert "cannot be written (No space left on device)" in text_of(result)
            assert world.spy.changes == []
            gate.records.journal = Journal(world.place / "journal.jsonl")
            assert not (await client.call_tool(case.tool, case.arguments)).is_error

    for_every_change(tmp_path, promise)


@needs_full
@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_nobody_is_asked_for_what_could_not_be_written_down(world: World, era: str) -> None:
    async with world.client(era, agreeing, gate=on(world, Journal(FULL))) as client:
        assert refused(await client.call_tool("delete_repo", DELETE))
    assert world.spy.changes == []


WRITE = """
import resource, signal, sys
from pathlib import Path
from hub_mcp.errors import Stopped
from hub_mcp.gate.journal import Entry, Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    Journal(Path(sys.argv[1])).write(Entry("started", "t", "b" * 200))
except Stopped as stop:
    print(stop.what)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limit of a file's size is POSIX")
def test_a_line_that_fits_only_in_part_is_reported_and_leaves_nothing(tmp_path: Path) -> None:
    """The system really writes half of it: a limit on the file's size simulates a full disk."""
    kept = Journal(tmp_path / "j")
    kept.write(Entry("done", "t", "a"))
    size = (tmp_path / "j").stat().st_size
    for room in (0, 1, 50, 150):
        command = [sys.executable, "-c", WRITE, str(tmp_path / "j"), str(size + room)]
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
        assert "cannot be written (File too large)" in told.stdout
        assert (tmp_path / "j").stat().st_size == size
    kept.write(Entry("done", "t", "c"))
    assert [one.target for one in kept.entries()] == ["a", "c"]


def test_a_line_accepted_in_pieces_is_written_completely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    Journal(tmp_path / "j").write(Entry("done", "t", "a" * 150))
    monkeypatch.undo()
    assert [one.target for one in Journal(tmp_path / "j").entries()] == ["a" * 150]


def test_a_line_counts_only_when_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    Journal(tmp_path / "j").write(Entry("started", "t", "a"))
    assert synced == [(tmp_path / "j").stat().st_size]

    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(Exception, match="cannot be written"):
        Journal(tmp_path / "j").write(Entry("started", "t", "b"))
    monkeypatch.undo()
    assert [one.target for one in Journal(tmp_path / "j").entries()] == ["a"]


# ── after ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be moved there")
def test_a_change_whose_end_cannot_be_journaled_says_so_and_is_shown_as_unknown(tmp_path: Path) -> None:
    async def promise(world: World, case: Case) -> None:
        path = world.place / "journal.jsonl"

        async def take_the_journal_away(request: httpx.Request) -> None:
            path.rename(world.place / "kept.jsonl")
            path.mkdir()

        world.spy.before = take_the_journal_away
        async with world.client(confirm="off") as client:
            result = await client.call_tool(case.tool, case.arguments)
        assert not result.is_error
        assert "Its record is incomplete: The journal" in text_of(result)
        (entry,) = Journal(world.place / "kept.jsonl").history()
        assert (entry.outcome, entry.tool) == ("unknown", case.tool)

    for_every_change(tmp_path, promise)


class Lingers(httpx.AsyncBaseTransport):
    """Awaits something after the answer to a change, as code that counts calls elsewhere does."""

    def __init__(self, inner: httpx.AsyncBaseTransport, answered: anyio.Event) -> None:
        self._inner = inner
        self._answered = answered

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        if request.method not in ("GET", "HEAD"):
            self._answered.set()
            for _ in range(10):
                await anyio.lowlevel.checkpoint()
        return answer


class LingeringShared(SharedTransports):
    def __init__(self, world: World, answered: anyio.Event) -> None:
        super().__init__(lambda: world.spy)
        self._lingering = Lingers(super().stack, answered)

    @property
    def stack(self) -> httpx.AsyncBaseTransport:
        return self._lingering


@pytest.mark.asyncio
async def test_a_caller_who_leaves_once_it_is_done_leaves_a_record_and_gets_no_deletion_back(
    world: World,
) -> None:
    answered = anyio.Event()
    hub = Hub(BASE, Token(ADA, "a test"), shared=LingeringShared(world, answered))
    gate = world.gate(confirm="off", max_deletes=1)
    found = await gate.assess(DeleteRepo(repo_id=MINE, type="model"), hub)
    async with anyio.create_task_group() as group:
        group.start_soon(gate.act, found, hub)
        await answered.wait()
        group.cancel_scope.cancel()
    assert world.outcomes() == ["done"]
    assert not await world.exists(MINE)
    async with world.client(gate=gate) as client:
        again = await client.call_tool("delete_repo", {**DELETE, "repo_id": "ada/draft-tide-model"})
    assert refused(again)
    assert "--max-deletes" in text_of(again)
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
async def test_a_change_that_never_left_is_not_counted(world: World) -> None:
    async def unreachable(request: httpx.Request) -> None:
        raise httpx.ConnectError("no route")

    world.spy.before, world.sleep = unreachable, Time().sleep
    async with world.client(confirm="off", max_deletes=1) as client:
        assert "Nothing was changed." in text_of(await client.call_tool("delete_repo", DELETE))
        world.spy.before = None
        assert not (await client.call_tool("delete_repo", DELETE)).is_error
    assert world.outcomes() == ["failed", "done"]


# ── what is told of it ───────────────────────────────────────────────────────────────────────────────


def test_a_start_without_an_end_is_shown_as_unknown_and_counted(tmp_path: Path) -> None:
    kept = Journal(tmp_path / "j")
    kept.write(Entry("started", "delete_repo", "the model a/b", change="one"))
    kept.write(Entry("started", "move_repo", "the model a/c", change="two"))
    kept.write(Entry("done", "move_repo", "the model a/c", change="two"))
    lines = CliRunner().invoke(journal_command, ["--journal", str(tmp_path / "j"), "--json"]).output
    told = [json.loads(line) for line in lines.splitlines()]
    assert [(one["n"], one["outcome"], one["tool"]) for one in told] == [
        (1, "unknown", "delete_repo"),
        (2, "done", "move_repo"),
    ]
    assert "no end was written" in told[0]["why"]
    examined = CliRunner().invoke(cli, ["doctor", "--journal", str(tmp_path / "j"), "--sandbox", "--json"])
    assert json.loads(examined.output)["journal"].endswith("1 of unknown outcome (`hub-mcp journal`)")
