"""One repository: its info at a revision, and its revisions."""

from __future__ import annotations

import re
import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import caller
from ..store import Store, store_of
from ..web.hub_errors import revision_missing
from ..web.request import truthy
from ..web.response import HubJSON
from .lookup import PLURALS, repo_at
from .selected_fields import INFO, expanded
from .shapes import LazyRepo, repo_json


def sha_at(store: Store, repo: sqlite3.Row, revision: str) -> str:
    """The commit that a branch, tag, conversion or (abbreviated) commit names; 404 when there is none."""
    sha: str = repo["sha"]
    if revision in ("main", "HEAD", "refs/heads/main") or _commit(revision, sha):
        return sha
    for row in store.rows("select ref, sha from refs where repo = ?", repo["key"]):
        named = (row["ref"], row["ref"].removeprefix("refs/heads/"), row["ref"].removeprefix("refs/tags/"))
        if revision in named or _commit(revision, row["sha"]):
            return str(row["sha"])
    raise revision_missing(revision)


async def info(request: Request) -> Response:
    """GET /api/{type}/{namespace}/{repo} and …/revision/{revision}."""
    store, who, type = store_of(request), caller(request), _type(request)
    repo = repo_at(request, type)
    fields = expanded(request, type)
    sha = sha_at(store, repo, request.path_params.get("revision", "main"))
    shown = LazyRepo(store, who, repo)
    shown.blobs = truthy(request, "blobs")
    answer = repo_json(shown, fields if fields is not None else INFO[type])
    if "sha" in answer:
        answer["sha"] = sha
    if fields is None and truthy(request, "securityStatus"):
        answer["securityRepoStatus"] = {"scansDone": True, "filesWithIssues": []}
    return HubJSON(answer)


async def references(request: Request) -> Response:
    """GET /api/{type}/{namespace}/{repo}/refs."""
    repo = repo_at(request)
    rows = store_of(request).rows("select ref, sha from refs where repo = ? order by ref", repo["key"])
    groups: dict[str, list[dict[str, str]]] = {"branches": [_ref("refs/heads/main", repo["sha"])]}
    for group, prefix in (("branches", "refs/heads/"), ("tags", "refs/tags/"), ("converts", "refs/convert/")):
        groups.setdefault(group, [])
        groups[group] += [_ref(row["ref"], row["sha"]) for row in rows if row["ref"].startswith(prefix)]
    return HubJSON(groups)


def _ref(ref: str, sha: str) -> dict[str, str]:
    return {"name": ref.split("/", 2)[2], "ref": ref, "targetCommit": sha}


def _commit(revision: str, sha: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{7,40}", revision) is not None and sha.startswith(revision)


def _type(request: Request) -> str:
    return PLURALS[request.path_params["type"]]


routes = [
    Route("/api/{type:plural}/{namespace}/{repo}", info, methods=["GET"]),
    Route("/api/{type:plural}/{namespace}/{repo}/refs", references, methods=["GET"]),
    Route("/api/{type:plural}/{namespace}/{repo}/revision/{revision:path}", info, methods=["GET"]),
]
