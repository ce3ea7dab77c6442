"""The collections of the world, with the resource groups and buckets that some of them belong to or name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ..collections.shapes import THEMES
from ..collections.slugs import title_slug
from ..store import Store
from .fixed_random import TODAY, digest, moment_of, oid, roll, some_day, world, written

SHELVES = ("Reading list", "Small enough", "Bookmarks", "Try next", "Evaluated", "For the course")
CROWD = 40  # collections of people who have published something
FIRST = "2024-01-01T00:00:00.000Z"

TARGETS = {  # where the lasting id of an item is found; a collection is named by its owner here
    "paper": "select id from papers where id = ?",
    "collection": "select id from collections where namespace = ? order by id limit 1",
    "bucket": "select id from buckets where namespace || '/' || name = ?",
    "model": "select _id from repos where type = 'model' and id = ?",
    "dataset": "select _id from repos where type = 'dataset' and id = ?",
    "space": "select _id from repos where type = 'space' and id = ?",
}


@dataclass(frozen=True, slots=True)
class SeedGroup:
    """A resource group; `auto_join` is a role and a scope."""

    org: str
    name: str
    description: str
    auto_join: Sequence[str] = ()
    users: Mapping[str, str] = field(default_factory=dict[str, str])
    repos: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class SeedBucket:
    """A bucket, as far as anybody sees it here."""

    namespace: str
    name: str
    private: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True)
class SeedCollection:
    """A collection; an item is its type, its id and, if there is one, a note."""

    owner: str
    title: str
    description: str | None = None
    creator: str | None = None
    private: bool = False
    group: str | None = None
    upvotes: int = 0
    items: Sequence[Sequence[str]] = ()


def fill_collections(store: Store) -> None:
    """Write groups, buckets and collections; after people, repositories and papers."""
    tables = world("collections.json")
    groups = {group.name: _group(store, group) for group in (SeedGroup(**row) for row in tables["groups"])}
    for bucket in (SeedBucket(**row) for row in tables["buckets"]):
        _bucket(store, bucket, groups)
    shelves = [*(SeedCollection(**row) for row in tables["collections"]), *_of_the_crowd(store)]
    for shelf in shelves:
        _collection(store, shelf, groups)
    for shelf in shelves:  # when all are there, for one may name another
        _items(store, shelf)


def _of_the_crowd(store: Store) -> Iterable[SeedCollection]:
    """What people with models of their own put on their shelves: some of the best known ones."""
    owners = store.rows(
        "select distinct u.name from users u join repos r on r.namespace = u.name where r.type = 'model'"
        " and u.name not in ('ada', 'bob', 'eve', 'mallory') order by u.name limit ?",
        CROWD,
    )
    known = store.rows(
        "select id from repos where type = 'model' and visibility = 'public' and namespace <> 'mallory'"
        " order by downloads desc, id limit 60"
    )
    for owner in (row["name"] for row in owners):
        picks = (known[roll(len(known), "pick", owner, str(n))] for n in range(2 + roll(5, "many", owner)))
        yield SeedCollection(
            owner,
            SHELVES[roll(len(SHELVES), "shelf", owner)],
            upvotes=roll(30, "up", owner) * roll(4, "votes", owner),
            items=[("model", id) for id in dict.fromkeys(row["id"] for row in picks)],
        )


def _group(store: Store, group: SeedGroup) -> str:
    """Write a resource group; its id."""
    created = some_day(FIRST, "group", group.name)
    id = oid("group", group.name, created)
    role, scope = group.auto_join or (None, None)
    store.run(
        "insert into resource_groups (id, org_id, name, description, auto_join_role, auto_join_scope,"
        " created_at) select ?, id, ?, ?, ?, ?, ? from orgs where name = ?",
        id,
        group.name,
        group.description,
        role,
        scope,
        created,
        group.org,
    )
    for user, held in group.users.items():
        store.run(
            "insert into resource_group_users (group_id, user_id, role, added_by, added_at)"
            " select ?, id, ?, 'ada', ? from users where name = ?",
            id,
            held,
            created,
            user,
        )
    for type, repo in group.repos:
        store.update("repos", {"type": type, "id": repo}, resource_group=id)
    return id


def _bucket(store: Store, bucket: SeedBucket, groups: Mapping[str, str]) -> None:
    created = some_day(FIRST, "bucket", bucket.name)
    store.insert(
        "buckets",
        id=oid("bucket", bucket.name, created),
        namespace=bucket.namespace,
        name=bucket.name,
        private=int(bucket.private),
        resource_group=groups.get(bucket.group or ""),
        created_at=created,
        updated_at=some_day(created, bucket.name),
        size=10**11 + roll(10**12, bucket.name),
        total_files=1000 + roll(90_000, bucket.name),
    )


def _collection(store: Store, shelf: SeedCollection, groups: Mapping[str, str]) -> None:
    created = some_day(FIRST, "collection", shelf.owner, shelf.title)
    changed = moment_of(created) + timedelta(days=roll(90, "changed", shelf.owner, shelf.title))
    store.run(
        "insert into collections (id, namespace, title, title_slug, description, private, theme,"
        " resource_group, upvotes, trending, last_updated, creator)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (select id from users where name = ?))",
        oid("collection", f"{shelf.owner}/{shelf.title}", created),
        shelf.owner,
        shelf.title,
        title_slug(shelf.title),
        shelf.description,
        int(shelf.private),
        THEMES[roll(len(THEMES), shelf.title)],
        groups.get(shelf.group or ""),
        shelf.upvotes,
        shelf.upvotes * 100 // ((TODAY - moment_of(created)).days + 30),
        written(min(TODAY, changed)),
        shelf.creator or shelf.owner,
    )


def _items(store: Store, shelf: SeedCollection) -> None:
    row = store.get("collections", namespace=shelf.owner, title=shelf.title)
    for position, (type, id, *note) in enumerate(shelf.items):
        target = store.row(TARGETS[type], id)
        assert target is not None, id
        store.insert(
            "collection_items",
            id=f"{row['id'][:8]}{digest('item', row['id'], str(position))[:16]}",
            collection=row["id"],
            type=type,
            target=target[0],
            position=position,
            note=note[0] if note else None,
        )
