"""Collections, their items, and the buckets that some of them name, in the tables."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from ..store import Store, Value


def collections_named(store: Store, namespace: str, slug: str) -> list[sqlite3.Row]:
    """What a slug can mean: the collection with the id it ends with, then those with this title."""
    end = re.search(r"-([0-9a-f]{24})$", slug)
    by_id = "select * from collections where namespace = ? and id = ?"
    found = store.rows(by_id, namespace, end[1]) if end else []
    return found + store.find_all("collections", "id", namespace=namespace, title_slug=slug)


def matching_collections(
    store: Store, clauses: Sequence[str], params: Sequence[Value], column: str, limit: int
) -> list[sqlite3.Row]:
    """The collections `c` that meet all conditions, largest first."""
    return store.rows(
        f"select c.* from collections c where {' and '.join(clauses)}"  # noqa: S608 - our own words, values bound
        f" order by c.{column} desc, c.id limit ?",
        *params,
        limit,
    )


def holding_condition(count: int) -> str:
    """A condition on `collections c`: one of `count` items, each a type and a permanent id, is in it."""
    marks = ",".join("(?, ?)" for _ in range(count))
    holders = f"select collection from collection_items where (type, target) in (values {marks})"  # noqa: S608
    return f"c.id in ({holders})"


def update_collection(store: Store, id: str, **changes: Value) -> None:
    """Change some columns of a collection and its update time."""
    store.update("collections", {"id": id}, **changes, last_updated=store.now())


def append_item(store: Store, collection: str, type: str, target: str, note: str | None) -> None:
    """Append a thing, by its permanent id, to a collection."""
    store.run(
        "insert into collection_items (id, collection, type, target, position, note) select ?, ?, ?, ?,"
        " coalesce(max(position) + 1, 0), ? from collection_items where collection = ?",
        store.new_id(),
        collection,
        type,
        target,
        note or None,
        collection,
    )
    update_collection(store, collection)


def delete_item(store: Store, collection: str, item: str) -> None:
    """Remove an item; those after it move up."""
    store.delete("collection_items", id=item)
    _renumber(
        store,
        [row["id"] for row in store.find_all("collection_items", "position, id", collection=collection)],
    )


def move_item(store: Store, collection: str, item: str, position: int) -> None:
    """Move an item to another position; one beyond the end means the end."""
    order: list[str] = [
        row["id"]
        for row in store.find_all("collection_items", "position, id", collection=collection)
        if row["id"] != item
    ]
    order.insert(position, item)
    _renumber(store, order)


def bucket_named(store: Store, name: str) -> sqlite3.Row | None:
    """The bucket called `namespace/name`, in any letter case."""
    return store.row("select * from buckets where namespace || '/' || name = ? collate nocase", name)


def _renumber(store: Store, order: Sequence[str]) -> None:
    """Give the items the positions 0, 1, 2 …"""
    store.run_many("update collection_items set position = ? where id = ?", enumerate(order))
