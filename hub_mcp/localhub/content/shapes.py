"""Files, folders and commits as the documented JSON."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from ..git.git_objects import GitEntry, pointer
from ..git.history import last_changes, tree_of
from ..git.trees import files_of
from ..store import Store
from .pickle_scan import may_be_pickle, scan_of

Shape = dict[str, object]


def entry_shape(path: str, entry: GitEntry) -> Shape:
    """A row of a tree."""
    kind = "directory" if entry.is_folder else "file"
    shape: Shape = {
        "type": kind,
        "oid": entry.oid,
        "size": 0 if entry.is_folder else entry.size,
        "path": path,
    }
    if entry.sha256 is not None:
        shape["lfs"] = {
            "oid": entry.sha256,
            "size": entry.size,
            "pointerSize": len(pointer(entry.sha256, entry.size)),
        }
    return shape


def with_commits(store: Store, repo: sqlite3.Row, sha: str, rows: Sequence[Shape]) -> list[Shape]:
    """The rows with their last commit and, for files, the scanners' findings."""
    folders: dict[str, list[str]] = {}
    for row in rows:
        folder, _, name = str(row["path"]).rpartition("/")
        folders.setdefault(folder, []).append(name)
    found = {
        f"{folder}/{name}".lstrip("/"): commit
        for folder, names in folders.items()
        for name, commit in last_changes(store, repo["key"], sha, folder, names).items()
    }
    shown: list[Shape] = []
    for row in rows:
        commit = found[str(row["path"])]
        more: Shape = {
            "lastCommit": {"id": commit["id"], "title": commit["title"], "date": commit["created_at"]}
        }
        if row["type"] == "file":
            more["securityFileStatus"] = scan_of(store, row)
        shown.append({**row, **more})
    return shown


def repo_scan(store: Store, repo: sqlite3.Row, sha: str) -> Shape:
    """The security status of a whole repository."""
    issues: list[Shape] = []
    for path, entry in files_of(store, tree_of(store, repo["key"], sha)).items():
        if entry.sha256 is not None and may_be_pickle(path):
            status = scan_of(store, entry_shape(path, entry))["status"]
            issues += [{"path": path, "level": status}] if status != "safe" else []
    return {"scansDone": True, "filesWithIssues": issues}


def commit_shape(store: Store, commit: sqlite3.Row, formatted: bool = False) -> Shape:
    """A commit as an entry of a history."""
    shape: Shape = {
        "id": commit["id"],
        "title": commit["title"],
        "message": commit["message"],
        "authors": [_author(store, commit["author"])],
        "date": commit["created_at"],
    }
    if formatted:
        shape["formatted"] = {"title": markup(commit["title"]), "message": markup(commit["message"])}
    return shape


def markup(text: str) -> str:
    """User text as inert HTML."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, entity)
    return text


def blob_shape(entry: GitEntry) -> Mapping[str, object]:
    """Size and ids of a file as `blobs=true` adds them to an info."""
    shape: Shape = {"size": entry.size, "blobId": entry.oid}
    if entry.sha256 is not None:
        shape["lfs"] = {
            "sha256": entry.sha256,
            "size": entry.size,
            "pointerSize": len(pointer(entry.sha256, entry.size)),
        }
    return shape


def _author(store: Store, name: str) -> dict[str, str]:
    user = store.find("users", name=name)
    return {"user": name} | ({"avatar": user["avatar_url"]} if user else {})
