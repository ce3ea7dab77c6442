"""The jobs of the world: some that have ended, one that runs until somebody ends it, and two schedules."""

from __future__ import annotations

import json

from ..store import Store
from ..world.fixed_random import TODAY, oid, world, written


def fill_jobs(store: Store) -> None:
    """Write every job."""
    for namespace, user, day, spec, labels, timeout, runs, code in world("jobs.json")["jobs"]:
        whole = {**spec, "attempts": 1, "labels": labels, **({"timeout": timeout} if timeout else {})}
        store.run(
            "insert into jobs (id, namespace, created_by, created_at, spec, labels, timeout, runs, exit_code)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            oid("job", f"{namespace} {day}", day), namespace, user, day, json.dumps(whole),
            json.dumps(labels), timeout, runs, code,
        )  # fmt: skip
    for namespace, user, day, spec, schedule, suspend in world("jobs.json")["scheduled"]:
        store.run(
            "insert into scheduled_jobs (id, namespace, created_by, created_at, looked_at, spec, schedule,"
            " suspend) values (?, ?, ?, ?, ?, ?, ?, ?)",
            oid("schedule", f"{namespace} {day}", day), namespace, user, day, written(TODAY),
            json.dumps({**spec, "attempts": 1}), schedule, int(suspend),
        )  # fmt: skip
