"""Likes in the tables: individual likes, and the count on each repository."""

from __future__ import annotations

import sqlite3

from ..store import Store, Value
from .rights import SignedInUser, visible


def likers_after(store: Store, repo: int, after: Value, limit: int) -> list[sqlite3.Row]:
    """The users who like a repository, after an id."""
    return store.rows(
        "select u.* from repo_likes l join users u on u.id = l.user_id"
        " where l.repo = ? and u.id > ? order by u.id limit ?",
        repo,
        after,
        limit,
    )


def liked_after(
    store: Store, who: SignedInUser | None, user_id: str, after: Value, limit: int
) -> list[sqlite3.Row]:
    """The repositories that a user likes and the caller may see, after an `_id`."""
    condition, params = visible(who)
    return store.rows(
        "select r._id, r.id, r.type, l.created_at as liked_at from repo_likes l"  # noqa: S608 - our own words
        f" join repos r on r.key = l.repo where l.user_id = ? and r._id > ? and {condition}"
        " order by r._id limit ?",
        user_id,
        after,
        *params,
        limit,
    )


def add_like(store: Store, repo: int, user_id: str) -> None:
    """Add a user's like of a repository; a second like changes nothing."""
    if store.insert("repo_likes", "or ignore", repo=repo, user_id=user_id, created_at=store.now()):
        store.run("update repos set likes = likes + 1 where key = ?", repo)


def take_back_like(store: Store, repo: int, user_id: str) -> None:
    """Remove a user's like of a repository, if any."""
    if store.delete("repo_likes", repo=repo, user_id=user_id):
        store.run("update repos set likes = max(0, likes - 1) where key = ?", repo)
