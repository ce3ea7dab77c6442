"""The world is made once and then opened; a cached one is never trusted blindly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from hub_mcp.localhub.world.snapshot import cache_folder

ROOT = Path(__file__).parents[2]
# Opens a Hub, in memory or in the given file, and prints its content.
OPEN = """
import asyncio, json, sys
from hub_mcp.localhub.app import create_app
from tests.localhub.conftest import Ask
models = asyncio.run(Ask(create_app(*sys.argv[1:])).get("/api/models?full=true&limit=1000"))
print(json.dumps([len(models), models[0]["id"], "hub_mcp.localhub.world.seed" in sys.modules]))
"""
posix = pytest.mark.skipif(os.name == "nt", reason="owners and modes are POSIX")


class Opened(NamedTuple):
    """What a process that opened a Hub found."""

    models: int
    first: str
    made: bool  # whether it had to make the world itself


class Cache:
    """A cache directory of a test's own, and processes that use it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "hub-mcp"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = os.environ | {"XDG_CACHE_HOME": str(self.home)}
        command = [sys.executable, "-c", OPEN, *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    def open(self, *arguments: str) -> Opened:
        return told(self.start(*arguments))

    @property
    def file(self) -> Path:
        """The one world that is kept."""
        (only,) = self.folder.iterdir()
        return only


def told(process: subprocess.Popen[str]) -> Opened:
    out, _ = process.communicate()
    assert process.returncode == 0
    return Opened(*json.loads(out))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Opened]:
    """A cache that a first process filled, to be copied, and what that process found."""
    home = tmp_path_factory.mktemp("made") / "cache"
    return home, Cache(home).open()


def test_the_first_process_makes_the_world_and_the_next_ones_open_it(
    made: tuple[Path, Opened], tmp_path: Path
) -> None:
    home, first = made
    assert first.made
    assert Cache(home).open() == first._replace(made=False)
    assert Cache(home).open(str(tmp_path / "hub.sqlite")) == first._replace(made=False)


@posix
def test_what_is_kept_is_for_the_user_alone(made: tuple[Path, Opened]) -> None:
    cache = Cache(made[0])
    assert (cache.folder.stat().st_mode & 0o777, cache.file.stat().st_mode & 0o777) == (0o700, 0o600)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4096])


def bend(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def replace(file: Path) -> None:
    file.write_bytes(b"something else altogether" * 1000)


def link(file: Path) -> None:
    elsewhere = file.parent.parent / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


def share(file: Path) -> None:
    file.chmod(0o666)


@pytest.mark.parametrize(
    "spoil",
    [
        bend,
        pytest.param(cut, marks=pytest.mark.slow),
        pytest.param(empty, marks=pytest.mark.slow),
        pytest.param(replace, marks=pytest.mark.slow),
        pytest.param(link, marks=[posix, pytest.mark.slow]),
        pytest.param(share, marks=[posix, pytest.mark.slow]),
    ],
)
def test_a_file_that_is_damaged_or_not_ours_is_made_again(
    cache: Cache, made: tuple[Path, Opened], spoil: Callable[[Path], None]
) -> None:
    home, first = made
    shutil.copytree(home, cache.home)
    whole = cache.file.read_bytes()
    spoil(cache.file)
    assert cache.open() == first
    assert cache.file.is_file()
    assert not cache.file.is_symlink()
    assert cache.file.read_bytes() == whole


@pytest.mark.slow
@posix
def test_a_folder_that_others_may_write_to_is_not_used(cache: Cache, made: tuple[Path, Opened]) -> None:
    home, first = made
    shutil.copytree(home, cache.home)
    cache.folder.chmod(0o777)
    assert cache.open() == first
    cache.file.unlink()
    assert cache.open() == first
    assert list(cache.folder.iterdir()) == []


@pytest.mark.slow
def test_without_a_place_to_keep_it_the_world_is_made_each_time(cache: Cache) -> None:
    cache.home.write_text("a file where the cache directory should be")
    assert [cache.open().made for _ in range(2)] == [True, True]
    assert cache.home.read_text() == "a file where the cache directory should be"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_left_alone(cache: Cache) -> None:
    cache.folder.mkdir(parents=True)
    cache.folder.chmod(0o500)
    assert cache.open().made
    assert list(cache.folder.iterdir()) == []


@pytest.mark.slow
def test_processes_that_make_the_world_concurrently_leave_a_complete_one(cache: Cache) -> None:
    racing = [told(process) for process in [cache.start() for _ in range(4)]]
    assert len({(one.models, one.first) for one in racing}) == 1
    assert cache.file.suffix == ".world"
    assert cache.open() == racing[0]._replace(made=False)


@pytest.mark.slow
def test_worlds_of_versions_long_gone_are_removed(cache: Cache) -> None:
    cache.folder.mkdir(parents=True, mode=0o700)
    for age in range(1, 9):
        former = cache.folder / f"{age}.world"
        former.write_bytes(b"")
        os.utime(former, (10**9 - age, 10**9 - age))
    (cache.folder / "notes.txt").write_text("mine")
    assert cache.open().made
    left = {file.name for file in cache.folder.iterdir()}
    assert left >= {"1.world", "2.world", "3.world", "notes.txt"}
    assert len(left) == 5
    assert not cache.open().made


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({}, "linux", "/home/ada/.cache/hub-mcp"),
        ({"XDG_CACHE_HOME": "/var/cache/ada"}, "linux", "/var/cache/ada/hub-mcp"),
        ({}, "darwin", "/home/ada/Library/Caches/hub-mcp"),
        ({}, "win32", "/home/ada/AppData/Local/hub-mcp/Cache"),
        ({"LOCALAPPDATA": "/local"}, "win32", "/local/hub-mcp/Cache"),
    ],
)
def test_the_cache_is_where_each_system_has_it(
    environment: dict[str, str], platform: str, folder: str
) -> None:
    assert cache_folder(environment, Path("/home/ada"), platform) == Path(folder)
