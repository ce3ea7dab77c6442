"""The audit log of an organization, which its admins can export."""

from __future__ import annotations

import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..store import Store, store_of
from ..web.hub_errors import bad_request, forbidden, plan_needed
from ..web.response import HubJSON
from .audit_rows import COLUMNS, events_of
from .org_lookup import org_at
from .rights import SignedInUser, signed_in, token_must

AGENT = "python-httpx/0.28.1"  # of everybody in this world


async def export(request: Request) -> Response:
    """GET …/audit-log/export: newest events first, optionally filtered by author, type or address."""
    store, _, org = org_of_admin(request, "read its audit log")
    asked: list[tuple[str, str]] = []
    for word in (request.query_params.get("q") or "").split():
        name, _, value = word.partition(":")
        if name not in COLUMNS or not value:
            raise bad_request(f"Invalid search: {word[:40]}")
        asked.append((name, value))
    rows = events_of(store, org["id"], asked)
    name = f"audit-log-{org['name']}.json"
    return HubJSON(
        [_event_json(row) for row in rows], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def org_of_admin(request: Request, action: str) -> tuple[Store, SignedInUser, sqlite3.Row]:
    """The organization of a path, if it has a paid plan and the caller is an admin of it."""
    who, org = signed_in(request), org_at(request)
    token_must(who, "org.write", org["name"])
    if who.role_in(org["name"]) != "admin":
        raise forbidden(f"Only admins of {org['name']} can {action}")
    if org["plan"] is None:
        raise plan_needed("This needs a Team or Enterprise plan")
    return store_of(request), who, org


def _event_json(row: sqlite3.Row) -> dict[str, object]:
    event: dict[str, object] = {
        "_id": row["id"],
        "createdAt": row["created_at"],
        "type": row["type"],
        "message": row["message"],
        "author": {
            "_id": row["author"],
            "user": row["name"],
            "avatarUrl": row["avatar_url"],
            "type": "user",
            "deleted": False,
        },
    }
    if row["ip"]:
        event |= {"ip": row["ip"], "userAgent": AGENT}
    return event


routes = [Route("/api/organizations/{name}/audit-log/export", export, methods=["GET"])]
