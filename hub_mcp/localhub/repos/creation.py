"""POST /api/repos/create: a repository of any type, with its first files."""

from __future__ import annotations

import base64
import re
import sqlite3
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..content.card_text import CardError, read_card, split
from ..content.commit_body import Operation, PutLargeFile, PutTextFile, path_problem
from ..content.committing import ATTRIBUTES, first_commit
from ..content.file_rules import DEFAULT_ATTRIBUTES, MOST_TEXT, is_binary
from ..content.large_files import keep_large
from ..groups.group_access import group_must_exist
from ..people.rights import CREATORS, SignedInUser, signed_in, token_must
from ..people.rows import default_visibility, namespace_named
from ..spaces.new_space import plan_allows, runtime_of, space_in
from ..store import Store, store_of
from ..tags.tag_labels import LICENSES
from ..web.hub_errors import ApiError, bad_request, forbidden
from ..web.json_body import JSONBody, body_of
from ..web.request import origin
from ..web.response import HubJSON
from .lookup import TYPES, name_problem, url_of
from .repo_changes import visibility_of
from .repo_queries import repo_by_id
from .rows import NewRepo, insert_repos, readme


async def create(request: Request) -> Response:
    """Create a repository; 409 with the address of the existing one if the name is taken."""
    store, who, body = store_of(request), signed_in(request), await body_of(request)
    type = body.choice("type", (*TYPES, "kernel")) or "model"
    name = body.text("name", required=True) or ""
    organization = body.text("organization", nullable=True)
    visibility = visibility_of(body, type, nullable=True)
    region = body.choice("region", ("us", "eu"))
    group = body.text("resourceGroupId", nullable=True, pattern=r"^[0-9a-fA-F]{24}$")
    card = _card(body)
    files = _files(body)
    space = space_in(body) if type == "space" else None
    body.check()
    if type == "kernel":
        raise bad_request("This local Hub keeps no kernels")
    problem = name_problem(name)
    if problem:
        raise bad_request(problem)
    namespace = organization or who.name
    with store.write():
        token_must(who, "repo.write", namespace)
        may_create(who, type, namespace)
        plan_allows(who, namespace, region, space)
        group_must_exist(store, who, namespace, group)
        id = f"{namespace_named(store, namespace)}/{name}"
        taken = repo_by_id(store, type, id)
        if taken is not None:
            url = url_of(origin(request), type, taken["id"])
            raise ApiError(409, f"You already created this {type} repo", extra={"url": url})
        store.delete("redirects", type=type, old_id=id)
        repo = _new_repo(
            store, who, type, id, visibility or default_visibility(store, namespace), group, card, space
        )
        insert_repos(store, [repo])
        row = store.get("repos", type=type, id=id)
        first_commit(store, row, who.name, _operations(store, row, who, files, repo.card), "initial commit")
    return HubJSON({"url": url_of(origin(request), type, id), "name": id, "id": repo.oid})


def _card(body: JSONBody) -> dict[str, object]:
    """The body's fields for the card: license, and a Space's title and appearance."""
    license = body.choice("license", LICENSES)
    name = body.text("license_name", pattern=r"^[a-z0-9-.]+$")
    link = body.text("license_link", pattern=r"^(LICENSE|LICENSE\.md|[a-zA-Z][a-zA-Z0-9+.-]*:\S+)$")
    fields = {"license": license, "license_name": name, "license_link": link}
    return {key: value for key, value in fields.items() if value is not None}


def _files(body: JSONBody) -> dict[str, bytes]:
    """The first files by their paths; contents in UTF-8 or base64."""
    files: dict[str, bytes] = {}
    for part in body.parts("files") or []:
        content, path = part.text("content", required=True), part.text("path", required=True, least=1)
        encoding = part.choice("encoding", ("utf-8", "base64")) or "utf-8"
        if content is None or path is None:
            continue
        problem = path_problem(path)
        if problem:
            part.wrong(problem, "path")
        if path in files:
            part.wrong("Duplicate path", "path")
        try:
            files[path] = (
                base64.b64decode(content, validate=True) if encoding == "base64" else content.encode()
            )
        except ValueError:  # base64 raises it for characters outside ASCII too
            part.wrong("Invalid base64", "content")
    return files


def _operations(
    store: Store, repo: sqlite3.Row, who: SignedInUser, files: dict[str, bytes], card: Mapping[str, object]
) -> list[Operation]:
    """The first commit: .gitattributes, a README with the card, and the files; binary ones go to LFS."""
    contents = {ATTRIBUTES: DEFAULT_ATTRIBUTES.encode(), **files}
    if card:
        contents["README.md"] = _with_card(files.get("README.md", b""), card)
    operations: list[Operation] = []
    for path, content in contents.items():
        if is_binary(content) or len(content) > MOST_TEXT:
            sha256 = keep_large(store, repo["key"], content, who.name, path)
            operations.append(PutLargeFile(path, sha256, len(content)))
        else:
            operations.append(PutTextFile(path, content))
    return operations


def _with_card(written: bytes, card: Mapping[str, object]) -> bytes:
    """A README whose card has the request's fields added; its own values take precedence."""
    text = written.decode("utf-8", "replace")
    try:
        own = read_card(text)
    except CardError as error:
        raise bad_request(f"Invalid metadata in README.md. {error}") from None
    missing = {name: value for name, value in card.items() if name not in own}
    return readme({**missing, **own}, split(text)[1] or "").encode() if missing else written


def may_create(who: SignedInUser, type: str, namespace: str) -> None:
    """403 unless the caller may create repositories in a namespace."""
    if who.role_in(namespace) not in CREATORS:
        raise forbidden(f'You don\'t have the rights to create a {type} under the namespace "{namespace}"')


def _new_repo(
    store: Store,
    who: SignedInUser,
    type: str,
    id: str,
    visibility: str,
    group: str | None,
    card: dict[str, object],
    space: dict[str, object] | None,
) -> NewRepo:
    """The repository before its first commit; its card will go into the README."""
    details: dict[str, object] = {}
    if space is not None:
        sdk, name = str(space["sdk"]), id.split("/")[1]
        card = {"title": re.sub(r"[-_]+", " ", name).strip().title(), "emoji": "🌦", "colorFrom": "blue",
                "colorTo": "gray", "sdk": sdk, "pinned": False} | card  # fmt: skip
        for key in ("sdk_version", "short_description"):
            if space[key] is not None:
                # the characters YAML allows
                card[key] = "".join(one for one in str(space[key]) if one.isprintable())
        details |= {"runtime": runtime_of(space, id)} | {
            kind: space[kind] for kind in ("variables", "secrets")
        }
    elif type == "dataset":
        details["citation"] = None
    now = store.now()
    return NewRepo(
        type,
        id,
        store.new_id(),
        now,
        now,
        ["region:us"],
        card,
        details,
        visibility=visibility,
        creator=who.id,
        resource_group=group,
        sdk=str(space["sdk"]) if space else None,
    )


routes = [Route("/api/repos/create", create, methods=["POST"])]
