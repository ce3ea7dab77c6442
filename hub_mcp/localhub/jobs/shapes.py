"""Jobs as the documented JSON."""

from __future__ import annotations

import json
import sqlite3

from ..people.rows import org_named, user_named
from ..store import Store, moment
from .job_states import JobState, state_of

SAME = (
    "dockerImage", "spaceId", "timeout", "environment", "command", "arguments", "arch", "flavor",
    "resourceGroupId", "volumes", "expose", "secrets",
)  # fmt: skip


def job_json(store: Store, row: sqlite3.Row) -> dict[str, object]:
    """One job, with the names of its secrets and its complete variables, as on the Hub."""
    spec: dict[str, object] = json.loads(row["spec"])
    state = state_of(row, store.clock())
    answer: dict[str, object] = {"id": row["id"], "createdAt": row["created_at"]}
    answer |= {name: spec[name] for name in SAME if name in spec}
    answer |= {
        "createdBy": _creator(store, row["created_by"]),
        "retry": row["attempts"] - 1,
        "durations": state.durations(),
        "type": "job",
        "owner": owner_json(store, row["namespace"]),
        "initiator": json.loads(row["initiator"] or "null") or owner_json(store, row["created_by"]),
        "status": _status(row["id"], spec, state),
        "labels": json.loads(row["labels"]),
    }  # fmt: skip
    if state.started is not None:
        answer["startedAt"] = moment(state.started)
    if state.finished is not None:
        answer["finishedAt"] = moment(state.finished)
    return answer


def owner_json(store: Store, name: str) -> dict[str, object]:
    """An owner, in the form that jobs use."""
    user = user_named(store, name)
    found = user or org_named(store, name)
    assert found is not None
    kind = "user" if user else "org"
    return {"id": found["id"], "name": found["name"], "type": kind, "avatarUrl": found["avatar_url"]}


def _creator(store: Store, name: str) -> dict[str, object]:
    owner = owner_json(store, name)
    return {"id": owner["id"], "name": owner["name"]}


def _status(id: str, spec: dict[str, object], state: JobState) -> dict[str, object]:
    status: dict[str, object] = {"stage": state.stage, "message": state.message}
    expose = spec.get("expose")
    ports = expose.get("ports") if isinstance(expose, dict) else None
    if isinstance(ports, list) and ports:
        status["exposeUrls"] = [f"https://{id}--{port}.hf.jobs" for port in ports]
    if spec.get("ssh"):
        status["sshUrl"] = f"ssh://{id}@ssh.hf.jobs"
    return status
