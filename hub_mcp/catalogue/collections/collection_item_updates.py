"""Changing the notes and the order of a collection's items, one or several in a request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Done, is_object
from hub_mcp.catalogue.change import Change, patch, worded
from hub_mcp.catalogue.collections.collection import ORDER_SHOWN, Collection, name_of, note_of
from hub_mcp.catalogue.collections.collection_item import (
    MOST_AT_ONCE,
    NOTE_LIMIT,
    ChangedItem,
    Item,
    described_as,
    fold,
    read_changes,
)
from hub_mcp.catalogue.collections.collection_items import ChangesItems, item_in
from hub_mcp.catalogue.collections.collection_reads import (
    has_public_name,
    item_at,
    owner_of,
    owners_shown,
    shows_only_to,
)
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import FreeText
from hub_mcp.catalogue.http import HttpRequest
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted


@patch("/api/collections/{slug}/items/{item_id}", permission="collection.write")
class UpdateCollectionItem(ChangesItems[ChangedItem]):
    """Change notes or positions of a collection's items."""

    unlisted = frozenset({"note"})  # normally written after its item; accepted separately for a single one
    covers = ("note",)
    reversal = "It can be changed back, but what was read by then cannot be taken back."

    item_id: Annotated[
        list[ChangedItem],
        Field(min_length=1, max_length=MOST_AT_ONCE),
        described_as("or models/ns/name: note"),
    ]
    note: FreeText | None = Field(default=None, max_length=NOTE_LIMIT)
    position: int | None = Field(default=None, ge=0, description="from 0")

    @model_validator(mode="before")
    @classmethod
    def _each_with_its_own(cls, given: Any) -> Any:
        first = given.get("position") if is_object(given) else None
        if isinstance(first, int) and not isinstance(first, bool) and first >= 0:
            items = read_changes(given.get("item_id"))
            if len(items) > 1 and all(is_object(one) for one in items):
                placed = [{**one, "position": first + n} for n, one in enumerate(items)]
                given = {**given, "item_id": placed, "position": None}
        return fold(given, "item_id", read_changes, ("note", "position"))

    @model_validator(mode="after")
    def _says_something(self) -> UpdateCollectionItem:
        for one in self.item_id:
            if one.note is None and one.position is None:
                raise ValueError(f"give {one.item_id} a note or a position")
        return self

    def settled(self, before: Collection) -> Self:
        """With positions that put them one after another, starting at the first one's.

        The Hub moves them one by one: taking an item from before the others shifts these.
        """
        settled = super().settled(before)
        places = [one.position for one in settled.item_id]
        first = places[0]
        if first is None or places != list(range(first, first + len(places))):
            return settled
        moved = [item for one in settled.item_id if (item := item_in(before, one))]
        others = [one for one in before.items or () if one not in moved]
        order, behind = list(before.items or ()), others[first:][:1]
        placed: list[dict[str, Any]] = []
        for n, (one, item) in enumerate(zip(settled.item_id, moved, strict=True)):
            order.remove(item)
            place = order.index(moved[n - 1]) + 1 if n else order.index(behind[0]) if behind else len(order)
            order.insert(place, item)
            placed.append({**one.model_dump(exclude_none=True), "position": place})
        return settled.but(item_id=placed)

    def to_http(self, base: str) -> HttpRequest:
        if len(self.item_id) == 1:
            return super().to_http(base)
        url = f"{base}/api/collections/{self._path_value('slug')}/items/batch"
        changes = [{"action": "update", "_id": one.item_id, "data": sent(one)} for one in self.item_id]
        content = json.dumps(changes, ensure_ascii=False).encode()
        return HttpRequest("POST", url, content=content, content_type="application/json")

    def payload(self) -> dict[str, Any]:
        return sent(self.item_id[0])

    def noted(self, before: Collection) -> list[Item | None]:
        """The items that get another note; None if the Hub gives no readable type and id."""
        return [
            held(item_in(before, one))
            for one in self.item_id
            if one.note and one.note != note_of(item_in(before, one))
        ]

    def needs(self, before: Collection) -> Sequence[Endpoint[Answer]]:
        return [call for item in self.noted(before) if item and (call := item_at(item))]

    def headline(self, before: Collection) -> str:
        what = "an item" if len(self.item_id) == 1 else f"{len(self.item_id):,} items"
        return f"Change {what} of the collection {quoted(self.slug)}?"

    def consequences(self, before: Collection, known: Known) -> Iterator[Consequence]:
        readers = "whoever sees the collection" if before.private else "everyone"
        for item in self.noted(before):
            if item and (has_public_name(item, known) or shows_only_to(owner_of(item), before)):
                continue
            what = f"the {item.type} {quoted(item.id)}, which may be private" if item else "an item"
            yield Consequence(Impact.OPENS, f"{readers} can read the note on {what}")

    def touches(self, before: Collection, known: Known) -> tuple[str, ...]:
        shown = (owner for item in self.noted(before) for owner in owners_shown(item, known))
        return tuple(dict.fromkeys((*self.owners(), *shown)))

    def preview(self, before: Collection) -> dict[str, tuple[Any, Any]]:
        changed: dict[str, tuple[Any, Any]] = {}
        for one in self.item_id:
            found = item_in(before, one) or {}
            was = {"note": note_of(found), "position": found.get("position")}
            about = "" if len(self.item_id) == 1 else f"{worded(name_of(found))} "
            changed |= {f"{about}{name}": (was.get(name), value) for name, value in sent(one).items()}
        return changed

    def outcome(self, before: Collection, after: Done) -> str:
        names = [worded(name_of(item_in(before, one) or {})) for one in self.item_id]
        what = f"the item {names[0]}" if len(names) == 1 else f"{len(names):,} items"
        said = [f"Changed {what} of {self.slug}."]
        for one, name in zip(self.item_id, names, strict=True):
            if one.note is not None:
                said.append(
                    f"{'Its note' if len(names) == 1 else f'The note of {name}'} is now {worded(one.note)}."
                )
        if any(one.position is not None for one in self.item_id):
            order = self.order(before)
            named = ", ".join(worded(name_of(one)) for one in order[:ORDER_SHOWN])
            more = f" and {len(order) - ORDER_SHOWN:,} more" if len(order) > ORDER_SHOWN else ""
            said.append(f"The order is now: {named}{more}.")
        return " ".join(said)

    def order(self, before: Collection) -> list[dict[str, Any]]:
        """The collection's items in their order after all moves, made one by one."""
        order = list(before.items or ())
        for one in self.item_id:
            moved = item_in(before, one)
            if one.position is not None and moved:
                order = [item for item in order if item is not moved]
                order.insert(one.position, moved)
        return order

    def undo(self, before: Collection, after: Done) -> Change[Any, Any] | None:
        moved = any(one.position is not None for one in self.item_id)
        back: list[dict[str, Any]] = []
        for found in before.items or ():  # from the first on, so that each gets its place back
            named = [one for one in self.item_id if item_in(before, one) is found]
            was: dict[str, Any] = {"item_id": str(found.get("_id"))}
            if any(one.note is not None for one in named):
                was["note"] = note_of(found)
            if isinstance(found.get("position"), int) and (
                any(one.position is not None for one in named) if len(self.item_id) == 1 else moved
            ):
                was["position"] = found["position"]
            if len(was) > 1:
                back.append(was)
        if not back or len(back) > MOST_AT_ONCE:
            return None
        return UpdateCollectionItem.model_validate({"slug": self.slug, "item_id": back})


def sent(one: ChangedItem) -> dict[str, Any]:
    """The change of an item as sent to the Hub."""
    return one.model_dump(exclude={"item_id"}, exclude_none=True)


def held(found: dict[str, Any] | None) -> Item | None:
    """An item of a collection, if the Hub gives a readable type and id."""
    with suppress(ValueError):
        return Item.model_validate(
            {"type": (found or {}).get("type"), "id": (found or {}).get("slug") or (found or {}).get("id")}
        )
    return None
