"""POST /api/repos/create: a repository of any type, with its first files."""

from __future__ import annotations

import base64
import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import CREATORS, SignedInUser, signed_in, token_must
from ..store import Store, store_of
from ..web.hub_errors import ApiError, bad_request, forbidden, plan_needed
from ..web.json_body import JSONBody, body_of
from ..web.request import origin
from ..web.response import HubJSON
from .lookup import TYPES, name_problem, repo_by_id, url_of
from .repo_changes import owner_name, visibility_of
from .rows import NewFile, NewRepo, card_tags, insert_repos, readme, text_file
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
    visibility = visibility_of(body, type, nullable=True) or "public"
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
        if who.role_in(namespace) not in CREATORS:
            raise forbidden(
                f'You don\'t have the rights to create a {type} under the namespace "{namespace}"'
            )
        _plan_allows(who, namespace, region, space)
        group_must_exist(store, who, namespace, group)
        id = f"{owner_name(store, namespace)}/{name}"
        taken = repo_by_id(store, type, id)
        if taken is not None:
            url = url_of(origin(request), type, taken["id"])
            raise ApiError(409, f"You already created this {type} repo", extra={"url": url})
        store.run("delete from redirects where type = ? and old_id = ?", type, id)
        repo = _new_repo(store, who, type, id, visibility, group, card, files, space)
        insert_repos(store, [repo])
    return HubJSON({"url": url_of(origin(request), type, id), "name": id, "id": repo.oid})


def _card(body: JSONBody) -> dict[str, object]:
    """What the body says for the card: licence, and a Space's title and look."""
    license = body.choice("license", LICENSES)
    name = body.text("license_name", pattern=r"^[a-z0-9-.]+$")
    link = body.text("license_link", pattern=r"^(LICENSE|LICENSE\.md|[a-zA-Z][a-zA-Z0-9+.-]*:\S+)$")
    fields = {"license": license, "license_name": name, "license_link": link}
    return {key: value for key, value in fields.items() if value is not None}


def _files(body: JSONBody) -> list[NewFile]:
    """The first files; contents in UTF-8 or base64."""
    files: list[NewFile] = []
    for part in body.parts("files") or []:
        content, path = part.text("content", required=True), part.text("path", required=True, least=1)
        encoding = part.choice("encoding", ("utf-8", "base64")) or "utf-8"
        if content is None or path is None:
            continue
        if path.startswith("/") or {"", ".", ".."} & set(path.split("/")):
            part.wrong("Invalid path", "path")
        if path in {file.path for file in files}:
            part.wrong("Duplicate path", "path")
        try:
            raw = base64.b64decode(content, validate=True) if encoding == "base64" else content.encode()
        except ValueError:  # also of characters outside ASCII
            part.wrong("Invalid base64", "content")
            continue
        files.append(NewFile(path, len(raw), raw))
    return files


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


def _plan_allows(
    who: SignedInUser, namespace: str, region: str | None, space: dict[str, object] | None
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
    files: list[NewFile],
    space: dict[str, object] | None,
) -> NewRepo:
    """The repository as it is after its first commit."""
    details: dict[str, object] = {}
    tags = [*card_tags(card, type), "region:us"]
    if space is not None:
        sdk, name = str(space["sdk"]), id.split("/")[1]
        card = {"title": re.sub(r"[-_]+", " ", name).strip().title(), "emoji": "🌦", "colorFrom": "blue",
                "colorTo": "gray", "sdk": sdk, "pinned": False} | card  # fmt: skip
        for key in ("sdk_version", "short_description"):
            if space[key] is not None:
                card[key] = space[key]
        details["runtime"] = _runtime(space, id)
        tags.insert(0, sdk)
    elif type == "dataset":
        details["citation"] = None
    now, paths = store.now(), {file.path for file in files}
    if ".gitattributes" not in paths:
        files.append(text_file(".gitattributes", "*.safetensors filter=lfs diff=lfs merge=lfs -text\n"))
    if card and "README.md" not in paths:
        files.append(text_file("README.md", readme(card, "")))
    return NewRepo(
        type,
        id,
        store.new_id(),
        now,
        now,
        store.new_sha(),
        tags,
        card,
        details,
        files,
        visibility,
        creator=who.id,
        resource_group=group,
        sdk=str(space["sdk"]) if space else None,
    )


def _runtime(space: dict[str, object], id: str) -> dict[str, object]:
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
