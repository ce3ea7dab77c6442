"""Discussions of a repository: listing, reading, opening and deleting."""

from __future__ import annotations

import re
import sqlite3

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..content.access import may_discuss, may_fetch
from ..git.history import MAIN, forget_unreachable, put_ref, sha_of
from ..people.rights import caller, must_write, signed_in
from ..repos.lookup import repo_at
from ..store import Store, Value, store_of
from ..web.hub_errors import ApiError, invalid
from ..web.json_body import body_of
from ..web.request import origin, truthy, whole_of
from ..web.response import HubJSON
from .rows import discussion_row, open_discussion
from .shapes import DiscussionShapes

PAGE = 50
MOST_TEXT = 65_536
FILTERS = {
    "type": {"all": "", "discussion": "not is_pull_request", "pull_request": "is_pull_request"},
    "status": {"all": "", "open": "status in ('draft', 'open')", "closed": "status in ('closed', 'merged')"},
}
SORTS = (
    "recently-created",
    "trending",
    "reactions",
)  # nothing trends here and nobody reacts, so all sort by date


async def listing(request: Request) -> Response:
    """GET …/discussions, fifty a page: pinned ones first, then newest first."""
    store, repo, page = store_of(request), repo_at(request), whole_of(request, "p", 0, 10**9)
    query = request.query_params
    clauses, params = ["repo = ?"], list[Value]([repo["key"]])
    for name, options in FILTERS.items():
        asked = _one_of(query.get(name, "all"), name, tuple(options))
        clauses += [options[asked]] if options[asked] else []
    _one_of(query.get("sort", SORTS[0]), "sort", SORTS)
    if "author" in query:
        if not re.fullmatch(r"[A-Za-z0-9-]{2,42}", query["author"], re.ASCII):
            raise invalid("Invalid string: must be the name of a user", "author")
        clauses.append("author = ? collate nocase")
        params.append(query["author"])
    if query.get("search"):
        clauses.append("instr(lower(title), lower(?))")
        params.append(query["search"][:1000])
    where = " and ".join(clauses)
    rows = store.rows(
        f"select * from discussions where {where} order by pinned desc, num desc limit ? offset ?",  # noqa: S608 - our own words
        *params, PAGE, page * PAGE,
    )  # fmt: skip
    shapes = DiscussionShapes(store, caller(request), repo, origin(request))
    answer: dict[str, object] = {
        "discussions": [shapes.row(row) for row in rows],
        "count": store.count(f"select count(*) from discussions where {where}", *params),  # noqa: S608 - our own words
        "start": page * PAGE,
    }
    if page == 0:
        answer["numClosedDiscussions"] = sum(row["status"] in ("closed", "merged") for row in rows)
    return HubJSON(answer)


async def details(request: Request) -> Response:
    """GET …/discussions/{num}; with `diff` also a pull request's changes, if the caller may see the files."""
    store, repo, discussion = discussion_at(request)
    with_diff = truthy(request, "diff") and bool(discussion["is_pull_request"])
    if with_diff:
        may_fetch(store, caller(request), repo)
    return HubJSON(
        DiscussionShapes(store, caller(request), repo, origin(request)).details(discussion, with_diff)
    )


async def create(request: Request) -> Response:
    """POST …/discussions: a discussion, or a pull request, which starts as a draft."""
    body = await body_of(request)
    title = (body.text("title", required=True, least=3, most=200) or "").strip()
    description = body.text("description", required=True, most=MOST_TEXT) or ""
    is_pull_request = body.flag("pullRequest") or False
    body.check()
    store, who, repo = store_of(request), signed_in(request), repo_at(request)
    may_discuss(who, repo)
    if is_pull_request:
        may_fetch(store, who, repo)
    with store.write():
        base = sha_of(store, repo, MAIN) if is_pull_request else None
        status = "draft" if is_pull_request else "open"
        discussion = open_discussion(store, repo["key"], who.name, title, description.strip(), status, base)
        if base is not None:
            put_ref(store, repo["key"], f"refs/pr/{discussion['num']}", base)
    page = DiscussionShapes(store, who, repo, origin(request)).page
    answer: dict[str, object] = {
        "url": f"{page}/{discussion['num']}",
        "num": discussion["num"],
        "pullRequest": is_pull_request,
    }
    return HubJSON(answer | ({"references": {"base": MAIN}} if is_pull_request else {}))


async def delete(request: Request) -> Response:
    """DELETE …/discussions/{num}: with all its comments and, for a pull request, its ref."""
    store, repo, discussion = discussion_at(request)
    must_write(signed_in(request), repo, f'delete a discussion of {repo["type"]} "{repo["id"]}"')
    with store.write():
        store.delete("discussions", id=discussion["id"])
        store.delete("refs", repo=repo["key"], ref=f"refs/pr/{discussion['num']}")
        forget_unreachable(store, repo)
    return PlainTextResponse("OK")


def discussion_at(request: Request) -> tuple[Store, sqlite3.Row, sqlite3.Row]:
    """The repository and the discussion that a path names."""
    store, repo, num = store_of(request), repo_at(request), request.path_params["num"]
    found = discussion_row(store, repo["key"], int(num)) if re.fullmatch(r"\d{1,9}", num, re.ASCII) else None
    if found is None:
        raise ApiError(404, "Discussion not found")
    return store, repo, found


def _one_of(value: str, name: str, options: tuple[str, ...]) -> str:
    if value not in options:
        listed = "|".join(f'"{option}"' for option in options)
        raise invalid(f"Invalid option: expected one of {listed}", name)
    return value


base = "/api/{type:plural}/{namespace}/{repo}/discussions"
routes = [
    Route(base, listing, methods=["GET"]),
    Route(base, create, methods=["POST"]),
    Route(f"{base}/{{num}}", details, methods=["GET"]),
    Route(f"{base}/{{num}}", delete, methods=["DELETE"]),
]
