"""Listings: endpoints whose rows come page by page, with one kind of cursor, however the Hub itself pages.

Our cursor is `rows.size.place`: how many rows of the Hub's page were already returned, the requested page
size, and the Hub's own cursor (or page number). It is opaque to callers and valid in any process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, Field, model_validator

from hub_mcp.catalogue.answers import EMPTY, KEY_LIMIT, Answer, Page, Record, as_text, is_array
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Limit, Word, Words
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.errors import UnexpectedAnswer, plain

R = TypeVar("R", bound=Answer)

CURSOR_LIMIT = 4_096
LARGEST_PAGE = 1_000  # rows
_FAMILY = re.compile(r"([a-z_]{2,30}):")  # prefixes of tags; anybody can invent others
_CURSOR = re.compile(r"([0-9]{1,7})\.([0-9]{1,5})\.([!-~]*)")
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[!#$%&\'*+.^_`|~\w-]+\s*=\s*(?:"[^"]*"|[^",;\s]*))*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]*))', re.IGNORECASE)


@dataclass(frozen=True)
class Count(Answer):
    """How many rows a listing has, and how many for each value of a column.

    Attributes:
        rows: how many were counted.
        next_cursor: where counting stopped; "" if it reached the end.
        by: rows per value, most frequent first; None if not requested.
        without: rows without such a value.
        looked_at: rows read from the Hub, if some did not count.
        may_be_by: what the rows could be counted by, if none has the requested column.
    """

    rows: int
    next_cursor: str = ""
    by: Mapping[str, int] | None = None
    without: int = 0
    looked_at: int = 0
    may_be_by: tuple[str, ...] = ()

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        said: dict[str, Any] = {"count": self.rows}
        if self.may_be_by:
            said["no_row_has_it"] = "by can be " + ", ".join(plain(one, KEY_LIMIT) for one in self.may_be_by)
        elif self.by is not None:
            said["values"] = {plain(value, KEY_LIMIT): n for value, n in self.by.items()}
            if self.without:
                said["without"] = self.without
        if self.looked_at > self.rows:
            said["filtered_here"] = f"{self.looked_at:,} rows of the Hub's were looked at"
        if self.next_cursor:
            said["stopped"] = f"there are more; go on with cursor {self.next_cursor}, and add up"
        return said


@dataclass(frozen=True)
class Place:
    """Where in the Hub's listing the next row is.

    Attributes:
        skip: rows of the Hub's page that were already returned.
        size: the page size that `skip` refers to.
        at: the Hub's cursor or page number; "" for the beginning.
    """

    skip: int = 0
    size: int = 0
    at: str = ""

    @classmethod
    def read(cls, cursor: str | None) -> Self:
        if not cursor:
            return cls()
        match = _CURSOR.fullmatch(cursor) if len(cursor) <= CURSOR_LIMIT else None
        if not match:
            raise ValueError("`cursor` must be a next_cursor of this listing, unchanged")
        return cls(int(match[1]), int(match[2]), match[3])

    def __str__(self) -> str:
        return f"{self.skip}.{self.size}.{self.at}"


def _cursor(text: str) -> str:
    Place.read(text)
    return text


Cursor = Annotated[str, AfterValidator(_cursor)]


class Listing(Endpoint[Page[R]], Generic[R]):
    """A call that reads some rows of a listing."""

    limit: Limit = 20
    cursor: Cursor | None = None
    columns: Annotated[Words | None, Local, Field(description="instead of the usual")] = None
    count: Annotated[bool | None, Local, Field(description="only how many")] = None
    by: Annotated[Word | None, Local, Field(description="with count")] = None

    row: ClassVar[type[Answer]]
    smallest: ClassVar[int] = 1  # the page sizes the Hub accepts
    largest: ClassVar[int] = 1000
    numbered: ClassVar[str] = ""  # the page parameter, if the Hub pages by number
    takes_limit: ClassVar[bool] = True  # if not, pages have a fixed size, or there is only one

    @model_validator(mode="after")
    def _cursor_is_of_this_listing(self) -> Self:
        if self.numbered and not re.fullmatch(r"[0-9]{0,6}", self.place.at):
            raise ValueError("`cursor` must be a next_cursor of this listing, unchanged")
        return self

    @model_validator(mode="after")
    def _counts_by_something(self) -> Self:
        if self.by and not self.count:
            raise ValueError("leave out `by`, or say `count`: true with it")
        return self

    @classmethod
    def is_listing(cls) -> bool:
        return True

    def keeps(self, row: R) -> bool:
        """Whether a row matches, for filters that the Hub does not have."""
        return True

    @property
    def filters_here(self) -> str:
        """The arguments that filter rows here, in words; "" if the Hub does all filtering."""
        return ""

    @property
    def shown_columns(self) -> Sequence[str]:
        """The columns to show instead of the default; empty for the default."""
        return self.columns or ()

    def counting(self) -> Self:
        """The same listing with the Hub's largest page size."""
        return self.model_copy(update={"limit": min(self.largest, LARGEST_PAGE)})

    def values_of(self, row: R) -> list[str]:
        """What a row counts as: its values in the column `by`, or its tags of that family."""
        assert self.by
        if not isinstance(row, Record):
            return []
        value = row.at(self.by)
        if value in EMPTY:
            prefix = f"{self.by}:"
            tags = row.at("tags")
            named = tags if isinstance(tags, list) else []
            return [str(tag).removeprefix(prefix) for tag in named if str(tag).startswith(prefix)]
        return [as_text(one) for one in value] if isinstance(value, list) else [as_text(value)]

    def may_be_by(self, row: R) -> set[str]:
        """What a row could be counted by: its fields, and the families of its tags."""
        if not isinstance(row, Record):
            return set()
        tags = row.at("tags")
        found = [_FAMILY.match(str(tag)) for tag in tags] if is_array(tags) else []
        families = {match[1] for match in found if match}
        held = (name for name in row.model_dump(by_alias=True) if not name.startswith("_"))
        return {name for name in held if row.at(name) not in EMPTY} | families

    @property
    def place(self) -> Place:
        return Place.read(self.cursor)

    def page_size(self) -> int:
        """How many rows to request from the Hub so that those still to return are among them."""
        place = self.place
        if self.numbered and place.size:
            return place.size
        return max(self.smallest, min(self.largest, self.limit if self.numbered else place.skip + self.limit))

    def payload(self) -> dict[str, Any]:
        sent = super().payload()
        place = self.place
        sent.pop("cursor", None)
        sent["limit"] = self.page_size()
        if not self.takes_limit:
            del sent["limit"]
        if self.numbered:
            sent[self.numbered] = int(place.at or 0)
        elif place.at:
            sent["cursor"] = place.at
        return sent

    def after(self, cursor: str) -> Self:
        """The same listing, starting at another place."""
        return self.model_copy(update={"cursor": cursor or None})

    def from_http(self, response: HttpResponse) -> Page[R]:
        self.refuse_errors(response)
        rows = self.rows(self.unwrap(response))
        place, size = self.place, self.page_size()
        given = rows[place.skip : place.skip + self.limit]
        end = place.skip + len(given)
        beyond = self._next_page(response, len(rows), size, len(given))
        cursors = [str(Place(place.skip + n + 1, size, place.at)) for n in range(len(given))]
        if end >= len(rows):
            following = beyond
            if cursors:
                cursors[-1] = beyond
        else:
            following = cursors[-1] if cursors else beyond
        read: list[R] = []
        behind: list[str] = []
        for one, cursor in zip(given, cursors, strict=True):
            with suppress(UnexpectedAnswer):  # one bad row is dropped, never the page
                read.append(self.row.of(one))  # type: ignore[arg-type]  # `row` is the type argument
                behind.append(cursor)
        if behind:
            behind[-1] = following
        return Page(tuple(read), following, tuple(behind), len(given) - len(read))

    def rows(self, value: Any) -> list[Any]:
        """The JSON rows of one of the Hub's pages."""
        if not isinstance(value, list):
            raise UnexpectedAnswer(f"The Hub did not answer {self.label.lower()} with a list.")
        return value

    def _next_page(self, response: HttpResponse, rows: int, size: int, given: int) -> str:
        if self.numbered:
            return str(Place(0, size, str(int(self.place.at or 0) + 1))) if rows >= size else ""
        link = next_link(response.headers.get("link", ""))
        if not link:
            return ""
        if at := _cursor_in(link):
            return str(Place(0, size, at))
        if not given:
            raise UnexpectedAnswer("There is more, but the Hub's link to it has no cursor that can be read.")
        return str(Place(self.place.skip + given, size, self.place.at))  # requested again


def _cursor_in(link: str) -> str:
    """The Hub's cursor in a link to the next page; "" if there is none.

    The link's host is ignored, since mirrors and gateways change it: the cursor goes to our own base address.
    """
    try:
        at = parse_qs(urlsplit(link).query).get("cursor", [""])[0]
    except ValueError:
        return ""
    return at if re.fullmatch(r"[!-~]+", at) and len(at) <= CURSOR_LIMIT - 20 else ""


def next_link(header: str) -> str:
    """The address of rel="next" in a Link header (RFC 8288); "" if there is none."""
    for match in _LINK.finditer(header):
        rel = _REL.search(match[2])
        if rel and "next" in (rel[1] or rel[2] or "").lower().split():
            return match[1]
    return ""
