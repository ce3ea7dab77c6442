"""Committing over the API: how to upload each file, the commit itself, and the check of a card."""

from __future__ import annotations

import base64
import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..discussions.rows import add_event, open_discussion, pull_request_of
from ..git.history import put_ref, ref_named, sha_at, sha_of, tree_of
from ..git.trees import entry_at
from ..people.rights import SignedInUser, must_write, signed_in
from ..repos.lookup import TYPES, url_of
from ..store import Store
from ..web.hub_errors import ApiError, forbidden, revision_missing
from ..web.json_body import JSONBody, body_of, bounded_body
from ..web.request import origin, truthy
from ..web.response import HubJSON
from .access import may_discuss, open_repo, revision_and_path
from .card_text import CardError, complaints, read_card, split
from .commit_body import CommitRequest, path_problem, read_commit
from .committing import ATTRIBUTES, commit_to
from .derived import text_at
from .file_rules import ignored, must_be_large

MOST_COMMIT = 256 * 1024 * 1024
MOST_FILES = 1000  # of one preupload


async def preupload(request: Request) -> Response:
    """POST …/preupload/{revision}: for each file, whether it goes into the commit or to LFS first."""
    body = await body_of(request)
    store, repo = open_repo(request)
    who = signed_in(request)
    if not truthy(request, "create_pr"):
        ref = _branch(store, repo, revision_and_path(request, "/preupload/")[0])
        _may_commit(store, who, repo, ref)
    sha = sha_at(store, repo, revision_and_path(request, "/preupload/")[0])
    tree = tree_of(store, repo["key"], sha)
    attributes, ignore = body.text("gitAttributes"), body.text("gitIgnore")
    files = body.parts("files", required=True) or []
    if len(files) > MOST_FILES:
        raise ApiError(413, f"At most {MOST_FILES:,} files are looked at in one request")
    if attributes is None:
        attributes = text_at(store, tree, ATTRIBUTES) or ""
    if ignore is None:
        ignore = text_at(store, tree, ".gitignore") or ""
    answers = [_upload_mode(store, tree, part, attributes, ignore) for part in files]
    body.check()
    return HubJSON({"commitOid": sha, "files": answers})


async def commit(request: Request) -> Response:
    """POST …/commit/{revision}: NDJSON, or the older JSON; `create_pr` opens a pull request instead."""
    raw = await bounded_body(request, MOST_COMMIT)
    store, repo = open_repo(request)
    who = signed_in(request)
    revision = revision_and_path(request, "/commit/")[0]
    body = read_commit(raw, "ndjson" in request.headers.get("content-type", ""))
    request.scope["said"] = f"{body.title[:120]} ({len(body.operations)} operations)"
    with store.write():
        if truthy(request, "create_pr"):
            may_discuss(who, repo)
            sha, num = _propose(store, repo, who, revision, body)
        else:
            ref = _branch(store, repo, revision)
            _may_commit(store, who, repo, ref)
            _check_parent(store, repo, ref, body)
            sha, num = commit_to(store, repo, ref, who.name, body), None
            _tell_pull_request(store, repo, who, ref, sha, body.title)
    page = url_of(origin(request), repo["type"], repo["id"])
    answer: dict[str, object] = {"success": True, "commitOid": sha, "commitUrl": f"{page}/commit/{sha}"}
    if num is not None:
        answer["pullRequestUrl"] = f"{page}/discussions/{num}"
    return HubJSON(answer | {"hookOutput": ""})


async def validate(request: Request) -> Response:
    """POST /api/validate-yaml: the Hub's complaints about a README's card; 400 if it refuses the card."""
    body = await body_of(request)
    content, type = body.text("content", required=True), body.choice("repoType", TYPES) or "model"
    body.check()
    assert content is not None
    errors: list[str] = []
    try:
        errors = complaints(read_card(content), type)
    except CardError as error:
        errors = [str(error)]
    warnings = [] if split(content)[0] is not None else ["empty or missing yaml metadata in repo card"]
    answer = {name: [{"message": text} for text in texts]
              for name, texts in (("errors", errors), ("warnings", warnings))}  # fmt: skip
    return HubJSON(answer, 400 if errors else 200)


def _upload_mode(store: Store, tree: str, part: JSONBody, attributes: str, ignore: str) -> dict[str, object]:
    """How to upload one file."""
    path, size = part.text("path", required=True) or "", part.whole("size", least=0, required=True) or 0
    sample = part.text("sample", required=True) or ""
    if path and (problem := path_problem(path)):
        raise ApiError(422, f"{problem}: {path[:200]}")
    try:
        start = base64.b64decode(sample, validate=True)
    except ValueError:
        part.wrong("Invalid base64", "sample")
        return {}
    mode = "lfs" if must_be_large(path, size, start, attributes) else "regular"
    answers: dict[str, object] = {"path": path, "uploadMode": mode, "shouldIgnore": ignored(path, ignore)}
    there = entry_at(store, tree, path)
    return answers | ({"oid": there.sha256 or there.oid} if there is not None and not there.is_folder else {})


def _branch(store: Store, repo: sqlite3.Row, revision: str) -> str:
    """The branch or pull request that a revision names; commits go to nothing else."""
    ref = ref_named(store, repo, revision)
    if ref is None or not ref.startswith(("refs/heads/", "refs/pr/")):
        raise revision_missing(revision)
    return ref


def _may_commit(store: Store, who: SignedInUser, repo: sqlite3.Row, ref: str) -> None:
    """403 unless the caller may write, or opened the pull request and it is not closed."""
    discussion = pull_request_of(store, repo["key"], ref)
    if discussion is not None and discussion["status"] not in ("draft", "open"):
        raise forbidden("This pull request is closed; nothing can be committed to it")
    if discussion is not None and discussion["author"] == who.name:
        may_discuss(who, repo)
    else:
        must_write(who, repo, f'commit to {repo["type"]} "{repo["id"]}"')


def _check_parent(store: Store, repo: sqlite3.Row, ref: str, body: CommitRequest) -> None:
    if body.parent is not None and body.parent != sha_of(store, repo, ref):
        raise ApiError(
            412, "The branch was updated since you opened this page. Please refresh and try again."
        )


def _propose(
    store: Store, repo: sqlite3.Row, who: SignedInUser, revision: str, body: CommitRequest
) -> tuple[str, int]:
    """Commit to a new pull request into a branch; it starts from the parent commit if one is given."""
    branch = ref_named(store, repo, revision)
    if branch is None or not branch.startswith("refs/heads/"):
        raise revision_missing(revision)
    base = sha_at(store, repo, body.parent or branch)
    discussion = open_discussion(
        store, repo["key"], who.name, body.title.strip()[:200], body.message, base=base, base_ref=branch
    )
    ref = f"refs/pr/{discussion['num']}"
    put_ref(store, repo["key"], ref, base)
    sha = commit_to(store, repo, ref, who.name, body)
    _tell_pull_request(store, repo, who, ref, sha, body.title)
    return sha, int(discussion["num"])


def _tell_pull_request(
    store: Store, repo: sqlite3.Row, who: SignedInUser, ref: str, sha: str, title: str
) -> None:
    """Add a commit to the events of its pull request."""
    discussion = pull_request_of(store, repo["key"], ref)
    if discussion is not None:
        store.update("discussions", {"id": discussion["id"]}, head_sha=sha)
        add_event(store, discussion, who.name, "commit", {"subject": title.strip(), "oid": sha})


_base = "/api/{type:plural}/{namespace}/{repo}"
routes = [
    Route("/api/validate-yaml", validate, methods=["POST"]),
    Route(f"{_base}/preupload/{{rest:path}}", preupload, methods=["POST"]),
    Route(f"{_base}/commit/{{rest:path}}", commit, methods=["POST"]),
]
