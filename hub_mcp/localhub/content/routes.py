"""The files of a repository: served one by one, and listed as a tree, to those whom its gate lets in."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import SignedInUser, caller, role_on
from ..repos.lookup import PLURALS, repo_at
from ..repos.routes import sha_at
from ..store import Store, shard, store_of
from ..web.cursors import next_link, place_of
from ..web.hub_errors import ApiError, disabled, entry_missing, gated, repo_missing
from ..web.request import limit_of, raw_path, truthy
from ..web.response import HubJSON

PARQUET_REF = "refs/convert/parquet"
MEDIA = {"md": "text/plain", "txt": "text/plain", "py": "text/plain", "json": "application/json"}


def may_fetch(store: Store, who: SignedInUser | None, repo: sqlite3.Row) -> None:
    """Refuse the files of a repository that is disabled, gated, or a protected Space."""
    if repo["disabled"]:
        raise disabled()
    inside = who is not None and role_on(who, repo) not in (None, "no_access")
    if repo["visibility"] == "protected" and not inside:
        raise repo_missing(anonymous=who is None)
    if repo["gated"] is None or inside:
        return
    if who is None or not _granted(store, who, repo):
        raise gated(repo["type"], repo["id"], anonymous=who is None)


async def resolve(request: Request) -> Response:
    """GET and HEAD /{repo}/resolve/{revision}/{path}, with the ranges that download tools ask for."""
    store, repo = store_of(request), repo_at(request, PLURALS[request.path_params.get("type", "models")])
    may_fetch(store, caller(request), repo)
    revision, path = _revision_and_path(request, "/resolve/")
    sha = sha_at(store, repo, revision)
    headers = {"X-Repo-Commit": sha, "Accept-Ranges": "bytes", "Content-Disposition": _disposition(path)}
    if revision == PARQUET_REF or repo["sha"] != sha:
        content = _converted(store, repo, path)
        digest = hashlib.sha256(content).hexdigest()
        headers |= {"ETag": f'"{digest}"', "X-Linked-Size": str(len(content)), "X-Linked-ETag": f'"{digest}"'}
        return _piece(request, content, headers, "application/octet-stream")
    file = store.row("select * from files where repo = ? and path = ?", repo["key"], path)
    if file is None:
        raise entry_missing(path)
    headers["ETag"] = f'"{file["sha256"] or file["blob_id"]}"'
    if file["sha256"]:
        headers |= {"X-Linked-Size": str(file["size"]), "X-Linked-ETag": headers["ETag"]}
    media = MEDIA.get(path.rpartition(".")[2], "application/octet-stream")
    if file["content"] is not None:
        return _piece(request, file["content"], headers, media)
    if request.method == "HEAD":
        return Response(headers=headers | {"Content-Length": str(file["size"])}, media_type=media)
    raise ApiError(501, f"The local Hub keeps no content of {path}, only its name and its size.")


async def tree(request: Request) -> Response:
    """GET /api/{type}/{repo}/tree/{revision}[/{path}]: files and folders, deep with `recursive`."""
    store, repo = store_of(request), repo_at(request)
    may_fetch(store, caller(request), repo)
    revision, folder = _revision_and_path(request, "/tree/")
    sha_at(store, repo, revision)
    limit = limit_of(request, 1000, 1000, cap=True)
    place = place_of(request, 1)
    prefix = f"{folder.strip('/')}/" if folder.strip("/") else ""
    files = store.rows(
        "select path, size, blob_id, sha256 from files where repo = ? order by path", repo["key"]
    )
    entries: dict[str, dict[str, object]] = {}
    for file in files:
        path: str = file["path"]
        if not path.startswith(prefix):
            continue
        parts = path.removeprefix(prefix).split("/")
        deep = len(parts) if truthy(request, "recursive") else 1
        for depth in range(1, min(deep, len(parts) - 1) + 1):
            above = prefix + "/".join(parts[:depth])
            entries.setdefault(above, _folder(above))
        if deep >= len(parts):
            entries[path] = _entry(file)
    if prefix and not entries:
        raise entry_missing(folder)
    paths = sorted(path for path in entries if place is None or path > str(place[0]))
    page = [entries[path] for path in paths[:limit]]
    if truthy(request, "expand"):
        commit = {"id": repo["sha"], "title": "Upload files", "date": repo["last_modified"]}
        page = [entry | {"lastCommit": commit} for entry in page]
    return HubJSON(page, headers=next_link(request, [paths[limit - 1]]) if len(paths) > limit else {})


def _granted(store: Store, who: SignedInUser, repo: sqlite3.Row) -> bool:
    """Whether this caller was let in, and their token may use that."""
    if not who.reads_gated:
        return False
    return store.count("select count(*) from grants where repo = ? and user_id = ?", repo["key"], who.id) > 0


def _revision_and_path(request: Request, marker: str) -> tuple[str, str]:
    """Revision and path from the address as it was sent, where a slash within the revision is encoded."""
    rest = raw_path(request).split(marker, 1)[1]
    written = re.match(r"refs/(?:convert|pr)/[^/]+(?=/|$)", rest)
    revision = written[0] if written else rest.split("/", 1)[0]
    return unquote(revision), unquote(rest[len(revision) + 1 :])


def _converted(store: Store, repo: sqlite3.Row, path: str) -> bytes:
    """A shard of the parquet conversion, by its path `{subset}/{split}/{nnnn}.parquet`."""
    found = re.fullmatch(r"(.+)/([^/]+)/(\d{4,})\.parquet", path, re.ASCII)
    row = found and store.row(
        "select file from parquet where repo = ? and subset = ? and split = ? and shard = ?",
        repo["key"],
        found[1],
        found[2],
        int(found[3]),
    )
    if not row:
        raise entry_missing(path)
    return shard(row["file"])


def _piece(request: Request, content: bytes, headers: dict[str, str], media: str) -> Response:
    """The content, or the one range of it that was asked for."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""), re.ASCII)
    if asked is None or asked[0] == "bytes=-":
        return Response(content, headers=headers, media_type=media)
    size = len(content)
    first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first > last:
        raise ApiError(416, "Range Not Satisfiable", headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(content[first : last + 1], 206, headers, media)


def _disposition(path: str) -> str:
    name = path.rpartition("/")[2]
    return f"inline; filename*=UTF-8''{quote(name)}"


def _folder(path: str) -> dict[str, object]:
    oid = hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
    return {"type": "directory", "oid": oid, "size": 0, "path": path}


def _entry(file: sqlite3.Row) -> dict[str, object]:
    entry: dict[str, object] = {
        "type": "file",
        "oid": file["blob_id"],
        "size": file["size"],
        "path": file["path"],
    }
    if file["sha256"]:
        entry["lfs"] = {
            "oid": file["sha256"],
            "size": file["size"],
            "pointerSize": 127 + len(str(file["size"])),
        }
    return entry


routes = [
    Route("/{type:plural}/{namespace}/{repo}/resolve/{rest:path}", resolve, methods=["GET"]),
    Route("/{namespace}/{repo}/resolve/{rest:path}", resolve, methods=["GET"]),
    Route("/api/{type:plural}/{namespace}/{repo}/tree/{rest:path}", tree, methods=["GET"]),
]
