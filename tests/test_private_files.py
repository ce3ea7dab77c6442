"""Private files: logs are created as such, and journals and plans that others can write are not trusted."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hub_mcp.private_files import writable_by_others
from tests.cli.conftest import Run, own_environment
from tests.cli.conftest import run as run  # a fixture
from tests.gate.gates import World, refused, said, text_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights are kept in another way there")
OPEN = {"repo_id": "ada/notes-to-self", "type": "model", "visibility": "public"}
DELETE = {"repo_id": "ada/notes-to-self", "type": "model"}


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def wide_umask() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("wide_umask")
def test_a_log_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-m", "hub_mcp", "--sandbox", "--log-level", "debug", "--log-file", str(log)]
    done = subprocess.run(
        [*command, "call", "whoami", "-q"], env=own_environment(tmp_path), capture_output=True, check=True
    )
    assert (done.stdout.split(), done.stderr) == ([b"ada"], b"")
    assert mode_of(log) == 0o600


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o666, 0o602])
def test_a_log_that_others_can_read_is_told(run: Run, tmp_path: Path, mode: int) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    log.chmod(mode)
    told = run("--sandbox", "--log-file", str(log), "call", "whoami", "-q")
    assert (told.code, told.out) == (0, "ada\n")
    assert f"others can read the log file {log}" in told.err
    assert (mode_of(log), log.read_text()) == (mode, "before\n")


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", [0o777, 0o722, 0o770])
@pytest.mark.parametrize("what", ["folder", "file"])
async def test_no_change_is_made_while_others_can_write_the_journal(
    tmp_path: Path, what: str, mode: int
) -> None:
    world = World(tmp_path)
    async with world.client() as client:
        token = said(await client.call_tool("update_repo_settings", OPEN))["confirm_token"]
        path = tmp_path / "journal.jsonl" if what == "file" else tmp_path
        _open_to_others(path, mode)
        result = await client.call_tool("update_repo_settings", {**OPEN, "confirm_token": token})
    assert refused(result)
    assert "The journal is not safe from other users" in text_of(result)
    assert str(path) in text_of(result)
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_no_plan_counts_as_approved_while_others_can_write_them(tmp_path: Path) -> None:
    world = World(tmp_path)
    plans = tmp_path / "plans"
    async with world.client() as client:
        token = said(await client.call_tool("delete_repo", DELETE))["confirm_token"]
        (file,) = plans.glob("*.json")
        file.write_text(json.dumps({**json.loads(file.read_text()), "approved": True}))
        plans.chmod(0o777)
        result = await client.call_tool("delete_repo", {**DELETE, "confirm_token": token})
        again = await client.call_tool("delete_repo", DELETE)
    for one in (result, again):
        assert refused(one)
        assert "not safe from other users" in text_of(one)
    assert world.spy.changes == []


def test_the_doctor_says_so(run: Run, tmp_path: Path) -> None:
    state = tmp_path / "xdg_state_home" / "hub-mcp"
    (state / "plans").mkdir(parents=True)
    assert run("--sandbox", "doctor").code == 0
    (state / "plans").chmod(0o777)
    told = run("--sandbox", "doctor")
    assert told.code == 1
    assert "Anybody can write to" in " ".join(told.out.split())


def test_a_folder_like_tmp_is_no_danger_and_one_of_somebody_else_is(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    assert writable_by_others(shared) == ""
    assert writable_by_others(tmp_path / "nothing") == ""
    if os.geteuid() == 0:
        os.chown(shared, 12345, 0)
        assert "another user" in writable_by_others(shared)


def _open_to_others(path: Path, mode: int) -> None:
    if mode == 0o770 and os.geteuid() == 0:
        os.chown(path, 0, 12345)  # a group that is not our own
    path.chmod(mode)
