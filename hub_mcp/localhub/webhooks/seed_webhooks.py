"""The webhooks of the world: one that would tell a machine of the rain, one that would score each model."""

from __future__ import annotations

import json

from ..jobs.rows import jobs_of
from ..repos.repo_queries import repo_by_id
from ..store import Store
from ..world.fixed_random import oid
from .rows import note_delivery

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
        _told_before(store, oid("webhook", day, day), day)
    store.run("delete from hook_events")


def _told_before(store: Store, webhook: str, day: str) -> None:
    """What a webhook was told on the day it was made, which it can be told again."""
    repo = repo_by_id(store, "model", "nimbus-labs/nowcast-base")
    assert repo is not None
    payload = {
        "event": {"action": "update", "scope": "repo.content"},
        "repo": {"type": "model", "name": repo["id"], "id": repo["_id"], "private": False,
                 "headSha": repo["sha"]},
        "webhook": {"id": webhook, "version": 3},
    }  # fmt: skip
    note_delivery(
        store, webhook, "repo.content", "status 200", payload, id=oid("delivery", day, day), moment=day
    )
