"""Trees in the tables: immutable, stored by id, read by path, changed into another tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..store import Store
from .git_objects import EMPTY_TREE, GitEntry, tree_id

Changes = Mapping[str, GitEntry | None]  # path → its new entry; None removes it

_ENTRY = "is_folder, oid, size, sha256"
_DEEPER = (
    " union all select w.path || '/' || e.name, e.is_folder, e.oid, e.size, e.sha256"
    " from walk w join tree_entries e on e.tree = w.oid where w.is_folder"
)


def children(store: Store, tree: str) -> dict[str, GitEntry]:
    """The direct entries of a folder, by name."""
    rows = store.rows(f"select name, {_ENTRY} from tree_entries where tree = ? order by name", tree)  # noqa: S608 - our own words
    return {
        row["name"]: GitEntry(row["oid"], row["size"], row["sha256"], bool(row["is_folder"])) for row in rows
    }


def entry_at(store: Store, tree: str, path: str) -> GitEntry | None:
    """The entry at a path below a tree; the empty path is the tree itself."""
    found = GitEntry(tree, size_of(store, tree) if not path else 0, is_folder=True)
    for name in path.split("/") if path else ():
        row = store.row(f"select {_ENTRY} from tree_entries where tree = ? and name = ?", found.oid, name)  # noqa: S608 - our own words
        if row is None:
            return None
        found = GitEntry(row["oid"], row["size"], row["sha256"], bool(row["is_folder"]))
    return found


def size_of(store: Store, tree: str) -> int:
    """The bytes of all files below a tree."""
    return store.count("select coalesce(sum(size), 0) from tree_entries where tree = ?", tree)


def walk(store: Store, tree: str, prefix: str = "", deep: bool = True) -> Iterator[tuple[str, GitEntry]]:
    """Paths and entries below a tree, ordered by path; `deep` descends into folders."""
    start = f"select ? || name, {_ENTRY} from tree_entries where tree = ?{_DEEPER if deep else ''}"  # noqa: S608 - our own words, values bound
    columns = f"(path, {_ENTRY})"
    sql = f"with recursive walk {columns} as ({start})"
    sql += f" select path, {_ENTRY} from walk order by path"  # noqa: S608 - our own words
    for row in store.rows(sql, prefix, tree):
        yield row["path"], GitEntry(row["oid"], row["size"], row["sha256"], bool(row["is_folder"]))


def files_of(store: Store, tree: str) -> dict[str, GitEntry]:
    """Every file below a tree by its path."""
    return {path: entry for path, entry in walk(store, tree) if not entry.is_folder}


def changed_tree(store: Store, tree: str, changes: Changes) -> str:
    """The tree after adding some paths and removing others; inside a transaction.

    A file replaces a folder at its path with everything in it, and the other way round; folders that
    become empty disappear.
    """
    entries = children(store, tree) if tree != EMPTY_TREE else {}
    below: dict[str, dict[str, GitEntry | None]] = {}
    for path, entry in changes.items():
        name, _, rest = path.partition("/")
        if rest:
            below.setdefault(name, {})[rest] = entry
        elif entry is None:
            entries.pop(name, None)
        else:
            entries[name] = entry
    for name, inner in below.items():
        there = entries.get(name)
        if there is not None and not there.is_folder and not any(inner.values()):
            continue  # nothing to remove below a file
        old = there.oid if there is not None and there.is_folder else EMPTY_TREE
        new = changed_tree(store, old, inner)
        if new == EMPTY_TREE:
            entries.pop(name, None)
        else:
            entries[name] = GitEntry(new, size_of(store, new), is_folder=True)
    return _written(store, entries)


def _written(store: Store, entries: Mapping[str, GitEntry]) -> str:
    id = tree_id(entries.items())
    store.insert_many(
        "tree_entries",
        "tree, name, is_folder, oid, size, sha256",
        ((id, name, int(e.is_folder), e.oid, e.size, e.sha256) for name, e in entries.items()),
        "or ignore",
    )
    return id
