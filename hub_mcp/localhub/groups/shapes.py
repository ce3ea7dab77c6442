"""Resource groups as the documented JSON, and their rules: who may read, change and be in them."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable

from starlette.requests import Request

from ..collections.shapes import slug_of
from ..people.rights import READERS, SignedInUser, signed_in, token_must
from ..people.routes import org_at
from ..store import Store, Value, store_of
from ..web.hub_errors import ApiError, bad_request, forbidden, invalid, plan_needed
from ..web.json_body import JSONBody

ROLES = ("admin", "write", "contributor", "read", "no_access")
SCOPES = ("all", "read_plus")
PRODUCTS = ("total", "inferenceProviders", "spaces", "jobs", "endpoints")
REPO_TYPES = ("dataset", "model", "space", "bucket", "kernel")


def org_with_plan(request: Request, permission: str = "org.write") -> tuple[SignedInUser, sqlite3.Row]:
    """The caller and the organization of a path: 401, 404, 403 for who is no member, 402 without a plan."""
    who, org = signed_in(request), org_at(request)
    if who.role_in(org["name"]) is None:
        raise forbidden(f"You are not a member of the organization {org['name']}")
    token_must(who, permission, org["name"])
    if org["plan"] is None:
        raise plan_needed("Resource groups need a Team or Enterprise plan")
    return who, org


def group_at(request: Request, write: bool) -> tuple[SignedInUser, sqlite3.Row, sqlite3.Row]:
    """Caller, organization and group of a path; the caller may read the group, or with `write` change it."""
    who, org = org_with_plan(request, "org.write" if write else "org.read")
    id = request.path_params["group"]
    if not re.fullmatch(r"[0-9a-fA-F]{24}", id):
        raise invalid("Invalid string: must match pattern /^[0-9a-fA-F]{24}$/", "resourceGroupId")
    group = store_of(request).row(
        "select * from resource_groups where id = ? and org_id = ?", id.lower(), org["id"]
    )
    if group is None:
        raise ApiError(404, "Resource group not found")
    if not (runs(who, org, group["id"]) if write else runs(who, org) or group["id"] in who.groups):
        raise forbidden(
            f"Only admins can change the resource group {group['name']}"
            if write
            else f"You are not in the resource group {group['name']}"
        )
    return who, org, group


def runs(who: SignedInUser, org: sqlite3.Row, group_id: str | None = None) -> bool:
    """Whether the caller is an admin of the organization, or of this group of it."""
    return who.role_in(org["name"]) == "admin" or (
        group_id is not None and who.groups.get(group_id) == "admin"
    )


def group_json(store: Store, group_id: str) -> dict[str, object]:
    """A resource group with its users and its resources."""
    group = store.row("select * from resource_groups where id = ?", group_id)
    assert group is not None
    users = store.rows(
        "select u.id, u.fullname, u.name, u.avatar_url, g.role, g.added_by from resource_group_users g"
        " join users u on u.id = g.user_id where g.group_id = ? order by g.added_at, u.name",
        group_id,
    )
    answer: dict[str, object] = {
        "id": group["id"],
        "name": group["name"],
        "description": group["description"],
        "autoJoin": _auto_join(group),
    }
    limits = json.loads(group["spend_limits"])
    if limits:
        answer["spendLimits"] = limits
    answer["users"] = [
        {
            "type": "user",
            "_id": user["id"],
            "fullname": user["fullname"],
            "name": user["name"],
            "avatarUrl": user["avatar_url"],
            "role": user["role"],
            **({"addedBy": user["added_by"]} if user["added_by"] else {}),
        }
        for user in users
    ]
    resources = _resources(store, group_id)
    return answer | {"resources": resources, "repos": [thing for thing in resources if "name" in thing]}


def auto_join_in(body: JSONBody) -> tuple[str | None, str | None] | None:
    """The `autoJoin` field as (role, scope), (None, None) to turn it off; None when it was not sent."""
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
    """Ids and roles of users: 400 for one who is nobody or named twice, 403 for one from outside."""
    found: dict[str, str] = {}
    for name, role in users:
        user = store.row("select id, name from users where name = ?", name)
        if user is None:
            raise bad_request(f'User "{name}" not found')
        if user["id"] in found:
            raise bad_request(f'User "{user["name"]}" is listed twice')
        found[user["id"]] = role
        if not store.count(
            "select count(*) from members where org_id = ? and user_id = ?", org["id"], user["id"]
        ):
            raise forbidden(f'User "{user["name"]}" is not a member of the organization {org["name"]}')
    return list(found.items())


def join_everybody(store: Store, org: sqlite3.Row, group_id: str, role: str, scope: str) -> None:
    """Back-fill: every member of the organization who is not in the group yet joins it now."""
    roles: list[Value] = [*(READERS if scope == "read_plus" else ROLES)]
    store.run(
        "insert or ignore into resource_group_users (group_id, user_id, role, added_at)"  # noqa: S608 - marks
        " select ?, user_id, ?, ? from members where org_id = ?"
        f" and role in ({','.join('?' * len(roles))})",
        group_id,
        role,
        store.now(),
        org["id"],
        *roles,
    )


def _auto_join(group: sqlite3.Row) -> dict[str, object]:
    if group["auto_join_role"] is None:
        return {"enabled": False}
    return {"enabled": True, "role": group["auto_join_role"], "scope": group["auto_join_scope"] or "all"}


def _resources(store: Store, group_id: str) -> list[dict[str, object]]:
    """Repositories, buckets and collections of a group."""
    repos = store.rows(
        "select type, id, visibility from repos where resource_group = ? order by type, id", group_id
    )
    buckets = store.rows("select * from buckets where resource_group = ? order by namespace, name", group_id)
    collections = store.rows("select * from collections where resource_group = ? order by id", group_id)
    return [
        *({"type": r["type"], "name": r["id"], "private": r["visibility"] == "private"} for r in repos),
        *(
            {"type": "bucket", "name": f"{b['namespace']}/{b['name']}", "private": bool(b["private"])}
            for b in buckets
        ),
        *(
            {
                "type": "collection",
                "id": c["id"],
                "slug": slug_of(c),
                "title": c["title"],
                "private": bool(c["private"]),
            }
            for c in collections
        ),
    ]
