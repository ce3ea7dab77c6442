"""The database file: made once, shared by processes, kept intact."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import random
import re
import sqlite3
import sys
from pathlib import Path

import pytest

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.hub_file import VERSION, StoreError

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


@pytest.mark.slow
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


def database(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize("mode", ["delete", "wal"])
@pytest.mark.parametrize("version", [0, 1, VERSION])
async def test_somebody_elses_database_is_refused_and_keeps_every_byte(
    tmp_path: Path, mode: str, version: int
) -> None:
    path = tmp_path / "theirs.sqlite"
    database(
        path, f"pragma journal_mode = {mode}", "create table notes (text)", f"pragma user_version = {version}"
    )
    before = path.read_bytes()
    with pytest.raises(
        StoreError, match=r"is not a file of the local Hub\. It was left as it is; name a new file"
    ):
        create_app(str(path))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["theirs.sqlite"]


async def test_other_tables_are_another_version(ask: Ask) -> None:
    """A file made before a table was added is refused at once instead of failing at a request."""
    made = ask.app.state.store.rows("select sql from sqlite_schema where sql is not null order by name")
    bare = (re.sub(r"--[^\n]*", "", row["sql"]) for row in made)  # comments make no other tables
    digest = hashlib.sha256("\n".join(" ".join(sql.split()) for sql in bare).encode()).hexdigest()[:12]
    assert (VERSION, digest) == (5, "5fe0981deea6"), "raise VERSION, and write down what it is the version of"


async def test_a_file_of_another_version_is_refused_and_keeps_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    create_app(str(path)).state.store.close()
    database(path, f"pragma user_version = {VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=f"its format is {VERSION + 1}, and this one reads format {VERSION}"):
        create_app(str(path))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["hub.sqlite"]


@pytest.mark.parametrize("mode", ["delete", "wal"])
async def test_a_file_from_before_files_were_marked_is_distinguished_from_somebody_elses(
    tmp_path: Path, mode: str
) -> None:
    path = tmp_path / "my hub?.sqlite"
    create_app(str(path)).state.store.close()
    database(path, "pragma application_id = 0", "pragma user_version = 1", f"pragma journal_mode = {mode}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"made by an early version of the local Hub.*name a new file"):
        create_app(str(path))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["my hub?.sqlite"]


@pytest.mark.skipif(os.name == "nt", reason="named pipes are POSIX")
async def test_what_is_no_file_at_all_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", tmp_path, Path(os.devnull)):
        with pytest.raises(StoreError, match="is not a file"):
            create_app(str(place))


async def test_an_empty_file_becomes_the_hubs(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    path.touch()
    assert (await Ask(create_app(str(path))).get("/api/models/ada/untitled"))["id"] == "ada/untitled"


async def test_with_clock_and_entropy_fixed_the_same_requests_have_the_same_answers() -> None:
    async def made() -> list[tuple[dict[str, str], bytes]]:
        chance = random.Random(7)  # noqa: S311 - no secret comes of it
        ask = Ask(create_app(clock=lambda: 1791288000.0, entropy=chance.randbytes))
        answers = [
            await ask("POST", "/api/repos/create", json={"name": "same"}),
            await ask("GET", "/api/models/ada/same"),
            await ask("POST", "/api/collections", json={"title": "Same", "namespace": "ada"}),
            await ask("GET", "/api/daily_papers"),
        ]
        return [(dict(answer.headers), answer.content) for answer in answers]

    assert await made() == await made()


async def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be the local Hub's file"):
        create_app(str(tmp_path / "nowhere" / "hub.sqlite"))


async def test_the_world_is_the_same_each_time(tmp_path: Path) -> None:
    answers = [
        (await Ask(create_app(path)).get("/api/models?full=true&cardData=true"))
        for path in (None, str(tmp_path / "hub.sqlite"))
    ]
    assert answers[0] == answers[1]
