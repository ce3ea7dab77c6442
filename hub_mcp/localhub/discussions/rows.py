"""Discussions and their events in the tables."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping

from ..git.history import MAIN
from ..store import Store


def open_discussion(
    store: Store,
    repo: int,
    author: str,
    title: str,
    description: str,
    status: str = "open",
    base: str | None = None,
    base_ref: str = MAIN,
    moment: str | None = None,
    id: str | None = None,
) -> sqlite3.Row:
    """Open a discussion; with `base`, its first commit, a pull request into the branch `base_ref`."""
    num = store.count("select coalesce(max(num), 0) + 1 from discussions where repo = ?", repo)
    id, now = id or store.new_id(), moment or store.now()
    store.insert(
        "discussions", id=id, repo=repo, num=num, title=title, author=author, created_at=now, status=status,
        is_pull_request=int(base is not None), base_ref=base_ref, base_sha=base, head_sha=base,
    )  # fmt: skip
    row = store.get("discussions", repo=repo, num=num)
    if description:
        add_comment(store, row, author, description, now)
    return row


def discussion_row(store: Store, repo: int, num: int) -> sqlite3.Row | None:
    """The discussion with this number."""
    return store.find("discussions", repo=repo, num=num)


def pull_request_of(store: Store, repo: int, ref: str) -> sqlite3.Row | None:
    """The pull request whose commits a ref leads to; None of any other ref."""
    asked = re.fullmatch(r"refs/pr/([1-9]\d{0,8})", ref)
    return discussion_row(store, repo, int(asked[1])) if asked else None


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
    store.insert(
        "discussion_events", id=id, discussion=discussion["id"], place=place, author=author,
        created_at=moment or store.now(), type=type, facts=json.dumps(facts, ensure_ascii=False),
    )  # fmt: skip
    return store.get("discussion_events", discussion=discussion["id"], id=id)
