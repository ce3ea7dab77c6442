"""Git LFS: which large files a repository lacks, their upload whole or in parts, listing and deletion."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import NoReturn

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..git.history import MAIN, forget_unreachable, sha_of, sweep, tree_of
from ..git.rewriting import rewritten
from ..people.rights import SignedInUser, can_write, must_write, signed_in
from ..store import Store, store_of
from ..web.cursors import next_link, place_of
from ..web.hub_errors import ApiError, bad_request
from ..web.json_body import body_of, bounded_body
from ..web.request import limit_of, origin
from ..web.response import HubJSON
from .access import may_discuss, open_repo
from .committing import move_ref
from .derived import storage

PART = 10 * 1024 * 1024  # larger files are uploaded in parts of this size
MOST_LARGE = 256 * 1024 * 1024  # the Hub's limit is 50 GB; ours has to fit into memory
MOST_OBJECTS = 1000
MEDIA = "application/vnd.git-lfs+json; charset=utf-8"
KEPT_SECONDS = 24 * 3600  # unfinished uploads are dropped after this


async def batch(request: Request) -> Response:
    """POST /{repo}.git/info/lfs/objects/batch: where to upload each object, or that it is already there."""
    body = await body_of(request)
    body.choice("operation", ("upload",), required=True)  # downloads go through resolve
    objects = body.parts("objects", required=True) or []
    if len(objects) > MOST_OBJECTS:
        raise ApiError(413, f"At most {MOST_OBJECTS:,} objects are looked at in one request")
    oids = [part.text("oid", required=True, pattern=r"^[0-9a-f]{64}$") or "" for part in objects]
    asked = list(zip(oids, [part.whole("size", 0, True) or 0 for part in objects], strict=True))
    transfers = body.fields.get("transfers")
    in_parts = isinstance(transfers, list) and "multipart" in transfers
    body.check()
    store, repo = open_repo(request)
    who = signed_in(request)
    if not can_write(who, repo):
        may_discuss(who, repo)  # for a pull request
    with store.write():
        answers = [_object(store, repo, who, oid, size, in_parts, origin(request)) for oid, size in asked]
    chosen = "multipart" if any(size > PART for _, size in asked) and in_parts else "basic"
    answer = HubJSON({"transfer": chosen, "objects": answers})
    answer.headers["Content-Type"] = MEDIA
    return answer


async def upload(request: Request) -> Response:
    """PUT the bytes of a large file; refused unless they match the announced SHA-256 and size."""
    store, row = store_of(request), _upload(request)
    content = await bounded_body(request, min(int(row["size"]), MOST_LARGE))
    with store.write():
        _keep(store, row, content)
    return Response(status_code=200, headers={"ETag": _etag(content)})


async def upload_part(request: Request) -> Response:
    """PUT one part of a large file; its ETag is sent again when the upload is completed."""
    store, row = store_of(request), _upload(request)
    number = int(request.path_params["number"])
    if not 1 <= number <= _parts(row["size"]):
        raise bad_request("There is no such part in this upload")
    content = await bounded_body(request, PART)
    store.insert("upload_parts", "or replace", upload=row["id"], number=number, content=content)
    return Response(status_code=200, headers={"ETag": _etag(content)})


async def complete(request: Request) -> Response:
    """POST the ETags of all parts, which makes the file available."""
    store, row, body = store_of(request), _upload(request), await body_of(request)
    oid = body.text("oid", required=True)
    named = {
        part.whole("partNumber", 1, True): part.text("etag", required=True)
        for part in body.parts("parts", True) or []
    }
    body.check()
    with store.write():
        if oid == row["sha256"] and _held(store, row["repo"], row["sha256"]) is not None:
            return HubJSON({"success": True})  # a retry, because the first answer was lost
        parts = store.find_all("upload_parts", "number", upload=row["id"])
        ours = {part["number"]: _etag(part["content"]) for part in parts}
        if oid != row["sha256"] or len(parts) != _parts(row["size"]) or named != ours:
            raise bad_request("The parts are not those of this upload")
        _keep(store, row, b"".join(part["content"] for part in parts))
    return HubJSON({"success": True})


async def verify(request: Request) -> Response:
    """POST oid and size after an upload: whether the file has arrived."""
    body = await body_of(request)
    oid, size = body.text("oid", required=True), body.whole("size", 0, True)
    body.check()
    store, repo = open_repo(request)
    signed_in(request)
    held = _held(store, repo["key"], oid or "")
    if held is None or held["size"] != size:
        raise ApiError(404, "The object is not there")
    return HubJSON({"success": True})


async def listing(request: Request) -> Response:
    """GET …/lfs-files: the large files of a repository, including those no commit refers to any more."""
    store, repo = open_repo(request)
    must_write(signed_in(request), repo, f'see the large files of {repo["type"]} "{repo["id"]}"')
    limit, place = limit_of(request, 1000, 1000), place_of(request, 1)
    rows = store.rows(
        "select r.*, l.size from repo_large_files r join large_files l on l.sha256 = r.sha256"
        " where r.repo = ? and r.sha256 > ? order by r.sha256 limit ?",
        repo["key"], place[0] if place else "", limit + 1,
    )  # fmt: skip
    page = [
        {"fileOid": row["sha256"], "oid": row["sha256"], "size": row["size"], "pushedAt": row["pushed_at"]}
        | ({"filename": row["filename"], "ref": row["ref"]} if row["filename"] else {})
        for row in rows[:limit]
    ]
    return HubJSON(page, headers=next_link(request, [rows[limit - 1]["sha256"]]) if len(rows) > limit else {})


async def delete_batch(request: Request) -> Response:
    """POST …/lfs-files/batch: delete some, and rewrite the commits with them unless told otherwise."""
    body = await body_of(request)
    asked = body.part("deletions", required=True)
    named = asked.fields.get("sha") if asked else None
    oids = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    if asked and (
        not isinstance(named, list) or len(oids) < len(named) or not 1 <= len(oids) <= MOST_OBJECTS
    ):
        asked.wrong(f"Invalid input: expected an array of 1 to {MOST_OBJECTS:,} strings", "sha")
    keep_history = asked is not None and asked.flag("rewriteHistory") is False
    body.check()
    store, repo = open_repo(request)
    must_write(signed_in(request), repo, f'delete large files of {repo["type"]} "{repo["id"]}"')
    if missing := [oid for oid in oids if _held(store, repo["key"], oid) is None]:
        raise ApiError(404, f"The repository holds no large file {missing[0][:64]}")
    with store.write():
        if not keep_history:
            _without(store, repo, set(oids))
        for oid in oids:
            store.delete("repo_large_files", repo=repo["key"], sha256=oid)
        tree = tree_of(store, repo["key"], sha_of(store, repo, MAIN))
        taken = storage(store, repo["key"], tree)
        store.update("repos", {"key": repo["key"]}, used_storage=taken)
        sweep(store)
    return PlainTextResponse("OK")


async def no_xet(request: Request) -> NoReturn:
    """GET …/xet-{read,write}-token: refused, which makes clients use LFS; there is no Xet storage here."""
    open_repo(request)
    raise ApiError(
        501, "The local Hub has no Xet storage. Set HF_HUB_DISABLE_XET=1, and the client uses LFS."
    )


def keep_large(store: Store, repo: int, content: bytes, pusher: str, filename: str | None = None) -> str:
    """Store the bytes of a large file for a repository and return their SHA-256; inside a transaction."""
    sha256 = hashlib.sha256(content).hexdigest()
    store.run(
        "insert into large_files (sha256, size, content) values (?, ?, ?) on conflict (sha256) do"
        " update set content = case when shard is null then coalesce(content, excluded.content) end",
        sha256, len(content), content,
    )  # fmt: skip
    hold(store, repo, sha256, pusher, store.now(), filename)
    return sha256


def hold(store: Store, repo: int, sha256: str, pusher: str, moment: str, filename: str | None = None) -> None:
    """Record that a repository has a large file; inside a transaction."""
    store.insert(
        "repo_large_files", "or ignore", repo=repo, sha256=sha256, filename=filename,
        ref="refs/heads/main" if filename else None, pusher=pusher, pushed_at=moment,
    )  # fmt: skip


def _object(
    store: Store, repo: sqlite3.Row, who: SignedInUser, oid: str, size: int, in_parts: bool, base: str
) -> dict[str, object]:
    """One object in the answer to a batch."""
    answers: dict[str, object] = {"oid": oid, "size": size}
    held = _held(store, repo["key"], oid)
    if held is not None:
        return answers
    if size > MOST_LARGE:
        return answers | {
            "error": {"code": 413, "message": f"This local Hub takes files of at most {MOST_LARGE:,} bytes"}
        }
    id = store.entropy(20).hex()
    store.run("delete from uploads where created_at < ?", store.moment_before(KEPT_SECONDS))
    store.insert(
        "uploads", id=id, repo=repo["key"], sha256=oid, size=size, pusher=who.name,
        created_at=store.now(),
    )  # fmt: skip
    href = f"{base}/lfs-uploads/{id}"
    action: dict[str, object] = {"href": href}
    if size > PART and in_parts:
        header = {f"{number:05d}": f"{href}/{number}" for number in range(1, _parts(size) + 1)}
        action["header"] = {"chunk_size": str(PART)} | header
    prefix = "" if repo["type"] == "model" else f"{repo['type']}s/"
    check = {"href": f"{base}/{prefix}{repo['id']}.git/info/lfs/objects/verify"}
    return answers | {"authenticated": True, "actions": {"upload": action, "verify": check}}


def _without(store: Store, repo: sqlite3.Row, oids: set[str]) -> None:
    """Move all refs to rewritten commits without these files; inside a transaction."""
    new = rewritten(store, repo, oids)
    for row in store.find_all("refs", repo=repo["key"]):
        if row["sha"] in new:
            move_ref(store, repo, row["ref"], new[row["sha"]])
    for side in ("base_sha", "head_sha", "merge_sha"):
        store.run_many(
            f"update discussions set {side} = ? where repo = ? and {side} = ?",  # noqa: S608 - our own words
            ((sha, repo["key"], old) for old, sha in new.items()),
        )
    if repo["sha"] in new:
        move_ref(store, repo, MAIN, new[repo["sha"]])
    forget_unreachable(store, repo)


def _held(store: Store, repo: int, oid: str) -> sqlite3.Row | None:
    return store.row(
        "select l.size from repo_large_files r join large_files l on l.sha256 = r.sha256"
        " where r.repo = ? and r.sha256 = ?",
        repo, oid,
    )  # fmt: skip


def _upload(request: Request) -> sqlite3.Row:
    row = store_of(request).find("uploads", id=request.path_params["id"])
    if row is None:
        raise ApiError(403, "This upload address is not valid, or not any more")
    return row


def _keep(store: Store, upload: sqlite3.Row, content: bytes) -> None:
    """Store the bytes of an upload if they match the announced ones; inside a transaction."""
    if len(content) != upload["size"] or hashlib.sha256(content).hexdigest() != upload["sha256"]:
        raise bad_request("The bytes do not have the announced size and SHA-256")
    keep_large(store, upload["repo"], content, upload["pusher"])
    store.delete("upload_parts", upload=upload["id"])


def _parts(size: int) -> int:
    return -(-size // PART)


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


_git = "/info/lfs/objects"
routes = [
    Route(f"/{{type:plural}}/{{namespace}}/{{repo}}.git{_git}/batch", batch, methods=["POST"]),
    Route(f"/{{namespace:owner}}/{{repo}}.git{_git}/batch", batch, methods=["POST"]),
    Route(f"/{{type:plural}}/{{namespace}}/{{repo}}.git{_git}/verify", verify, methods=["POST"]),
    Route(f"/{{namespace:owner}}/{{repo}}.git{_git}/verify", verify, methods=["POST"]),
    Route("/lfs-uploads/{id}", upload, methods=["PUT"]),
    Route("/lfs-uploads/{id}", complete, methods=["POST"]),
    Route("/lfs-uploads/{id}/{number:int}", upload_part, methods=["PUT"]),
    Route("/api/{type:plural}/{namespace}/{repo}/lfs-files", listing, methods=["GET"]),
    Route("/api/{type:plural}/{namespace}/{repo}/lfs-files/batch", delete_batch, methods=["POST"]),
    Route("/api/{type:plural}/{namespace}/{repo}/xet-read-token/{rest:path}", no_xet, methods=["GET"]),
    Route("/api/{type:plural}/{namespace}/{repo}/xet-write-token/{rest:path}", no_xet, methods=["GET"]),
]
