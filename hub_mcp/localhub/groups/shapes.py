"""Resource groups as the documented JSON: complete, and as a field of their resources."""

from __future__ import annotations

import json
import sqlite3

from ..collections.slugs import slug_of
from ..people.rights import SignedInUser, role_on
from ..store import Store
from .rows import repos_in, users_of


def group_json(store: Store, group_id: str) -> dict[str, object]:
    """A resource group with its users and its resources."""
    group = store.get("resource_groups", id=group_id)
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
        for user in users_of(store, group_id)
    ]
    resources = _resources(store, group_id)
    return answer | {"resources": resources, "repos": [thing for thing in resources if "name" in thing]}


def group_field(store: Store, who: SignedInUser | None, thing: sqlite3.Row) -> dict[str, object]:
    """`{"resourceGroup": …}` of a repository or collection for those with a role in it, otherwise `{}`."""
    if thing["resource_group"] is None or who is None or role_on(who, thing) is None:
        return {}
    return {"resourceGroup": group_brief(store, thing["resource_group"])}


def group_brief(store: Store, group_id: str) -> dict[str, object]:
    """A resource group in three fields."""
    return {
        "id": group_id,
        "name": store.get("resource_groups", id=group_id)["name"],
        "numUsers": store.number("resource_group_users", group_id=group_id),
    }


def _auto_join(group: sqlite3.Row) -> dict[str, object]:
    if group["auto_join_role"] is None:
        return {"enabled": False}
    return {"enabled": True, "role": group["auto_join_role"], "scope": group["auto_join_scope"] or "all"}


def _resources(store: Store, group_id: str) -> list[dict[str, object]]:
    """Repositories, buckets and collections of a group."""
    return [
        *(
            {"type": r["type"], "name": r["id"], "private": r["visibility"] == "private"}
            for r in repos_in(store, group_id)
        ),
        *(
            {"type": "bucket", "name": f"{b['namespace']}/{b['name']}", "private": bool(b["private"])}
            for b in store.find_all("buckets", "namespace, name", resource_group=group_id)
        ),
        *(
            {
                "type": "collection",
                "id": c["id"],
                "slug": slug_of(c),
                "title": c["title"],
                "private": bool(c["private"]),
            }
            for c in store.find_all("collections", "id", resource_group=group_id)
        ),
    ]
