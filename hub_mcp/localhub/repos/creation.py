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
from ..people.rights import CREATORS, SignedInUser, signed_in, token_must
from ..store import Store, store_of
from ..web.hub_errors import ApiError, bad_request, forbidden, plan_needed
from ..web.json_body import JSONBody, body_of
from ..web.request import origin
from ..web.response import HubJSON
from .lookup import TYPES, name_problem, repo_by_id, url_of
from .repo_changes import owner_name, visibility_of
from .rows import NewRepo, insert_repos, readme
from .shapes import subdomain_of
from .tag_labels import HARDWARE, LICENSES, SDKS

FREE_HARDWARE = (None, "cpu-basic")
ZERO_GPU = ("zero-a10g", "zerogpu")
VARIABLE_NAME = r"^[a-zA-Z][_a-zA-Z0-9]*$"  # of secrets and variables


async def create(request: Request) -> Response:
    """Create a repository; 409 with the address of the one that already has the name."""
    store, who, body = store_of(request), signed_in(request), await body_of(request)
    type = body.choice("type", (*TYPES, "kernel")) or "model"
    name = body.text("name", required=True) or ""
    organization = body.text("organization", nullable=True)
    visibility = visibility_of(body, type, nullable=True)
    region = body.choice("region", ("us", "eu"))
    group = body.text("resourceGroupId", nullable=True, pattern=r"^[0-9a-fA-F]{24}$")
    card = _card(body)
    files = _files(body)
    space = _space(body) if type == "space" else None
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
        id = f"{owner_name(store, namespace)}/{name}"
        taken = repo_by_id(store, type, id)
        if taken is not None:
            url = url_of(origin(request), type, taken["id"])
            raise ApiError(409, f"You already created this {type} repo", extra={"url": url})
        store.run("delete from redirects where type = ? and old_id = ?", type, id)
        repo = _new_repo(
            store, who, type, id, visibility or default_visibility(store, namespace), group, card, space
        )
        insert_repos(store, [repo])
        row = repo_by_id(store, type, id)
        assert row is not None
        first_commit(store, row, who.name, _operations(store, row, who, files, repo.card), "initial commit")
    return HubJSON({"url": url_of(origin(request), type, id), "name": id, "id": repo.oid})


def _card(body: JSONBody) -> dict[str, object]:
    """What the body says for the card: licence, and a Space's title and look."""
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
        except ValueError:  # also of characters outside ASCII
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
    """A README whose card also says what the request did; what it said itself stays."""
    text = written.decode("utf-8", "replace")
    try:
        own = read_card(text)
    except CardError as error:
        raise bad_request(f"Invalid metadata in README.md. {error}") from None
    missing = {name: value for name, value in card.items() if name not in own}
    return readme({**missing, **own}, split(text)[1] or "").encode() if missing else written


def default_visibility(store: Store, namespace: str) -> str:
    """What a repository of a namespace is when nobody says: an organization may have settled it."""
    row = store.row("select default_visibility from orgs where name = ?", namespace)
    return str(row["default_visibility"]) if row else "public"


def _space(body: JSONBody) -> dict[str, object]:
    """The fields that only a Space has."""
    fields: dict[str, object] = {
        "sdk": body.choice("sdk", SDKS, required=True),
        "hardware": body.choice("hardware", HARDWARE),
        "sleep": body.whole("sleepTimeSeconds"),
        "short_description": body.text("short_description", most=60),
        "sdk_version": body.text("sdkVersion", nullable=True),
        "template": body.text("template"),
        "dev_mode": body.flag("devModeEnabled") or False,
    }
    sleep = fields["sleep"]
    if isinstance(sleep, int) and sleep < 1 and sleep != -1:
        body.wrong("Too small: expected number to be >0", "sleepTimeSeconds")
    for kind in ("secrets", "variables"):
        for part in body.parts(kind) or []:
            part.text("key", required=True, pattern=VARIABLE_NAME)
            part.text("value", required=True)
            part.text("description")
    for part in body.parts("volumes") or []:
        part.choice("type", ("bucket", "model", "dataset", "space"), required=True)
        part.text("source", required=True)
        part.text("mountPath", required=True, pattern=r"^/.*")
    if fields["hardware"] in ZERO_GPU and fields["sdk"] not in (None, "gradio"):
        body.wrong("ZeroGPU hardware needs the Gradio SDK", "hardware")
    return fields


def may_create(who: SignedInUser, type: str, namespace: str) -> None:
    """403 unless the caller may create repositories in a namespace."""
    if who.role_in(namespace) not in CREATORS:
        raise forbidden(f'You don\'t have the rights to create a {type} under the namespace "{namespace}"')


def plan_allows(
    who: SignedInUser, namespace: str, region: str | None, space: Mapping[str, object] | None
) -> None:
    """402 for what the namespace's plan does not include (OpenAPI, description of `sdk`)."""
    own = namespace.lower() == who.name.lower()
    subscribed = who.is_pro if own else namespace.lower() in who.plans
    if region == "eu" and (own or not subscribed):
        raise plan_needed("Choosing a storage region needs a Team or Enterprise plan")
    if space is None or subscribed:
        return
    if space["hardware"] not in FREE_HARDWARE:
        raise plan_needed("A payment method is needed for this hardware. Add one in your billing settings.")
    if space["sdk"] != "static":
        needed = "PRO" if own else "a Team or Enterprise plan"
        raise plan_needed(f"Spaces with the {space['sdk']} SDK need {needed}; static Spaces are free")


def group_must_exist(store: Store, who: SignedInUser, namespace: str, group: str | None) -> None:
    """400 for a resource group that the organization does not have; 402 when it can have none."""
    if group is None:
        return
    if namespace.lower() not in who.plans:
        raise plan_needed("Resource groups need a Team or Enterprise plan")
    if not store.count(
        "select count(*) from resource_groups where id = ? and org_id = ?",
        group,
        who.owners[namespace.lower()],
    ):
        raise bad_request("Resource group not found")


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
    """The repository as it is before its first commit; its card is on the way into the README."""
    details: dict[str, object] = {}
    if space is not None:
        sdk, name = str(space["sdk"]), id.split("/")[1]
        card = {"title": re.sub(r"[-_]+", " ", name).strip().title(), "emoji": "🌦", "colorFrom": "blue",
                "colorTo": "gray", "sdk": sdk, "pinned": False} | card  # fmt: skip
        for key in ("sdk_version", "short_description"):
            if space[key] is not None:
                card[key] = space[key]
        details["runtime"] = runtime_of(space, id)
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


def runtime_of(space: Mapping[str, object], id: str) -> dict[str, object]:
    """What a Space does right after its creation: a static one runs, others are being built."""
    static = space["sdk"] == "static"
    wanted = None if static else space["hardware"] or "cpu-basic"
    return {
        "stage": "RUNNING" if static else "BUILDING",
        "hardware": {"current": None, "requested": wanted},
        "storage": None,
        "gcTimeout": space["sleep"] or 172800,
        "replicas": {"requested": 1},
        "devMode": space["dev_mode"],
        "domains": [{"domain": f"{subdomain_of(id)}.hf.space", "stage": "READY"}],
    }


routes = [Route("/api/repos/create", create, methods=["POST"])]
