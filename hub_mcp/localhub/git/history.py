"""Commits, and the refs that point to them: branches, tags, conversions and pull requests."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator

from ..store import Store
from ..web.hub_errors import revision_missing
from .git_objects import GitEntry, blob_id, commit_id
from .trees import children, entry_at

MAIN = "refs/heads/main"
PARQUET_REF = "refs/convert/parquet"
MOST_LOOKED_AT = 1000  # how many commits the search for a path's last change goes back


def add_commit(
    store: Store,
    repo: int,
    tree: str,
    parent: str | None,
    author: str,
    moment: str,
    title: str,
    message: str = "",
) -> str:
    """Write a commit and return its id; no ref points to it yet. Inside a transaction."""
    id = commit_id(tree, parent, author, moment, f"{title}\n\n{message}" if message else title)
    number = (
        store.count("select number from commits where repo = ? and id = ?", repo, parent) + 1 if parent else 1
    )
    store.insert(
        "commits", "or ignore", repo=repo, id=id, tree=tree, parent=parent, number=number, author=author,
        created_at=moment, title=title, message=message,
    )  # fmt: skip
    return id


def commit_row(store: Store, repo: int, id: str) -> sqlite3.Row:
    """A commit that is known to exist."""
    return store.get("commits", repo=repo, id=id)


def sha_at(store: Store, repo: sqlite3.Row, revision: str) -> str:
    """The commit that a branch, tag, other ref or (abbreviated) commit id names; 404 if there is none."""
    ref = ref_named(store, repo, revision)
    if ref is not None:
        return sha_of(store, repo, ref)
    if re.fullmatch(r"[0-9a-f]{7,40}", revision):
        row = store.row(
            "select id from commits where repo = ? and id >= ? and id < ? order by id limit 1",
            repo["key"], revision, revision + "g",
        )  # fmt: skip
        if row is not None:
            return str(row["id"])
    raise revision_missing(revision)


def ref_named(store: Store, repo: sqlite3.Row, revision: str) -> str | None:
    """The ref that a revision names, in full or abbreviated, if it is one."""
    if revision in ("main", "HEAD", MAIN):
        return MAIN
    if revision.startswith("~"):  # not valid in git: the Hub's own short form, which DuckDB users type
        revision = f"refs/convert/{revision[1:]}"
    row = store.row(
        "select ref from refs where repo = ? and ref in (?, 'refs/heads/' || ?, 'refs/tags/' || ?)"
        " order by ref",
        repo["key"], revision, revision, revision,
    )  # fmt: skip
    return str(row["ref"]) if row else None


def sha_of(store: Store, repo: sqlite3.Row, ref: str) -> str:
    """The commit a ref points to."""
    if ref == MAIN:
        row = store.row("select sha from repos where key = ?", repo["key"])
    else:
        row = store.find("refs", repo=repo["key"], ref=ref)
    assert row is not None
    return str(row["sha"])


def tree_of(store: Store, repo: int, commit: str) -> str:
    """The root tree of a commit."""
    return str(commit_row(store, repo, commit)["tree"])


def put_ref(store: Store, repo: int, ref: str, sha: str) -> None:
    """Point a ref other than main to a commit."""
    store.insert("refs", "or replace", repo=repo, ref=ref, sha=sha)


def chain(store: Store, repo: int, head: str, skip: int = 0, limit: int = -1) -> list[sqlite3.Row]:
    """A commit and its ancestors, newest first."""
    return store.rows(
        "with recursive chain (id, n) as (select ?, 0 union all"
        " select c.parent, n + 1 from chain join commits c on c.repo = ? and c.id = chain.id"
        " where c.parent is not null)"
        " select c.* from chain join commits c on c.repo = ? and c.id = chain.id order by n limit ? offset ?",
        head, repo, repo, limit, skip,
    )  # fmt: skip


def merge_base(store: Store, repo: int, one: str, other: str) -> str | None:
    """The newest commit in both histories."""
    theirs = {row["id"] for row in chain(store, repo, other)}
    return next((row["id"] for row in chain(store, repo, one) if row["id"] in theirs), None)


def last_changes(
    store: Store, repo: int, head: str, folder: str, names: Iterable[str]
) -> dict[str, sqlite3.Row]:
    """The last commit that changed each of the given names in a folder."""
    wanted, found = set(names), dict[str, sqlite3.Row]()
    commits = chain(store, repo, head, limit=MOST_LOOKED_AT)
    for commit, before in zip(commits, [*commits[1:], None], strict=True):
        now = _listed(store, commit["tree"], folder)
        then = _listed(store, before["tree"], folder) if before is not None else {}
        for name in [name for name in wanted if before is None or now.get(name) != then.get(name)]:
            found[name] = commit
            wanted.discard(name)
        if not wanted:
            break
    return found | dict.fromkeys(wanted, commits[-1])


def forget_unreachable(store: Store, repo: sqlite3.Row) -> None:
    """Drop commits no ref or pull request reaches, and large files that no ref reaches."""
    key = repo["key"]
    heads = [sha_of(store, repo, MAIN), *(row["sha"] for row in store.find_all("refs", repo=key))]
    named = _reached(store, key, heads)
    asked = store.rows("select base_sha, head_sha from discussions where repo = ? and is_pull_request", key)
    kept = named | _reached(store, key, [row[side] for row in asked for side in ("base_sha", "head_sha")])
    for row in store.rows("select id from commits where repo = ?", key):
        if row["id"] not in kept:
            store.delete("commits", repo=key, id=row["id"])
    held = set(_large_below(store, set(named.values())))
    for row in store.find_all("repo_large_files", repo=key):
        if row["sha256"] not in held:
            store.delete("repo_large_files", repo=key, sha256=row["sha256"])
    sweep(store)


def sweep(store: Store) -> None:
    """Drop the trees and blobs that no repository's commits reach any more; inside a transaction."""
    store.run(
        "with recursive live (tree) as (select tree from commits union"
        " select e.oid from live l join tree_entries e on e.tree = l.tree where e.is_folder)"
        " delete from tree_entries where tree not in (select tree from live)"
    )
    store.run("delete from blobs where oid not in (select oid from tree_entries)")
    store.run("delete from large_files where sha256 not in (select sha256 from repo_large_files)")


def _reached(store: Store, repo: int, heads: Iterable[str]) -> dict[str, str]:
    """Every commit reachable from the given heads, with its tree."""
    found: dict[str, str] = {}
    for head in dict.fromkeys(heads):
        if head not in found:
            found |= {row["id"]: row["tree"] for row in chain(store, repo, head)}
    return found


def add_blob(store: Store, content: bytes) -> None:
    """Store a blob in git itself."""
    store.insert("blobs", "or ignore", oid=blob_id(content), content=content)


def _listed(store: Store, tree: str, folder: str) -> dict[str, GitEntry]:
    entry = entry_at(store, tree, folder)
    return children(store, entry.oid) if entry is not None and entry.is_folder else {}


def _large_below(store: Store, trees: set[str]) -> Iterator[str]:
    """The SHA-256 of every large file below some trees; a folder shared by several is opened once."""
    pending, seen = list(trees), set[str]()
    while pending:
        tree = pending.pop()
        if tree in seen:
            continue
        seen.add(tree)
        for row in store.rows(
            "select oid, is_folder, sha256 from tree_entries"
            " where tree = ? and (is_folder or sha256 is not null)",
            tree,
        ):
            if row["is_folder"]:
                pending.append(row["oid"])
            else:
                yield row["sha256"]
