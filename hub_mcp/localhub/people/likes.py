"""Likes: who likes a repository, what a user likes, and one's own like given or taken back."""

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
from .rights import caller, signed_in, token_must, visible


async def likers(request: Request) -> Response:
    """GET …/likers: those who like it and are known one by one; the world tells of many only their number."""
    store, repo, limit = store_of(request), repo_at(request), limit_of(request, 500, 1000, cap=True)
    place = place_of(request, 1)
    rows = store.rows(
        "select u.* from repo_likes l join users u on u.id = l.user_id"
        " where l.repo = ? and u.id > ? order by u.id limit ?",
        repo["key"], place[0] if place else "", limit + 1,
    )  # fmt: skip
    page = [
        {
            "_id": row["id"],
            "avatarUrl": row["avatar_url"],
            "fullname": row["fullname"],
            "isPro": bool(row["is_pro"]),
            "user": row["name"],
            "type": "user",
        }
        for row in rows[:limit]
    ]
    return HubJSON(page, headers=next_link(request, [rows[limit - 1]["id"]]) if len(rows) > limit else {})


async def liked(request: Request) -> Response:
    """GET /api/users/{username}/likes: the repositories a user likes, as far as the caller can see them."""
    store, limit, place = store_of(request), limit_of(request, 1000, 1000, cap=True), place_of(request, 1)
    user = store.row("select * from users where name = ?", request.path_params["username"])
    if user is None:
        raise ApiError(404, "This user does not exist")
    condition, params = visible(caller(request))
    rows = store.rows(
        "select r._id, r.id, r.type, l.created_at as liked_at from repo_likes l"  # noqa: S608 - our own words
        f" join repos r on r.key = l.repo where l.user_id = ? and r._id > ?"
        f" and {condition} order by r._id limit ?",
        user["id"], place[0] if place else "", *params, limit + 1,
    )  # fmt: skip
    page = [
        {"createdAt": row["liked_at"], "repo": {"name": row["id"], "type": row["type"]}}
        for row in rows[:limit]
    ]
    return HubJSON(page, headers=next_link(request, [rows[limit - 1]["_id"]]) if len(rows) > limit else {})


async def like(request: Request) -> Response:
    """POST …/like, as the page's heart does it; a second time changes nothing."""
    store, repo, who = store_of(request), repo_at(request), signed_in(request)
    token_must(who, "repo.write", who.name)
    with store.write():
        if store.run(
            "insert or ignore into repo_likes (repo, user_id, created_at) values (?, ?, ?)",
            repo["key"], who.id, store.now(),
        ):  # fmt: skip
            store.run("update repos set likes = likes + 1 where key = ?", repo["key"])
    return PlainTextResponse("OK")


async def unlike(request: Request) -> Response:
    """DELETE …/like; without a like there is nothing to take back, and nothing is said."""
    store, repo, who = store_of(request), repo_at(request), signed_in(request)
    token_must(who, "repo.write", who.name)
    with store.write():
        if store.run("delete from repo_likes where repo = ? and user_id = ?", repo["key"], who.id):
            store.run("update repos set likes = max(0, likes - 1) where key = ?", repo["key"])
    return PlainTextResponse("OK")


_base = "/api/{type:plural}/{namespace}/{repo}"
routes = [
    Route(f"{_base}/likers", likers, methods=["GET"]),
    Route(f"{_base}/like", like, methods=["POST"]),
    Route(f"{_base}/like", unlike, methods=["DELETE"]),
    Route("/api/users/{username}/likes", liked, methods=["GET"]),
]
