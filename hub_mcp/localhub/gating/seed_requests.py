"""The access requests of the world, with what people wrote into the forms."""

from __future__ import annotations

from ..people.rows import user_named
from ..repos.repo_queries import repo_by_id
from ..store import Store
from ..world.fixed_random import World, oid, world
from .rows import put_request


def fill_requests(store: Store) -> None:
    """Write every request; the date of a grant is that of its review."""
    tables: World = world("requests.json")
    for type, repo_id, name, status, day, answers, *granter in tables["requests"]:
        repo, user = repo_by_id(store, type, repo_id), user_named(store, name)
        by = user_named(store, granter[0]) if granter else None
        assert repo is not None
        assert user is not None
        put_request(
            store, repo["key"], user["id"], status,
            answers=answers, moment=day, granted_by=by["id"] if by else None, id=oid("request", name, day),
        )  # fmt: skip
