"""Queries of the quick search and the trending list."""

from __future__ import annotations

import sqlite3

from ..people.rights import SignedInUser, visible
from ..store import Store, Value


def repos_named(
    store: Store, who: SignedInUser | None, type: str, words: str, namespace: str | None, limit: int
) -> tuple[list[sqlite3.Row], int]:
    """Repositories with the words in their id that a caller may see, and their total."""
    condition, params = visible(who)
    clauses = [condition, "r.type = ?", "instr(lower(r.id), lower(?))"]
    values: list[Value] = [*params, type, words]
    if namespace:
        clauses.append("r.namespace = ?")
        values.append(namespace)
    return _page(store, "repos r", clauses, values, "r.trending_score desc, r.downloads desc, r._id", limit)


def orgs_named(store: Store, words: str, limit: int) -> list[sqlite3.Row]:
    """Organizations with the words in their names."""
    return _accounts(store, "orgs", words, limit)


def users_named(store: Store, words: str, limit: int) -> list[sqlite3.Row]:
    """Users with the words in their names."""
    return _accounts(store, "users", words, limit)


def papers_named(store: Store, words: str, limit: int) -> tuple[list[sqlite3.Row], int]:
    """Papers with the words in their titles."""
    return _page(
        store, "papers p", ["instr(lower(p.title), lower(?))"], [words], "p.upvotes desc, p.id", limit
    )


def collections_named(store: Store, words: str, limit: int) -> tuple[list[sqlite3.Row], int]:
    """Public collections with the words in their titles."""
    clauses = ["not c.private", "instr(lower(c.title), lower(?))"]
    return _page(store, "collections c", clauses, [words], "c.trending desc, c.id", limit)


def trending_repos(store: Store, type: str, limit: int) -> list[sqlite3.Row]:
    """Public repositories of a type, or with "" of all, by trending score."""
    return store.rows(
        "select * from repos where visibility <> 'private' and not disabled and type like ?"
        " order by trending_score desc, _id limit ?",
        type or "%",
        limit,
    )


def _accounts(store: Store, table: str, words: str, limit: int) -> list[sqlite3.Row]:
    return store.rows(
        f"select * from {table} where instr(lower(name), lower(?)) or instr(lower(fullname), lower(?))"  # noqa: S608 - our own words
        " order by instr(lower(name), lower(?)) = 0, length(name), name limit ?",
        words,
        words,
        words,
        limit,
    )


def _page(
    store: Store, table: str, clauses: list[str], params: list[Value], order: str, limit: int
) -> tuple[list[sqlite3.Row], int]:
    where = " and ".join(clauses)
    rows = store.rows(f"select * from {table} where {where} order by {order} limit ?", *params, limit)  # noqa: S608 - our own words
    return rows, store.count(f"select count(*) from {table} where {where}", *params)  # noqa: S608 - our own words
