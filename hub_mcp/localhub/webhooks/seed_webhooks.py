"""The webhooks of the world: one sends events to an address, one would run a job."""

from __future__ import annotations

import json

from ..store import Store
from ..world.fixed_random import oid
from .rows import note_delivery

HOOKS = (
    ("2025-11-03T09:12:44.000Z", "https://rain.nimbus-labs.example/hooks/hub?key=drizzle-2025", False,
     [("org", "nimbus-labs"), ("model", "ada/fjord-names")], ["repo", "discussion"], True),
    ("2026-05-20T15:40:02.000Z", None, True, [("model", "nimbus-labs/nowcast-base")], ["repo"], False),
)  # fmt: skip


def fill_webhooks(store: Store, user_id: str) -> None:
    """Write every webhook of one user; earlier events are not delivered."""
    source = store.find_all("jobs", "created_at desc, id desc", namespace="nimbus-labs")[-1]
    for day, url, disabled, watched, domains, secret in HOOKS:
        store.insert(
            "webhooks", id=oid("webhook", day, day), user_id=user_id, url=url,
            job_source=None if url else source["id"], job=None if url else source["spec"],
            job_namespace=None if url else source["namespace"], disabled=int(disabled),
            watched=json.dumps([{"type": type, "name": name} for type, name in watched]),
            domains=json.dumps(domains), secret="made up" if secret else None,
        )  # fmt: skip
        _add_delivery(store, oid("webhook", day, day), day)
    store.run("delete from hook_events")


def _add_delivery(store: Store, webhook: str, day: str) -> None:
    """A delivery from the day a webhook was created, which can be replayed."""
    repo = store.get("repos", type="model", id="nimbus-labs/nowcast-base")
    payload = {
        "event": {"action": "update", "scope": "repo.content"},
        "repo": {"type": "model", "name": repo["id"], "id": repo["_id"], "private": False,
                 "headSha": repo["sha"]},
        "webhook": {"id": webhook, "version": 3},
    }  # fmt: skip
    note_delivery(
        store, webhook, "repo.content", "status 200", payload, id=oid("delivery", day, day), moment=day
    )
