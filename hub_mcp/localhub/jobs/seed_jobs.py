"""The jobs of the world: some finished, one that runs until it is cancelled, and two scheduled ones."""

from __future__ import annotations

import json

from ..store import Store
from ..world.fixed_random import TODAY, oid, world, written


def fill_jobs(store: Store) -> None:
    """Write every job."""
    for namespace, user, day, spec, labels, timeout, runs, code in world("jobs.json")["jobs"]:
        whole = {**spec, "attempts": 1, "labels": labels, **({"timeout": timeout} if timeout else {})}
        store.insert(
            "jobs", id=oid("job", f"{namespace} {day}", day), namespace=namespace, created_by=user,
            created_at=day, spec=json.dumps(whole), labels=json.dumps(labels), timeout=timeout, runs=runs,
            exit_code=code,
        )  # fmt: skip
    for namespace, user, day, spec, schedule, suspend in world("jobs.json")["scheduled"]:
        store.insert(
            "scheduled_jobs", id=oid("schedule", f"{namespace} {day}", day), namespace=namespace,
            created_by=user, created_at=day, looked_at=written(TODAY),
            spec=json.dumps({**spec, "attempts": 1}), schedule=schedule, suspend=int(suspend),
        )  # fmt: skip
