"""What the page shows besides repositories: commits, discussions, Spaces, access requests and jobs."""

from __future__ import annotations

import json
import sqlite3

from .jobs.job_states import seconds_of, state_of
from .spaces.rows import details_of
from .spaces.stages import runtime_at
from .store import Store, moment

MOST = 100  # rows per area

Rows = list[dict[str, object]]


def watched(store: Store, search: str, ours: str) -> dict[str, Rows]:
    """The latest of each area, newest first.

    Args:
        search: text that names must contain.
        ours: a condition on `namespace`, in SQL.
    """
    where = f"{ours} and instr(lower(r.id), lower(?))"
    return {
        "commits": _rows(
            store,
            "select r.type, r.id as repo, c.id, c.title, c.author, c.created_at as changed,"  # noqa: S608 - ours
            " (select count(*) from tree_entries t where t.tree = c.tree) as files"
            f" from commits c join repos r on r.key = c.repo where {where}"
            " order by c.created_at desc, c.id limit ?",
            search,
        ),
        "discussions": _rows(
            store,
            "select r.type, r.id as repo, d.num, d.title, d.status, d.author,"  # noqa: S608 - ours
            " d.is_pull_request as proposal,"
            " (select count(*) from discussion_events e where e.discussion = d.id and e.type = 'comment')"
            " as comments, coalesce((select max(e.created_at) from discussion_events e"
            " where e.discussion = d.id), d.created_at) as changed"
            f" from discussions d join repos r on r.key = d.repo where {where}"
            " order by changed desc, d.id limit ?",
            search,
        ),
        "spaces": [
            _space(store, row)
            for row in store.rows(
                f"select * from repos r where r.type = 'space' and {where}"  # noqa: S608 - ours
                " order by last_modified desc, key limit ?",
                search,
                MOST,
            )
        ],
        "asked": _rows(
            store,
            "select r.type, r.id as repo, a.id, u.name as user, a.status, a.created_at as changed"  # noqa: S608 - ours
            " from access_requests a join repos r on r.key = a.repo join users u on u.id = a.user_id"
            f" where {where} order by a.created_at desc, a.id limit ?",
            search,
        ),
        "jobs": [
            _job(store, row)
            for row in store.rows(
                f"select * from jobs where {ours} and instr(lower(namespace || ' ' || spec), lower(?))"  # noqa: S608 - ours
                " order by created_at desc, id desc limit ?",
                search,
                MOST,
            )
        ],
    }


def _space(store: Store, row: sqlite3.Row) -> dict[str, object]:
    runtime = runtime_at(details_of(row), store.clock())
    hardware = runtime.get("hardware")
    flavor = hardware.get("current") or hardware.get("requested") if isinstance(hardware, dict) else hardware
    return {
        "id": row["id"],
        "sdk": row["sdk"],
        "stage": runtime.get("stage"),
        "hardware": flavor,
        "error": runtime.get("errorMessage"),
        "changed": row["last_modified"],
    }


def _job(store: Store, row: sqlite3.Row) -> dict[str, object]:
    state, spec = state_of(row, store.clock()), json.loads(row["spec"])
    last = state.finished or state.started or seconds_of(row["created_at"])
    return {
        "id": row["id"],
        "owner": row["namespace"],
        "by": row["created_by"],
        "image": spec.get("dockerImage") or spec.get("spaceId"),
        "flavor": spec.get("flavor"),
        "stage": state.stage,
        "changed": moment(last),
    }


def _rows(store: Store, sql: str, search: str) -> Rows:
    return [dict(row) for row in store.rows(sql, search, MOST)]
