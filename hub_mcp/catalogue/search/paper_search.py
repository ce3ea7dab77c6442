"""Semantic search for papers."""

from __future__ import annotations

from pydantic import Field

from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import Word
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.search.papers import DailyPaper


@get("/api/papers/search")
class SearchPapers(Listing[DailyPaper]):
    """Papers by what they are about, in your own words."""

    row = DailyPaper
    in_area = "papers"
    by_default = False
    largest = 120
    covers = ("q",)

    query: Word = Field(max_length=250, serialization_alias="q")
