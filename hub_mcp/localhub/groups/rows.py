"""Resource groups in the tables: the groups, who is in them, and what is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from ..store import Store, Value


def groups_of_org(store: Store, org_id: str) -> list[str]:
    """The ids of an organization's groups, oldest first."""
    rows = store.rows("select id from resource_groups where org_id = ? order by created_at, id", org_id)
    return [row["id"] for row in rows]


def group_with_id(store: Store, id: str) -> sqlite3.Row:
    """A group that is there."""
    group = store.row("select * from resource_groups where id = ?", id)
    assert group is not None
    return group


def group_of_org(store: Store, org_id: str, id: str) -> sqlite3.Row | None:
    """A group, if it is this organization's."""
    return store.row("select * from resource_groups where id = ? and org_id = ?", id, org_id)


def count_users(store: Store, group_id: str) -> int:
    """How many users are in a group."""
    return store.count("select count(*) from resource_group_users where group_id = ?", group_id)


def users_of(store: Store, group_id: str) -> list[sqlite3.Row]:
    """The users of a group in the order in which they came."""
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


def is_in(store: Store, group_id: str, user_id: str) -> bool:
    """Whether a user is in a group."""
    sql = "select count(*) from resource_group_users where group_id = ? and user_id = ?"
    return store.count(sql, group_id, user_id) > 0


def repos_in(store: Store, group_id: str) -> list[sqlite3.Row]:
    """The repositories of a group."""
    return store.rows(
        "select type, id, visibility from repos where resource_group = ? order by type, id", group_id
    )


def buckets_in(store: Store, group_id: str) -> list[sqlite3.Row]:
    """The buckets of a group."""
    return store.rows("select * from buckets where resource_group = ? order by namespace, name", group_id)


def collections_in(store: Store, group_id: str) -> list[sqlite3.Row]:
    """The collections of a group."""
    return store.rows("select * from collections where resource_group = ? order by id", group_id)


def insert_group(store: Store, org_id: str, name: str | None, description: str) -> str:
    """Make a group; its id."""
    id = store.new_id()
    store.run(
        "insert into resource_groups (id, org_id, name, description, created_at) values (?, ?, ?, ?, ?)",
        id,
        org_id,
        name,
        description,
        store.now(),
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


def delete_group(store: Store, id: str) -> None:
    """Delete a group; what was in it stays."""
    store.run("delete from resource_groups where id = ?", id)


def set_auto_join(store: Store, id: str, role: str | None, scope: str | None) -> None:
    """Say with which role members of the organization join from now on; with None, they do not."""
    store.run(
        "update resource_groups set auto_join_role = ?, auto_join_scope = ? where id = ?", role, scope, id
    )


def insert_group_users(store: Store, group_id: str, added_by: str, users: Iterable[tuple[str, str]]) -> None:
    """Take users in, by id and role."""
    store.run_many(
        "insert into resource_group_users (group_id, user_id, role, added_by, added_at)"
        " values (?, ?, ?, ?, ?)",
        ((group_id, user, role, added_by, store.now()) for user, role in users),
    )


def add_members(store: Store, group_id: str, org_id: str, role: str, of_roles: Sequence[str]) -> None:
    """Take in every member of the organization with one of these roles who is not in the group yet."""
    values: list[Value] = [group_id, role, store.now(), org_id, *of_roles]
    store.run(
        "insert or ignore into resource_group_users (group_id, user_id, role, added_at)"  # noqa: S608 - marks
        " select ?, user_id, ?, ? from members where org_id = ?"
        f" and role in ({','.join('?' * len(of_roles))})",
        *values,
    )


def set_user_role(store: Store, group_id: str, user_id: str, role: str | None) -> None:
    """Give a user of a group another role."""
    store.run(
        "update resource_group_users set role = ? where group_id = ? and user_id = ?", role, group_id, user_id
    )


def delete_group_user(store: Store, group_id: str, user_id: str) -> None:
    """Take a user out of a group."""
    store.run("delete from resource_group_users where group_id = ? and user_id = ?", group_id, user_id)


def assign_repo(store: Store, oid: str, group_id: str | None) -> None:
    """Put a repository into a group, or into none."""
    store.run("update repos set resource_group = ? where _id = ?", group_id, oid)


def assign_bucket(store: Store, id: str, group_id: str | None) -> None:
    """Put a bucket into a group, or into none."""
    store.run("update buckets set resource_group = ? where id = ?", group_id, id)


def assign_collection(store: Store, id: str, group_id: str | None) -> None:
    """Put a collection into a group, or into none."""
    store.run("update collections set resource_group = ? where id = ?", group_id, id)
