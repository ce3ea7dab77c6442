"""Merging a pull request into its branch: what both sides changed, and the one commit that results."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from ..content.committing import move_ref
from ..git.diffs import FileDifference, differences
from ..git.git_objects import GitEntry
from ..git.history import add_commit, chain, ref_named, sha_of, tree_of
from ..git.trees import changed_tree, entry_at
from ..store import Store
from ..web.hub_errors import ApiError, bad_request, revision_missing


def conflicts(store: Store, repo: sqlite3.Row, discussion: sqlite3.Row) -> list[str]:
    """The files that the branch and the pull request changed differently since they diverged."""
    return [
        found.path
        for found, there in _changes(store, repo, discussion)
        if there not in (found.old, found.new)
    ]


def merge(store: Store, repo: sqlite3.Row, discussion: sqlite3.Row, author: str) -> str:
    """Apply the pull request's changes to its branch as one commit; inside a transaction."""
    if discussion["head_sha"] == discussion["base_sha"]:
        raise bad_request("There is nothing to merge: this pull request has no commits")
    branch = str(discussion["base_ref"])
    if ref_named(store, repo, branch) is None:
        raise revision_missing(branch)
    clashing = conflicts(store, repo, discussion)
    if clashing:
        raise ApiError(409, f"This pull request has conflicts with {branch}: {', '.join(clashing[:20])}")
    head = sha_of(store, repo, branch)
    tree = changed_tree(
        store, tree_of(store, repo["key"], head),
        {found.path: found.new for found, _ in _changes(store, repo, discussion)},
    )  # fmt: skip
    commits = []
    for row in chain(store, repo["key"], discussion["head_sha"]):
        if row["id"] == discussion["base_sha"]:
            break
        commits.append(f"- {row['title']} ({row['id']})")
    title = f"{discussion['title']} (#{discussion['num']})"
    sha = add_commit(store, repo["key"], tree, head, author, store.now(), title, "\n".join(reversed(commits)))
    move_ref(store, repo, branch, sha)
    return sha


def _changes(
    store: Store, repo: sqlite3.Row, discussion: sqlite3.Row
) -> Iterator[tuple[FileDifference, GitEntry | None]]:
    """What the pull request changes, and what its branch has at the same paths."""
    if ref_named(store, repo, discussion["base_ref"]) is None:
        return  # the branch is gone: nothing conflicts, and nothing can be merged
    there, base, head = (
        tree_of(store, repo["key"], sha)
        for sha in (
            sha_of(store, repo, discussion["base_ref"]),
            discussion["base_sha"],
            discussion["head_sha"],
        )
    )
    for found in differences(store, base, head):
        yield found, entry_at(store, there, found.path)
