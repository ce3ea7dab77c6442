"""Differences between two trees: as git prints them, and as the Hub's raw list of files."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from ..content.file_rules import is_binary
from ..store import Store
from .git_objects import NOBODY, GitEntry, pointer
from .trees import children

MOST_DIFFERENT = 3000  # files in one diff
MOST_COMPARED = 512 * 1024  # bytes of a file whose lines are still compared
NO_END = "\\ No newline at end of file"
MOST_DIFF = 4 * 1024 * 1024  # characters; a longer diff is cut there


@dataclass(frozen=True, slots=True)
class FileDifference:
    """A path with its old and new entry."""

    path: str
    old: GitEntry | None
    new: GitEntry | None

    @property
    def status(self) -> str:
        """Git's letter for it."""
        return "A" if self.old is None else "D" if self.new is None else "M"


def differences(store: Store, old: str | None, new: str | None, prefix: str = "") -> Iterator[FileDifference]:
    """The files that differ, ordered by path; folders that are the same on both sides are not opened."""
    before = children(store, old) if old else {}
    after = children(store, new) if new else {}
    for name in sorted({*before, *after}):
        one, other, path = before.get(name), after.get(name), prefix + name
        if one == other:
            continue
        files = [entry if entry is not None and not entry.is_folder else None for entry in (one, other)]
        if any(files):
            yield FileDifference(path, files[0], files[1])
        folders = [entry.oid if entry is not None and entry.is_folder else None for entry in (one, other)]
        if any(folders):
            yield from differences(store, folders[0], folders[1], f"{path}/")


def text_diff(store: Store, old: str, new: str) -> str:
    """The diff as git prints it; beyond the limits, files are named without their lines."""
    parts: list[str] = []
    length = 0
    for number, found in enumerate(differences(store, old, new)):
        part = _headed(found) + (_lines(store, found) if number < MOST_DIFFERENT else "")
        length += len(part)
        if length > MOST_DIFF:
            break
        parts.append(part)
    return "".join(parts)


def raw_diff(store: Store, old: str, new: str) -> str:
    """A line for each file: text or binary, its size, modes, blobs, status and path."""
    return "".join(_raw(store, found) for found in differences(store, old, new))


def _raw(store: Store, found: FileDifference) -> str:
    entry = found.new or found.old
    assert entry is not None
    kind = "B" if is_binary(_content(store, entry)) else "T"
    modes = f":{'100644' if found.old else '000000'} {'100644' if found.new else '000000'}"
    ids = " ".join(f"{side.oid if side else NOBODY}..." for side in (found.old, found.new))
    size = found.new.size if found.new else 0
    return f"{kind} {size}\t{modes} {ids} {found.status}\t{found.path}\n"


def _headed(found: FileDifference) -> str:
    """The header lines of a file."""
    lines = [f"diff --git a/{found.path} b/{found.path}"]
    if found.old is None:
        lines.append("new file mode 100644")
    if found.new is None:
        lines.append("deleted file mode 100644")
    ids = [(side.oid if side else NOBODY)[:7] for side in (found.old, found.new)]
    mode = " 100644" if found.old and found.new else ""
    return "\n".join([*lines, f"index {ids[0]}..{ids[1]}{mode}"]) + "\n"


def _lines(store: Store, found: FileDifference) -> str:
    """The lines of a file that differ; for a large file, those of its pointer."""
    old, new = (_content(store, side) if side else b"" for side in (found.old, found.new))
    names = (f"a/{found.path}" if found.old else "/dev/null", f"b/{found.path}" if found.new else "/dev/null")
    if max(len(old), len(new)) > MOST_COMPARED or is_binary(old) or is_binary(new):
        return f"Binary files {names[0]} and {names[1]} differ\n"
    lines = difflib.unified_diff(_split(old), _split(new), *names)
    return "".join(line if line.endswith("\n") else f"{line}\n{NO_END}\n" for line in lines)


def _split(content: bytes) -> list[str]:
    """Lines as git sees them: only a line feed ends one."""
    return [f"{line}\n" for line in content.decode().split("\n")[:-1]] + (
        [] if content.endswith(b"\n") or not content else [content.decode().rpartition("\n")[2]]
    )


def _content(store: Store, entry: GitEntry) -> bytes:
    """What git stores for a file."""
    if entry.sha256 is not None:
        return pointer(entry.sha256, entry.size)
    row = store.find("blobs", oid=entry.oid)
    return bytes(row["content"]) if row else b""
