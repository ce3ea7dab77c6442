"""Users, organizations, tokens, members and followers in the tables."""

from __future__ import annotations

import sqlite3

from ..store import Store, Value


def user_named(store: Store, name: str) -> sqlite3.Row | None:
    """The user with that name, in any letter case."""
    return store.find("users", name=name)


def org_named(store: Store, name: str) -> sqlite3.Row | None:
    """The organization with that name, in any letter case."""
    return store.find("orgs", name=name)


def namespace_named(store: Store, name: str) -> str:
    """A namespace in its own letter case; an unknown name stays as it is."""
    row = user_named(store, name) or org_named(store, name)
    return str(row["name"]) if row else name


def default_visibility(store: Store, namespace: str) -> str:
    """The visibility of new repositories in a namespace by default, which an organization can set."""
    org = org_named(store, namespace)
    return str(org["default_visibility"]) if org else "public"


def token_holder(store: Store, token: str) -> sqlite3.Row | None:
    """The user a token belongs to, with the token's permissions."""
    return store.row(
        "select u.id, u.name, u.is_pro, t.display_name, t.role, t.fine_grained"
        " from tokens t join users u on u.id = t.user_id where t.token = ?",
        token,
    )


def add_reading_token(store: Store, user_id: str, display_name: str, token: str) -> None:
    """Add a read-only token for a user."""
    store.insert(
        "tokens", token=token, user_id=user_id, display_name=display_name, role="read", created_at=store.now()
    )


def orgs_of(store: Store, user_id: str) -> list[sqlite3.Row]:
    """The organizations of a user, with the role in each."""
    return store.rows(
        "select o.*, m.role from members m join orgs o on o.id = m.org_id"
        " where m.user_id = ? order by o.name",
        user_id,
    )


def group_roles(store: Store, user_id: str) -> dict[str, str]:
    """The resource groups of a user, with the role in each."""
    rows = store.find_all("resource_group_users", user_id=user_id)
    return {row["group_id"]: row["role"] for row in rows}


def groups_of(store: Store, org_id: str, user_id: str) -> list[sqlite3.Row]:
    """The resource groups of an organization that a user belongs to."""
    return store.rows(
        "select g.id, g.name, u.role,"
        " (select count(*) from resource_group_users where group_id = g.id) as users"
        " from resource_groups g join resource_group_users u on u.group_id = g.id"
        " where g.org_id = ? and u.user_id = ? order by g.name",
        org_id,
        user_id,
    )


def member_role(store: Store, org_id: str, user_id: str) -> str | None:
    """The role of a user in an organization; None for a non-member."""
    row = store.find("members", org_id=org_id, user_id=user_id)
    return str(row["role"]) if row else None


def members_after(
    store: Store, org_id: str, after: Value, limit: int, search: str | None = None, email: str | None = None
) -> list[sqlite3.Row]:
    """The members of an organization after an id, with their roles, filtered by name and e-mail."""
    clauses, params = ["m.org_id = ?", "u.id > ?"], [org_id, after]
    if search is not None:
        clauses.append("(instr(lower(u.name), lower(?)) or instr(lower(u.fullname), lower(?)))")
        params += [search, search]
    if email is not None:
        clauses.append("lower(u.email) = lower(?)")
        params.append(email)
    return store.rows(
        "select u.*, m.role from members m join users u on u.id = m.user_id"  # noqa: S608 - our own words
        f" where {' and '.join(clauses)} order by u.id limit ?",
        *params,
        limit,
    )


def followers_after(store: Store, account_id: str, after: Value, limit: int) -> list[sqlite3.Row]:
    """The followers of an account, after an id."""
    return store.rows(
        "select u.* from followers f join users u on u.id = f.user_id"
        " where f.account_id = ? and u.id > ? order by u.id limit ?",
        account_id,
        after,
        limit,
    )


def followed_after(store: Store, user_id: str, after: Value, limit: int) -> list[sqlite3.Row]:
    """The users that a user follows, after an id."""
    return store.rows(
        "select u.* from followers f join users u on u.id = f.account_id"
        " where f.user_id = ? and u.id > ? order by u.id limit ?",
        user_id,
        after,
        limit,
    )


def followed_by(store: Store, user_id: str) -> set[str]:
    """The accounts that a user follows."""
    return {row["account_id"] for row in store.find_all("followers", user_id=user_id)}


def count_followed_users(store: Store, user_id: str) -> int:
    """How many users a user follows."""
    return store.count(
        "select count(*) from followers f join users u on u.id = f.account_id where f.user_id = ?", user_id
    )


def count_followed_orgs(store: Store, user_id: str) -> int:
    """How many organizations a user follows."""
    return store.count(
        "select count(*) from followers f join orgs o on o.id = f.account_id where f.user_id = ?", user_id
    )
