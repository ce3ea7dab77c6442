"""Scheduled jobs in the tables and as the documented JSON; due jobs are started at the next read."""

from __future__ import annotations

import json
import sqlite3

from ..store import Store, moment
from .cron import CronLine
from .job_states import ENDED, seconds_of, state_of
from .rows import add_job
from .shapes import SAME, owner_json


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
    """Whether the last job it started is still running."""
    job = store.find("jobs", namespace=row["namespace"], id=row["last_job"]) if row["last_job"] else None
    return job is not None and state_of(job, store.clock()).stage not in ENDED


def begin(store: Store, row: sqlite3.Row, when: str | None = None) -> sqlite3.Row:
    """Start a job from a scheduled one; inside a transaction."""
    initiator = {"type": "scheduled-job", "id": row["id"]}
    job = add_job(store, row["namespace"], row["created_by"], json.loads(row["spec"]), initiator, when)
    store.update("scheduled_jobs", {"id": row["id"]}, last_job=job["id"], last_at=job["created_at"])
    return job


def begin_due(store: Store, namespace: str) -> None:
    """Start what came due since the last read; of several due times, only the first."""
    now = store.clock()
    for row in store.find_all("scheduled_jobs", "id desc", namespace=namespace):
        if row["suspend"]:
            continue
        due = CronLine.read(row["schedule"]).after(seconds_of(row["looked_at"]))
        if due is None or due > now:
            continue
        with store.write():
            if row["concurrency"] or not is_running(store, row):
                begin(store, row, moment(due))
            store.update("scheduled_jobs", {"id": row["id"]}, looked_at=store.now())
