"""Webhooks in the tables, as the documented JSON, and what has happened that they watch."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from ..store import Json, Store


def webhook_row(store: Store, user_id: str, id: str) -> sqlite3.Row | None:
    """A user's webhook with this id."""
    return store.row("select * from webhooks where user_id = ? and id = ?", user_id, id)


def webhooks_of(store: Store, user_id: str) -> list[sqlite3.Row]:
    """A user's webhooks, the oldest first."""
    return store.rows("select * from webhooks where user_id = ? order by id", user_id)


def webhook_json(row: sqlite3.Row) -> dict[str, object]:
    """One webhook; whether it has a secret is told, the secret never."""
    answer: dict[str, object] = {"id": row["id"]}
    if row["url"] is not None:
        answer["url"] = row["url"]
    if row["job"] is not None:
        answer["job"] = _job_json(json.loads(row["job"]))
    if row["job_source"] is not None:
        answer["jobSourceId"] = row["job_source"]
    answer |= {
        "disabled": bool(row["disabled"]),
        "watched": json.loads(row["watched"]),
        "hasSecret": row["secret"] is not None,
        "domains": json.loads(row["domains"]),
    }
    return answer | ({"lastTriggerAt": row["last_trigger_at"]} if row["last_trigger_at"] else {})


def _job_json(spec: dict[str, Json]) -> dict[str, object]:
    same = ("dockerImage", "spaceId", "arguments", "command", "labels", "secrets")
    shown: dict[str, object] = {name: spec[name] for name in same if name in spec}
    shown |= {"environment": spec.get("environment") or {}, "flavor": spec["flavor"]}
    return shown | {"timeoutSeconds": spec.get("timeout")}


def take_events(store: Store) -> list[sqlite3.Row]:
    """What has happened since this was last asked; inside a transaction."""
    found = store.rows("select * from hook_events order by id")
    if found:
        store.run("delete from hook_events where id <= ?", found[-1]["id"])
    return found


def note_delivery(
    store: Store,
    webhook: str,
    scope: str,
    outcome: str,
    payload: Mapping[str, object],
    *,
    id: str = "",
    moment: str = "",
) -> None:
    """Keep what became of an event that a webhook was to be told of."""
    store.run(
        "insert into hook_deliveries (id, webhook, created_at, scope, outcome, payload)"
        " values (?, ?, ?, ?, ?, ?)",
        id or store.new_id(), webhook, moment or store.now(), scope, outcome, json.dumps(payload),
    )  # fmt: skip


def delivery_row(store: Store, webhook: str, id: str) -> sqlite3.Row | None:
    """What a webhook was told, by its id in the webhook's log."""
    return store.row("select * from hook_deliveries where webhook = ? and id = ?", webhook, id)
