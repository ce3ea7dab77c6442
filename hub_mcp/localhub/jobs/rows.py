"""Jobs in the tables: their specs, who started them, and how they ended."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from ..store import Store
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
    """Add a job, which starts passing through its states; inside a transaction."""
    id = store.new_id()
    runs, code = running_time(spec)
    labels, now = spec.get("labels") or {}, when or store.now()
    store.insert(
        "jobs", id=id, namespace=namespace, created_by=user, created_at=now, spec=json.dumps(spec),
        labels=json.dumps(labels), timeout=_whole(spec.get("timeout")),
        attempts=_whole(spec.get("attempts")) or 1, runs=runs, exit_code=code,
        initiator=json.dumps(initiator) if initiator else None,
    )  # fmt: skip
    return store.get("jobs", namespace=namespace, id=id)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
