"""The file: made once, shared by processes, kept whole."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.store import StoreError

from .conftest import Ask

pytestmark = pytest.mark.asyncio

CREATE = """
import asyncio, sys
from tests.localhub.conftest import Ask
from hub_mcp.localhub.app import create_app
async def go():
    ask = Ask(create_app(sys.argv[1]))
    for n in range(40):
        answer = await ask("POST", "/api/repos/create", json={"name": f"{sys.argv[2]}-{n}"})
        assert answer.status_code == 200, answer.text
asyncio.run(go())
"""


async def test_what_was_changed_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    path = str(tmp_path / "hub.sqlite")
    await Ask(create_app(path))("POST", "/api/repos/create", json={"name": "kept"})
    assert (await Ask(create_app(path)).get("/api/models/ada/kept"))["id"] == "ada/kept"


async def test_two_processes_fill_and_use_one_file_at_once(tmp_path: Path) -> None:
    path, root = str(tmp_path / "hub.sqlite"), Path(__file__).parents[2]
    runs = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", CREATE, path, name, cwd=root)
        for name in "ab"
    ]
    assert [await run.wait() for run in runs] == [0, 0]
    rows = await Ask(create_app(path)).get("/api/models?author=ada&search=-")
    assert len({row["id"] for row in rows if row["id"][4:6] in ("a-", "b-")}) == 80


async def test_of_many_creations_of_one_name_at_once_one_succeeds(ask: Ask) -> None:
    body = {"name": "wanted"}
    answers = await asyncio.gather(*(ask("POST", "/api/repos/create", json=body) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19


async def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes, " * 1000)
    with pytest.raises(StoreError, match=r"notes\.txt"):
        create_app(str(path))
    assert path.read_text() == "my notes, " * 1000


async def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be the local Hub's file"):
        create_app(str(tmp_path / "nowhere" / "hub.sqlite"))


async def test_the_world_is_the_same_each_time(tmp_path: Path) -> None:
    answers = [
        (await Ask(create_app(path)).get("/api/models?full=true&cardData=true"))
        for path in (None, str(tmp_path / "hub.sqlite"))
    ]
    assert answers[0] == answers[1]
