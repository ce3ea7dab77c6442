"""Collections, their items, and the buckets that some of them name, in the tables."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence

from ..store import Store, Value


def collection_with_id(store: Store, id: str) -> sqlite3.Row | None:
    """The collection with that id."""
    return store.row("select * from collections where id = ?", id)


def collections_named(store: Store, namespace: str, slug: str) -> list[sqlite3.Row]:
    """What a slug can mean: the collection with the id it ends with, then those with this title."""
    end = re.search(r"-([0-9a-f]{24})$", slug)
    by_id = "select * from collections where namespace = ? and id = ?"
    found = store.rows(by_id, namespace, end[1]) if end else []
    return found + store.rows(
        "select * from collections where namespace = ? and title_slug = ? order by id", namespace, slug
    )


def collection_titled(store: Store, namespace: str, title: str) -> sqlite3.Row | None:
    """The collection with exactly this title."""
    return store.row("select * from collections where namespace = ? and title = ?", namespace, title)


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


def insert_collection(store: Store, columns: Mapping[str, Value]) -> None:
    """Make a collection."""
    row = {**columns, "last_updated": store.now()}
    names, marks = ", ".join(row), ",".join("?" * len(row))
    store.run(f"insert into collections ({names}) values ({marks})", *row.values())  # noqa: S608 - our own names


def update_collection(store: Store, id: str, changes: Mapping[str, Value]) -> None:
    """Change some columns of a collection and its update time."""
    columns = {**changes, "last_updated": store.now()}
    assignments = ", ".join(f"{name} = ?" for name in columns)
    store.run(f"update collections set {assignments} where id = ?", *columns.values(), id)  # noqa: S608 - our own names


def delete_collection(store: Store, id: str) -> None:
    """Delete a collection with its items."""
    store.run("delete from collections where id = ?", id)


def items_of(store: Store, collection: str) -> list[sqlite3.Row]:
    """The items of a collection, in order."""
    return store.rows("select * from collection_items where collection = ? order by position, id", collection)


def item_with_id(store: Store, collection: str, id: str) -> sqlite3.Row | None:
    """An item of this collection."""
    return store.row("select * from collection_items where id = ? and collection = ?", id, collection)


def count_items(store: Store, collection: str) -> int:
    """How many items a collection has."""
    return store.count("select count(*) from collection_items where collection = ?", collection)


def holds(store: Store, collection: str, type: str, target: str) -> bool:
    """Whether a thing is already in a collection."""
    sql = "select count(*) from collection_items where collection = ? and type = ? and target = ?"
    return store.count(sql, collection, type, target) > 0


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
    update_collection(store, collection, {})


def set_note(store: Store, item: str, note: str | None) -> None:
    """Replace an item's note, or remove it."""
    store.run("update collection_items set note = ? where id = ?", note, item)


def set_gallery(store: Store, item: str, gallery: str) -> None:
    """Replace an item's pictures, a JSON array of addresses."""
    store.run("update collection_items set gallery = ? where id = ?", gallery, item)


def delete_item(store: Store, collection: str, item: str) -> None:
    """Remove an item; those after it move up."""
    store.run("delete from collection_items where id = ?", item)
    _renumber(store, [row["id"] for row in items_of(store, collection)])


def move_item(store: Store, collection: str, item: str, position: int) -> None:
    """Move an item to another position; one beyond the end means the end."""
    order: list[str] = [row["id"] for row in items_of(store, collection) if row["id"] != item]
    order.insert(position, item)
    _renumber(store, order)


def bucket_with_id(store: Store, id: str) -> sqlite3.Row | None:
    """The bucket with that id."""
    return store.row("select * from buckets where id = ?", id)


def bucket_named(store: Store, name: str) -> sqlite3.Row | None:
    """The bucket called `namespace/name`, in any letter case."""
    return store.row("select * from buckets where namespace || '/' || name = ? collate nocase", name)


def _renumber(store: Store, order: Sequence[str]) -> None:
    """Give the items the positions 0, 1, 2 …"""
    store.run_many("update collection_items set position = ? where id = ?", enumerate(order))
