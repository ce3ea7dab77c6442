"""Users and organizations: who am I, overviews, members and followers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..repos.repo_queries import count_by_type
from ..store import Store, Value, store_of
from ..web.cursors import next_link, place_of
from ..web.hub_errors import ApiError, Moved, forbidden
from ..web.request import limit_of
from ..web.response import HubJSON
from .org_lookup import org_at
from .rights import SignedInUser, caller, signed_in
from .rows import followed_after, followers_after, members_after, user_named
from .shapes import members_json, org_overview, user_overview, users_json, whoami_json


async def whoami(request: Request) -> Response:
    """GET /api/whoami-v2."""
    return HubJSON(whoami_json(store_of(request), signed_in(request)))


async def organization(request: Request) -> Response:
    """GET /api/organizations/{name}/overview; names in any letter case, without a redirect."""
    store, who, org = store_of(request), caller(request), org_at(request)
    return HubJSON(org_overview(store, who, org, _counts(store, who, org["name"])))


async def user(request: Request) -> Response:
    """GET /api/users/{username}/overview; another letter case redirects."""
    store, who, row = store_of(request), caller(request), _user_at(request, "overview")
    return HubJSON(user_overview(store, who, row, _counts(store, who, row["name"])))


async def members(request: Request) -> Response:
    """GET /api/organizations/{name}/members; roles are shown to members, e-mail addresses to admins."""
    store, who, org = store_of(request), caller(request), org_at(request)
    limit, place = limit_of(request, 500, 10_000, least=10), place_of(request, 1)
    search, email = request.query_params.get("search"), request.query_params.get("email")
    if email is not None and (who is None or who.role_in(org["name"]) != "admin"):
        raise forbidden("Only admins of the organization can look members up by e-mail")
    rows = members_after(store, org["id"], place[0] if place else "", limit + 1, search, email)
    return HubJSON(members_json(store, who, org, rows[:limit]), headers=_next(request, rows, limit))


async def followers(request: Request) -> Response:
    """GET /api/organizations/{name}/followers."""
    return _people(request, followers_after, org_at(request)["id"], 10_000)


async def user_followers(request: Request) -> Response:
    """GET /api/users/{username}/followers."""
    return _people(request, followers_after, _user_at(request, "followers")["id"], 1000)


async def following(request: Request) -> Response:
    """GET /api/users/{username}/following: only the users among the accounts somebody follows."""
    return _people(request, followed_after, _user_at(request, "following")["id"], 1000)


def _people(
    request: Request, after: Callable[[Store, str, Value, int], list[sqlite3.Row]], id: str, most: int
) -> Response:
    """A page of people related to an account."""
    store, who = store_of(request), caller(request)
    limit, place = limit_of(request, 500, most, cap=True), place_of(request, 1)
    rows = after(store, id, place[0] if place else "", limit + 1)
    return HubJSON(users_json(store, who, rows[:limit]), headers=_next(request, rows, limit))


def _user_at(request: Request, page: str) -> sqlite3.Row:
    """The user that a path names; another letter case redirects."""
    asked = request.path_params["username"]
    row = user_named(store_of(request), asked)
    if row is None:
        raise ApiError(404, "This user does not exist")
    if row["name"] != asked:
        query = f"?{request.url.query}" if request.url.query else ""
        raise Moved(f"/api/users/{row['name']}/{page}{query}")
    return row


def _next(request: Request, rows: list[sqlite3.Row], limit: int) -> dict[str, str]:
    return next_link(request, [rows[limit - 1]["id"]]) if len(rows) > limit else {}


def _counts(store: Store, who: SignedInUser | None, namespace: str) -> dict[str, int]:
    """How many repositories of each type a namespace has, as far as the caller can see."""
    found = count_by_type(store, who, namespace)
    counts = {f"num{type.capitalize()}s": found.get(type, 0) for type in ("model", "dataset", "space")}
    return counts | {"numKernels": 0, "numBuckets": 0, "numPapers": 0}


routes = [
    Route("/api/whoami-v2", whoami, methods=["GET"]),
    Route("/api/organizations/{name}/overview", organization, methods=["GET"]),
    Route("/api/organizations/{name}/members", members, methods=["GET"]),
    Route("/api/organizations/{name}/followers", followers, methods=["GET"]),
    Route("/api/users/{username}/overview", user, methods=["GET"]),
    Route("/api/users/{username}/followers", user_followers, methods=["GET"]),
    Route("/api/users/{username}/following", following, methods=["GET"]),
]
