"""Finding things on the Hub: quick search over all kinds, trending repositories, Spaces by purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from hub_mcp.catalogue.answers import Answer, Record, clean, is_array, is_object, objects_in
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import Owner, Search, Word, Words, words_list
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.errors import UnexpectedAnswer

MOST = 20  # entries of each kind that the Hub returns
NAMED = ("id", "name", "user", "title")  # the names of an entry, in order of preference
KINDS = ("models", "datasets", "spaces", "orgs", "users", "papers", "collections", "buckets", "kernels")

Kind = Literal["model", "dataset", "space", "org", "user", "paper", "collection", "bucket", "kernel"]


@dataclass(frozen=True)
class QuickFinds(Answer):
    """The entries found of each kind, and the totals.

    Attributes:
        kinds: the entries by the Hub's name of their kind.
        counts: the totals, if the Hub gives them.
    """

    kinds: Mapping[str, Sequence[Mapping[str, Any]]]
    counts: Mapping[str, int]

    @classmethod
    def of(cls, value: Any) -> QuickFinds:
        if not is_object(value):
            raise UnexpectedAnswer("The Hub did not answer with what it found.")
        counts = {kind: value.get(f"{kind}Count") for kind in KINDS}
        return cls(
            {kind: objects_in(value.get(kind)) for kind in KINDS},
            {kind: number for kind, number in counts.items() if isinstance(number, int)},
        )

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        said = {kind: [_named(one) for one in rows] for kind, rows in self.kinds.items() if rows}
        more = {kind: n for kind, n in self.counts.items() if n > len(self.kinds[kind])}
        return {**said, **({"in_all": more} if more else {})} or {"found": "nothing"}


def _named(entry: Mapping[str, Any]) -> str:
    """The name of an entry, with its id if that differs."""
    name = next((str(entry[key]) for key in NAMED if entry.get(key)), "")
    beside = entry.get("fullname") or (entry.get("_id") if "title" in entry else None)
    return str(clean(f"{name} ({beside})" if beside and beside != name else name, 200))


@get("/api/quicksearch")
class Quicksearch(Lookup[QuickFinds]):
    """Anything on the Hub by the start of its name: repositories, people, papers, collections."""

    in_area = "search"
    by_default = False
    unlisted = RARELY_CUT
    covers = ("q",)

    query: Search = Field(serialization_alias="q")
    type: Annotated[list[Kind], BeforeValidator(words_list)] | None = None
    namespace: Owner | None = None
    limit: int = Field(default=5, ge=1, le=MOST, description="of each kind")


class Trending(Record):
    """A trending repository."""

    named_by = ("id",)
    noun = "trending repository"
    shown: ClassVar[tuple[str, ...]] = (
        "id", "repoType", "likes", "downloads", "pipeline_tag", "numParameters", "lastModified", "title",
        "shortDescription",
    )  # fmt: skip

    def field(self, name: str) -> Any:
        repo = super().field("repoData")
        return repo.get(name, super().field(name)) if is_object(repo) else super().field(name)


@get("/api/trending")
class GetTrending(Listing[Trending]):
    """Trending models, datasets and Spaces, the most trending first."""

    row = Trending
    in_area = "search"
    by_default = False
    largest = MOST

    type: Literal["all", "model", "dataset", "space"] | None = None

    def rows(self, value: Any) -> list[Any]:
        listed = value.get("recentlyTrending") if is_object(value) else None
        if not is_array(listed):
            raise UnexpectedAnswer("The Hub did not answer with what is trending.")
        return objects_in(listed)


class FoundSpace(Record):
    """A Space that matches the search."""

    noun = "Space"
    shown: ClassVar[tuple[str, ...]] = (
        "id", "title", "ai_short_description", "ai_category", "likes", "stage", "semanticRelevancyScore",
    )  # fmt: skip

    id: str

    def field(self, name: str) -> Any:
        if name == "stage":
            runtime = super().field("runtime")
            return runtime.get("stage") if is_object(runtime) else None
        if name == "ai_short_description":
            return super().field(name) or super().field("shortDescription")
        return super().field(name)


@get("/api/spaces/semantic-search")
class SearchSpaces(Listing[FoundSpace]):
    """Spaces by what they do, in your own words: "remove the background of a photo"."""

    row = FoundSpace
    in_area = "search"
    by_default = False
    takes_limit = False
    covers = ("q", "includeNonRunning")

    query: Search = Field(serialization_alias="q")
    filter: Words | None = None
    sdk: Word | None = None
    include_non_running: bool | None = Field(default=None, serialization_alias="includeNonRunning")

    def page_size(self) -> int:
        return self.largest  # the Hub returns all results at once
