"""Repositories read from the tables: by name, by owner, by paper, and a listing's page."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from ..people.rights import SignedInUser, visible
from ..store import Store, Value


def repo_by_id(store: Store, type: str, id: str) -> sqlite3.Row | None:
    """The repository with this type and name, in any letter case."""
    return store.find("repos", type=type, id=id)


def former_repo(store: Store, type: str, id: str) -> sqlite3.Row | None:
    """The repository that once had this name, or has it as a legacy name without a namespace."""
    return store.row(
        "select r.* from redirects d join repos r on r.key = d.repo where d.type = ? and d.old_id = ?",
        type,
        id,
    )


def matching_repos(
    store: Store, where: str, params: Sequence[Value], order: str, limit: int, skip: int
) -> list[sqlite3.Row]:
    """The repositories `r` that meet a condition, in that order."""
    return store.rows(
        f"select r.* from repos r where {where} order by {order} limit ? offset ?",  # noqa: S608 - clauses are ours
        *params,
        limit,
        skip,
    )


def owned_repos(
    store: Store, who: SignedInUser, namespace: str, type: str, search: str, order: str, limit: int
) -> list[sqlite3.Row]:
    """The repositories of a namespace that a caller may see, of one type or, with "", of all."""
    condition, params = visible(who)
    where = f"r.namespace = ? and {condition} and instr(lower(r.id), lower(?)) and r.type like ?"
    return matching_repos(
        store, where, [namespace, *params, search, type or "%"], f"r.{order}, r._id", limit, 0
    )


def count_by_type(store: Store, who: SignedInUser | None, namespace: str) -> dict[str, int]:
    """How many repositories of each type a namespace has, as far as the caller can see."""
    condition, params = visible(who)
    rows = store.rows(
        "select r.type, count(*) as n from repos r"  # noqa: S608 - the condition is ours, values bound
        f" where r.namespace = ? and {condition} group by r.type",
        namespace,
        *params,
    )
    return {row["type"]: int(row["n"]) for row in rows}


def repos_citing(
    store: Store, who: SignedInUser | None, type: str, paper: str, limit: int
) -> tuple[Sequence[sqlite3.Row], int]:
    """The repositories of a type tagged with a paper, most popular first, and their total."""
    condition, params = visible(who)
    where = (
        "from labels l join repos r on r.key = l.repo"
        f" where l.kind = 'tag' and l.value = ? and r.type = ? and {condition}"
    )
    values = [f"arxiv:{paper}", type, *params]
    rows = store.rows(
        f"select r.* {where} order by r.downloads desc, r.likes desc, r._id limit ?", *values, limit
    )
    return rows, store.count(f"select count(*) {where}", *values)


def spaces_using(store: Store, who: SignedInUser | None, model: str, limit: int) -> list[str]:
    """The Spaces that use a model, most liked first."""
    condition, params = visible(who)
    rows = store.rows(
        "select r.id from labels l join repos r on r.key = l.repo"  # noqa: S608 - our own words
        f" where l.kind = 'model' and l.value = ? and r.type = 'space' and {condition}"
        " order by r.likes desc, r._id limit ?",
        model,
        *params,
        limit,
    )
    return [row["id"] for row in rows]


def count_children(store: Store, relation: str, model: str) -> int:
    """How many public models were derived from a model in one way."""
    return store.count(
        "select count(*) from labels l join repos r on r.key = l.repo"
        " where l.kind = 'tag' and l.value = ? and r.visibility <> 'private'",
        f"base_model:{relation}:{model}",
    )


def labels_of(store: Store, key: int, kind: str) -> list[str]:
    """The labels of one kind on a repository."""
    rows = store.find_all("labels", "value", repo=key, kind=kind)
    return [row["value"] for row in rows]


def rename_repo(store: Store, repo: sqlite3.Row, namespace: str, name: str) -> None:
    """Rename a repository; the old name redirects, and a new namespace takes it out of its group."""
    new = f"{namespace}/{name}"
    store.delete("redirects", type=repo["type"], old_id=new)
    if new.lower() != repo["id"].lower():
        store.insert("redirects", "or replace", type=repo["type"], old_id=repo["id"], repo=repo["key"])
    store.run(
        "update repos set namespace = ?, name = ?, id = ?,"
        " resource_group = case when namespace = ? then resource_group end where key = ?",
        namespace,
        name,
        new,
        namespace,
        repo["key"],
    )


def change_settings(
    store: Store, key: int, visibility: str | None, gated: Sequence[str | None], settings: str
) -> None:
    """Change what is given: `gated` has the new value or is empty, `settings` is a JSON merge patch."""
    store.run(
        "update repos set visibility = coalesce(?, visibility), gated = case when ? then ? else gated end,"
        " settings = json_patch(settings, ?) where key = ?",
        visibility,
        len(gated),
        gated[0] if gated else None,
        settings,
        key,
    )
