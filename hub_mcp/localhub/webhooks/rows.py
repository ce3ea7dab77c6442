"""Webhooks in the tables and as the documented JSON, and the events they watch for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from ..store import Json, Store


def webhook_json(row: sqlite3.Row) -> dict[str, object]:
    """One webhook; it shows whether there is a secret, never the secret."""
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
    """Remove and return the events since the last call; inside a transaction."""
    found = store.find_all("hook_events", "id")
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
    """Record the outcome of delivering an event to a webhook."""
    store.insert(
        "hook_deliveries", id=id or store.new_id(), webhook=webhook, created_at=moment or store.now(),
        scope=scope, outcome=outcome, payload=json.dumps(payload),
    )  # fmt: skip
