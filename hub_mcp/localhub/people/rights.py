"""Who is calling, and what they may read and change: the rights every area asks about."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from ..store import Store, Value
from ..web.hub_errors import bad_token, forbidden, not_signed_in
from .rows import group_roles, orgs_of, token_holder

WRITERS = ("admin", "write")
CREATORS = ("admin", "write", "contributor")
READERS = ("admin", "write", "contributor", "read")


@dataclass(frozen=True, slots=True)
class TokenScope:
    """One line of a fine-grained token: an entity by its `_id`, and what is allowed on it."""

    entity: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """A signed-in user together with the token they came with."""

    id: str
    name: str
    is_pro: bool
    token_name: str
    access: str
    orgs: Mapping[str, str] = field(default_factory=dict[str, str])  # lower-case name → role
    plans: Mapping[str, str] = field(default_factory=dict[str, str])  # lower-case name → plan
    owners: Mapping[str, str] = field(default_factory=dict[str, str])  # lower-case name → _id, own included
    groups: Mapping[str, str] = field(default_factory=dict[str, str])  # resource group → role
    scopes: tuple[TokenScope, ...] = ()
    reads_gated: bool = True
    fine_grained: str | None = None

    def role_in(self, namespace: str) -> str | None:
        """The role in a namespace: admin in one's own, otherwise the role in the organization, or None."""
        lower = namespace.lower()
        return "admin" if lower == self.name.lower() else self.orgs.get(lower)

    def allows(self, permission: str, namespace: str, *ids: str) -> bool:
        """Whether the token carries a permission for a namespace or for one of the things in it."""
        if self.access != "fineGrained":
            return self.access == "write" or permission.endswith(".read")
        entities = {self.owners.get(namespace.lower()), *ids}
        implied = {permission, permission.replace(".content.read", ".write")}
        return any(scope.entity in entities and implied & scope.permissions for scope in self.scopes)


def caller(request: Request) -> SignedInUser | None:
    """Who sent the request; None without a token. An unknown token never gets this far."""
    found = request.scope.get("caller")
    return found if isinstance(found, SignedInUser) else None


def signed_in(request: Request) -> SignedInUser:
    """Who sent the request; 401 without a token."""
    who = caller(request)
    if who is None:
        raise not_signed_in()
    return who


def caller_of(store: Store, authorization: str | None, whoami: bool = False) -> SignedInUser | None:
    """The caller an Authorization header names; 401 if its token is unknown."""
    if authorization is None:
        return None
    kind, _, token = authorization.partition(" ")
    row = token_holder(store, token.strip())
    if kind.lower() != "bearer" or row is None:
        raise bad_token(whoami)
    orgs = {org["name"].lower(): org for org in orgs_of(store, row["id"])}
    fine: dict[str, Any] = json.loads(row["fine_grained"] or "{}")
    return SignedInUser(
        id=row["id"],
        name=row["name"],
        is_pro=bool(row["is_pro"]),
        token_name=row["display_name"],
        access=row["role"],
        orgs={name: org["role"] for name, org in orgs.items()},
        plans={name: org["plan"] for name, org in orgs.items() if org["plan"]},
        owners={row["name"].lower(): row["id"]} | {name: org["id"] for name, org in orgs.items()},
        groups=group_roles(store, row["id"]),
        scopes=_scopes(fine),
        reads_gated=row["role"] != "fineGrained" or bool(fine.get("canReadGatedRepos")),
        fine_grained=row["fine_grained"],
    )


def role_on(who: SignedInUser, repo: sqlite3.Row) -> str | None:
    """The role on a repository; a resource group hides it from all but its users and the org's admins."""
    role = who.role_in(repo["namespace"])
    if repo["resource_group"] is None or role == "admin":
        return role
    return who.groups.get(repo["resource_group"])


def can_read(who: SignedInUser | None, repo: sqlite3.Row) -> bool:
    """Whether a repository is visible to this caller."""
    if repo["visibility"] != "private":
        return True
    if who is None or role_on(who, repo) not in READERS:
        return False
    return who.allows("repo.content.read", repo["namespace"], repo["_id"], repo["resource_group"] or "")


def can_write(who: SignedInUser, repo: sqlite3.Row) -> bool:
    """Whether the role and the token let this caller change a repository."""
    return _may_change(who, repo) and who.allows(
        "repo.write", repo["namespace"], repo["_id"], repo["resource_group"] or ""
    )


def must_write(who: SignedInUser, repo: sqlite3.Row, action: str) -> None:
    """403 unless the caller may change this repository; `action` completes “You don't have the rights to”."""
    token_must(who, "repo.write", repo["namespace"], repo["_id"], repo["resource_group"] or "")
    if not _may_change(who, repo):
        raise forbidden(f"You don't have the rights to {action}")


def token_must(who: SignedInUser, permission: str, namespace: str, *ids: str) -> None:
    """403 that names the token (never its value) if it lacks a permission."""
    if who.allows(permission, namespace, *ids):
        return
    if who.access == "fineGrained":
        raise forbidden(
            f'The fine-grained token "{who.token_name}" is missing the permission "{permission}"'
            f' for "{namespace}". Edit it in your settings, or use another token.'
        )
    raise forbidden(
        f'The token "{who.token_name}" has the role "{who.access}" and may only read.'
        ' This needs a token with the role "write".'
    )


def visible(who: SignedInUser | None) -> tuple[str, list[Value]]:
    """A condition on `repos r` that keeps what this caller may see, with its parameters."""
    if who is None:
        return "r.visibility <> 'private'", []
    mine = [who.name.lower(), *(name for name, role in who.orgs.items() if role in READERS)]
    admins = [name for name in mine if who.role_in(name) == "admin"]
    groups = [group for group, role in who.groups.items() if role in READERS]
    entities = [
        scope.entity for scope in who.scopes if scope.permissions & {"repo.content.read", "repo.write"}
    ]
    if who.access == "fineGrained":
        whole = {name for name in mine if who.allows("repo.content.read", name)}
    else:
        whole = set(mine)
    theirs = (
        f"r.namespace in ({_marks(mine)}) and (r.resource_group is null or r.namespace in ({_marks(admins)}))"
    )
    shared = f"r.resource_group in ({_marks(groups)})"
    allowed = (
        f"r.namespace in ({_marks(whole)}) or r._id in ({_marks(entities)})"
        f" or r.resource_group in ({_marks(entities)})"
    )
    condition = f"(r.visibility <> 'private' or (({theirs} or {shared}) and ({allowed})))"
    return condition, [*mine, *admins, *groups, *whole, *entities, *entities]


def _may_change(who: SignedInUser, repo: sqlite3.Row) -> bool:
    role = role_on(who, repo)
    return role in WRITERS or (role == "contributor" and repo["creator"] == who.id)


def _marks(values: Collection[str]) -> str:
    return ",".join("?" * len(values))


def _scopes(fine: dict[str, Any]) -> tuple[TokenScope, ...]:
    """The lines of a fine-grained token, as whoami-v2 spells them."""
    return tuple(
        TokenScope(line["entity"]["_id"], frozenset(line["permissions"])) for line in fine.get("scoped", [])
    )
