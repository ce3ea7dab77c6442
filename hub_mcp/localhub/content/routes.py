"""The files of a repository: served one by one, and listed as a tree or by their paths."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ..git.git_objects import GitEntry, pointer
from ..git.history import sha_at, tree_of
from ..git.trees import entry_at, walk
from ..store import Store, shard
from ..web.cursors import next_link, place_of
from ..web.hub_errors import ApiError, entry_missing, revision_missing
from ..web.json_body import strings_of
from ..web.request import limit_of, truthy
from ..web.response import HubJSON
from .access import open_repo, revision_and_path
from .made_bytes import MadeBytes
from .shapes import entry_shape, repo_scan, with_commits

MEDIA = {"md": "text/plain", "txt": "text/plain", "py": "text/plain", "json": "application/json"}
PAGE, EXPANDED_PAGE = 1000, 100
MOST_PATHS = 1000


async def resolve(request: Request) -> Response:
    """GET and HEAD /{repo}/resolve/{revision}/{path}, with the ranges that download tools request."""
    store, repo, sha, path, entry = _file(request, "/resolve/")
    headers = {"X-Repo-Commit": sha, "Accept-Ranges": "bytes", "Content-Disposition": _disposition(path),
               "ETag": f'"{entry.sha256 or entry.oid}"'}  # fmt: skip
    media = MEDIA.get(path.rpartition(".")[2], "application/octet-stream")
    if entry.sha256 is None:
        return _piece(request, _text(store, entry), headers, media)
    headers |= {"X-Linked-Size": str(entry.size), "X-Linked-ETag": headers["ETag"]}
    held = _large(store, repo, entry.sha256)
    if held is None:
        raise entry_missing(path, sha)
    if held["shard"] or held["content"] is not None:
        return _piece(request, shard(held["shard"]) if held["shard"] else held["content"], headers, media)
    return _piece(request, MadeBytes(path, entry.sha256, entry.size), headers, media)


async def raw(request: Request) -> Response:
    """GET and HEAD /{repo}/raw/{revision}/{path}: what git stores, which for a large file is its pointer."""
    store, _, sha, path, entry = _file(request, "/raw/")
    content = _text(store, entry) if entry.sha256 is None else pointer(entry.sha256, entry.size)
    headers = {"X-Repo-Commit": sha, "Accept-Ranges": "bytes", "ETag": f'"{entry.oid}"'}
    return _piece(request, content, headers, MEDIA.get(path.rpartition(".")[2], "text/plain"))


async def tree(request: Request) -> Response:
    """GET /api/{type}/{repo}/tree/{revision}[/{path}]: files and folders; `recursive` lists all levels."""
    store, repo = open_repo(request)
    revision, folder = revision_and_path(request, "/tree/")
    sha = sha_at(store, repo, revision)
    folder, entry = _entry(store, repo, sha, folder)
    expand = truthy(request, "expand")
    limit = limit_of(request, EXPANDED_PAGE if expand else PAGE, EXPANDED_PAGE if expand else PAGE, cap=True)
    place = place_of(request, 1)
    if not entry.is_folder:
        raise entry_missing(folder)
    inside = list(walk(store, entry.oid, f"{folder}/" if folder else "", deep=truthy(request, "recursive")))
    rest = [pair for pair in inside if place is None or pair[0] > str(place[0])]
    page = rest[:limit]
    rows = [entry_shape(path, entry) for path, entry in page]
    if expand:
        rows = with_commits(store, repo, sha, rows)
    return HubJSON(rows, headers=next_link(request, [page[-1][0]]) if len(rest) > limit else {})


async def paths_info(request: Request) -> Response:
    """POST …/paths-info/{revision}: those of the given paths that exist, as the tree lists them."""
    fields = await strings_of(request)
    paths, expand = fields.get("paths", []), fields.get("expand", ["false"])[-1].lower() in ("true", "1")
    if len(paths) > MOST_PATHS:
        raise ApiError(413, "too many parameters")
    store, repo = open_repo(request)
    sha = sha_at(store, repo, revision_and_path(request, "/paths-info/")[0])
    root = tree_of(store, repo["key"], sha)
    rows: list[dict[str, object]] = []
    for path in dict.fromkeys(path.strip("/") for path in paths):
        entry = entry_at(store, root, path) if path else None
        rows += [entry_shape(path, entry)] if entry is not None else []
    return HubJSON(with_commits(store, repo, sha, rows) if expand else rows)


async def tree_size(request: Request) -> Response:
    """GET …/treesize/{revision}[/{path}]: the bytes of all files below a folder."""
    store, repo = open_repo(request)
    revision, folder = revision_and_path(request, "/treesize/")
    path, entry = _entry(store, repo, sha_at(store, repo, revision), folder)
    return HubJSON({"path": f"/{path}", "size": entry.size})


async def scan(request: Request) -> Response:
    """GET …/scan: the files of main that a scanner flags."""
    store, repo = open_repo(request)
    return HubJSON(repo_scan(store, repo, repo["sha"]))


def _file(request: Request, marker: str) -> tuple[Store, sqlite3.Row, str, str, GitEntry]:
    store, repo = open_repo(request)
    revision, path = revision_and_path(request, marker)
    if not revision:
        raise revision_missing(revision)
    sha, path = sha_at(store, repo, revision), path.strip("/")
    entry = entry_at(store, tree_of(store, repo["key"], sha), path)
    if entry is None or entry.is_folder:
        raise entry_missing(path, sha)  # lets clients remember that this commit lacks the file
    return store, repo, sha, path, entry


def _entry(store: Store, repo: sqlite3.Row, sha: str, path: str) -> tuple[str, GitEntry]:
    """The path without slashes at its ends, and its entry; 404 if there is none."""
    path = path.strip("/")
    found = entry_at(store, tree_of(store, repo["key"], sha), path)
    if found is None:
        raise entry_missing(path)
    return path, found


def _text(store: Store, entry: GitEntry) -> bytes:
    row = store.get("blobs", oid=entry.oid)
    return bytes(row["content"])


def _large(store: Store, repo: sqlite3.Row, sha256: str) -> sqlite3.Row | None:
    """The bytes of a large file, perhaps generated; None if only its pointer remains."""
    return store.row(
        "select l.content, l.shard from repo_large_files r join large_files l on l.sha256 = r.sha256"
        " where r.repo = ? and r.sha256 = ?",
        repo["key"], sha256,
    )  # fmt: skip


def _piece(request: Request, content: bytes | MadeBytes, headers: dict[str, str], media: str) -> Response:
    """The content, or the one range of it that was requested."""
    size = content.size if isinstance(content, MadeBytes) else len(content)
    asked = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", request.headers.get("range", ""), re.ASCII)
    condition = request.headers.get("if-range", headers["ETag"])  # RFC 9110 §13.1.5
    first, last, status = 0, size - 1, 200
    if asked is not None and asked[0] != "bytes=-" and condition == headers["ETag"]:
        first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
        last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
        if first > last:
            raise ApiError(416, "Range Not Satisfiable", headers={"Content-Range": f"bytes */{size}"})
        headers["Content-Range"], status = f"bytes {first}-{last}/{size}", 206
    if isinstance(content, bytes):
        return Response(content[first : last + 1], status, headers, media)
    headers["Content-Length"] = str(last - first + 1)
    if request.method == "HEAD":
        return Response(None, status, headers, media)
    return StreamingResponse(_as_sent(content.between(first, last)), status, headers, media)


async def _as_sent(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """One piece at a time, each read after the one before was sent."""
    for piece in pieces:
        yield piece


def _disposition(path: str) -> str:
    name = path.rpartition("/")[2]
    return f"inline; filename*=UTF-8''{quote(name)}"


def _both(path: str, marker: str) -> Iterable[str]:
    """A web path in its form for models, and in that for the other types."""
    return (
        f"/{{type:plural}}{path}/{marker}/{{rest:path}}",
        f"{path.replace('{namespace}', '{namespace:owner}')}/{marker}/{{rest:path}}",
    )


_repo = "/{namespace}/{repo}"
_api = f"/api/{{type:plural}}{_repo}"
routes = [
    *(Route(path, resolve, methods=["GET"]) for path in _both(_repo, "resolve")),
    *(Route(path, raw, methods=["GET"]) for path in _both(_repo, "raw")),
    Route(f"{_api}/tree/{{rest:path}}", tree, methods=["GET"]),
    Route(f"{_api}/paths-info/{{rest:path}}", paths_info, methods=["POST"]),
    Route(f"{_api}/scan", scan, methods=["GET"]),
    Route(f"{_api}/treesize/{{rest:path}}", tree_size, methods=["GET"]),
]
