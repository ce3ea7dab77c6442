"""Papers and their comments in the tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date

from ..store import Store, Value

ORDERS = {
    "publishedAt": "p.submitted_at desc, p.published_at desc, p.id desc",
    "trending": "p.upvotes desc, p.id desc",
}


def comments_on(store: Store, paper: str) -> list[sqlite3.Row]:
    """The comments on a paper with their authors, oldest first."""
    return store.rows(
        "select c.*, u.name, u.avatar_url from paper_comments c join users u on u.id = c.author"
        " where c.paper = ? order by c.created_at, c.id",
        paper,
    )


def daily_papers(
    store: Store, spans: Sequence[tuple[date, date]], submitter: str | None, sort: str, limit: int, skip: int
) -> list[sqlite3.Row]:
    """Daily papers submitted within all of these spans, each from its first day up to before its second."""
    clauses, params = ["p.submitted_at is not null"], list[Value]()
    for first, behind in spans:
        clauses.append("p.submitted_at >= ? and p.submitted_at < ?")
        params += [f"{first}", f"{behind}"]
    if submitter is not None:
        clauses.append("u.name = ?")
        params.append(submitter)
    return store.rows(
        "select p.* from papers p left join users u on u.id = p.submitted_by"  # noqa: S608 - ours
        f" where {' and '.join(clauses)}"
        f" order by {ORDERS[sort]} limit ? offset ?",
        *params,
        limit,
        min(skip, 2**62),
    )


def papers_with_words(store: Store, words: Sequence[str], limit: int) -> list[sqlite3.Row]:
    """Papers with every word in their title or abstract, most upvoted first."""
    clauses = ["1", *("instr(lower(p.title || ' ' || p.summary), ?)" for _ in words)]
    return store.rows(
        f"select p.* from papers p where {' and '.join(clauses)}"  # noqa: S608 - our own words
        " order by p.upvotes desc, p.id desc limit ?",
        *words,
        limit,
    )
