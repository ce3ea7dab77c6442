"""Jobs in the tables: what they were asked to be, by whom, and what became of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from ..store import Store, Value
from .job_states import running_time
from .spec_body import Spec


def add_job(
    store: Store,
    namespace: str,
    user: str,
    spec: Spec,
    initiator: Mapping[str, object] | None = None,
    when: str | None = None,
) -> sqlite3.Row:
    """A new job, which from now on passes through its states; inside a transaction."""
    id = store.new_id()
    runs, code = running_time(spec)
    labels, now = spec.get("labels") or {}, when or store.now()
    store.run(
        "insert into jobs (id, namespace, created_by, created_at, spec, labels, timeout, attempts, runs,"
        " exit_code, initiator) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id, namespace, user, now, json.dumps(spec), json.dumps(labels), _whole(spec.get("timeout")),
        _whole(spec.get("attempts")) or 1, runs, code, json.dumps(initiator) if initiator else None,
    )  # fmt: skip
    row = job_row(store, namespace, id)
    assert row is not None
    return row


def job_row(store: Store, namespace: str, id: str) -> sqlite3.Row | None:
    """The job with this id, if it is of this namespace."""
    return store.row("select * from jobs where namespace = ? and id = ?", namespace, id)


def job_with_id(store: Store, id: str) -> sqlite3.Row | None:
    """The job with this id, whosever it is."""
    return store.row("select * from jobs where id = ?", id)


def jobs_of(store: Store, namespace: str) -> list[sqlite3.Row]:
    """The jobs of a namespace, the newest first."""
    return store.rows("select * from jobs where namespace = ? order by created_at desc, id desc", namespace)


def set_in_job(store: Store, id: str, column: str, value: Value) -> None:
    """Set one column of a job."""
    store.run(f"update jobs set {column} = ? where id = ?", value, id)  # noqa: S608 - our own words


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
