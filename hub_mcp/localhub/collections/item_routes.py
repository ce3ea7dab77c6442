"""The items of a collection: adding, annotating, moving and removing them, one at a time or in a batch."""

from __future__ import annotations

import json
import sqlite3

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..people.rights import signed_in
from ..store import Store, store_of
from ..web.hub_errors import ApiError
from ..web.json_body import JSONBody, body_of, json_bodies_of
from ..web.request import origin
from ..web.response import HubJSON
from .collection_access import must_change
from .collection_lookup import collection_at
from .routes import add_item, item_in
from .rows import delete_item, move_item, update_collection
from .shapes import whole

NOTE = 500


async def add(request: Request) -> Response:
    """POST …/items, and …/item as the documentation spells it; returns the collection."""
    store, who, body = store_of(request), signed_in(request), await body_of(request)
    item, note = body.part("item", required=True), body.text("note", most=NOTE)
    what = item_in(item) if item else None
    body.check()
    assert what is not None
    with store.write():
        row = collection_at(request)
        must_change(who, row)
        add_item(store, who, row["id"], *what, note=note)
    changed = store.get("collections", id=row["id"])
    return HubJSON(whole(store, who, changed, origin(request)))


async def update(request: Request) -> Response:
    """PATCH …/items/{item}."""
    store, who, body = store_of(request), signed_in(request), await body_of(request)
    change = _Change(body)
    body.check()
    with store.write():
        row = collection_at(request)
        must_change(who, row)
        change.apply(store, _item(store, row, request.path_params["item"]))
        update_collection(store, row["id"])
    return PlainTextResponse("OK")


async def update_many(request: Request) -> Response:
    """POST …/items/batch: changes as `[{action: "update", _id, data}]`, all of them or none."""
    store, who, bodies = store_of(request), signed_in(request), await json_bodies_of(request)
    changes: list[tuple[str, _Change]] = []
    for body in bodies:
        body.choice("action", ("update",), required=True)
        id = body.text("_id", required=True, pattern=r"^[0-9a-fA-F]{24}$")
        data = body.part("data", required=True)
        if data is not None and id is not None:
            changes.append((id, _Change(data)))
    for body in bodies:
        body.check()
    with store.write():
        row = collection_at(request)
        must_change(who, row)
        for id, change in changes:
            change.apply(store, _item(store, row, id))
        update_collection(store, row["id"])
    return PlainTextResponse("OK")


async def remove(request: Request) -> Response:
    """DELETE …/items/{item}; the items behind it move up."""
    store, who = store_of(request), signed_in(request)
    with store.write():
        row = collection_at(request)
        must_change(who, row)
        item = _item(store, row, request.path_params["item"])
        delete_item(store, row["id"], item["id"])
        update_collection(store, row["id"])
    return PlainTextResponse("OK")


class _Change:
    """The change requested for one item."""

    def __init__(self, body: JSONBody) -> None:
        self.note = body.text("note", most=NOTE)
        self.position = body.whole("position", least=0)
        self.gallery = body.fields.get("gallery")
        words = isinstance(self.gallery, list) and all(isinstance(url, str) for url in self.gallery)
        if body.given("gallery") and not words:
            body.wrong("Invalid input: expected array of strings", "gallery")

    def apply(self, store: Store, item: sqlite3.Row) -> None:
        """Write it; an empty note removes the note, and a position beyond the end means the end."""
        if self.note is not None:
            store.update("collection_items", {"id": item["id"]}, note=self.note or None)
        if self.gallery is not None:
            store.update("collection_items", {"id": item["id"]}, gallery=json.dumps(self.gallery))
        if self.position is not None:
            move_item(store, item["collection"], item["id"], self.position)


def _item(store: Store, collection: sqlite3.Row, id: str) -> sqlite3.Row:
    found = store.find("collection_items", id=id, collection=collection["id"])
    if found is None:
        raise ApiError(404, "Collection item not found")
    return found


_HERE = "/api/collections/{namespace}/{slug}"
routes = [
    Route(f"{_HERE}/items", add, methods=["POST"]),
    Route(f"{_HERE}/item", add, methods=["POST"]),
    Route(f"{_HERE}/items/batch", update_many, methods=["POST"]),
    Route(f"{_HERE}/items/{{item}}", update, methods=["PATCH"]),
    Route(f"{_HERE}/items/{{item}}", remove, methods=["DELETE"]),
    Route(f"{_HERE}/item/{{item}}", update, methods=["PATCH"]),
    Route(f"{_HERE}/item/{{item}}", remove, methods=["DELETE"]),
]
