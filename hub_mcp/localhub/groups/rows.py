"""Resource groups in the tables, with their users and resources."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from ..store import Store, Value


def groups_of_org(store: Store, org_id: str) -> list[str]:
    """The ids of an organization's groups, oldest first."""
    rows = store.find_all("resource_groups", "created_at, id", org_id=org_id)
    return [row["id"] for row in rows]


def users_of(store: Store, group_id: str) -> list[sqlite3.Row]:
    """The users of a group in the order in which they joined."""
    return store.rows(
        "select u.id, u.fullname, u.name, u.avatar_url, g.role, g.added_by from resource_group_users g"
        " join users u on u.id = g.user_id where g.group_id = ? order by g.added_at, u.name",
        group_id,
    )


def user_in(store: Store, group_id: str, name: str) -> sqlite3.Row | None:
    """The user of that name, if they are in the group."""
    return store.row(
        "select u.id, u.name from users u join resource_group_users g on g.user_id = u.id"
        " where u.name = ? and g.group_id = ?",
        name,
        group_id,
    )


def repos_in(store: Store, group_id: str) -> list[sqlite3.Row]:
    """The repositories of a group."""
    return store.rows(
        "select type, id, visibility from repos where resource_group = ? order by type, id", group_id
    )


def insert_group(store: Store, org_id: str, name: str | None, description: str) -> str:
    """Insert a group and return its id."""
    id = store.new_id()
    store.insert(
        "resource_groups", id=id, org_id=org_id, name=name, description=description, created_at=store.now()
    )
    return id


def update_group(store: Store, id: str, name: str | None, description: str | None, limits: str) -> None:
    """Change name and description where they are given, and the spend limits."""
    store.run(
        "update resource_groups set name = ifnull(?, name), description = ifnull(?, description),"
        " spend_limits = ? where id = ?",
        name,
        description,
        limits,
        id,
    )


def insert_group_users(store: Store, group_id: str, added_by: str, users: Iterable[tuple[str, str]]) -> None:
    """Add users, by id and role."""
    store.insert_many(
        "resource_group_users",
        "group_id, user_id, role, added_by, added_at",
        ((group_id, user, role, added_by, store.now()) for user, role in users),
    )


def add_members(store: Store, group_id: str, org_id: str, role: str, of_roles: Sequence[str]) -> None:
    """Add every member of the organization with one of these roles who is not in the group yet."""
    values: list[Value] = [group_id, role, store.now(), org_id, *of_roles]
    store.run(
        "insert or ignore into resource_group_users (group_id, user_id, role, added_at)"  # noqa: S608 - marks
        " select ?, user_id, ?, ? from members where org_id = ?"
        f" and role in ({','.join('?' * len(of_roles))})",
        *values,
    )
