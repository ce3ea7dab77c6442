"""Reading collections, and how much others may know about their items."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.collections.collection import Collection, CollectionRow
from hub_mcp.catalogue.collections.collection_item import PREFIXES, Item
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import Account, Slug, Word, words_list
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.parts import Lookup
from hub_mcp.catalogue.repos.repository import Repository, repository
from hub_mcp.catalogue.stakes import Known
from hub_mcp.text import quoted


@get("/api/collections/{slug}")
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
    """The call that lists the collections with a repository."""
    return ListCollections(item=[f"{kind}s/{repo_id}"], limit=10)


def item_at(item: Item) -> Endpoint[Answer] | None:
    """The call that shows whether everyone may know of an item; None if no call does."""
    if item.type in ("model", "dataset", "space"):
        return repository(item.type, item.id, ["private"])
    return GetCollection(slug=item.id) if item.type == "collection" and "/" in item.id else None


def has_public_name(item: Item, known: Known) -> bool:
    """Whether everyone may know of an item; if the Hub does not say, it counts as hidden."""
    call = item_at(item)
    seen = known.of(call) if call else None
    if isinstance(seen, Repository):
        return seen.has_public_name
    return item.type == "paper" or (isinstance(seen, Collection) and seen.private is False)


def owner_of(item: Item) -> str:
    return item.id.rpartition("/")[0].lower()


def owners_shown(item: Item | None, known: Known) -> tuple[str, ...]:
    """The owner whose thing an item would reveal to others; none if everyone may know of it."""
    if item is None or has_public_name(item, known) or not (owner := owner_of(item)):
        return ()
    return (owner,)


def shows_only_to(owner: str, collection: Collection) -> bool:
    """Whether a collection is private and has the same owner as its item."""
    return collection.private is True and collection.slug.partition("/")[0].lower() == owner


def shown_line(item: Item, readers: str) -> str:
    return f"{readers} can read that there is the {item.type} {quoted(item.id)}, which may be private"
