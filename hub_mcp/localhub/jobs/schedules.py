"""Scheduled jobs in the tables and as the documented JSON; what was due is begun when somebody looks."""

from __future__ import annotations

import json
import sqlite3

from ..store import Store, Value, moment
from .cron import CronLine
from .job_states import ENDED, seconds_of, state_of
from .rows import add_job, job_row
from .shapes import SAME, owner_json


def scheduled_row(store: Store, namespace: str, id: str) -> sqlite3.Row | None:
    """The scheduled job with this id, if it is of this namespace."""
    return store.row("select * from scheduled_jobs where namespace = ? and id = ?", namespace, id)


def scheduled_of(store: Store, namespace: str) -> list[sqlite3.Row]:
    """The scheduled jobs of a namespace, the newest first."""
    return store.rows("select * from scheduled_jobs where namespace = ? order by id desc", namespace)


def set_in_scheduled(store: Store, id: str, column: str, value: Value) -> None:
    """Set one column of a scheduled job."""
    store.run(f"update scheduled_jobs set {column} = ? where id = ?", value, id)  # noqa: S608 - our own words


def scheduled_json(store: Store, row: sqlite3.Row) -> dict[str, object]:
    """One scheduled job."""
    spec: dict[str, object] = json.loads(row["spec"])
    last = {"id": row["last_job"], "at": row["last_at"]} if row["last_job"] else None
    status: dict[str, object] = {"lastJob": last}
    coming = CronLine.read(row["schedule"]).after(store.clock())
    if coming is not None:
        status["nextJobRunAt"] = moment(coming)
    attempts = spec.get("attempts")
    same = {name: spec[name] for name in (*SAME, "labels") if name in spec}
    return {
        "id": row["id"],
        "createdAt": row["created_at"],
        "schedule": row["schedule"],
        "suspend": bool(row["suspend"]),
        "concurrency": bool(row["concurrency"]),
        "status": status,
        "type": "scheduled-job",
        "owner": owner_json(store, row["namespace"]),
        "initiator": owner_json(store, row["created_by"]),
        "jobSpec": {**same, "retry": attempts - 1 if isinstance(attempts, int) else 0},
    }


def is_running(store: Store, row: sqlite3.Row) -> bool:
    """Whether what was begun last still goes on."""
    job = job_row(store, row["namespace"], row["last_job"]) if row["last_job"] else None
    return job is not None and state_of(job, store.clock()).stage not in ENDED


def begin(store: Store, row: sqlite3.Row, when: str | None = None) -> sqlite3.Row:
    """Begin a job of a scheduled one; inside a transaction."""
    initiator = {"type": "scheduled-job", "id": row["id"]}
    job = add_job(store, row["namespace"], row["created_by"], json.loads(row["spec"]), initiator, when)
    set_in_scheduled(store, row["id"], "last_job", job["id"])
    set_in_scheduled(store, row["id"], "last_at", job["created_at"])
    return job


def begin_due(store: Store, namespace: str) -> None:
    """Begin what came due since somebody last looked; of several times only the first that is open."""
    now = store.clock()
    for row in scheduled_of(store, namespace):
        if row["suspend"]:
            continue
        due = CronLine.read(row["schedule"]).after(seconds_of(row["looked_at"]))
        if due is None or due > now:
            continue
        with store.write():
            if row["concurrency"] or not is_running(store, row):
                begin(store, row, moment(due))
            set_in_scheduled(store, row["id"], "looked_at", store.now())
