"""POST …/duplicate: another repository with the current files of main, in one commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..content.access import open_repo
from ..content.committing import move_ref
from ..content.large_files import hold
from ..git.history import MAIN, add_commit, tree_of
from ..git.trees import files_of
from ..groups.group_access import group_must_exist
from ..people.rights import SignedInUser, signed_in, token_must
from ..people.rows import namespace_named
from ..spaces.new_space import HARDWARE, VARIABLE_NAME, plan_allows, runtime_of
from ..store import Json, Store
from ..web.hub_errors import ApiError, bad_request
from ..web.json_body import JSONBody, body_of
from ..web.request import origin
from ..web.response import HubJSON
from .creation import may_create
from .lookup import name_problem, url_of
from .repo_changes import visibility_of
from .repo_queries import repo_by_id
from .rows import NewRepo, insert_repos

KEPT = (
    "config", "safetensors", "gguf", "transformersInfo", "model-index", "mask_token", "widgetData",
    "citation",
)  # fmt: skip


async def duplicate(request: Request) -> Response:
    """Copy a repository the caller may read; the copy has the original's visibility by default."""
    body = await body_of(request)
    store, source = open_repo(request)
    who, type = signed_in(request), source["type"]
    target = body.text("repository", required=True, least=1) or ""
    visibility = visibility_of(body, type, nullable=True) or source["visibility"]
    group = body.text("resourceGroupId", nullable=True, pattern=r"^[0-9a-fA-F]{24}$")
    space = _space(body, source) if type == "space" else None
    body.check()
    namespace, _, name = target.partition("/")
    problem = name_problem(name) if name and "/" not in name else "expected namespace/name"
    if problem:
        raise bad_request(f'Invalid repo name "{target}": {problem}')
    with store.write():
        token_must(who, "repo.write", namespace)
        may_create(who, type, namespace)
        plan_allows(who, namespace, None, space)
        group_must_exist(store, who, namespace, group)
        id = f"{namespace_named(store, namespace)}/{name}"
        url = url_of(origin(request), type, id)
        if repo_by_id(store, type, id) is not None:
            raise ApiError(409, f"You already created this {type} repo", extra={"url": url})
        store.delete("redirects", type=type, old_id=id)
        insert_repos(store, [_copy(store, who, source, id, visibility, group, space)])
        _fill(store, who, source, id)
    return HubJSON({"url": url})


def _space(body: JSONBody, source: sqlite3.Row) -> dict[str, object]:
    """The fields for a copied Space; its secrets and variables are validated but not kept."""
    hardware, sleep = body.choice("hardware", (*HARDWARE, "")), body.whole("sleepTimeSeconds")
    if sleep is not None and sleep < 1 and sleep != -1:
        body.wrong("Too small: expected number to be >0", "sleepTimeSeconds")
    for kind in ("secrets", "variables"):
        for part in body.parts(kind) or []:
            part.text("key", required=True, pattern=VARIABLE_NAME)
            part.text("value", required=True)
    for part in body.parts("volumes") or []:
        part.choice("type", ("bucket", "model", "dataset", "space"), required=True)
        part.text("source", required=True)
        part.text("mountPath", required=True, pattern=r"^/.*")
    return {"sdk": source["sdk"] or "static", "hardware": hardware or None, "sleep": sleep, "dev_mode": False}


def _copy(
    store: Store,
    who: SignedInUser,
    source: sqlite3.Row,
    id: str,
    visibility: str,
    group: str | None,
    space: Mapping[str, object] | None,
) -> NewRepo:
    """The row of the copy: the content's metadata, without downloads, likes, gate and settings."""
    known: dict[str, Json] = json.loads(source["details"])
    details: dict[str, object] = {name: known[name] for name in KEPT if name in known}
    if space is not None:
        details["runtime"] = runtime_of(space, id)
    now = store.now()
    return NewRepo(
        source["type"],
        id,
        store.new_id(),
        now,
        now,
        json.loads(source["tags"]),
        details=details,
        visibility=visibility,
        creator=who.id,
        resource_group=group,
        pipeline_tag=source["pipeline_tag"],
        library_name=source["library_name"],
        sdk=source["sdk"],
        description=source["description"],
        parameters=source["num_parameters"],
        rows=source["num_rows"],
    )


def _fill(store: Store, who: SignedInUser, source: sqlite3.Row, id: str) -> None:
    """Write the copy's single commit, and the large files it refers to."""
    copy = store.get("repos", type=source["type"], id=id)
    tree = tree_of(store, source["key"], source["sha"])
    for path, entry in files_of(store, tree).items():
        if entry.sha256 is not None:
            hold(store, copy["key"], entry.sha256, who.name, store.now(), path)
    title = f"Duplicate from {source['id']}"
    move_ref(store, copy, MAIN, add_commit(store, copy["key"], tree, None, who.name, store.now(), title))


routes = [Route("/api/{type:plural}/{namespace}/{repo}/duplicate", duplicate, methods=["POST"])]
