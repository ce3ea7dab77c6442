"""Quick search, trending repositories, and semantic search for Spaces, here by shared words."""

from __future__ import annotations

import json
import re
import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import caller
from ..repos.repo_queries import matching_repos
from ..repos.summaries import repo_summary
from ..repos.where_clause import WhereClause
from ..store import store_of
from ..web.hub_errors import invalid
from ..web.request import limit_of, truthy
from ..web.response import HubJSON
from .rows import collections_named, orgs_named, papers_named, repos_named, trending_repos, users_named

KINDS = ("model", "dataset", "space", "org", "user", "paper", "collection", "bucket", "kernel")
LOOKED_AT = 2_000  # Spaces that are compared with a question
FOUND = 48
WORD = re.compile(r"[a-z0-9]{3,}")
AWAKE = ("RUNNING", "SLEEPING", "RUNNING_BUILDING")


async def quick(request: Request) -> Response:
    """GET /api/quicksearch: the entries of each kind whose names contain the words, and their total."""
    store, who, query = store_of(request), caller(request), request.query_params
    words, limit = query.get("q", ""), limit_of(request, 5, 20)
    kinds = [*query.getlist("type"), *query.getlist("type[]")] or list(KINDS)
    if odd := [kind for kind in kinds if kind not in KINDS]:
        raise invalid(f'Invalid option: "{odd[0][:40]}"', "type")
    answer: dict[str, object] = {"q": words, "orgs": [], "users": []}
    for kind in KINDS:
        if kind not in ("org", "user"):
            answer |= {f"{kind}s": [], f"{kind}sCount": 0}
    for kind in ("model", "dataset", "space"):
        if kind in kinds:
            rows, total = repos_named(store, who, kind, words, query.get("namespace"), limit)
            answer |= {f"{kind}s": [_entry(row) for row in rows], f"{kind}sCount": total}
    if "org" in kinds:
        answer["orgs"] = [_account(row, "name") for row in orgs_named(store, words, limit)]
    if "user" in kinds:
        answer["users"] = [_account(row, "user") for row in users_named(store, words, limit)]
    if "paper" in kinds:
        rows, total = papers_named(store, words, limit)
        answer |= {"papers": [{"id": row["id"]} for row in rows], "papersCount": total}
    if "collection" in kinds:
        rows, total = collections_named(store, words, limit)
        found = [{"_id": row["id"], "title": row["title"]} for row in rows]
        answer |= {"collections": found, "collectionsCount": total}
    return HubJSON(answer)


async def trending(request: Request) -> Response:
    """GET /api/trending."""
    store, who = store_of(request), caller(request)
    type, limit = request.query_params.get("type", "all"), limit_of(request, 10, 20)
    if type not in ("all", "model", "dataset", "space"):
        raise invalid('Invalid option: expected one of "all"|"dataset"|"model"|"space"', "type")
    rows = trending_repos(store, "" if type == "all" else type, limit)
    listed = [{"repoType": row["type"], "repoData": repo_summary(store, who, row)} for row in rows]
    return HubJSON({"recentlyTrending": listed})


async def semantic(request: Request) -> Response:
    """GET /api/spaces/semantic-search: Spaces with the most words of the question come first."""
    store, who, query = store_of(request), caller(request), request.query_params
    if not (asked := set(WORD.findall(query.get("q", "").lower()))):
        raise invalid("Too small: expected string to have >=1 characters", "q")
    where = WhereClause("space", who)
    rows = matching_repos(store, where.sql, where.params, "r.likes desc, r._id", LOOKED_AT, 0)
    found: list[tuple[float, sqlite3.Row]] = []
    for row in rows:
        shared = len(asked & _words_of(row)) / len(asked)
        tags = json.loads(row["tags"])
        wanted = all(tag in tags for tag in query.getlist("filter"))
        if shared and wanted and query.get("sdk") in (None, row["sdk"]):
            found.append((shared, row))
    found.sort(key=lambda one: -one[0])
    answer: list[dict[str, object]] = []
    for shared, row in found:
        space = repo_summary(store, who, row)
        runtime = space.get("runtime")
        stage = runtime.get("stage") if isinstance(runtime, dict) else None
        if stage not in AWAKE and not truthy(request, "includeNonRunning"):
            continue
        short = str(space.get("shortDescription") or space.get("title") or "")
        answer.append({**space, "ai_short_description": short, "trendingScore": row["trending_score"],
                       "semanticRelevancyScore": round(shared, 4)})  # fmt: skip
    return HubJSON(answer[:FOUND])


def _words_of(row: sqlite3.Row) -> set[str]:
    """The words in a Space's description of itself."""
    said = " ".join((row["id"], row["description"] or "", row["card"], row["tags"]))
    return set(WORD.findall(said.lower()))


def _entry(row: sqlite3.Row) -> dict[str, object]:
    """A repository as the quick search names it."""
    entry: dict[str, object] = {"id": row["id"], "trendingWeight": row["trending_score"]}
    if row["type"] == "space":
        entry["emoji"] = str(json.loads(row["card"]).get("emoji", "🚀"))
    return entry | ({"private": True} if row["visibility"] == "private" else {})


def _account(row: sqlite3.Row, name: str) -> dict[str, object]:
    return {"_id": row["id"], "avatarUrl": row["avatar_url"], "fullname": row["fullname"], name: row["name"]}


routes = [
    Route("/api/quicksearch", quick, methods=["GET"]),
    Route("/api/trending", trending, methods=["GET"]),
    Route("/api/spaces/semantic-search", semantic, methods=["GET"]),
]
