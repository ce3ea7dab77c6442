"""Collections and their items as the documented JSON, and who may see and change them."""

from __future__ import annotations

import html
import json
import re
import sqlite3
import unicodedata
from collections.abc import Mapping

from ..people.rights import READERS, WRITERS, SignedInUser, can_read, role_on, token_must
from ..repos.summaries import account_card, group_card, repo_card
from ..store import Store, Value
from ..web.hub_errors import forbidden, page_missing

LISTED_ITEMS = 4
THEMES = ("orange", "blue", "green", "purple", "pink", "indigo")
ITEM_TYPES = ("paper", "collection", "space", "model", "dataset", "bucket")


def title_slug(title: str) -> str:
    """The readable part of a slug; a title without a letter of the alphabet is just a collection."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "collection"


def slug_of(row: sqlite3.Row) -> str:
    """`namespace/title-id`: the title part follows the title, the id stays."""
    return f"{row['namespace']}/{row['title_slug']}-{row['id']}"


def can_see(who: SignedInUser | None, row: sqlite3.Row) -> bool:
    """Whether a collection exists as far as this caller can know."""
    return not row["private"] or (who is not None and role_on(who, row) in READERS and _token_reads(who, row))


def must_change(who: SignedInUser, row: sqlite3.Row) -> None:
    """403 unless role and token let the caller change this collection."""
    token_must(who, "collection.write", row["namespace"], row["id"])
    role = role_on(who, row)
    if role not in WRITERS and not (role == "contributor" and row["creator"] == who.id):
        raise forbidden(f"You don't have the rights to change the collection {slug_of(row)}")


def seen(who: SignedInUser | None) -> tuple[str, list[Value]]:
    """A condition on `collections c` that keeps about what this caller may see; `can_see` is exact."""
    if who is None:
        return "not c.private", []
    mine = [who.name, *(name for name, role in who.orgs.items() if role in READERS)]
    groups = list(who.groups)
    marks = ",".join("?" * len(mine)), ",".join("?" * len(groups))
    return f"(not c.private or c.namespace in ({marks[0]}) or c.resource_group in ({marks[1]}))", [
        *mine,
        *groups,
    ]


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
        **group_card(store, who, row),
    }


def listed(store: Store, who: SignedInUser | None, row: sqlite3.Row, origin: str) -> dict[str, object]:
    """A collection in the listing: its first items, neither position nor shareUrl (recorded)."""
    return {
        **_head(store, who, row),
        "items": items(store, who, row, origin, LISTED_ITEMS),
        "theme": row["theme"],
        "private": bool(row["private"]),
        "upvotes": row["upvotes"],
        "isUpvotedByUser": False,
        **group_card(store, who, row),
    }


def brief(store: Store, who: SignedInUser | None, row: sqlite3.Row) -> dict[str, object]:
    """A collection in the listing with `expand=false`."""
    return {
        "title": row["title"],
        "private": bool(row["private"]),
        "upvotes": row["upvotes"],
        **group_card(store, who, row),
        "name": slug_of(row),
    }


def share_url(row: sqlite3.Row, origin: str) -> str:
    """The short address to pass on, without the id."""
    return f"{origin}/collections/{row['namespace']}/{row['title_slug']}"


def items(
    store: Store, who: SignedInUser | None, collection: sqlite3.Row, origin: str, limit: int | None = None
) -> list[dict[str, object]]:
    """The items of a collection in their order, without those that are hidden from this caller."""
    shown: list[dict[str, object]] = []
    for row in store.rows(
        "select * from collection_items where collection = ? order by position, id", collection["id"]
    ):
        if limit is not None and len(shown) == limit:
            break
        target = target_of(store, who, row["type"], row["target"])
        if target is None:
            continue
        item: dict[str, object] = {"_id": row["id"], "position": row["position"], "type": row["type"]}
        item |= _card(store, who, row["type"], target, origin)
        if row["note"]:
            item["note"] = {"html": html.escape(row["note"]), "text": row["note"]}
        gallery = json.loads(row["gallery"])
        shown.append(item | ({"gallery": gallery} if gallery else {}))
    return shown


def target_of(store: Store, who: SignedInUser | None, type: str, key: str) -> sqlite3.Row | None:
    """What an item stands for, by the id that survives renaming; None when hidden from this caller."""
    if type == "paper":
        return store.row("select * from papers where id = ?", key)
    if type == "collection":
        row = store.row("select * from collections where id = ?", key)
        return row if row is not None and can_see(who, row) else None
    if type == "bucket":
        row = store.row("select * from buckets where id = ?", key)
        return row if row is not None and can_see(who, row) else None
    row = store.row("select * from repos where _id = ?", key)
    return row if row is not None and can_read(who, row) else None


def _card(
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
        count = store.count("select count(*) from collection_items where collection = ?", row["id"])
        return {
            **head,
            "id": row["id"],
            "numberItems": count,
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
            **group_card(store, who, row),
        }
    return repo_card(store, who, row)


def thumbnail(paper: str) -> str:
    """The picture that social media show for a paper; on the CDN, which is not imitated."""
    return f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper}.png"


def _head(store: Store, who: SignedInUser | None, row: sqlite3.Row) -> dict[str, object]:
    head: dict[str, object] = {"slug": slug_of(row), "title": row["title"]}
    if row["description"] is not None:
        head["description"] = row["description"]
    gating = json.loads(row["gating"])
    ours = who is not None and role_on(who, row) in WRITERS
    owner = account_card(store, who, row["namespace"])
    if owner is None:
        raise page_missing()
    return head | {
        "gating": gating if ours else bool(gating),
        "lastUpdated": row["last_updated"],
        "owner": owner,
    }


def _token_reads(who: SignedInUser, row: sqlite3.Row) -> bool:
    """A token that may write collections may read them; so may, for a bucket, one that reads repositories."""
    return any(
        who.allows(permission, row["namespace"], row["id"])
        for permission in ("collection.read", "collection.write")
    )
