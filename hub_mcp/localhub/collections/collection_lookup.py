"""The collection that a request's path names, and the things that items stand for."""

from __future__ import annotations

import sqlite3

from starlette.requests import Request

from ..papers.rows import paper_with_id
from ..people.rights import SignedInUser, caller, can_read
from ..repos.repo_queries import repo_by_id, repo_with_oid
from ..store import Store, store_of
from ..web.hub_errors import ApiError
from .collection_access import can_see
from .rows import bucket_named, bucket_with_id, collection_with_id, collections_named


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
        found = paper_with_id(store, id)
    elif type == "collection":
        namespace, _, slug = id.partition("/")
        found = named(store, who, namespace, slug) if slug else collection_with_id(store, id)
    elif type == "bucket":
        found = bucket_named(store, id)
    else:
        found = repo_by_id(store, type, id)
        return found["_id"] if found else None
    return found["id"] if found else None


def target_of(store: Store, who: SignedInUser | None, type: str, key: str) -> sqlite3.Row | None:
    """What an item stands for, by the id that survives renaming; None when hidden from this caller."""
    if type == "paper":
        return paper_with_id(store, key)
    if type in ("collection", "bucket"):
        row = collection_with_id(store, key) if type == "collection" else bucket_with_id(store, key)
        return row if row is not None and can_see(who, row) else None
    row = repo_with_oid(store, key)
    return row if row is not None and can_read(who, row) else None
