"""Adding people to a resource group: named users, and members who join automatically."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from ..people.rights import READERS
from ..people.rows import user_named
from ..store import Store
from ..web.hub_errors import bad_request, forbidden
from ..web.json_body import JSONBody
from .rows import add_members

ROLES = ("admin", "write", "contributor", "read", "no_access")
SCOPES = ("all", "read_plus")


def auto_join_in(body: JSONBody) -> tuple[str | None, str | None] | None:
    """The `autoJoin` field as (role, scope), (None, None) to turn it off; None if it was not sent."""
    part = body.part("autoJoin")
    if part is None:
        return None
    value = part.fields.get("enabled")
    enabled = {"true": True, "false": False}.get(value) if isinstance(value, str) else value
    if not isinstance(enabled, bool):
        part.wrong("Invalid input: expected boolean", "enabled")
        return None
    if not enabled:
        return None, None
    role, scope = part.choice("role", ROLES, required=True), part.choice("scope", SCOPES)
    return role, scope or "all"


def members_in(store: Store, org: sqlite3.Row, users: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Ids and roles of users: 400 for an unknown or repeated name, 403 for a non-member."""
    found: dict[str, str] = {}
    for name, role in users:
        user = user_named(store, name)
        if user is None:
            raise bad_request(f'User "{name}" not found')
        if user["id"] in found:
            raise bad_request(f'User "{user["name"]}" is listed twice')
        found[user["id"]] = role
        if not store.number("members", org_id=org["id"], user_id=user["id"]):
            raise forbidden(f'User "{user["name"]}" is not a member of the organization {org["name"]}')
    return list(found.items())


def change_auto_join(
    store: Store, org: sqlite3.Row, group_id: str, role: str | None, scope: str | None
) -> None:
    """Set how members join from now on; those not in the group yet join at once, nobody leaves."""
    store.update("resource_groups", {"id": group_id}, auto_join_role=role, auto_join_scope=scope)
    if role is not None:
        add_members(store, group_id, org["id"], role, READERS if scope == "read_plus" else ROLES)
