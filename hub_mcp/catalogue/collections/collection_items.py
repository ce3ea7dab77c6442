"""Adding and removing items of a collection, one or several, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Generic, Self, TypeVar
from urllib.parse import quote

from pydantic import BeforeValidator, Field, model_validator

from hub_mcp.catalogue.answers import Answer, Done, clean, counted
from hub_mcp.catalogue.change import Change, delete, post, worded
from hub_mcp.catalogue.collections.collection import ORDER_SHOWN, Collection, name_of, note_of
from hub_mcp.catalogue.collections.collection_item import (
    MOST_AT_ONCE,
    NOTE_LIMIT,
    OBJECT_ID,
    Item,
    Items,
    NamedItem,
    NotedItem,
    bare,
    described_as,
    fold,
    read_item,
    read_items,
    read_names,
)
from hub_mcp.catalogue.collections.collection_reads import (
    GetCollection,
    has_public_name,
    item_at,
    owner_of,
    owners_shown,
    shown_line,
    shows_only_to,
)
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import FreeText, Slug
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import BadInput
from hub_mcp.text import quoted

C = TypeVar("C", bound=Answer)


class ActsOnCollection(Change[Collection, C], Generic[C]):
    """A change to one collection, which is looked up first."""

    slug: Slug

    def target(self) -> Endpoint[Collection] | None:
        return GetCollection(slug=self.slug)

    def settled(self, before: Collection) -> Self:
        return self.but(slug=before.slug)


@post(
    "/api/collections/{slug}/items",
    permission="collection.write",
    documented="POST /api/collections/{namespace}/{slug}-{id}/item",
)
class AddCollectionItem(ActsOnCollection[Collection]):
    """Add items to a collection, in order."""

    unlisted = frozenset({"note"})  # normally written after its item; accepted separately for a single one
    covers = ("note",)
    reversal = "It can be taken out again, but what was read by then cannot be taken back."

    item: Items
    note: FreeText | None = Field(default=None, max_length=NOTE_LIMIT)

    @model_validator(mode="before")
    @classmethod
    def _note_at_its_item(cls, given: Any) -> Any:
        return fold(given, "item", read_items, ("note",))

    @property
    def one(self) -> NotedItem:
        """The item to add; the first of several."""
        return self.item[0]

    @property
    def part(self) -> str:
        return f"the {self.one.type} {self.one.id}, an item"

    def parts(self) -> Sequence[Change[Any, Any]]:
        return [self.model_copy(update={"item": [one]}) for one in self.item]

    def payload(self) -> dict[str, Any]:
        return {"item": bare(self.one), **({"note": self.one.note} if self.one.note else {})}

    def needs(self, before: Collection) -> Sequence[Endpoint[Answer]]:
        return [call for call in (item_at(self.one),) if call]

    def must_be_there(self, before: Collection) -> Sequence[Endpoint[Answer]]:
        return self.needs(before)

    def headline(self, before: Collection) -> str:
        return f"Add the {self.one.type} {quoted(self.one.id)} to the collection {quoted(self.slug)}?"

    def consequences(self, before: Collection, known: Known) -> Iterator[Consequence]:
        if not shows_only_to(owner_of(self.one), before) and not has_public_name(self.one, known):
            readers = "whoever sees the collection" if before.private else "everyone"
            yield Consequence(Impact.OPENS, shown_line(self.one, readers))

    def touches(self, before: Collection, known: Known) -> tuple[str, ...]:
        return (*self.owners(), *owners_shown(self.one, known))

    def outcome(self, before: Collection, after: Collection) -> str:
        added, count = after.find(self.one), len(after.items or ())
        place = f", as number {after.place_of(added) + 1} of {count:,}" if added else ""
        return f"Added the {self.one.type} {self.one.id} to {self.slug}{place}."

    def undo(self, before: Collection, after: Collection) -> Change[Any, Any] | None:
        added = after.find(self.one)
        if not added:
            return None
        return DeleteCollectionItem.model_validate({"slug": self.slug, "item_id": str(added.get("_id"))})


N = TypeVar("N", bound=NamedItem)


class ChangesItems(ActsOnCollection[Done], Generic[N]):
    """A change to one or several items of a collection."""

    item_id: list[N]

    @property
    def subject(self) -> str:
        return f"{self.slug} {' '.join(one.item_id for one in self.item_id)}"

    def _path_value(self, name: str) -> str | None:
        if name == "item_id":
            return quote(self.item_id[0].item_id, safe="")
        return super()._path_value(name)

    def settled(self, before: Collection) -> Self:
        items: list[dict[str, Any]] = []
        for one in self.item_id:
            found = item_in(before, one)
            if not found:
                held = [worded(name_of(item)) for item in (before.items or ())[:ORDER_SHOWN]]
                more = ", …" if len(before.items or ()) > ORDER_SHOWN else ""
                raise BadInput(
                    f"The collection {before.slug} has no item {clean(one.item_id, 100)}.",
                    advice=f"It has: {', '.join(held) or 'no items'}{more}.",
                )
            items.append({**one.model_dump(exclude_none=True), "item_id": str(found.get("_id"))})
        return self.but(slug=before.slug, item_id=items)

    def identity(self, before: Collection) -> str:
        ids = [str((item_in(before, one) or {}).get("_id", "")) for one in self.item_id]
        return f"{before.identity}/{','.join(ids)}"


def item_in(collection: Collection, named: NamedItem) -> dict[str, Any] | None:
    """The item with this name, as the collection has it."""
    if OBJECT_ID.fullmatch(named.item_id):
        return collection.by_id(named.item_id)
    return collection.find(Item.model_validate(read_item(named.item_id)))


@delete(
    "/api/collections/{slug}/items/{item_id}",
    permission="collection.write",
    destroys="items from the collection {slug}",
)
class DeleteCollectionItem(ChangesItems[NamedItem]):
    """Remove items from a collection; the repositories stay."""

    reversal = "The repository itself stays. Adding it again gives it another item id and puts it last."

    item_id: Annotated[
        list[NamedItem],
        Field(min_length=1, max_length=MOST_AT_ONCE),
        BeforeValidator(read_names),
        described_as("or models/ns/name"),
    ]

    def parts(self) -> Sequence[Change[Any, Any]]:
        return [self.model_copy(update={"item_id": [one]}) for one in self.item_id]

    def held(self, before: Collection) -> dict[str, Any]:
        """The item to be removed, as the collection has it."""
        return item_in(before, self.item_id[0]) or {}

    def headline(self, before: Collection) -> str:
        found = self.held(before)
        what = (
            f"{found.get('type')} {found.get('slug') or found.get('id')}"
            if found
            else self.item_id[0].item_id
        )
        return f"Remove the item {quoted(what)} from the collection {quoted(self.slug)}?"

    def facts(self, before: Collection, known: Known) -> tuple[str, ...]:
        note = note_of(self.held(before))
        return (*before.facts(), *([f"its note: {quoted(note, NOTE_LIMIT)}"] if note else []))

    def outcome(self, before: Collection, after: Done) -> str:
        left = len(before.items or ()) - 1
        return f"Removed {worded(name_of(self.held(before)))} from {self.slug}; {counted(left, 'item')} left."

    def undo(self, before: Collection, after: Done) -> Change[Any, Any] | None:
        found = self.held(before)
        if not found:
            return None
        item = {"type": found.get("type"), "id": found.get("slug") or found.get("id")}
        return AddCollectionItem.model_validate(
            {"slug": self.slug, "item": item, "note": note_of(found) or None}
        )
