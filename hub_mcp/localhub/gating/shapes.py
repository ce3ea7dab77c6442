"""Access requests as the documented JSON: rows of a list, and lines of the report."""

from __future__ import annotations

import json
import sqlite3

from ..people.rows import orgs_of
from ..people.shapes import user_json
from ..store import Store


def request_json(store: Store, row: sqlite3.Row) -> dict[str, object]:
    """A request in a list; the e-mail address appears only if the person made the request themselves."""
    answers = json.loads(row["answers"])
    answer: dict[str, object] = {
        "requestId": row["id"],
        "user": _user(store, row["name"]) | ({"email": row["email"]} if row["granter"] is None else {}),
        "status": row["status"],
        "timestamp": row["created_at"],
    }
    if row["granter"] is not None:
        granter = _user(store, row["granter"])
        answer["grantedBy"] = {name: one for name, one in granter.items() if name != "verifiedOrgNames"}
    if row["reviewed_at"] is not None:
        answer["reviewedAt"] = row["reviewed_at"]
    return answer | ({"fields": answers} if answers else {})


def report_line(row: sqlite3.Row) -> dict[str, object]:
    """A request in the report, which has its own field names."""
    answers = json.loads(row["answers"])
    line: dict[str, object] = {
        "fullname": row["fullname"],
        "user": row["name"],
        "email": row["email"],
        "time": row["created_at"],
        "status": row["status"],
    }
    return line | ({"fields": answers} if answers else {})


def _user(store: Store, name: str) -> dict[str, object]:
    row = store.get("users", name=name)
    verified = [org["name"] for org in orgs_of(store, row["id"]) if org["is_verified"]]
    return {**user_json(row), "verifiedOrgNames": verified}
