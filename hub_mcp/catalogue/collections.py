"""Collections: titled lists of models, datasets, Spaces and papers, and their items."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, StrictBool, WithJsonSchema, model_validator

from hub_mcp.catalogue.answers import Answer, Done, Record, clean, counted, day, magnitude
from hub_mcp.catalogue.change import Change, Nothing, delete, patch, post, worded
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.parts import Lookup
from hub_mcp.catalogue.repository import Repository, repository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.catalogue.vocabulary import (
    Account,
    FreeText,
    ItemType,
    ObjectId,
    Owner,
    Part,
    Slug,
    Word,
    check_repo_id,
    is_address,
    read_arxiv_id,
    read_repo_id,
    read_slug,
    words_list,
)
from hub_mcp.errors import BadInput
from hub_mcp.text import quoted

DOCUMENTED = "/api/collections/{namespace}/{slug}-{id}"
OBJECT_ID = re.compile(r"[0-9a-f]{24}")
PREFIXES = {
    "models": "model",
    "datasets": "dataset",
    "spaces": "space",
    "papers": "paper",
    "collections": "collection",
}
NOTE_LIMIT = 500
MOST_ITEMS = 10_000  # of a collection


def read_item(value: Any) -> Any:
    """An item as people have it: {type, id}, `models/ns/name`, `papers/2311.12983`, or a Hub address."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            return json.loads(value)
    if is_address(value):
        if "/papers/" in value or "arxiv.org" in value:
            return {"type": "paper", "id": read_arxiv_id(value)}
        if "/collections/" in value:
            return {"type": "collection", "id": read_slug(value)}
        kind, repo_id = read_repo_id(value)
        return {"type": kind, "id": repo_id}
    prefix, _, rest = value.partition("/")
    if prefix not in PREFIXES:
        raise ValueError(f"{value[:60]!r} needs its type, as in models/{value[:60]} or {{type, id}}")
    return {"type": PREFIXES[prefix], "id": rest}


ORDER_SHOWN = 20  # items that an answer names after one was moved


class Item(Part):
    """What a collection holds, by type and id."""

    type: ItemType
    id: Word

    @model_validator(mode="after")
    def _id_fits_type(self) -> Self:
        if self.type == "paper":
            object.__setattr__(self, "id", read_arxiv_id(self.id))
        elif self.type == "collection":
            if not OBJECT_ID.fullmatch(self.id):
                object.__setattr__(self, "id", read_slug(self.id))
        else:
            kind, repo_id = read_repo_id(self.id)
            if kind and kind != self.type:
                raise ValueError(f"{self.id!r} is a {kind}, not a {self.type}")
            object.__setattr__(self, "id", check_repo_id(repo_id))
        return self


# An {type, id} is taken too, as the Hub documents it; what people have is shorter.
ItemInWords = Annotated[
    Item,
    BeforeValidator(read_item),
    WithJsonSchema({"type": "string", "description": "models/ns/name, papers/id"}),
]


class CollectionRow(Record):
    """A collection in a listing."""

    noun = "collection"
    shown: ClassVar[tuple[str, ...]] = ("slug", "title", "owner", "upvotes", "lastUpdated", "private")

    slug: str
    title: str | None = None
    description: str | None = None
    private: StrictBool | None = None
    items: list[dict[str, Any]] | None = None
    gating: StrictBool | dict[str, Any] | None = None
    last_updated: str | None = Field(default=None, alias="lastUpdated")
    upvotes: int | None = None

    def field(self, name: str) -> Any:
        value = super().field(name)
        if name == "owner" and isinstance(value, dict):
            return value.get("name")
        if name == "gating":
            return value.get("mode") if isinstance(value, dict) else value or None
        return value

    @property
    def identity(self) -> str:
        return self.slug[-24:] if OBJECT_ID.fullmatch(self.slug[-24:]) else self.slug

    @property
    def gate(self) -> str:
        """auto, manual, or false for open; "" where the Hub does not tell."""
        said = self.gating.get("mode") if isinstance(self.gating, dict) else self.gating
        return "false" if said is False else str(said) if said in ("auto", "manual") else ""

    def facts(self) -> tuple[str, ...]:
        seen = {True: "private", False: "public"}.get(self.private, "visibility not known")  # type: ignore[arg-type]  # None is in neither
        gate = f", gated ({self.gate})" if self.gate in ("auto", "manual") else ""
        items = [counted(len(self.items), "item")] if self.items is not None else []
        upvotes = [counted(self.upvotes, "upvote")] if self.upvotes is not None else []
        changed = [f"last change {day(self.last_updated)}"] if self.last_updated else []
        notes = sum(1 for item in self.items or () if item.get("note"))
        return tuple(
            line
            for line in (
                f"collection {quoted(self.title or '', 100)} ({quoted(self.slug)}): {seen}{gate}",
                ", ".join([*items, *upvotes, *changed]),
                counted(notes, "note") if notes else "",
            )
            if line
        )

    def standing(self) -> tuple[object, ...]:
        return (self.private, self.gate, magnitude(self.upvotes), len(self.items or ()))


class Collection(CollectionRow):
    """One collection with all its items."""

    shown = (*CollectionRow.shown, "description", "theme", "position", "gating", "items")

    def field(self, name: str) -> Any:
        if name == "items":
            return [_item(one) for one in self.items or ()]
        return super().field(name)

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        said = super().content(fields)
        if unseen := self.unseen():
            places = ", ".join(str(place) for place in unseen[:ORDER_SHOWN])
            said["not_shown"] = f"{counted(len(unseen), 'item')}, gone or hidden from you: position {places}"
        return said

    def unseen(self) -> list[int]:
        """The positions at which the Hub shows no item, though it numbers them without a gap."""
        at = [one["position"] for one in self.items or () if isinstance(one.get("position"), int)]
        if len(at) != len(self.items or ()) or not at or not 0 <= max(at) <= MOST_ITEMS:
            return []
        return sorted(set(range(max(at) + 1)) - set(at))

    def find(self, item: Item) -> dict[str, Any] | None:
        """The item with this type and id."""
        for one in self.items or ():
            ids = {str(one.get(key)).lower() for key in ("id", "slug") if one.get(key)}
            if one.get("type") == item.type and item.id.lower() in ids:
                return one
        return None

    def hidden_items(self) -> list[str]:
        """The names of items that are not known to be public, and that it would show to whoever sees it."""
        return [
            f"{one.get('type')} {_item(one).get('id')}"
            for one in self.items or ()
            if one.get("type") != "paper" and one.get("private") is not False
        ]

    def by_id(self, item_id: str) -> dict[str, Any] | None:
        return next((one for one in self.items or () if one.get("_id") == item_id), None)

    def place_of(self, item: dict[str, Any]) -> int:
        """Where an item stands, from 0."""
        return next(n for n, one in enumerate(self.items or ()) if one is item)


def _item(item: dict[str, Any]) -> dict[str, Any]:
    note = item.get("note")
    said = {
        "item_id": item.get("_id"),
        "type": item.get("type"),
        "id": item.get("slug") or item.get("id"),
        "title": item.get("title"),
        "note": note.get("text") if isinstance(note, dict) else note,
        "private": item.get("private") is True,
    }
    return {key: value for key, value in said.items() if value}


def name_of(item: dict[str, Any]) -> str:
    """An item as people name it, such as `models/ns/name`."""
    return f"{item.get('type')}s/{item.get('slug') or item.get('id')}"


def note_of(item: dict[str, Any] | None) -> str:
    return str(_item(item).get("note", "")) if item else ""


def item_at(item: Item) -> Endpoint[Answer] | None:
    """The call that tells whether everyone may know of an item; None where nothing can tell."""
    if item.type in ("model", "dataset", "space"):
        return repository(item.type, item.id, ["private"])
    return GetCollection(slug=item.id) if item.type == "collection" and "/" in item.id else None


def has_public_name(item: Item, known: Known) -> bool:
    """Whether everyone may know of an item; what the Hub does not tell counts as hidden."""
    call = item_at(item)
    seen = known.of(call) if call else None
    if isinstance(seen, Repository):
        return seen.has_public_name
    return item.type == "paper" or (isinstance(seen, Collection) and seen.private is False)


def owner_of(item: Item) -> str:
    return item.id.rpartition("/")[0].lower()


def owners_shown(item: Item | None, known: Known) -> tuple[str, ...]:
    """Whose thing an item would show to others; nobody's where everyone may know of it."""
    if item is None or has_public_name(item, known) or not (owner := owner_of(item)):
        return ()
    return (owner,)


def shows_only_to(owner: str, collection: Collection) -> bool:
    """Whether a collection is private, and of the same owner as what is in it."""
    return collection.private is True and collection.slug.partition("/")[0].lower() == owner


def shown_line(item: Item, readers: str) -> str:
    return f"{readers} can read that there is the {item.type} {quoted(item.id)}, which may be private"


@post("/api/collections", permission="collection.write")
class CreateCollection(Change[Nothing, Collection]):
    """Create a collection. Public unless you say private."""

    title: FreeText = Field(min_length=1, max_length=60)
    namespace: Owner
    description: FreeText | None = Field(default=None, max_length=150)
    item: ItemInWords | None = None
    private: bool | None = None
    resource_group_id: ObjectId | None = Field(default=None, serialization_alias="resourceGroupId")

    def needs(self, before: Nothing) -> Sequence[Endpoint[Answer]]:
        return [call for call in (item_at(self.item) if self.item else None,) if call]

    def headline(self, before: Nothing) -> str:
        return f"Create the collection {quoted(self.title)} of {quoted(self.namespace)}?"

    def cost(self, before: Nothing) -> str:
        return "It can be deleted again, but what was read meanwhile stays out."

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        if self.item and not has_public_name(self.item, known):
            readers = "whoever sees the collection" if self.private else "everyone"
            if not (self.private and owner_of(self.item) == self.namespace.lower()):
                yield Consequence(Impact.OPENS, shown_line(self.item, readers))
        if self.resource_group_id:
            group = quoted(self.resource_group_id)
            yield Consequence(Impact.OPENS, f"the users of the resource group {group} reach it")

    def touches(self, before: Nothing, known: Known) -> tuple[str, ...]:
        return (*self.owners(), *owners_shown(self.item, known))

    def outcome(self, before: Nothing, after: Collection) -> str:
        return f"Created the collection {after.slug}."

    def undo(self, before: Nothing, after: Collection) -> Change[Any, Any] | None:
        return DeleteCollection(slug=after.slug)


@get("/api/collections/{slug}", documented=f"GET {DOCUMENTED}")
class GetCollection(Lookup[Collection]):
    """A collection with all its items and notes."""

    slug: Slug


@get("/api/collections")
class ListCollections(Listing[CollectionRow]):
    """Search collections."""

    row = CollectionRow
    largest = 1000

    q: Word | None = Field(default=None, description="in title or description")
    owner: Annotated[list[Account], BeforeValidator(words_list)] | None = None
    item: Annotated[
        list[Word] | None,
        BeforeValidator(words_list),
        Field(description="models/, datasets/, spaces/, papers/ + id"),
    ] = None
    sort: Literal["trending", "upvotes", "lastModified"] | None = None

    @model_validator(mode="after")
    def _items_have_types(self) -> Self:
        if odd := [
            one
            for one in self.item or ()
            if one.partition("/")[0] not in PREFIXES or not one.partition("/")[2]
        ]:
            raise ValueError(f"`item` needs its type, as in models/{odd[0]}")
        return self


def in_collections(kind: str, repo_id: str) -> ListCollections:
    """The call that tells which collections hold a repository."""
    return ListCollections(item=[f"{kind}s/{repo_id}"], limit=10)


C = TypeVar("C", bound=Answer)


class ActsOnCollection(Change[Collection, C], Generic[C]):
    """A change to one collection, which is looked up first."""

    slug: Slug

    def target(self) -> Endpoint[Collection] | None:
        return GetCollection(slug=self.slug)

    def settled(self, before: Collection) -> Self:
        return self.but(slug=before.slug)


class ChangesCollection(ActsOnCollection[Done]):
    """A change to one collection that the Hub answers with no body it documents."""

    def unwrap(self, response: HttpResponse) -> Any:
        return None


@patch("/api/collections/{slug}", permission="collection.write", documented=f"PATCH {DOCUMENTED}")
class UpdateCollection(ActsOnCollection[Collection]):
    """Change a collection. Opening it to more people asks a person."""

    title: FreeText | None = Field(default=None, min_length=1, max_length=60)
    description: FreeText | None = Field(default=None, max_length=150)
    private: bool | None = None
    position: int | None = Field(default=None, ge=0, description="on the profile, from 0")
    theme: Literal["orange", "blue", "green", "purple", "pink", "indigo"] | None = None
    gating: Literal["auto", "manual", "false"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set - {"slug"}:
            raise ValueError("name at least one thing to change")
        return self

    def wire(self) -> dict[str, Any]:
        sent = super().wire()
        if self.gating:
            sent["gating"] = (
                False
                if self.gating == "false"
                else {"mode": "auto"}
                if self.gating == "auto"
                else {"mode": "manual", "notifications": {"mode": "bulk"}}
            )
        return sent

    def unwrap(self, response: HttpResponse) -> Any:
        value = response.json()  # wrapped in {data}, unlike every other collection answer
        return value["data"] if isinstance(value, dict) and isinstance(value.get("data"), dict) else value

    def headline(self, before: Collection) -> str:
        return f"Change who can reach the collection {quoted(self.slug)}?"

    def cost(self, before: Collection) -> str:
        return "It can be changed back, but what was read meanwhile stays out."

    def consequences(self, before: Collection, known: Known) -> Iterator[Consequence]:
        seen = {True: "private", False: "public"}.get(before.private, "not known")  # type: ignore[arg-type]  # None is in neither
        if self.private is False and before.private is not False:
            line = f"{seen} → public: everyone can see its title, items and notes"
            yield Consequence(Impact.OPENS, line)
            if hidden := before.hidden_items():
                names = ", ".join(quoted(one, 200) for one in hidden)
                yield Consequence(Impact.OPENS, f"of its items these may be private: {names}")
        if self.private and before.private is not True:
            yield Consequence(Impact.CLOSES_OUT, f"{seen} → private: only its owner can see it")
        if not self.gating or self.gating == before.gate:
            return
        now = {"false": "open", "": "not known"}.get(before.gate, f"gated ({before.gate})")
        if self.gating == "false":
            yield Consequence(Impact.OPENS, f"{now} → open: nobody has to ask for access")
        elif before.gate in ("false", ""):
            yield Consequence(Impact.CLOSES_OUT, f"{now} → gated ({self.gating}): who reads it has to ask")
        if self.gating == "auto" and before.gate != "false":
            line = f"{now} → gated (auto): requests are granted without being looked at"
            yield Consequence(Impact.OPENS, line)

    def preview(self, before: Collection) -> dict[str, tuple[Any, Any]]:
        return {name: (before.field(name), value) for name, value in self.wire().items()}

    def undo(self, before: Collection, after: Collection) -> Change[Any, Any] | None:
        was: dict[str, Any] = {"slug": after.slug}
        for name in ("title", "private", "theme", "position"):
            if getattr(self, name) is not None:
                was[name] = before.field(name)
        if self.description is not None:
            was["description"] = before.description or ""
        if self.gating:
            was["gating"] = before.gate or None
        return (
            UpdateCollection.model_validate(was)
            if any(v is not None for k, v in was.items() if k != "slug")
            else None
        )


@delete(
    "/api/collections/{slug}",
    permission="collection.write",
    documented=f"DELETE {DOCUMENTED}",
    destroys="the collection {slug}, with its list and its notes",
    retype="slug",
)
class DeleteCollection(ChangesCollection):
    """Delete a collection for good; the repositories in it stay. A person types its slug."""


@post("/api/collections/{slug}/items", permission="collection.write", documented=f"POST {DOCUMENTED}/item")
class AddCollectionItem(ActsOnCollection[Collection]):
    """Add a model, dataset, Space, paper or collection to a collection."""

    item: ItemInWords
    note: FreeText | None = Field(default=None, max_length=NOTE_LIMIT)

    def needs(self, before: Collection) -> Sequence[Endpoint[Answer]]:
        return [call for call in (item_at(self.item),) if call]

    def headline(self, before: Collection) -> str:
        return f"Add the {self.item.type} {quoted(self.item.id)} to the collection {quoted(self.slug)}?"

    def cost(self, before: Collection) -> str:
        return "It can be taken out again, but what was read meanwhile stays out."

    def consequences(self, before: Collection, known: Known) -> Iterator[Consequence]:
        if not shows_only_to(owner_of(self.item), before) and not has_public_name(self.item, known):
            readers = "whoever sees the collection" if before.private else "everyone"
            yield Consequence(Impact.OPENS, shown_line(self.item, readers))

    def touches(self, before: Collection, known: Known) -> tuple[str, ...]:
        return (*self.owners(), *owners_shown(self.item, known))

    def outcome(self, before: Collection, after: Collection) -> str:
        added, count = after.find(self.item), len(after.items or ())
        place = f", as number {after.place_of(added) + 1} of {count:,}" if added else ""
        return f"Added the {self.item.type} {self.item.id} to {self.slug}{place}."

    def undo(self, before: Collection, after: Collection) -> Change[Any, Any] | None:
        added = after.find(self.item)
        return DeleteCollectionItem(slug=self.slug, item_id=str(added.get("_id"))) if added else None


class ChangesItem(ChangesCollection):
    """A change to one item of a collection: named by its own id, or by what people know, its type and id."""

    item_id: Annotated[Word, Field(description="or models/ns/name")]

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if not OBJECT_ID.fullmatch(self.item_id):
            Item.model_validate(read_item(self.item_id))
        return self

    def settled(self, before: Collection) -> Self:
        found = self.item_in(before)
        if not found:
            raise BadInput(
                f"The collection {before.slug} has no item {clean(self.item_id, 100)}.",
                advice="Look at the collection with get_collection.",
            )
        return self.but(slug=before.slug, item_id=str(found.get("_id")))

    def item_in(self, collection: Collection) -> dict[str, Any] | None:
        if OBJECT_ID.fullmatch(self.item_id):
            return collection.by_id(self.item_id)
        return collection.find(Item.model_validate(read_item(self.item_id)))

    def held(self, collection: Collection) -> Item | None:
        """The item in question, where the Hub tells its type and id in words that can be read."""
        found = self.item_in(collection) or {}
        with suppress(ValueError):
            return Item.model_validate(
                {"type": found.get("type"), "id": found.get("slug") or found.get("id")}
            )
        return None

    def identity(self, before: Collection) -> str:
        found = self.item_in(before)
        return f"{before.identity}/{found.get('_id') if found else ''}"


@patch(
    "/api/collections/{slug}/items/{item_id}",
    permission="collection.write",
    documented=f"PATCH {DOCUMENTED}/items/{{item_id}}",
)
class UpdateCollectionItem(ChangesItem):
    """Change the note or the position of an item of a collection."""

    note: FreeText | None = Field(default=None, max_length=NOTE_LIMIT)
    position: int | None = Field(default=None, ge=0, description="from 0")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.note is None and self.position is None:
            raise ValueError("give a note or a position")
        return self

    def needs(self, before: Collection) -> Sequence[Endpoint[Answer]]:
        item = self.held(before) if self.note else None
        return [call for call in (item_at(item) if item else None,) if call]

    def headline(self, before: Collection) -> str:
        return f"Change an item of the collection {quoted(self.slug)}?"

    def cost(self, before: Collection) -> str:
        return "It can be changed back, but what was read meanwhile stays out."

    def consequences(self, before: Collection, known: Known) -> Iterator[Consequence]:
        item = self.held(before)
        if not self.note or self.note == note_of(self.item_in(before)):
            return
        if item and (has_public_name(item, known) or shows_only_to(owner_of(item), before)):
            return
        what = f"the {item.type} {quoted(item.id)}, which may be private" if item else "an item"
        readers = "whoever sees the collection" if before.private else "everyone"
        yield Consequence(Impact.OPENS, f"{readers} can read the note on {what}")

    def touches(self, before: Collection, known: Known) -> tuple[str, ...]:
        return (*self.owners(), *(owners_shown(self.held(before), known) if self.note else ()))

    def preview(self, before: Collection) -> dict[str, tuple[Any, Any]]:
        found = self.item_in(before) or {}
        was = {"note": note_of(found), "position": found.get("position")}
        return {name: (was.get(name), value) for name, value in self.wire().items()}

    def outcome(self, before: Collection, after: Done) -> str:
        said = [f"Its note is now {worded(self.note)}."] if self.note is not None else []
        if self.position is not None and (moved := self.item_in(before)):
            order = [one for one in before.items or () if one is not moved]
            order.insert(self.position, moved)
            named = ", ".join(worded(name_of(one)) for one in order[:ORDER_SHOWN])
            more = f" and {len(order) - ORDER_SHOWN:,} more" if len(order) > ORDER_SHOWN else ""
            said.append(f"The order is now: {named}{more}.")
        return (
            f"Changed the item {worded(name_of(self.item_in(before) or {}))} of {self.slug}. {' '.join(said)}"
        )

    def undo(self, before: Collection, after: Done) -> Change[Any, Any] | None:
        found = self.item_in(before)
        if not found:
            return None
        was: dict[str, Any] = {"slug": self.slug, "item_id": str(found.get("_id"))}
        if self.note is not None:
            was["note"] = note_of(found)
        if self.position is not None and isinstance(found.get("position"), int):
            was["position"] = found["position"]
        return UpdateCollectionItem.model_validate(was) if len(was) > 2 else None


@delete(
    "/api/collections/{slug}/items/{item_id}",
    permission="collection.write",
    documented=f"DELETE {DOCUMENTED}/items/{{item_id}}",
    destroys="the item {item_id} from the collection {slug}",
)
class DeleteCollectionItem(ChangesItem):
    """Remove an item from a collection; the repository itself stays. Asks a person first."""

    def headline(self, before: Collection) -> str:
        found = self.item_in(before) or {}
        what = f"{found.get('type')} {found.get('slug') or found.get('id')}" if found else self.item_id
        return f"Remove the item {quoted(what)} from the collection {quoted(self.slug)}?"

    def cost(self, before: Collection) -> str:
        return "The repository itself stays. Adding it again gives it another item id and puts it last."

    def facts(self, before: Collection, known: Known) -> tuple[str, ...]:
        note = note_of(self.item_in(before))
        return (*before.facts(), *([f"its note: {quoted(note, NOTE_LIMIT)}"] if note else []))

    def outcome(self, before: Collection, after: Done) -> str:
        found, left = self.item_in(before) or {}, len(before.items or ()) - 1
        return f"Removed {worded(name_of(found))} from {self.slug}; {counted(left, 'item')} left."

    def undo(self, before: Collection, after: Done) -> Change[Any, Any] | None:
        found = self.item_in(before)
        if not found:
            return None
        item = {"type": found.get("type"), "id": found.get("slug") or found.get("id")}
        return AddCollectionItem.model_validate(
            {"slug": self.slug, "item": item, "note": note_of(found) or None}
        )
