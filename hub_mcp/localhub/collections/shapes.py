"""Collections and their items as the documented JSON."""

from __future__ import annotations

import html
import json
import sqlite3
from collections.abc import Mapping

from ..groups.shapes import group_field
from ..papers.shapes import thumbnail
from ..people.rights import WRITERS, SignedInUser, role_on
from ..people.shapes import account_json
from ..repos.summaries import repo_summary
from ..store import Store
from ..web.hub_errors import page_missing
from .collection_lookup import target_of
from .slugs import share_url, slug_of

LISTED_ITEMS = 4
THEMES = ("orange", "blue", "green", "purple", "pink", "indigo")
ITEM_TYPES = ("paper", "collection", "space", "model", "dataset", "bucket")


def whole(store: Store, who: SignedInUser | None, row: sqlite3.Row, origin: str) -> dict[str, object]:
    """A collection with all its items."""
    return {
        **_head(store, who, row),
        "items": items(store, who, row, origin),
        "position": row["position"],
        "theme": row["theme"],
        "private": bool(row["private"]),
        "shareUrl": share_url(row, origin),
        "upvotes": row["upvotes"],
        "isUpvotedByUser": False,
        **group_field(store, who, row),
    }


def listed(store: Store, who: SignedInUser | None, row: sqlite3.Row, origin: str) -> dict[str, object]:
    """A collection in the listing: its first items, without position and shareUrl (recorded)."""
    return {
        **_head(store, who, row),
        "items": items(store, who, row, origin, LISTED_ITEMS),
        "theme": row["theme"],
        "private": bool(row["private"]),
        "upvotes": row["upvotes"],
        "isUpvotedByUser": False,
        **group_field(store, who, row),
    }


def brief(store: Store, who: SignedInUser | None, row: sqlite3.Row) -> dict[str, object]:
    """A collection in the listing with `expand=false`."""
    return {
        "title": row["title"],
        "private": bool(row["private"]),
        "upvotes": row["upvotes"],
        **group_field(store, who, row),
        "name": slug_of(row),
    }


def items(
    store: Store, who: SignedInUser | None, collection: sqlite3.Row, origin: str, limit: int | None = None
) -> list[dict[str, object]]:
    """The items of a collection in order, without those hidden from this caller."""
    shown: list[dict[str, object]] = []
    for row in store.find_all("collection_items", "position, id", collection=collection["id"]):
        if limit is not None and len(shown) == limit:
            break
        target = target_of(store, who, row["type"], row["target"])
        if target is None:
            continue
        item: dict[str, object] = {"_id": row["id"], "position": row["position"], "type": row["type"]}
        item |= _target_json(store, who, row["type"], target, origin)
        if row["note"]:
            item["note"] = {"html": html.escape(row["note"]), "text": row["note"]}
        gallery = json.loads(row["gallery"])
        shown.append(item | ({"gallery": gallery} if gallery else {}))
    return shown


def _target_json(
    store: Store, who: SignedInUser | None, type: str, row: sqlite3.Row, origin: str
) -> Mapping[str, object]:
    """The flat fields of an item, by its type."""
    if type == "paper":
        return {
            "id": row["id"],
            "title": row["title"],
            "upvotes": row["upvotes"],
            "publishedAt": row["published_at"],
            "thumbnailUrl": thumbnail(row["id"]),
            "isUpvotedByUser": False,
        }
    if type == "collection":
        head = {key: value for key, value in _head(store, who, row).items() if key != "gating"}
        return {
            **head,
            "id": row["id"],
            "numberItems": store.number("collection_items", collection=row["id"]),
            "theme": row["theme"],
            "upvotes": row["upvotes"],
            "isUpvotedByUser": False,
            "shareUrl": share_url(row, origin),
        }
    if type == "bucket":
        return {
            "author": row["namespace"],
            "id": f"{row['namespace']}/{row['name']}",
            "private": bool(row["private"]),
            "createdAt": row["created_at"],
            "updatedAt": row["updated_at"],
            "size": row["size"],
            "totalFiles": row["total_files"],
            "repoType": "bucket",
            "cdnRegions": [],
            **group_field(store, who, row),
        }
    return repo_summary(store, who, row)


def _head(store: Store, who: SignedInUser | None, row: sqlite3.Row) -> dict[str, object]:
    head: dict[str, object] = {"slug": slug_of(row), "title": row["title"]}
    if row["description"] is not None:
        head["description"] = row["description"]
    gating = json.loads(row["gating"])
    ours = who is not None and role_on(who, row) in WRITERS
    owner = account_json(store, who, row["namespace"])
    if owner is None:
        raise page_missing()
    return head | {
        "gating": gating if ours else bool(gating),
        "lastUpdated": row["last_updated"],
        "owner": owner,
    }
