"""The collections of the world, with the resource groups and buckets that some of them belong to or name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..collections.shapes import THEMES
from ..collections.slugs import title_slug
from ..store import Store
from .fixed_random import TODAY, digest, moment_of, oid, roll, some_day, world, written

SHELVES = ("Reading list", "Small enough", "Bookmarks", "Try next", "Evaluated", "For the course")
CROWD = 40  # collections of people who have published something
FIRST = "2024-01-01T00:00:00.000Z"

TARGETS = {  # where to find the permanent id of an item; here a collection is named by its owner
    "paper": "select id from papers where id = ?",
    "collection": "select id from collections where namespace = ? order by id limit 1",
    "bucket": "select id from buckets where namespace || '/' || name = ?",
    "model": "select _id from repos where type = 'model' and id = ?",
    "dataset": "select _id from repos where type = 'dataset' and id = ?",
    "space": "select _id from repos where type = 'space' and id = ?",
}


@dataclass(frozen=True, slots=True)
class SeedCollection:
    """A collection; an item is its type, its id and an optional note."""

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
    groups = {row["name"]: _group(store, **row) for row in tables["groups"]}
    for row in tables["buckets"]:
        _bucket(store, groups, **row)
    shelves = [*(SeedCollection(**row) for row in tables["collections"]), *_of_the_crowd(store)]
    for shelf in shelves:
        _collection(store, shelf, groups)
    for shelf in shelves:  # once all exist, since one may name another
        _items(store, shelf)


def _of_the_crowd(store: Store) -> Iterable[SeedCollection]:
    """Collections of people who have published models, with some of the best known ones."""
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


def _group(
    store: Store,
    org: str,
    name: str,
    description: str,
    auto_join: Sequence[str] = (),
    users: Mapping[str, str] | None = None,
    repos: Sequence[tuple[str, str]] = (),
) -> str:
    """Write a resource group; `auto_join` is a role and a scope. Its id."""
    created = some_day(FIRST, "group", name)
    id = oid("group", name, created)
    role, scope = auto_join or (None, None)
    store.insert(
        "resource_groups", id=id, org_id=store.get("orgs", name=org)["id"], name=name,
        description=description, auto_join_role=role, auto_join_scope=scope, created_at=created,
    )  # fmt: skip
    for user, held in (users or {}).items():
        user_id = store.get("users", name=user)["id"]
        store.insert(
            "resource_group_users", group_id=id, user_id=user_id, role=held, added_by="ada", added_at=created
        )
    for type, repo in repos:
        store.update("repos", {"type": type, "id": repo}, resource_group=id)
    return id


def _bucket(
    store: Store,
    groups: Mapping[str, str],
    namespace: str,
    name: str,
    private: bool = False,
    group: str | None = None,
) -> None:
    created = some_day(FIRST, "bucket", name)
    store.insert(
        "buckets", id=oid("bucket", name, created), namespace=namespace, name=name, private=int(private),
        resource_group=groups.get(group or ""), created_at=created, updated_at=some_day(created, name),
        size=10**11 + roll(10**12, name), total_files=1000 + roll(90_000, name),
    )  # fmt: skip


def _collection(store: Store, shelf: SeedCollection, groups: Mapping[str, str]) -> None:
    created = some_day(FIRST, "collection", shelf.owner, shelf.title)
    changed = moment_of(created) + timedelta(days=roll(90, "changed", shelf.owner, shelf.title))
    creator = store.find("users", name=shelf.creator or shelf.owner)
    store.insert(
        "collections", id=oid("collection", f"{shelf.owner}/{shelf.title}", created), namespace=shelf.owner,
        title=shelf.title, title_slug=title_slug(shelf.title), description=shelf.description,
        private=int(shelf.private), theme=THEMES[roll(len(THEMES), shelf.title)],
        resource_group=groups.get(shelf.group or ""), upvotes=shelf.upvotes,
        trending=shelf.upvotes * 100 // ((TODAY - moment_of(created)).days + 30),
        last_updated=written(min(TODAY, changed)), creator=creator["id"] if creator else None,
    )  # fmt: skip


def _items(store: Store, shelf: SeedCollection) -> None:
    row = store.get("collections", namespace=shelf.owner, title=shelf.title)
    for position, (type, id, *note) in enumerate(shelf.items):
        target = store.row(TARGETS[type], id)
        assert target is not None, id
        item = f"{row['id'][:8]}{digest('item', row['id'], str(position))[:16]}"
        store.insert(
            "collection_items", id=item, collection=row["id"], type=type, target=target[0], position=position,
            note=note[0] if note else None,
        )  # fmt: skip
