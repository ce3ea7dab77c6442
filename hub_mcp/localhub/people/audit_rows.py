"""What was done in an organization, in the tables."""

from __future__ import annotations

import sqlite3

from ..store import Store, Value
from ..world.fixed_random import oid

MOST = 100_000
COLUMNS = {"author": "u.name", "type": "e.type", "ip": "e.ip"}  # columns that a search can filter on
INSERT = (
    "insert into audit_events (id, org_id, author, created_at, type, message, ip)"
    " values (?, ?, ?, ?, ?, ?, ?)"
)
DONE = (  # in nimbus-labs: user, time, the Hub's event type, message, IP address
    ("ada", "2026-01-12T09:31:00.000Z", "org.add_user", "Added dan as read", "203.0.113.7"),
    ("bob", "2026-02-17T10:45:00.000Z", "repo.create", "Created partners-preview", "198.51.100.4"),
    ("cleo", "2026-03-03T15:02:00.000Z", "repo.update_settings", "Updated dialect-probe", "198.51.100.9"),
    ("ada", "2026-06-30T08:20:00.000Z", "org.settings.security.2fa.enable", "Required 2FA", "203.0.113.7"),
)


def fill_log(store: Store, org: str, users: dict[str, str]) -> None:
    """Write the audit log of the world's organization."""
    store.run_many(
        INSERT,
        [(oid("event", what, at), org, users[who], at, type, what, ip) for who, at, type, what, ip in DONE],
    )


def add_event(store: Store, org_id: str, user_id: str, type: str, message: str) -> None:
    """Log an event; requests to this Hub come from the machine itself."""
    moment = store.now()
    store.run(INSERT, store.new_id(), org_id, user_id, moment, type, message, "127.0.0.1")


def events_of(store: Store, org_id: str, asked: list[tuple[str, str]]) -> list[sqlite3.Row]:
    """The events of an organization that match every filter of a search, newest first."""
    clauses = ["e.org_id = ?", *(f"{COLUMNS[name]} = ? collate nocase" for name, _ in asked)]
    params: list[Value] = [org_id, *(value for _, value in asked)]
    return store.rows(
        "select e.*, u.name, u.avatar_url from audit_events e join users u on u.id = e.author"  # noqa: S608 - our own words
        f" where {' and '.join(clauses)} order by e.created_at desc, e.id desc limit {MOST}",
        *params,
    )
