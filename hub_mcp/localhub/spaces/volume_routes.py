"""The volumes mounted into a Space: setting or deleting the whole list, which restarts it."""

from __future__ import annotations

import sqlite3

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..collections.rows import bucket_named
from ..people.rights import SignedInUser
from ..repos.lookup import TYPES, find_repo
from ..store import Json, Store
from ..web.hub_errors import bad_request, repo_missing
from ..web.json_body import JSONBody, body_of
from .rows import details_of, keep_details
from .runtime_routes import own_space, restarted


async def set_volumes(request: Request) -> Response:
    """PUT …/volumes: replaces the list; other volumes are unmounted."""
    body = await body_of(request)
    asked = [_volume(part) for part in body.parts("volumes", required=True) or []]
    if not asked:
        body.wrong("Too small: expected array to have >=1 items", "volumes")
    body.check()
    store, who, repo = own_space(request, "change the volumes of")
    for one in asked:
        _must_see(store, who, str(one["type"]), str(one["source"]))
    return _kept(store, repo, [*asked])


async def delete_volumes(request: Request) -> Response:
    """DELETE …/volumes; 400 if there are none."""
    store, _, repo = own_space(request, "change the volumes of")
    runtime = details_of(repo).get("runtime")
    if not (isinstance(runtime, dict) and runtime.get("volumes")):
        raise bad_request("This Space has no volumes attached")
    return _kept(store, repo, None)


def _volume(part: JSONBody) -> dict[str, Json]:
    type = part.choice("type", ("bucket", *TYPES), required=True)
    volume: dict[str, Json] = {
        "type": type,
        "source": part.text("source", required=True),
        "mountPath": part.text("mountPath", required=True, pattern=r"^/.*"),
    }
    revision, read_only, path = part.text("revision"), part.flag("readOnly"), part.text("path")
    if type != "bucket":
        volume |= {"revision": revision or "main"}
    return volume | {"readOnly": type != "bucket" or bool(read_only)} | ({"path": path} if path else {})


def _must_see(store: Store, who: SignedInUser, type: str, source: str) -> None:
    """404 for a source that is missing, or hidden from the caller."""
    if type != "bucket":
        find_repo(store, who, type, source)
        return
    bucket = bucket_named(store, source)
    if bucket is None or who.role_in(bucket["namespace"]) is None:
        raise repo_missing(anonymous=False)


def _kept(store: Store, repo: sqlite3.Row, volumes: list[Json] | None) -> Response:
    with store.write():
        details = restarted(store, repo, details_of(repo))
        runtime = details.get("runtime")
        kept = dict(runtime) if isinstance(runtime, dict) else {}
        kept.pop("volumes", None)
        if volumes is not None:
            kept["volumes"] = volumes
        keep_details(store, repo, {**details, "runtime": kept})
    return PlainTextResponse("OK")


_base = "/api/spaces/{namespace}/{repo}/volumes"
routes = [Route(_base, set_volumes, methods=["PUT"]), Route(_base, delete_volumes, methods=["DELETE"])]
