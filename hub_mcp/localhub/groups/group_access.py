"""The resource group that a request's path names, and who may read, change and use groups."""

from __future__ import annotations

import re
import sqlite3

from starlette.requests import Request

from ..people.org_lookup import org_at
from ..people.rights import SignedInUser, signed_in, token_must
from ..store import Store, store_of
from ..web.hub_errors import ApiError, bad_request, forbidden, invalid, plan_needed

NEEDS_PLAN = "Resource groups need a Team or Enterprise plan"


def org_with_plan(request: Request, permission: str = "org.write") -> tuple[SignedInUser, sqlite3.Row]:
    """The caller and the organization of a path: 401, 404, 403 for non-members, 402 without a plan."""
    who, org = signed_in(request), org_at(request)
    if who.role_in(org["name"]) is None:
        raise forbidden(f"You are not a member of the organization {org['name']}")
    token_must(who, permission, org["name"])
    if org["plan"] is None:
        raise plan_needed(NEEDS_PLAN)
    return who, org


def group_at(request: Request, write: bool) -> tuple[SignedInUser, sqlite3.Row, sqlite3.Row]:
    """Caller, organization and group of a path, if the caller may read (or with `write` change) the group."""
    who, org = org_with_plan(request, "org.write" if write else "org.read")
    id = request.path_params["group"]
    if not re.fullmatch(r"[0-9a-fA-F]{24}", id):
        raise invalid("Invalid string: must match pattern /^[0-9a-fA-F]{24}$/", "resourceGroupId")
    group = store_of(request).find("resource_groups", id=id.lower(), org_id=org["id"])
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
    """Whether the caller is an admin of the organization or of this group."""
    return who.role_in(org["name"]) == "admin" or (
        group_id is not None and who.groups.get(group_id) == "admin"
    )


def group_must_exist(store: Store, who: SignedInUser, namespace: str, group: str | None) -> None:
    """400 unless the organization has this resource group; 402 if its plan has no groups."""
    if group is None:
        return
    if namespace.lower() not in who.plans:
        raise plan_needed(NEEDS_PLAN)
    if store.find("resource_groups", id=group, org_id=who.owners[namespace.lower()]) is None:
        raise bad_request("Resource group not found")
