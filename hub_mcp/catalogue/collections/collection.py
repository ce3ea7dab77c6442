"""A collection as the Hub describes it: a row of a listing, or complete with its items and their notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field, StrictBool

from hub_mcp.catalogue.answers import Record, counted, day, magnitude
from hub_mcp.catalogue.collections.collection_item import OBJECT_ID, Item
from hub_mcp.text import quoted

MOST_ITEMS = 10_000  # of a collection
ORDER_SHOWN = 20  # items named in an answer after one was moved


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
        """auto, manual, or false for open; "" if the Hub does not say."""
        said = self.gating.get("mode") if isinstance(self.gating, dict) else self.gating
        return "false" if said is False else str(said) if said in ("auto", "manual") else ""

    def facts(self) -> tuple[str, ...]:
        seen = {True: "private", False: "public"}.get(self.private, "visibility not known")  # type: ignore[arg-type]  # None is in neither
        gate = f", gated ({self.gate})" if self.gate in ("auto", "manual") else ""
        items = [counted(len(self.items), "item")] if self.items is not None else []
        upvotes = [counted(self.upvotes, "upvote")] if self.upvotes is not None else []
        changed = [f"last change {at}"] if (at := day(self.last_updated)) else []
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
        """The positions without a visible item, though the Hub numbers them without gaps."""
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
        """The names of items not known to be public, which anybody who sees the collection would learn."""
        return [
            f"{one.get('type')} {_item(one).get('id')}"
            for one in self.items or ()
            if one.get("type") != "paper" and one.get("private") is not False
        ]

    def by_id(self, item_id: str) -> dict[str, Any] | None:
        return next((one for one in self.items or () if one.get("_id") == item_id), None)

    def place_of(self, item: dict[str, Any]) -> int:
        """The position of an item, from 0."""
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
    """An item's readable name, such as `models/ns/name`."""
    return f"{item.get('type')}s/{item.get('slug') or item.get('id')}"


def note_of(item: dict[str, Any] | None) -> str:
    return str(_item(item).get("note", "")) if item else ""
