"""The journal: questions, refusals and changes, one JSON line each, with the call that would undo it.

A change has two lines: "started", which is on the disk before the request is sent, and its end (done, failed,
refused before sending, unknown), with the same change id. A start without an end is a change with an unknown
outcome: the server was killed, or the disk was full.

Lines are appended by one writer at a time, all or nothing, so several servers can write to one file. An
entry's number is its place in the history, where a change counts once; it does not change later. The journal
never contains a token, or content of files except what an undo restores.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from hub_mcp.catalogue.answers import is_array, is_object
from hub_mcp.errors import Stopped, plain
from hub_mcp.gate.appending import append, locked
from hub_mcp.masking import masked
from hub_mcp.private_files import open_private, writable_by_others

Outcome = Literal["asked", "started", "refused", "done", "failed", "unknown"]
NO_END = "no end was written: the server ended, or could not write"
LONGEST = 4_000  # bytes per line
UNWRITTEN = frozenset({"content", "old", "new", "value", "environment"})  # content of files and variables


def state_directory(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """The directory of the journal and waiting plans, by the system's conventions."""
    env = os.environ if environment is None else environment
    if platform == "win32":
        return Path(env.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "hub-mcp"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "hub-mcp"
    return Path(env.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "hub-mcp"


@dataclass(frozen=True)
class Undo:
    """The call that undoes a change."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Entry:
    """One line of the journal.

    Attributes:
        outcome: asked, started (about to be sent), refused (nobody agreed, or a limit), done, failed (the
            Hub said no), unknown.
        change: the id shared by the start and the end of a change; "" if it was never started.
        hub: the Hub's host; the local Hub has its own.
        identity: the Hub's own id of the target; "" if there is none.
        why: the question, or why it was refused or failed.
        undo: the call that undoes it; None if nothing does. `no_undo` says why, or what it leaves.
        n: its place, from 1; 0 for an entry not written yet.
    """

    outcome: Outcome
    tool: str
    target: str
    hub: str = ""
    identity: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    why: str = ""
    undo: Undo | None = None
    no_undo: str = ""
    change: str = ""
    time: str = ""
    n: int = 0

    def as_json(self) -> dict[str, Any]:
        """The entry as an object, without empty fields."""
        return {name: value for name, value in asdict(self).items() if value not in ("", 0, None, {})}


class Journal:
    """The file that changes are recorded in; without a path, nothing is written.

    Attributes:
        place: where it is, for people.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.place = "off" if path is None else str(path)

    @classmethod
    def at(cls, place: str, environment: Mapping[str, str] | None = None) -> Journal:
        """The file a setting names: a path, "off", or "" for the user's state directory."""
        if place == "off":
            return cls(None)
        return cls(Path(place).expanduser() if place else state_directory(environment) / "journal.jsonl")

    def check(self) -> None:
        """Check that it can be opened for writing, before anybody is asked anything.

        Raises:
            Stopped: it cannot.
        """
        if self.path is None:
            return
        if why := self.trouble():
            raise Stopped(
                f"The journal is not safe from other users: {why}",
                advice="Close it to others with `chmod go-w`, or name another file with --journal.",
            )
        try:
            os.close(self._open())
        except OSError as trouble:
            raise self._trouble(trouble) from trouble

    def trouble(self) -> str:
        """Why others could alter it; "" if they cannot."""
        if self.path is None:
            return ""
        return writable_by_others(self.path.parent) or writable_by_others(self.path)

    def write(self, entry: Entry, secrets: Sequence[str] = ()) -> None:
        """Append an entry, and return when it is on the disk; `secrets` are masked anywhere in it.

        Raises:
            Stopped: it could not be written; none of it remains.
        """
        if self.path is None:
            return
        try:
            descriptor = self._open()
            try:
                with locked(descriptor):
                    append(descriptor, line_of(entry, secrets))
            finally:
                os.close(descriptor)
        except OSError as trouble:
            raise self._trouble(trouble) from trouble

    def _trouble(self, trouble: OSError) -> Stopped:
        return Stopped(
            f"The journal {self.path} cannot be written ({trouble.strerror}).",
            advice="Make room for it, name another file with --journal, or turn it off with --journal off.",
        )

    def history(self) -> list[Entry]:
        """One entry for each change, at the place of its start and with its outcome; and all others."""
        entries = list(self.entries())
        ends = {one.change: one for one in entries if one.change and one.outcome != "started"}
        started = {one.change for one in entries if one.outcome == "started"}
        changes: list[Entry] = []
        for one in entries:
            if one.outcome == "started":
                end = ends.get(one.change) or replace(one, outcome="unknown", why=NO_END)
                changes.append(end)
            elif one.change not in started:
                changes.append(one)
        return [replace(one, n=n) for n, one in enumerate(changes, 1)]

    def entries(self) -> Iterator[Entry]:
        """All entries, oldest first; unreadable lines are skipped."""
        if self.path is None or not self.path.is_file():
            return
        with self.path.open(encoding="utf-8", errors="replace") as lines:
            for n, line in enumerate(lines, 1):
                if entry := entry_in(line, n):
                    yield entry

    def _open(self) -> int:
        assert self.path is not None
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return open_private(self.path, os.O_RDWR | os.O_APPEND)


def line_of(entry: Entry, secrets: Sequence[str] = ()) -> bytes:
    """The entry in at most `LONGEST` bytes; its largest parts are left out if needed."""
    written = replace(
        entry,
        time=entry.time or f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        target=plain(entry.target, 200),
        hub=plain(entry.hub, 100),
        identity=plain(entry.identity, 60),
        why=plain(entry.why, 400),
        no_undo=plain(entry.no_undo, 100),
        arguments=without_contents(entry.arguments),
        n=0,
    )
    shorter = replace(written, arguments={"": "left out: too long"})
    shortest = replace(shorter, undo=None, no_undo="what would undo it was too long to record")
    for one in (written, shorter, shortest):
        line = json.dumps(_masked(one.as_json(), secrets), ensure_ascii=False, separators=(",", ":"))
        if len(encoded := line.encode("utf-8", "replace") + b"\n") <= LONGEST:
            return encoded
    return b"{}\n"  # unreachable: every text of the shortest form is bounded


def without_contents(value: Any) -> Any:
    """Arguments with the content of files and variables replaced by its size."""
    if is_object(value):
        return {
            key: f"{len(str(one)):,} characters" if key in UNWRITTEN else without_contents(one)
            for key, one in value.items()
        }
    return [without_contents(one) for one in value] if is_array(value) else value


def _masked(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, str):
        return masked(value, secrets)
    if is_object(value):
        return {key: _masked(one, secrets) for key, one in value.items()}
    return [_masked(one, secrets) for one in value] if is_array(value) else value


@cache
def _entries() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


def entry_in(line: str, n: int) -> Entry | None:
    """The entry on a line; None if it cannot be read."""
    try:
        return replace(_entries().validate_json(line, strict=True), n=n)
    except ValueError:
        return None
