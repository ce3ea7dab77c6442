"""Rewriting a history without some large files: same authors, dates and messages, other ids."""

from __future__ import annotations

import sqlite3

from ..store import Store
from .history import add_commit
from .trees import changed_tree, files_of


def rewritten(store: Store, repo: sqlite3.Row, oids: set[str]) -> dict[str, str]:
    """Rewrite every commit that has one of these files or descends from one that does; old id → new id.

    Refs still point to the old commits, which are kept. Inside a transaction.
    """
    trees: dict[str, str] = {}
    new: dict[str, str] = {}
    for row in store.find_all("commits", "number", repo=repo["key"]):
        tree, parent = row["tree"], new.get(row["parent"], row["parent"])
        if tree not in trees:
            gone = {path: None for path, entry in files_of(store, tree).items() if entry.sha256 in oids}
            trees[tree] = changed_tree(store, tree, gone) if gone else tree
        if (trees[tree], parent) != (tree, row["parent"]):
            said = row["author"], row["created_at"], row["title"], row["message"]
            new[row["id"]] = add_commit(store, repo["key"], trees[tree], parent, *said)
    return new
