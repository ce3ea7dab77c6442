"""The webhooks of the world: one that would tell a machine of the rain, one that would score each model."""

from __future__ import annotations

import json

from ..jobs.rows import jobs_of
from ..store import Store
from ..world.fixed_random import oid

HOOKS = (
    ("2025-11-03T09:12:44.000Z", "https://rain.nimbus-labs.example/hooks/hub?key=drizzle-2025", False,
     [("org", "nimbus-labs"), ("model", "ada/fjord-names")], ["repo", "discussion"], True),
    ("2026-05-20T15:40:02.000Z", None, True, [("model", "nimbus-labs/nowcast-base")], ["repo"], False),
)  # fmt: skip


def fill_webhooks(store: Store, user_id: str) -> None:
    """Write every webhook of one user; what has happened before is told to none."""
    source = jobs_of(store, "nimbus-labs")[-1]
    for day, url, disabled, watched, domains, secret in HOOKS:
        store.run(
            "insert into webhooks (id, user_id, url, job_source, job, job_namespace, disabled, watched,"
            " domains, secret) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            oid("webhook", day, day), user_id, url, None if url else source["id"],
            None if url else source["spec"], None if url else source["namespace"], int(disabled),
            json.dumps([{"type": type, "name": name} for type, name in watched]), json.dumps(domains),
            "made up" if secret else None,
        )  # fmt: skip
    store.run("delete from hook_events")
