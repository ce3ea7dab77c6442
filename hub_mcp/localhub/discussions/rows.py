"""Discussions and their events in the tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from ..store import Store


def open_discussion(
    store: Store,
    repo: int,
    author: str,
    title: str,
    description: str,
    status: str = "open",
    base: str | None = None,
    moment: str | None = None,
    id: str | None = None,
) -> sqlite3.Row:
    """Open a discussion, or with `base`, the commit it starts from, a pull request; inside a transaction."""
    num = store.count("select coalesce(max(num), 0) + 1 from discussions where repo = ?", repo)
    id, now = id or store.new_id(), moment or store.now()
    store.run(
        "insert into discussions (id, repo, num, title, author, created_at, status, is_pull_request,"
        " base_sha, head_sha) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id, repo, num, title, author, now, status, int(base is not None), base, base,
    )  # fmt: skip
    row = discussion_row(store, repo, num)
    assert row is not None
    if description:
        add_comment(store, row, author, description, now)
    return row


def discussion_row(store: Store, repo: int, num: int) -> sqlite3.Row | None:
    """The discussion with this number."""
    return store.row("select * from discussions where repo = ? and num = ?", repo, num)


def add_comment(
    store: Store,
    discussion: sqlite3.Row,
    author: str,
    text: str,
    moment: str | None = None,
    id: str | None = None,
) -> sqlite3.Row:
    """Add a comment to a discussion."""
    now = moment or store.now()
    facts = {"raw": text, "updatedAt": now, "hidden": False, "history": []}
    return add_event(store, discussion, author, "comment", facts, now, id)


def add_event(
    store: Store,
    discussion: sqlite3.Row,
    author: str,
    type: str,
    facts: Mapping[str, object],
    moment: str | None = None,
    id: str | None = None,
) -> sqlite3.Row:
    """Add an event to a discussion."""
    id = id or store.new_id()
    place = store.count(
        "select coalesce(max(place), 0) + 1 from discussion_events where discussion = ?", discussion["id"]
    )
    store.run(
        "insert into discussion_events (id, discussion, place, author, created_at, type, facts)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        id, discussion["id"], place, author, moment or store.now(), type,
        json.dumps(facts, ensure_ascii=False),
    )  # fmt: skip
    return event_row(store, discussion, id)


def event_row(store: Store, discussion: sqlite3.Row, id: str) -> sqlite3.Row:
    """An event that is known to exist."""
    row = store.row("select * from discussion_events where discussion = ? and id = ?", discussion["id"], id)
    assert row is not None
    return row


def change(store: Store, discussion: sqlite3.Row, column: str, value: str | int) -> None:
    """Set one column of a discussion; `column` never comes from a caller."""
    assert column in ("title", "status", "pinned", "head_sha", "merge_sha", "ref_deleted")
    store.run(f"update discussions set {column} = ? where id = ?", value, discussion["id"])  # noqa: S608 - see above
