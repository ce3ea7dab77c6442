"""The items of a collection as arguments: an item's type and id, followed by a note."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Any, Self

from pydantic import Field, WithJsonSchema, model_validator

from hub_mcp.catalogue.answers import is_array, is_object
from hub_mcp.catalogue.fields.identifiers import (
    check_repo_id,
    is_address,
    read_arxiv_id,
    read_repo_id,
    read_slug,
    refuse_no_text,
)
from hub_mcp.catalogue.fields.marks import ThingName
from hub_mcp.catalogue.fields.vocabulary import FreeText, ItemType, Part, Word

OBJECT_ID = re.compile(r"[0-9a-f]{24}")
PREFIXES = {
    "models": "model",
    "datasets": "dataset",
    "spaces": "space",
    "papers": "paper",
    "collections": "collection",
}
NOTE_LIMIT = 500
MOST_AT_ONCE = 100  # items per call


BEHIND = re.compile(r":\s+")  # the separator between an item and its note; no id or address contains it


def several(value: Any) -> list[Any]:
    """One or several things, as a list."""
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    return list(value) if is_array(value) else [value]


def with_note(value: str) -> dict[str, Any]:
    """An item and its note, as in `models/ns/name: a note`; the item is under "item"."""
    item, *note = BEHIND.split(value, maxsplit=1)
    return {"item": item, **({"note": note[0]} if note else {})}


def read_items(value: Any) -> Any:
    """Items to add to a collection, each `models/ns/name: a note`, {item, note} or {type, id, note}."""

    def read(one: Any) -> Any:
        said = with_note(one) if isinstance(one, str) else one
        if not is_object(said) or "item" not in said:
            return said
        item = read_item(said["item"])
        rest = {key: part for key, part in said.items() if key != "item"}
        return {**item, **rest} if is_object(item) else item

    return [read(one) for one in several(value)]


def read_item(value: Any) -> Any:
    """An item in any spelling: {type, id}, `models/ns/name`, `papers/2311.12983`, or a Hub address."""
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


class Item(Part):
    """What a collection holds, by type and id."""

    type: ItemType
    id: Annotated[Word, ThingName()]

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


class NotedItem(Item):
    """An item for a collection, with its note."""

    note: FreeText | None = Field(default=None, max_length=NOTE_LIMIT)


def bare(item: Item) -> dict[str, str]:
    """An item in the Hub's form, without its note."""
    return {"type": item.type, "id": item.id}


class NamedItem(Part):
    """An item of a collection: by its own id, or by what people know, its type and id."""

    item_id: Word

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if not OBJECT_ID.fullmatch(self.item_id):
            Item.model_validate(read_item(self.item_id))
        return self


class ChangedItem(NamedItem):
    """What becomes of an item of a collection."""

    note: FreeText | None = Field(default=None, max_length=NOTE_LIMIT)
    position: int | None = Field(default=None, ge=0)


def read_names(value: Any) -> Any:
    """Items of a collection: item ids, or `models/ns/name`."""
    return [{"item_id": one} if isinstance(one, str) else one for one in several(value)]


def read_changes(value: Any) -> Any:
    """The same, each followed by its note, or as {item_id, note, position}."""

    def read(one: Any) -> Any:
        if not isinstance(one, str):
            return one
        said = with_note(one)
        return {"item_id": said.pop("item"), **said}

    return [read(one) for one in several(value)]


def described_as(words: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "array", "items": {"type": "string"}, "description": words})


def fold(given: Any, name: str, read: Callable[[Any], Any], beside: Sequence[str]) -> Any:
    """Move separate arguments into the single item they belong to; with several items they are an error.

    Args:
        name: the argument with the items; `read` parses them.
        beside: the separate arguments, which belong to one item.
    """
    if not is_object(given) or given.get(name) is None:
        return given
    said = {key: value for key, value in given.items() if key not in beside}
    refuse_no_text(given)  # an error that quotes it could not be encoded
    one = {key: given[key] for key in beside if given.get(key) is not None}
    items = read(given[name])
    if one and (len(items) != 1 or not is_object(items[0])):
        raise ValueError(f"`{next(iter(one))}` is for one item; say it with each, as in models/ns/name: note")
    return {**said, name: [{**items[0], **one}] if one else items}


# The short form is preferred to {type, id}, which is accepted too.
Items = Annotated[
    list[NotedItem],
    Field(min_length=1, max_length=MOST_AT_ONCE),
    described_as("models/ns/name: note, papers/id"),
]
