"""Searching the documentation of Hugging Face, by meaning or by words, and listing it."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, Record, clean, is_array, is_object, objects_in
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import Word
from hub_mcp.catalogue.listing import Listing
from hub_mcp.errors import UnexpectedAnswer

PASSAGE = 600  # characters of a passage to show
QUERY = 250  # characters of a question that the Hub accepts


class Passage(Record):
    """A passage of the documentation: its address and text."""

    noun = "passage"
    shown: ClassVar[tuple[str, ...]] = ("product", "source_page_title", "headings", "text", "source_page_url")

    def field(self, name: str) -> Any:
        if name == "headings":
            every = (super(Passage, self).field(f"heading{n}") for n in range(1, 6))
            return " > ".join(str(one) for one in every if one)
        if name == "text":
            return clean(super().field(name), PASSAGE)
        return super().field(name)

    @property
    def identity(self) -> str:
        return str(super().field("source_page_url") or "")


@get("/api/docs/search")
class SearchDocs(Listing[Passage]):
    """Passages of Hugging Face's documentation that answer a question."""

    row = Passage
    in_area = "search"
    by_default = False
    largest = 25
    covers = ("q",)

    query: Word = Field(max_length=QUERY, serialization_alias="q")
    product: Word | None = Field(default=None, description="e.g. hub, transformers, huggingface_hub")


class DocsHit(Record):
    """A place in the documentation where the words appear."""

    noun = "place in the documentation"
    shown: ClassVar[tuple[str, ...]] = ("headings", "content", "url")

    def field(self, name: str) -> Any:
        if name == "headings":
            every = (super(DocsHit, self).field(f"hierarchy_lvl{n}") for n in range(7))
            return " > ".join(str(one) for one in every if one)
        return clean(super().field(name), PASSAGE) if name == "content" else super().field(name)

    @property
    def identity(self) -> str:
        return str(super().field("url") or "")


@get("/api/docs/search/full-text")
class SearchDocsFulltext(Listing[DocsHit]):
    """Places in Hugging Face's documentation where words appear."""

    row = DocsHit
    in_area = "search"
    by_default = False
    largest = 100
    covers = ("q",)

    query: Word = Field(max_length=QUERY, serialization_alias="q")
    domain: Word | None = Field(default=None, max_length=100)

    def rows(self, value: Any) -> list[Any]:
        hits = value.get("hits") if is_object(value) else None
        if not is_array(hits):
            raise UnexpectedAnswer("The Hub did not answer with places in the documentation.")
        return objects_in(hits)


class Manual(Record):
    """The documentation of one product."""

    noun = "documentation"
    shown: ClassVar[tuple[str, ...]] = ("id", "category", "url")

    id: str


@get("/api/docs")
class ListDocs(Listing[Manual]):
    """What documentation there is, by product."""

    row: ClassVar[type[Answer]] = Manual
    in_area = "search"
    by_default = False
    takes_limit = False

    def page_size(self) -> int:
        return self.largest  # the Hub returns everything at once
