"""Access requests in the tables: made, listed, decided, withdrawn."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from ..store import Store, Value

COLUMNS = "a.*, u.name, u.fullname, u.email, u.avatar_url, u.is_pro, g.name as granter"
TABLES = (
    "access_requests a join users u on u.id = a.user_id left join users g on g.id = a.granted_by"
    " where a.repo = ?"
)


def put_request(
    store: Store,
    repo: int,
    user_id: str,
    status: str,
    *,
    answers: Mapping[str, str] | None = None,
    moment: str = "",
    granted_by: str | None = None,
    id: str = "",
) -> None:
    """Record a person's request, or access granted without one; it replaces any earlier request."""
    now = moment or store.now()
    store.run(
        "insert into access_requests"
        " (id, repo, user_id, status, created_at, answers, granted_by, reviewed_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (repo, user_id) do update set status = excluded.status,"
        " created_at = excluded.created_at, answers = excluded.answers, granted_by = excluded.granted_by,"
        " reviewed_at = excluded.reviewed_at, reason = null",
        id or store.new_id(), repo, user_id, status, now, json.dumps(dict(answers or {})), granted_by,
        now if granted_by else None,
    )  # fmt: skip


def decide(store: Store, request: str, status: str, reason: str | None = None) -> None:
    """Record a decision about a request; returned to pending, it has the dates of an undecided one."""
    store.update(
        "access_requests",
        {"id": request},
        status=status,
        reason=reason,
        reviewed_at=None if status == "pending" else store.now(),
    )


def request_of(store: Store, repo: int, user_id: str) -> sqlite3.Row | None:
    """The request of a user, whatever its status."""
    return store.row(f"select {COLUMNS} from {TABLES} and a.user_id = ?", repo, user_id)  # noqa: S608 - our own words


def request_with_id(store: Store, repo: int, id: str) -> sqlite3.Row | None:
    """The request with this id."""
    return store.row(f"select {COLUMNS} from {TABLES} and a.id = ?", repo, id)  # noqa: S608 - our own words


def requests_before(
    store: Store,
    repo: int,
    status: str,
    limit: int,
    place: Sequence[Value] | None,
    search: str | None,
    span: tuple[str | None, str | None],
) -> list[sqlite3.Row]:
    """Requests with a status, newest first, after a place; filtered by name prefix and by time."""
    clauses, params = ["a.status = ?"], list[Value]([repo, status])
    if search:
        clauses.append("substr(lower(u.name), 1, length(?)) = lower(?)")
        params += [search, search]
    for sign, moment in zip(("> ?", "< ?"), span, strict=True):
        if moment:
            clauses.append(f"a.created_at {sign}")
            params.append(moment)
    if place:
        clauses.append("(a.created_at < ? or (a.created_at = ? and a.id > ?))")
        params += [place[0], place[0], place[1]]
    return store.rows(
        f"select {COLUMNS} from {TABLES} and {' and '.join(clauses)}"  # noqa: S608 - our own words
        " order by a.created_at desc, a.id limit ?",
        *params,
        limit,
    )


def all_requests(store: Store, repo: int) -> list[sqlite3.Row]:
    """Every request of a repository, oldest first."""
    return store.rows(f"select {COLUMNS} from {TABLES} order by a.created_at, a.id", repo)  # noqa: S608 - our own words
