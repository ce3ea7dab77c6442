"""Users and organizations: who am I, overviews, members, followers, and what a namespace stores."""

from __future__ import annotations

import json
import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..repos.lookup import TYPES
from ..store import Store, Value, store_of
from ..web.cursors import next_link, place_of
from ..web.hub_errors import ApiError, Moved, forbidden, page_missing
from ..web.request import limit_of
from ..web.response import HubJSON
from .rights import SignedInUser, caller, signed_in, visible


async def whoami(request: Request) -> Response:
    """GET /api/whoami-v2."""
    store, who = store_of(request), signed_in(request)
    user = store.row("select * from users where id = ?", who.id)
    token = store.row("select * from tokens where user_id = ? and display_name = ?", who.id, who.token_name)
    assert user is not None
    assert token is not None
    access: dict[str, object] = {
        "displayName": who.token_name,
        "role": who.access,
        "createdAt": token["created_at"],
    }
    if who.fine_grained is not None:
        access["fineGrained"] = json.loads(who.fine_grained)
    return HubJSON(
        {
            "type": "user",
            "id": who.id,
            "name": who.name,
            "fullname": user["fullname"],
            "email": user["email"],
            "emailVerified": True,
            "canPay": who.is_pro,
            "billingMode": "prepaid",
            "periodEnd": None,
            "isPro": who.is_pro,
            "avatarUrl": user["avatar_url"],
            "orgs": [_my_org(store, who, org) for org in _orgs_of(store, who.id)],
            "auth": {"type": "access_token", "accessToken": access},
        }
    )


async def organization(request: Request) -> Response:
    """GET /api/organizations/{name}/overview; names in any letter case, without a redirect."""
    store, who, org = store_of(request), caller(request), org_at(request)
    answer = {
        "_id": org["id"],
        "avatarUrl": org["avatar_url"],
        "fullname": org["fullname"],
        "name": org["name"],
        "details": org["details"],
        "plan": org["plan"],
        "isVerified": bool(org["is_verified"]),
        "isFollowing": _follows(store, who, org["id"]),
        "numUsers": store.count("select count(*) from members where org_id = ?", org["id"]),
        **_counts(store, who, org["name"]),
        "numFollowers": store.count("select count(*) from followers where account_id = ?", org["id"]),
    }
    return HubJSON({key: value for key, value in answer.items() if value is not None})


async def user(request: Request) -> Response:
    """GET /api/users/{username}/overview; another letter case redirects."""
    store, who, asked = store_of(request), caller(request), request.path_params["username"]
    row = store.row("select * from users where name = ?", asked)
    if row is None:
        raise ApiError(404, "This user does not exist")
    if row["name"] != asked:
        raise Moved(f"/api/users/{row['name']}/overview")
    answer = {
        "_id": row["id"],
        "avatarUrl": row["avatar_url"],
        "isPro": bool(row["is_pro"]),
        "fullname": row["fullname"],
        **_counts(store, who, row["name"]),
        "numDiscussions": 0,
        "numUpvotes": 0,
        "numLikes": 0,
        "numFollowers": store.count("select count(*) from followers where account_id = ?", row["id"]),
        "numFollowing": store.count(
            "select count(*) from followers f join users u on u.id = f.account_id where f.user_id = ?",
            row["id"],
        ),
        "numFollowingOrgs": store.count(
            "select count(*) from followers f join orgs o on o.id = f.account_id where f.user_id = ?",
            row["id"],
        ),
        "orgs": [
            {
                "id": org["id"],
                "name": org["name"],
                "fullname": org["fullname"],
                "avatarUrl": org["avatar_url"],
            }
            for org in _orgs_of(store, row["id"])
        ],
        "user": row["name"],
        "type": "user",
        "isFollowing": _follows(store, who, row["id"]),
        "details": row["details"],
        "hardwareItems": [],
        "createdAt": row["created_at"],
    }
    return HubJSON({key: value for key, value in answer.items() if value is not None})


async def members(request: Request) -> Response:
    """GET /api/organizations/{name}/members; roles are told to members, e-mail addresses to admins."""
    store, who, org = store_of(request), caller(request), org_at(request)
    limit = limit_of(request, 500, 10_000, least=10)
    mine = who.role_in(org["name"]) if who else None
    clauses, params = ["m.org_id = ?"], list[Value]([org["id"]])
    if "search" in request.query_params:
        clauses.append("(instr(lower(u.name), lower(?)) or instr(lower(u.fullname), lower(?)))")
        params += [request.query_params["search"]] * 2
    if "email" in request.query_params:
        if mine != "admin":
            raise forbidden("Only admins of the organization can look members up by e-mail")
        clauses.append("lower(u.email) = lower(?)")
        params.append(request.query_params["email"])
    place = place_of(request, 1)
    if place is not None:
        clauses.append("u.id > ?")
        params.append(place[0])
    rows = store.rows(
        "select u.*, m.role from members m join users u on u.id = m.user_id"  # noqa: S608 - our own words
        f" where {' and '.join(clauses)} order by u.id limit ?",
        *params,
        limit + 1,
    )
    page = _people(store, who, rows[:limit])
    if mine is not None:
        for person, row in zip(page, rows, strict=False):
            person["role"] = row["role"]
            person["resourceGroups"] = _groups_of(store, org["id"], row["id"])
            if mine == "admin":
                person |= {"twoFaEnabled": bool(row["is_pro"]), "isExternalCollaborator": False}
                if org["plan"]:
                    person["verifiedEmail"] = row["email"]
    return HubJSON(page, headers=next_link(request, [rows[limit - 1]["id"]]) if len(rows) > limit else {})


async def followers(request: Request) -> Response:
    """GET /api/organizations/{name}/followers."""
    store, who, org = store_of(request), caller(request), org_at(request)
    limit = limit_of(request, 500, 10_000, cap=True)
    place = place_of(request, 1)
    rows = store.rows(
        "select u.* from followers f join users u on u.id = f.user_id"
        " where f.account_id = ? and u.id > ? order by u.id limit ?",
        org["id"],
        place[0] if place else "",
        limit + 1,
    )
    page = _people(store, who, rows[:limit])
    return HubJSON(page, headers=next_link(request, [rows[limit - 1]["id"]]) if len(rows) > limit else {})


def org_at(request: Request) -> sqlite3.Row:
    """The organization that a path names, in any letter case; 404 also when the name is a user's."""
    org = store_of(request).row("select * from orgs where name = ?", request.path_params["name"])
    if org is None:
        raise page_missing()
    return org


def _people(store: Store, who: SignedInUser | None, rows: list[sqlite3.Row]) -> list[dict[str, object]]:
    """Users as lists of people show them."""
    followed = store.rows("select account_id from followers where user_id = ?", who.id) if who else []
    following = {row["account_id"] for row in followed}
    people: list[dict[str, object]] = [
        {
            "_id": row["id"],
            "avatarUrl": row["avatar_url"],
            "fullname": row["fullname"],
            "isPro": bool(row["is_pro"]),
            "user": row["name"],
            "type": "user",
        }
        for row in rows
    ]
    if who is not None:
        for person in people:
            person["isFollowing"] = person["_id"] in following
    return people


def _my_org(store: Store, who: SignedInUser, org: sqlite3.Row) -> dict[str, object]:
    """An organization as `whoami-v2` lists it."""
    answer: dict[str, object] = {
        "type": "org",
        "id": org["id"],
        "name": org["name"],
        "fullname": org["fullname"],
        "email": None,
        "canPay": org["plan"] is not None,
        "periodEnd": None,
        "avatarUrl": org["avatar_url"],
        "roleInOrg": org["role"],
    }
    if org["plan"] is not None:
        answer["plan"] = org["plan"]
    groups = [
        {key: group[key] for key in ("id", "name", "role")} for group in _groups_of(store, org["id"], who.id)
    ]
    return answer | ({"resourceGroups": groups} if groups else {})


def _orgs_of(store: Store, user_id: str) -> list[sqlite3.Row]:
    return store.rows(
        "select o.*, m.role from members m join orgs o on o.id = m.org_id"
        " where m.user_id = ? order by o.name",
        user_id,
    )


def _groups_of(store: Store, org_id: str, user_id: str) -> list[dict[str, object]]:
    """The resource groups of an organization that a user belongs to."""
    rows = store.rows(
        "select g.id, g.name, u.role,"
        " (select count(*) from resource_group_users where group_id = g.id) as users"
        " from resource_groups g join resource_group_users u on u.group_id = g.id"
        " where g.org_id = ? and u.user_id = ? order by g.name",
        org_id,
        user_id,
    )
    return [{"id": r["id"], "name": r["name"], "numUsers": r["users"], "role": r["role"]} for r in rows]


def _follows(store: Store, who: SignedInUser | None, account_id: str) -> bool:
    sql = "select count(*) from followers where account_id = ? and user_id = ?"
    return who is not None and store.count(sql, account_id, who.id) > 0


def _counts(store: Store, who: SignedInUser | None, namespace: str) -> dict[str, int]:
    """How many repositories of each type a namespace has, as far as the caller can see."""
    condition, params = visible(who)
    rows = store.rows(
        "select r.type, count(*) as n from repos r"  # noqa: S608 - the condition is ours, values bound
        f" where r.namespace = ? and {condition} group by r.type",
        namespace,
        *params,
    )
    found = {row["type"]: row["n"] for row in rows}
    counts = {f"num{type.capitalize()}s": int(found.get(type, 0)) for type in TYPES}
    return counts | {"numKernels": 0, "numBuckets": 0, "numPapers": 0}


routes = [
    Route("/api/whoami-v2", whoami, methods=["GET"]),
    Route("/api/organizations/{name}/overview", organization, methods=["GET"]),
    Route("/api/organizations/{name}/members", members, methods=["GET"]),
    Route("/api/organizations/{name}/followers", followers, methods=["GET"]),
    Route("/api/users/{username}/overview", user, methods=["GET"]),
]
