"""Branches, tags and history: listing, creating, deleting, comparing and squashing."""

from __future__ import annotations

import re
import sqlite3

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..discussions.rows import pull_request_of
from ..git.diffs import raw_diff, text_diff
from ..git.git_objects import EMPTY_TREE
from ..git.history import (
    MAIN,
    add_commit,
    chain,
    commit_row,
    forget_unreachable,
    merge_base,
    ref_named,
    sha_at,
    sha_of,
    tree_of,
)
from ..people.rights import must_write, signed_in
from ..repos.lookup import repo_at
from ..store import Store, store_of
from ..web.hub_errors import ApiError, bad_request, forbidden, revision_missing
from ..web.json_body import body_of
from ..web.request import limit_of, origin, raw_path, truthy, whole_of
from ..web.response import HubJSON
from .access import open_repo, revision_and_path
from .committing import move_ref
from .shapes import commit_shape

GROUPS = (("branches", "refs/heads/"), ("tags", "refs/tags/"), ("converts", "refs/convert/"))


async def references(request: Request) -> Response:
    """GET …/refs, with `include_prs` also those of pull requests; a gate does not hide names."""
    store, repo = store_of(request), repo_at(request)
    rows = store.find_all("refs", "ref", repo=repo["key"])
    groups = dict[str, list[dict[str, str]]]()
    for group, prefix in (
        *GROUPS,
        *([("pullRequests", "refs/pr/")] if truthy(request, "include_prs") else []),
    ):
        groups[group] = [_ref(row["ref"], row["sha"]) for row in rows if row["ref"].startswith(prefix)]
    groups["branches"].insert(0, _ref(MAIN, repo["sha"]))
    return HubJSON(groups)


async def commits(request: Request) -> Response:
    """GET …/commits/{revision}: the history, newest first, by pages `p`."""
    store, repo = open_repo(request)
    head = sha_at(store, repo, _revision(request, "/commits/"))
    limit, page = limit_of(request, 50, 1000), whole_of(request, "p", 0, 10**9)
    query = request.query_params
    asked = {*query.getlist("expand"), *query.getlist("expand[]")}
    if asked - {"formatted"}:
        raise bad_request('✖ Invalid option: expected "formatted"\n  → at expand[0]')
    total = commit_row(store, repo["key"], head)["number"]
    rows = chain(store, repo["key"], head, skip=page * limit, limit=limit)
    headers = {"X-Total-Count": str(total)}
    if (page + 1) * limit < total:
        kept = [part for part in request.url.query.split("&") if part and part.split("=")[0] != "p"]
        address = f"{origin(request)}{raw_path(request)}?{'&'.join([*kept, f'p={page + 1}'])}"
        headers["Link"] = f'<{address}>; rel="next"'
    return HubJSON([commit_shape(store, row, "formatted" in asked) for row in rows], headers=headers)


async def compare(request: Request) -> Response:
    """GET …/compare/{base}..{head}: the diff; with three dots, from their merge base."""
    store, repo = open_repo(request)
    asked = _revision(request, "/compare/", whole=True)
    found = re.fullmatch(r"(.+?)(\.{2,3})(.+)", asked)
    if found is None:
        raise bad_request(f'Invalid compare "{asked}": expected base..head')
    old, new = _at(store, repo, found[1]), _at(store, repo, found[3])
    if found[2] == "..." and old is not None and new is not None:
        old = merge_base(store, repo["key"], old, new)
    trees = [tree_of(store, repo["key"], sha) if sha else EMPTY_TREE for sha in (old, new)]
    if truthy(request, "raw"):
        return PlainTextResponse(raw_diff(store, *trees))
    return HubJSON(text_diff(store, *trees))


async def make_branch(request: Request) -> Response:
    """POST …/branch/{name}: from a starting point or from main; 409 if it exists."""
    body = await body_of(request)
    start, empty = body.text("startingPoint"), body.flag("emptyBranch")
    overwrite = body.flag("overwrite")
    body.check()
    store, repo = open_repo(request)
    who, name = signed_in(request), _revision(request, "/branch/", whole=True)
    must_write(who, repo, f'create a branch of {repo["type"]} "{repo["id"]}"')
    ref = _new_ref("refs/heads/", name)
    with store.write():
        there = ref_named(store, repo, ref) is not None
        if there and not overwrite:
            raise ApiError(409, f"Reference {ref} already exists")
        if empty:
            sha = add_commit(store, repo["key"], EMPTY_TREE, None, who.name, store.now(), "Empty branch")
        else:
            sha = sha_at(store, repo, start or "main")
        move_ref(store, repo, ref, sha)
        if there:
            forget_unreachable(store, repo)
    return PlainTextResponse("OK")


async def delete_branch(request: Request) -> Response:
    """DELETE …/branch/{name}, except main."""
    store, repo = open_repo(request)
    name = _revision(request, "/branch/", whole=True)
    must_write(signed_in(request), repo, f'delete a branch of {repo["type"]} "{repo["id"]}"')
    if name in ("main", MAIN):
        raise forbidden(f"Cannot delete {MAIN}")
    return _deleted(store, repo, name if name.startswith("refs/heads/") else f"refs/heads/{name}", name)


async def make_tag(request: Request) -> Response:
    """POST …/tag/{revision} with the tag's name in the body; 409 if it exists."""
    body = await body_of(request)
    name, _ = body.text("tag", required=True, least=1) or "", body.text("message", nullable=True)
    body.check()
    store, repo = open_repo(request)
    must_write(signed_in(request), repo, f'tag {repo["type"]} "{repo["id"]}"')
    sha = sha_at(store, repo, _revision(request, "/tag/"))
    ref = _new_ref("refs/tags/", name)
    with store.write():
        if ref_named(store, repo, ref) is not None:
            raise ApiError(409, f"Tag reference exists already: {name}")
        move_ref(store, repo, ref, sha)
    return PlainTextResponse("OK")


async def delete_tag(request: Request) -> Response:
    """DELETE …/tag/{name}."""
    store, repo = open_repo(request)
    name = _revision(request, "/tag/", whole=True)
    must_write(signed_in(request), repo, f'delete a tag of {repo["type"]} "{repo["id"]}"')
    return _deleted(store, repo, name if name.startswith("refs/tags/") else f"refs/tags/{name}", name)


async def super_squash(request: Request) -> Response:
    """POST …/super-squash/{branch}: one commit with the current content; the history is gone."""
    body = await body_of(request)
    message = body.text("message", most=500)
    body.check()
    store, repo = open_repo(request)
    who, revision = signed_in(request), _revision(request, "/super-squash/")
    must_write(who, repo, f'squash {repo["type"]} "{repo["id"]}"')
    with store.write():
        ref = ref_named(store, repo, revision)
        if ref is None or ref.startswith("refs/tags/"):
            raise revision_missing(revision)
        tree = tree_of(store, repo["key"], sha_of(store, repo, ref))
        title = (message or "").strip() or f"Super-squash branch '{ref.removeprefix('refs/heads/')}'"
        sha = add_commit(store, repo["key"], tree, None, who.name, store.now(), title)
        move_ref(store, repo, ref, sha)
        if (discussion := pull_request_of(store, repo["key"], ref)) is not None:
            store.update("discussions", {"id": discussion["id"]}, head_sha=sha)
        forget_unreachable(store, repo)
    return HubJSON({"commitId": sha})


def _deleted(store: Store, repo: sqlite3.Row, ref: str, name: str) -> Response:
    with store.write():
        if not store.delete("refs", repo=repo["key"], ref=ref):
            raise revision_missing(name)
        forget_unreachable(store, repo)
    return PlainTextResponse("OK")


def _new_ref(prefix: str, name: str) -> str:
    """The ref a name stands for; 400 for a name that git does not allow (git check-ref-format)."""
    short = name.removeprefix(prefix)
    bad = re.search(r"[\x00-\x20\x7f~^:?*\[\\\ud800-\udfff]|\.\.|@\{|//|/\.|\.lock(?:/|$)", short)
    if not short or len(short) > 244 or bad or short.startswith(("/", ".", "-", "refs/")) or short == "@":
        raise bad_request(f"Invalid reference name: {name[:100]}")
    if short.endswith(("/", ".")) or (prefix == "refs/heads/" and re.fullmatch(r"[0-9a-f]{40}", short)):
        raise bad_request(f"Invalid reference name: {name[:100]}")
    return prefix + short


def _revision(request: Request, marker: str, whole: bool = False) -> str:
    """The revision an address ends with; with `whole`, it is the entire rest of the path."""
    revision, rest = revision_and_path(request, marker)
    return f"{revision}/{rest}" if rest and whole else revision


def _at(store: Store, repo: sqlite3.Row, revision: str) -> str | None:
    """The commit that one side of a comparison names; `^` is its parent, git's empty tree is None."""
    if revision == EMPTY_TREE:
        return None
    sha = sha_at(store, repo, revision.rstrip("^"))
    for _ in range(len(revision) - len(revision.rstrip("^"))):
        parent = commit_row(store, repo["key"], sha)["parent"]
        if parent is None:
            return None
        sha = str(parent)
    return sha


def _ref(ref: str, sha: str) -> dict[str, str]:
    return {"name": ref.split("/", 2)[2], "ref": ref, "targetCommit": sha}


_base = "/api/{type:plural}/{namespace}/{repo}"
routes = [
    Route(f"{_base}/refs", references, methods=["GET"]),
    Route(f"{_base}/commits/{{rest:path}}", commits, methods=["GET"]),
    Route(f"{_base}/compare/{{rest:path}}", compare, methods=["GET"]),
    Route(f"{_base}/branch/{{rest:path}}", make_branch, methods=["POST"]),
    Route(f"{_base}/branch/{{rest:path}}", delete_branch, methods=["DELETE"]),
    Route(f"{_base}/tag/{{rest:path}}", make_tag, methods=["POST"]),
    Route(f"{_base}/tag/{{rest:path}}", delete_tag, methods=["DELETE"]),
    Route(f"{_base}/super-squash/{{rest:path}}", super_squash, methods=["POST"]),
]
