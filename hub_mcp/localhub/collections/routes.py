"""Collections: creating, finding, changing and deleting one, and what its items stand for."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..groups.group_access import group_must_exist
from ..people.rights import CREATORS, SignedInUser, caller, signed_in, token_must
from ..people.rows import namespace_named
from ..store import Store, Value, store_of
from ..web.hub_errors import ApiError, forbidden
from ..web.json_body import JSONBody, body_of
from ..web.request import origin
from ..web.response import HubJSON
from .collection_access import must_change
from .collection_lookup import collection_at, item_target, target_of
from .rows import append_item, update_collection
from .shapes import ITEM_TYPES, THEMES, whole
from .slugs import slug_of, title_slug


async def create(request: Request) -> Response:
    """POST /api/collections."""
    store, who, body = store_of(request), signed_in(request), await body_of(request)
    title, description = (
        body.text("title", required=True, least=1, most=60),
        body.text("description", most=150),
    )
    namespace = body.text("namespace", required=True)
    group = body.text("resourceGroupId", nullable=True, pattern=r"^[0-9a-fA-F]{24}$")
    private, item = body.flag("private"), body.part("item")
    first = item_in(item) if item else None
    body.check()
    assert title is not None
    assert namespace is not None
    owner = _may_create(store, who, namespace)
    with store.write():
        group_must_exist(store, who, owner, group)
        same = store.find("collections", namespace=owner, title=title)
        if same is not None:
            slug = slug_of(same)
            raise ApiError(409, f'You already have a collection "{title}": {slug}', extra={"slug": slug})
        id = store.new_id()
        store.insert(
            "collections", id=id, namespace=owner, title=title, title_slug=title_slug(title),
            description=description, private=int(private or False), theme=THEMES[int(id, 16) % len(THEMES)],
            creator=who.id, resource_group=group, last_updated=store.now(),
        )  # fmt: skip
        if first is not None:
            add_item(store, who, id, *first, note=None)
    return HubJSON(_whole(request, id))


async def read(request: Request) -> Response:
    """GET /api/collections/{namespace}/{slug}."""
    return HubJSON(_whole(request, collection_at(request)["id"]))


async def update(request: Request) -> Response:
    """PATCH /api/collections/{namespace}/{slug}; the only answer wrapped in `data`."""
    store, who, body = store_of(request), signed_in(request), await body_of(request)
    changes: dict[str, Value] = {
        "title": body.text("title", least=1, most=60),
        "description": body.text("description", most=150),
        "private": body.flag("private"),
        "position": body.whole("position", least=0),
        "theme": body.choice("theme", THEMES),
        "gating": _gating(body),
    }
    body.check()
    changes = {name: value for name, value in changes.items() if value is not None}
    if "title" in changes:
        changes["title_slug"] = title_slug(str(changes["title"]))
    with store.write():
        row = collection_at(request)
        must_change(who, row)
        update_collection(store, row["id"], **changes)
    return HubJSON({"success": True, "data": _whole(request, row["id"])})


async def delete(request: Request) -> Response:
    """DELETE /api/collections/{namespace}/{slug}."""
    store, who = store_of(request), signed_in(request)
    with store.write():
        row = collection_at(request)
        must_change(who, row)
        store.delete("collections", id=row["id"])
    return PlainTextResponse("OK")


def item_in(body: JSONBody) -> tuple[str, str] | None:
    """Type and id of an item; None if something is wrong with it, which the body has noted."""
    type, id = body.choice("type", ITEM_TYPES, required=True), body.text("id", required=True)
    return (type, id) if type is not None and id is not None else None


def add_item(store: Store, who: SignedInUser, collection: str, type: str, id: str, note: str | None) -> None:
    """Append an item; 404 if the caller cannot see such a thing, 409 if the collection already has it."""
    key = item_target(store, who, type, id)
    if key is None or target_of(store, who, type, key) is None:
        raise ApiError(404, f"There is no {type} {id}, or you cannot see it")
    if store.number("collection_items", collection=collection, type=type, target=key):
        raise ApiError(409, f"The {type} {id} is already in this collection")
    append_item(store, collection, type, key, note)


def _whole(request: Request, id: str) -> dict[str, object]:
    store = store_of(request)
    row = store.get("collections", id=id)
    return whole(store, caller(request), row, origin(request))


def _may_create(store: Store, who: SignedInUser, namespace: str) -> str:
    """The namespace in its own spelling, if role and token let the caller create a collection in it."""
    if who.role_in(namespace) not in CREATORS:
        raise forbidden(
            f'You don\'t have the rights to create a collection under the namespace "{namespace}"'
        )
    token_must(who, "collection.write", namespace)
    return namespace_named(store, namespace)


def _gating(body: JSONBody) -> str | None:
    """The `gating` field as stored: false, automatic, or manual with notifications."""
    if not body.given("gating") or body.fields["gating"] is False:
        return "false" if body.given("gating") else None
    part = body.part("gating")
    if part is None:
        return None
    gating: dict[str, object] = {"mode": part.choice("mode", ("auto", "manual"), required=True)}
    if gating["mode"] == "manual":
        how = part.part("notifications", required=True)
        if how is not None:
            email = how.text("email")
            gating["notifications"] = {"mode": how.choice("mode", ("bulk", "real-time"), required=True)} | (
                {"email": email} if email is not None else {}
            )
    return json.dumps(gating)


routes = [
    Route("/api/collections", create, methods=["POST"]),
    Route("/api/collections/{namespace}/{slug}", read, methods=["GET"]),
    Route("/api/collections/{namespace}/{slug}", update, methods=["PATCH"]),
    Route("/api/collections/{namespace}/{slug}", delete, methods=["DELETE"]),
]
