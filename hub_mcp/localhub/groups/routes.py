"""Resource groups of an organization, settings and users; their content is in `group_assignment.py`."""

from __future__ import annotations

import json
import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import WRITERS
from ..store import store_of
from ..web.hub_errors import ApiError, bad_request, forbidden
from ..web.json_body import JSONBody, body_of
from ..web.response import HubJSON
from .group_access import group_at, org_with_plan, runs
from .group_assignment import take_in
from .group_members import ROLES, auto_join_in, change_auto_join, members_in
from .rows import groups_of_org, insert_group, insert_group_users, update_group, user_in
from .shapes import group_json

PRODUCTS = ("total", "inferenceProviders", "spaces", "jobs", "endpoints")
REPO_TYPES = ("dataset", "model", "space", "bucket", "kernel")


async def listing(request: Request) -> Response:
    """GET …/resource-groups: all of them for admins of the organization, for others their own."""
    store = store_of(request)
    who, org = org_with_plan(request, "org.read")
    ids = groups_of_org(store, org["id"])
    return HubJSON([group_json(store, id) for id in ids if runs(who, org) or id in who.groups])


async def create(request: Request) -> Response:
    """POST …/resource-groups; unless an admin of the organization calls, the users must include an admin."""
    store = store_of(request)
    who, org = org_with_plan(request)
    body = await body_of(request)
    name, description = (
        body.text("name", required=True, least=1, most=200),
        body.text("description", most=500),
    )
    users, auto_join = _users(body), auto_join_in(body)
    repos = [
        (item.choice("type", REPO_TYPES, required=True), item.text("name", required=True))
        for item in body.parts("repos") or ()
    ]
    body.check()
    if who.role_in(org["name"]) not in WRITERS:
        raise forbidden(f"You don't have the rights to create a resource group in {org['name']}")
    if not runs(who, org) and not any(role == "admin" for _, role in users):
        raise bad_request("At least one of the users must be an admin of the resource group")
    with store.write():
        id = insert_group(store, org["id"], name, description or "")
        insert_group_users(store, id, who.name, members_in(store, org, users))
        for type, repo in repos:
            assert type is not None
            assert repo is not None
            take_in(store, who, org, type, repo, id)
        if auto_join is not None:
            change_auto_join(store, org, id, *auto_join)
    return HubJSON(group_json(store, id))


async def read(request: Request) -> Response:
    """GET …/resource-groups/{group}."""
    _, _, group = group_at(request, write=False)
    return HubJSON(group_json(store_of(request), group["id"]))


async def update(request: Request) -> Response:
    """PATCH …/resource-groups/{group}: name, description, spend limits (in cents; null removes one)."""
    store = store_of(request)
    _, _, group = group_at(request, write=True)
    body = await body_of(request)
    name, description = body.text("name", least=1, most=200), body.text("description", most=500)
    part = body.part("spendLimits")
    limits = _limits(part) if part else {}
    body.check()
    with store.write():
        _, _, group = group_at(request, write=True)
        kept = {
            key: cents
            for key, cents in (json.loads(group["spend_limits"]) | limits).items()
            if cents is not None
        }
        update_group(store, group["id"], name, description, json.dumps(kept))
    return HubJSON(group_json(store, group["id"]))


async def settings(request: Request) -> Response:
    """POST …/resource-groups/{group}/settings: auto-join adds everybody at once, and off removes nobody."""
    store = store_of(request)
    group_at(request, write=True)
    body = await body_of(request)
    auto_join = auto_join_in(body)
    body.check()
    with store.write():
        _, org, group = group_at(request, write=True)
        if auto_join is not None:
            change_auto_join(store, org, group["id"], *auto_join)
    return HubJSON(group_json(store, group["id"]))


async def delete(request: Request) -> Response:
    """DELETE …/resource-groups/{group}; its resources stay, without a group."""
    store = store_of(request)
    with store.write():
        _, _, group = group_at(request, write=True)
        store.delete("resource_groups", id=group["id"])
    return HubJSON({"success": True})


async def add_users(request: Request) -> Response:
    """POST …/resource-groups/{group}/users: all of them, or none if one cannot join."""
    store = store_of(request)
    group_at(request, write=True)
    body = await body_of(request)
    users = _users(body, required=True)
    body.check()
    with store.write():
        who, org, group = group_at(request, write=True)
        joining = members_in(store, org, users)
        for id, _ in joining:
            if store.number("resource_group_users", group_id=group["id"], user_id=id):
                user = store.get("users", id=id)
                raise forbidden(f'User "{user["name"]}" is already in the resource group {group["name"]}')
        insert_group_users(store, group["id"], who.name, joining)
    return HubJSON(group_json(store, group["id"]))


async def update_user(request: Request) -> Response:
    """PATCH …/resource-groups/{group}/users/{username}."""
    store = store_of(request)
    group_at(request, write=True)
    body = await body_of(request)
    role = body.choice("role", ROLES, required=True)
    body.check()
    with store.write():
        _, _, group = group_at(request, write=True)
        user = _user_in(request, group)
        store.update("resource_group_users", {"group_id": group["id"], "user_id": user}, role=role)
    return HubJSON(group_json(store, group["id"]))


async def remove_user(request: Request) -> Response:
    """DELETE …/resource-groups/{group}/users/{username}."""
    store = store_of(request)
    with store.write():
        _, _, group = group_at(request, write=True)
        user = _user_in(request, group)
        store.delete("resource_group_users", group_id=group["id"], user_id=user)
    return HubJSON(group_json(store, group["id"]))


def _users(body: JSONBody, required: bool = False) -> list[tuple[str, str]]:
    """The `users` field; a user is called `user`, and by some clients `name`."""
    parts = body.parts("users", required=required)
    if required and parts == [] and body.fields.get("users") == []:
        body.wrong("Too small: expected array to have >=1 items", "users")
    users = [
        (
            part.text("name" if part.given("name") and not part.given("user") else "user", required=True),
            part.choice("role", ROLES, required=True),
        )
        for part in parts or ()
    ]
    return [(user, role) for user, role in users if user is not None and role is not None]


def _limits(part: JSONBody) -> dict[str, int | None]:
    """The spend limits that were sent; null removes one."""
    return {
        key: None if part.fields[key] is None else part.whole(key, least=0)
        for key in PRODUCTS
        if part.given(key)
    }


def _user_in(request: Request, group: sqlite3.Row) -> str:
    """The id of the user that a path names; 404 unless they are in the group."""
    row = user_in(store_of(request), group["id"], request.path_params["username"])
    if row is None:
        raise ApiError(404, "User not found in this resource group")
    return str(row["id"])


_ALL = "/api/organizations/{name}/resource-groups"
_ONE = f"{_ALL}/{{group}}"
routes = [
    Route(_ALL, listing, methods=["GET"]),
    Route(_ALL, create, methods=["POST"]),
    Route(_ONE, read, methods=["GET"]),
    Route(_ONE, update, methods=["PATCH"]),
    Route(_ONE, delete, methods=["DELETE"]),
    Route(f"{_ONE}/settings", settings, methods=["POST"]),
    Route(f"{_ONE}/users", add_users, methods=["POST"]),
    Route(f"{_ONE}/users/{{username}}", update_user, methods=["PATCH"]),
    Route(f"{_ONE}/users/{{username}}", remove_user, methods=["DELETE"]),
]
