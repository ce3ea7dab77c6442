"""Creating, renaming, describing, opening, reordering and deleting collections themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Done
from hub_mcp.catalogue.change import Change, Nothing, delete, patch, post, worded
from hub_mcp.catalogue.collections.collection import Collection
from hub_mcp.catalogue.collections.collection_item import Items, NotedItem, bare, fold, read_items
from hub_mcp.catalogue.collections.collection_items import ActsOnCollection, AddCollectionItem
from hub_mcp.catalogue.collections.collection_reads import (
    has_public_name,
    item_at,
    owner_of,
    owners_shown,
    shown_line,
)
from hub_mcp.catalogue.collections.profile_order import ListOnProfile
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import FreeText, ObjectId, Owner
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted


@post("/api/collections", permission="collection.write")
class CreateCollection(Change[Nothing, Collection]):
    """Create a collection. Public unless you say private."""

    reversal = "It can be deleted again, but what was read by then cannot be taken back."

    title: FreeText = Field(min_length=1, max_length=60)
    namespace: Owner
    description: FreeText | None = Field(default=None, max_length=150)
    item: Items | None = None
    private: bool | None = None
    resource_group_id: ObjectId | None = Field(default=None, serialization_alias="resourceGroupId")

    @model_validator(mode="before")
    @classmethod
    def _items_with_notes(cls, given: Any) -> Any:
        return fold(given, "item", read_items, ())

    def payload(self) -> dict[str, Any]:
        sent = super().payload()
        sent.pop("item", None)
        return {**sent, "item": bare(self._first)} if self._first else sent

    @property
    def _first(self) -> NotedItem | None:
        """The one item that the Hub accepts with the new collection, without a note."""
        only = self.item[0] if self.item and len(self.item) == 1 else None
        return only if only and not only.note else None

    @property
    def writes(self) -> int:
        return 1 + (0 if self._first else len(self.item or ()))

    def followed_by(self, before: Nothing, after: Collection) -> Sequence[Change[Any, Any]]:
        return [
            AddCollectionItem(slug=after.slug, item=[one]) for one in (() if self._first else self.item or ())
        ]

    def needs(self, before: Nothing) -> Sequence[Endpoint[Answer]]:
        return [call for one in self.item or () if (call := item_at(one))]

    def must_be_there(self, before: Nothing) -> Sequence[Endpoint[Answer]]:
        return self.needs(before)

    def headline(self, before: Nothing) -> str:
        return f"Create the collection {quoted(self.title)} of {quoted(self.namespace)}?"

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        readers = "whoever sees the collection" if self.private else "everyone"
        for one in self.item or ():
            its_own = self.private and owner_of(one) == self.namespace.lower()
            if not its_own and not has_public_name(one, known):
                yield Consequence(Impact.OPENS, shown_line(one, readers))
        if self.resource_group_id:
            group = quoted(self.resource_group_id)
            yield Consequence(Impact.OPENS, f"the users of the resource group {group} reach it")

    def touches(self, before: Nothing, known: Known) -> tuple[str, ...]:
        shown = (owner for one in self.item or () for owner in owners_shown(one, known))
        return tuple(dict.fromkeys((*self.owners(), *shown)))

    def outcome(self, before: Nothing, after: Collection) -> str:
        return f"Created the collection {worded(after.slug, 200)}."

    def undo(self, before: Nothing, after: Collection) -> Change[Any, Any] | None:
        return DeleteCollection(slug=after.slug)


@patch("/api/collections/{slug}", permission="collection.write")
class UpdateCollection(ActsOnCollection[Collection]):
    """Change a collection. Opening it to more people asks a person."""

    reversal = "It can be changed back, but what was read by then cannot be taken back."

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

    def payload(self) -> dict[str, Any]:
        sent = super().payload()
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
            yield Consequence(
                Impact.CLOSES_OUT, f"{now} → gated ({self.gating}): people have to ask to read it"
            )
        if self.gating == "auto" and before.gate != "false":
            line = f"{now} → gated (auto): requests are granted without review"
            yield Consequence(Impact.OPENS, line)

    def preview(self, before: Collection) -> dict[str, tuple[Any, Any]]:
        return {name: (before.field(name), value) for name, value in self.payload().items()}

    def side_effects_call(self) -> Endpoint[Answer] | None:
        return None if self.position is None else ListOnProfile(owner=self.slug.partition("/")[0])

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
    destroys="the collection {slug}, with its list and its notes",
    retype="slug",
)
class DeleteCollection(ActsOnCollection[Done]):
    """Delete a collection for good; the repositories in it stay. A person types its slug."""
