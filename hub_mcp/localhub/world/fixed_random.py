"""Reproducible randomness for the world: numbers, dates and ids that are the same each time."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

World = dict[str, Any]  # world.json: tables whose rows are the arguments of the dataclasses that read them

NO_DATE = "2022-03-02T23:29:04.000Z"  # createdAt of everything from before the Hub recorded it (FACTS §9)
TODAY = datetime(2026, 10, 5, 12, tzinfo=UTC)  # the world's last day


def world(file: str = "world.json") -> World:
    """A hand-written part of the world."""
    text = resources.files("hub_mcp.localhub").joinpath("world", "tables", file).read_text("utf-8")
    read: World = json.loads(text)
    return read


def digest(*words: str) -> str:
    """A hex digest of some words."""
    return hashlib.sha1("\0".join(words).encode(), usedforsecurity=False).hexdigest()


def roll(sides: int, *words: str) -> int:
    """A number from 0 to `sides` - 1, always the same for the same words."""
    return int(digest(*words)[:12], 16) % sides


def oid(kind: str, name: str, created: str) -> str:
    """An ObjectId: eight hex digits of time, the rest of the name."""
    seconds = int(moment_of(created).timestamp())
    return f"{seconds:08x}" + digest(kind, name)[:16]


def moment_of(text: str) -> datetime:
    """A date as the Hub writes it, as a moment."""
    return datetime.fromisoformat(text)


def written(moment: datetime) -> str:
    """A moment as the Hub writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def some_day(since: str, *words: str) -> str:
    """A date between `since` and the world's last day, more likely an early one."""
    start = moment_of(since)
    seconds = int((TODAY - start).total_seconds())
    return written(start + timedelta(seconds=min(roll(seconds, "a", *words), roll(seconds, "b", *words))))


def born(year: int, *words: str) -> str:
    """A moment in a year."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    span = int((min(datetime(year + 1, 1, 1, tzinfo=UTC), TODAY) - start).total_seconds())
    return written(start + timedelta(seconds=roll(span, "born", *words)))


def popularity(likes: int, created: str, *words: str) -> tuple[int, int]:
    """Likes of the last 30 days and the trending score; newer repositories have more of both."""
    days = max(1, (TODAY - moment_of(created)).days)
    recent = min(likes, likes * (15 + roll(30, "recent", *words)) // (days + 30))
    return recent, recent * 2 // 5


def png(side: int, red: str, green: str, blue: str) -> bytes:
    """A small square picture that fades from black to a color, given as three pairs of hex digits."""
    color = [int(part, 16) for part in (red, green, blue)]
    rows = b"".join(
        b"\0" + bytes(value * (x + y) // (2 * side) for x in range(side) for value in color)
        for y in range(side)
    )
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in chunks
    )
