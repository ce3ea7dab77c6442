"""Who may see and change a collection; the same rules decide who sees a bucket."""

from __future__ import annotations

import sqlite3

from ..people.rights import READERS, WRITERS, SignedInUser, role_on, token_must
from ..store import Value
from ..web.hub_errors import forbidden
from .slugs import slug_of


def can_see(who: SignedInUser | None, row: sqlite3.Row) -> bool:
    """Whether a collection exists as far as this caller can know."""
    return not row["private"] or (who is not None and role_on(who, row) in READERS and _token_reads(who, row))


def must_change(who: SignedInUser, row: sqlite3.Row) -> None:
    """403 unless role and token let the caller change this collection."""
    token_must(who, "collection.write", row["namespace"], row["id"])
    role = role_on(who, row)
    if role not in WRITERS and not (role == "contributor" and row["creator"] == who.id):
        raise forbidden(f"You don't have the rights to change the collection {slug_of(row)}")


def seen_condition(who: SignedInUser | None) -> tuple[str, list[Value]]:
    """A condition on `collections c` that keeps roughly what this caller may see; `can_see` is exact."""
    if who is None:
        return "not c.private", []
    mine = [who.name, *(name for name, role in who.orgs.items() if role in READERS)]
    groups = list(who.groups)
    marks = ",".join("?" * len(mine)), ",".join("?" * len(groups))
    return f"(not c.private or c.namespace in ({marks[0]}) or c.resource_group in ({marks[1]}))", [
        *mine,
        *groups,
    ]


def _token_reads(who: SignedInUser, row: sqlite3.Row) -> bool:
    """Whether the token may read it; a token that may write collections may read them."""
    return any(
        who.allows(permission, row["namespace"], row["id"])
        for permission in ("collection.read", "collection.write")
    )
