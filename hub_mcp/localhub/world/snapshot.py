"""The world as the bytes of a database: made once for each version of its sources, then cached.

Nothing depends on the cache. A world that cannot be cached is made again by the next process, and a cached
one is used only if this user owns it, it is complete, and the files of this very package made it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import stat
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from ..store import Store

SUFFIX = ".world"
MAKERS = (".py", ".sql", ".json")  # suffixes of the files that a world depends on
KEPT = 4  # snapshots kept in the folder, so that a few versions can be used alternately
DIGEST = hashlib.sha256().digest_size


@cache
def world_of(models: int = 0) -> bytes:
    """The world with `models` extra plain models; read from the cache if it is there.

    A process reads or makes it once. Only the world without extra models is cached; the others are for
    measurements.
    """
    place = _place() if not models else None
    kept = place and _read(place)
    if kept:
        return kept
    made = _made(models)
    if place:
        _write(place, made)
    return made


def cache_folder(environment: Mapping[str, str], home: Path, platform: str) -> Path:
    """The cache directory of this user."""
    if environment.get("XDG_CACHE_HOME"):
        return Path(environment["XDG_CACHE_HOME"], "hub-mcp")
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local", "hub-mcp", "Cache")
    return home / ("Library/Caches" if platform == "darwin" else ".cache") / "hub-mcp"


def _place() -> Path | None:
    """The file of this package's world; None if the user has no home directory."""
    try:
        folder = cache_folder(os.environ, Path.home(), sys.platform)
    except RuntimeError:  # no home directory
        return None
    return folder / f"{_made_by()[:32]}{SUFFIX}" if folder.is_absolute() else None


def _made_by() -> str:
    """A digest of everything a world depends on: the files of the local Hub, and SQLite."""
    digest = hashlib.sha256(sqlite3.sqlite_version.encode())
    for name, file in _files("", resources.files("hub_mcp.localhub")):
        content = file.read_bytes()
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(above: str, folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{above}/{entry.name}"
        if entry.name.endswith(MAKERS):
            yield name, entry
        elif entry.is_dir():
            yield from _files(name, entry)


def _made(models: int) -> bytes:
    from .seed import fill  # the code that makes a world is not imported just to open one

    store = Store(None)
    store.make(lambda fresh: fill(fresh, models))
    try:
        return store.snapshot()
    finally:
        store.close()


def _read(place: Path) -> bytes | None:
    """The cached snapshot, if it is our own file and its checksum is right."""
    try:
        opened = os.open(place, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(opened, "rb") as file:
            if not (_is_ours(os.fstat(opened)) and _is_ours(place.parent.stat())):
                return None
            content = file.read()
    except OSError:
        return None
    digest, world = content[:DIGEST], content[DIGEST:]
    return world if hashlib.sha256(world).digest() == digest else None


def _write(place: Path, world: bytes) -> None:
    """Store a world atomically and readable by this user only; does nothing if that fails."""
    draft = place.with_name(f"{place.name}.{secrets.token_hex(8)}.draft")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(place.parent.stat()):
            return
        try:
            opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(opened, "wb") as file:
                file.write(hashlib.sha256(world).digest() + world)
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
        kept = sorted(place.parent.glob(f"*{SUFFIX}"), key=lambda file: file.stat().st_mtime, reverse=True)
        for former in kept[KEPT:]:
            former.unlink(missing_ok=True)
    except OSError:
        return


def _is_ours(found: os.stat_result) -> bool:
    """Whether a file or folder belongs to this user, and nobody else may write to it."""
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        return False
    return os.name == "nt" or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
