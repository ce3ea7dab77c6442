"""The changes of commits to files, as removed and added lines, for the view of their question."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from hub_mcp.catalogue.answers import size
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.content.commits import Commit
from hub_mcp.catalogue.content.file_changes import ChangedFile, ReadWholeFile
from hub_mcp.client.hub import Hub
from hub_mcp.errors import HubError, plain
from hub_mcp.text import visible

MOST_READ = 20  # files to read for it
MOST_LINES = 400  # per file
MOST_IN_ALL = 1_500
LONGEST = 400  # characters per line
NO_TEXT = "It is not text."


async def diff_of(calls: Iterable[Change[Any, Any]], hub: Hub) -> list[dict[str, Any]]:
    """Each file that the commits among these calls change: its path, a note, its lines."""
    shown: list[dict[str, Any]] = []
    room = MOST_IN_ALL
    for call in [one for one in calls if isinstance(one, Commit)]:
        for change in call.files:
            if len(shown) == MOST_READ or room <= 0:
                return [*shown, {"path": "…", "said": "Further files are not shown here.", "lines": []}]
            one = await _file(call, change, hub)
            missing = len(one["lines"]) - min(MOST_LINES, room)
            if missing > 0:
                one["lines"] = one["lines"][:-missing]
                one["said"] = f"{one['said']} {missing:,} more lines are not shown.".strip()
            room -= len(one["lines"]) + 1
            shown.append(one)
    return shown


async def _file(call: Commit, change: ChangedFile, hub: Hub) -> dict[str, Any]:
    path = plain(change.path, 400)
    if change.old_path:
        return {"path": path, "said": f"Moved from {plain(change.old_path, 400)}.", "lines": []}
    before = await _present(call, change.path, hub)
    if change.delete:
        said = "Deleted." if before is not None else "Deleted; what it holds is not shown."
        return {"path": path, "said": said, "lines": _lines(before or "", "")}
    if change.old is not None:
        whole = before is not None and before.count(change.old) == 1
        old = before if whole and before is not None else change.old
        return {"path": path, "said": "", "lines": _lines(old, old.replace(change.old, change.new or ""))}
    try:
        after = change.body.decode()
    except UnicodeDecodeError:
        return {"path": path, "said": f"{NO_TEXT} It will have {size(len(change.body))}.", "lines": []}
    said = "" if before is not None else "New, or what it holds now is not shown."
    return {"path": path, "said": said, "lines": _lines(before or "", after)}


async def _present(call: Commit, path: str, hub: Hub) -> str | None:
    """The content of a file; None if it is missing, not text, or cannot be read."""
    place = {"repo_id": call.repo_id, "type": call.type, "revision": call.revision, "path": path}
    try:
        file = await hub.send(ReadWholeFile.model_validate(place))
        return file.body.decode() if file.whole else None
    except (HubError, UnicodeDecodeError):
        return None


def _lines(before: str, after: str) -> list[str]:
    """The lines of a unified diff, without its header; each begins with its marker."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    return [visible(line[:LONGEST]) for line in list(found)[2:]]
