"""Changes to a repository itself: deleting, moving, settings."""

from __future__ import annotations

import json
import sqlite3

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..git.history import sweep
from ..people.rights import CREATORS, SignedInUser, can_read, must_write, signed_in, token_must
from ..people.rows import namespace_named
from ..store import store_of
from ..web.hub_errors import ApiError, bad_request, forbidden
from ..web.json_body import JSONBody, body_of
from ..web.request import origin
from ..web.response import HubJSON
from .lookup import TYPES, find_repo, name_problem, repo_at, url_of
from .repo_queries import change_settings, rename_repo, repo_by_id

EMAIL = r"^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$"
VISIBILITIES = ("private", "public", "protected")


async def delete(request: Request) -> Response:
    """DELETE /api/repos/delete: returns the plain text OK; without a type it deletes a model."""
    store, who, body = store_of(request), signed_in(request), await body_of(request)
    type = body.choice("type", (*TYPES, "kernel")) or "model"
    name = body.text("name", required=True, least=1)
    organization = body.text("organization", nullable=True)
    body.check()
    assert name is not None
    id = f"{organization or who.name}/{name}"
    with store.write():
        repo = repo_by_id(store, type, id)
        if repo is None or not can_read(who, repo):
            raise ApiError(404, "Repository not found", code="RepoNotFound")
        must_write(who, repo, f'delete {type} "{repo["id"]}"')
        store.delete("repos", key=repo["key"])
        sweep(store)
    return PlainTextResponse("OK")


async def move(request: Request) -> Response:
    """POST /api/repos/move: another name, another namespace, or both; the old name redirects."""
    store, who, body = store_of(request), signed_in(request), await body_of(request)
    type = body.choice("type", (*TYPES, "bucket", "kernel")) or "model"
    source, target = body.text("fromRepo", required=True), body.text("toRepo", required=True)
    body.check()
    assert source is not None
    assert target is not None
    for id in (source, target):
        if id.count("/") != 1:
            raise bad_request(f'Invalid repo name "{id}": expected namespace/name')
    namespace, name = target.split("/")
    problem = name_problem(name)
    if problem:
        raise bad_request(problem)
    with store.write():
        repo = find_repo(store, who, type, source)
        must_write(who, repo, f'move {type} "{repo["id"]}"')
        _may_arrive(who, repo, namespace)
        owner = namespace_named(store, namespace)
        taken = repo_by_id(store, type, target)
        if taken is not None and taken["key"] != repo["key"]:
            raise ApiError(409, f"A {type} repository called `{target}` already exists")
        rename_repo(store, repo, owner, name)
    new = f"{owner}/{name}"
    return HubJSON({"url": url_of(origin(request), type, new), "name": new, "id": repo["_id"]})


async def settings(request: Request) -> Response:
    """PUT …/settings: only the fields sent change; the answer has all settings afterwards."""
    body = await body_of(request)
    store, who, repo = store_of(request), signed_in(request), repo_at(request)
    must_write(who, repo, f'change the settings of {repo["type"]} "{repo["id"]}"')
    visibility = visibility_of(body, repo["type"])
    gated = _gated(body)
    kept: dict[str, object] = {
        "orgMembersGated": body.flag("orgMembersGated"),
        "gatedNotificationsEmail": body.text("gatedNotificationsEmail", pattern=EMAIL),
        "gatedNotificationsMode": body.choice("gatedNotificationsMode", ("bulk", "real-time")),
        "discussionsDisabled": body.flag("discussionsDisabled"),
        "discussionsSorting": body.choice(
            "discussionsSorting", ("recently-created", "trending", "reactions")
        ),
    }
    body.check()
    with store.write():
        asked = [gated or None] if body.given("gated") else []
        given = {key: value for key, value in kept.items() if value is not None}
        change_settings(store, repo["key"], visibility, asked, json.dumps(given))
        now = store.get("repos", key=repo["key"])
    shown = {
        "private": now["visibility"] == "private",
        "visibility": now["visibility"],
        "gated": now["gated"] or False,
    }
    return HubJSON(shown | json.loads(now["settings"]))


def visibility_of(body: JSONBody, type: str, *, nullable: bool = False) -> str | None:
    """The visibility in a body, given as `visibility` or as the older `private`, but not both."""
    private = body.flag("private", nullable)
    visibility = body.choice("visibility", VISIBILITIES)
    if private is not None and visibility is not None:
        body.wrong("Cannot specify both `private` and `visibility`")
    if visibility == "protected" and type != "space":
        body.wrong("`protected` is only supported for Spaces", "visibility")
    if visibility is None and private is not None:
        return "private" if private else "public"
    return visibility


def _may_arrive(who: SignedInUser, repo: sqlite3.Row, namespace: str) -> None:
    """403 unless a repository may be moved to that namespace (hub-docs, repositories-settings)."""
    if namespace.lower() == repo["namespace"].lower():
        return
    token_must(who, "repo.write", namespace)
    source, target = who.role_in(repo["namespace"]), who.role_in(namespace)
    if target not in CREATORS:
        raise forbidden(f'You don\'t have the rights to move a {repo["type"]} to the namespace "{namespace}"')
    if namespace.lower() == who.name.lower() and source != "admin":
        raise forbidden(
            f'Only admins of "{repo["namespace"]}" can move its repositories to their own namespace'
        )


def _gated(body: JSONBody) -> str | None:
    """`gated`: false, "auto" or "manual"."""
    value = body.fields.get("gated")
    if value is False or (not body.given("gated")):
        return None
    if value in ("auto", "manual"):
        return str(value)
    body.wrong('Invalid input: expected false|"auto"|"manual"', "gated")
    return None


routes = [
    Route("/api/repos/delete", delete, methods=["DELETE"]),
    Route("/api/repos/move", move, methods=["POST"]),
    Route("/api/{type:plural}/{namespace}/{repo}/settings", settings, methods=["PUT"]),
    # The documented spelling, which the real Hub does not know (endpoints.json).
    Route("/api/repos/{type:plural}/{namespace}/{repo}/settings", settings, methods=["PUT"]),
]
