"""Resource groups of an organization, settings and users; what they hold is in `group_assignment.py`."""

from __future__ import annotations

import json
import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import WRITERS
from ..store import Store, store_of
from ..web.hub_errors import ApiError, bad_request, forbidden
from ..web.json_body import JSONBody, body_of
from ..web.response import HubJSON
from .group_assignment import take_in
from .shapes import (
    PRODUCTS,
    REPO_TYPES,
    ROLES,
    auto_join_in,
    group_at,
    group_json,
    join_everybody,
    members_in,
    org_with_plan,
    runs,
)


async def listing(request: Request) -> Response:
    """GET …/resource-groups: all of them to admins of the organization, to others their own."""
    store = store_of(request)
    who, org = org_with_plan(request, "org.read")
    rows = store.rows("select id from resource_groups where org_id = ? order by created_at, id", org["id"])
    return HubJSON(
        [group_json(store, row["id"]) for row in rows if runs(who, org) or row["id"] in who.groups]
    )


async def create(request: Request) -> Response:
    """POST …/resource-groups; who is no admin of the organization must name an admin among the users."""
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
        id = store.new_id()
        store.run(
            "insert into resource_groups (id, org_id, name, description, created_at) values (?, ?, ?, ?, ?)",
            id,
            org["id"],
            name,
            description or "",
            store.now(),
        )
        _enter(store, id, who.name, members_in(store, org, users))
        for type, repo in repos:
            assert type is not None
            assert repo is not None
            take_in(store, who, org, type, repo, id)
        if auto_join is not None:
            _set_auto_join(store, org, id, *auto_join)
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
        store.run(
            "update resource_groups set name = ifnull(?, name), description = ifnull(?, description),"
            " spend_limits = ? where id = ?",
            name,
            description,
            json.dumps(kept),
            group["id"],
        )
    return HubJSON(group_json(store, group["id"]))


async def settings(request: Request) -> Response:
    """POST …/resource-groups/{group}/settings: auto-join lets everybody in at once, and out nobody."""
    store = store_of(request)
    group_at(request, write=True)
    body = await body_of(request)
    auto_join = auto_join_in(body)
    body.check()
    with store.write():
        _, org, group = group_at(request, write=True)
        if auto_join is not None:
            _set_auto_join(store, org, group["id"], *auto_join)
    return HubJSON(group_json(store, group["id"]))


async def delete(request: Request) -> Response:
    """DELETE …/resource-groups/{group}; its resources stay, in no group."""
    store = store_of(request)
    with store.write():
        _, _, group = group_at(request, write=True)
        store.run("delete from resource_groups where id = ?", group["id"])
    return HubJSON({"success": True})


async def add_users(request: Request) -> Response:
    """POST …/resource-groups/{group}/users: all of them, or when one cannot join, none."""
    store = store_of(request)
    group_at(request, write=True)
    body = await body_of(request)
    users = _users(body, required=True)
    body.check()
    with store.write():
        who, org, group = group_at(request, write=True)
        joining = members_in(store, org, users)
        for id, _ in joining:
            if store.count(
                "select count(*) from resource_group_users where group_id = ? and user_id = ?",
                group["id"],
                id,
            ):
                user = store.row("select name from users where id = ?", id)
                assert user is not None
                raise forbidden(f'User "{user["name"]}" is already in the resource group {group["name"]}')
        _enter(store, group["id"], who.name, joining)
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
        store.run(
            "update resource_group_users set role = ? where group_id = ? and user_id = ?",
            role,
            group["id"],
            user,
        )
    return HubJSON(group_json(store, group["id"]))


async def remove_user(request: Request) -> Response:
    """DELETE …/resource-groups/{group}/users/{username}."""
    store = store_of(request)
    with store.write():
        _, _, group = group_at(request, write=True)
        user = _user_in(request, group)
        store.run("delete from resource_group_users where group_id = ? and user_id = ?", group["id"], user)
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
    """Those of the spend limits that were sent; null stands for none."""
    return {
        key: None if part.fields[key] is None else part.whole(key, least=0)
        for key in PRODUCTS
        if part.given(key)
    }


def _enter(store: Store, group_id: str, by: str, users: list[tuple[str, str]]) -> None:
    store.run_many(
        "insert into resource_group_users (group_id, user_id, role, added_by, added_at)"
        " values (?, ?, ?, ?, ?)",
        ((group_id, user, role, by, store.now()) for user, role in users),
    )


def _set_auto_join(
    store: Store, org: sqlite3.Row, group_id: str, role: str | None, scope: str | None
) -> None:
    store.run(
        "update resource_groups set auto_join_role = ?, auto_join_scope = ? where id = ?",
        role,
        scope,
        group_id,
    )
    if role is not None:
        join_everybody(store, org, group_id, role, scope or "all")


def _user_in(request: Request, group: sqlite3.Row) -> str:
    """The id of the user whom a path names; 404 for one who is not in the group."""
    row = store_of(request).row(
        "select u.id from users u join resource_group_users g on g.user_id = u.id"
        " where u.name = ? and g.group_id = ?",
        request.path_params["username"],
        group["id"],
    )
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
