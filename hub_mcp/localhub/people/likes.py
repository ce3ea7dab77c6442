"""Likes: who likes a repository, what a user likes, and adding or removing one's own like."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..repos.lookup import repo_at
from ..store import store_of
from ..web.cursors import next_link, place_of
from ..web.hub_errors import ApiError
from ..web.request import limit_of
from ..web.response import HubJSON
from .like_rows import add_like, liked_after, likers_after, take_back_like
from .rights import caller, signed_in, token_must
from .rows import user_named
from .shapes import users_json


async def likers(request: Request) -> Response:
    """GET …/likers: the known likers; of most likes the world has only the count."""
    store, repo, limit = store_of(request), repo_at(request), limit_of(request, 500, 1000, cap=True)
    place = place_of(request, 1)
    rows = likers_after(store, repo["key"], place[0] if place else "", limit + 1)
    page = users_json(store, None, rows[:limit])
    return HubJSON(page, headers=next_link(request, [rows[limit - 1]["id"]]) if len(rows) > limit else {})


async def liked(request: Request) -> Response:
    """GET /api/users/{username}/likes: the repositories a user likes, as far as the caller can see them."""
    store, limit, place = store_of(request), limit_of(request, 1000, 1000, cap=True), place_of(request, 1)
    user = user_named(store, request.path_params["username"])
    if user is None:
        raise ApiError(404, "This user does not exist")
    rows = liked_after(store, caller(request), user["id"], place[0] if place else "", limit + 1)
    page = [
        {"createdAt": row["liked_at"], "repo": {"name": row["id"], "type": row["type"]}}
        for row in rows[:limit]
    ]
    return HubJSON(page, headers=next_link(request, [rows[limit - 1]["_id"]]) if len(rows) > limit else {})


async def like(request: Request) -> Response:
    """POST …/like, as the page's heart does; a second like changes nothing."""
    store, repo, who = store_of(request), repo_at(request), signed_in(request)
    token_must(who, "repo.write", who.name)
    with store.write():
        add_like(store, repo["key"], who.id)
    return PlainTextResponse("OK")


async def unlike(request: Request) -> Response:
    """DELETE …/like; without a like it succeeds and changes nothing."""
    store, repo, who = store_of(request), repo_at(request), signed_in(request)
    token_must(who, "repo.write", who.name)
    with store.write():
        take_back_like(store, repo["key"], who.id)
    return PlainTextResponse("OK")


_base = "/api/{type:plural}/{namespace}/{repo}"
routes = [
    Route(f"{_base}/likers", likers, methods=["GET"]),
    Route(f"{_base}/like", like, methods=["POST"]),
    Route(f"{_base}/like", unlike, methods=["DELETE"]),
    Route("/api/users/{username}/likes", liked, methods=["GET"]),
]
