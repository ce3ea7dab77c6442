"""The collection that a request's path names, and the things that items stand for."""

from __future__ import annotations

import sqlite3

from starlette.requests import Request

from ..people.rights import SignedInUser, caller, can_read
from ..repos.repo_queries import repo_by_id
from ..store import Store, store_of
from ..web.hub_errors import ApiError
from .collection_access import can_see
from .rows import bucket_named, collections_named


def collection_at(request: Request) -> sqlite3.Row:
    """The collection a path names: by the id at its end, even under an old title, or by the title alone."""
    store, who = store_of(request), caller(request)
    row = named(store, who, request.path_params["namespace"], request.path_params["slug"])
    if row is None:
        raise ApiError(404, "Collection not found")
    return row


def named(store: Store, who: SignedInUser | None, namespace: str, slug: str) -> sqlite3.Row | None:
    """The collection with this slug, if the caller may see it; the oldest of several with the same title."""
    return next((row for row in collections_named(store, namespace, slug) if can_see(who, row)), None)


def item_target(store: Store, who: SignedInUser | None, type: str, id: str) -> str | None:
    """The permanent id of what an item names; a collection is named by its id or either slug."""
    if type == "paper":
        found = store.find("papers", id=id)
    elif type == "collection":
        namespace, _, slug = id.partition("/")
        found = named(store, who, namespace, slug) if slug else store.find("collections", id=id)
    elif type == "bucket":
        found = bucket_named(store, id)
    else:
        found = repo_by_id(store, type, id)
        return found["_id"] if found else None
    return found["id"] if found else None


def target_of(store: Store, who: SignedInUser | None, type: str, key: str) -> sqlite3.Row | None:
    """What an item stands for, by the id that survives renaming; None when hidden from this caller."""
    if type == "paper":
        return store.find("papers", id=key)
    if type in ("collection", "bucket"):
        row = store.find("collections", id=key) if type == "collection" else store.find("buckets", id=key)
        return row if row is not None and can_see(who, row) else None
    row = store.find("repos", _id=key)
    return row if row is not None and can_read(who, row) else None
