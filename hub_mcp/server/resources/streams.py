"""Streams: a listing read page by page into NDJSON, within a budget, with the address that continues.

One read of `hub://stream/<listing>` gathers pages until 256 KiB are full or its time is up; its last line is
`{"next": "hub://stream/…"}` while there is more. The result depends on the address alone, so that any number
of readers each see every row once. While somebody is subscribed, a walk fetches pages in the background: it
announces each, keeps it for reads of the same caller, and stays a few pages ahead of them.
"""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import anyio
import anyio.lowlevel

from hub_mcp.catalogue.answers import Answer, Page, Record
from hub_mcp.catalogue.bounds import bounded
from hub_mcp.catalogue.listing import Listing
from hub_mcp.client.hub import Hub
from hub_mcp.errors import BadInput, HubError, TimedOut
from hub_mcp.server.answers.render import columns_of, fields_of
from hub_mcp.server.resources.addresses import SCHEME, address_of, call_at

STREAM = f"{SCHEME}stream/"
BUDGET = 256 * 1024  # bytes per read
ROOM = BUDGET - 8_192  # bytes of rows; the address in the last line may be long
ROW = 64 * 1024  # bytes per row
PAGE = 250  # rows per page, unless the address says otherwise
AHEAD = 4  # pages that a walk is ahead of its readers, and keeps
LASTS = 45.0  # seconds per read, however small the Hub's pages are; hosts give up after a minute

_json = json.JSONEncoder(ensure_ascii=False).encode

Progress = Callable[[int, str], Awaitable[None]]


def stream_of(listing: Listing[Any]) -> str:
    """The address of a listing as a stream."""
    return STREAM + address_of(listing).removeprefix(SCHEME)


def listing_at(address: str, hosts: tuple[str, ...] = ()) -> Listing[Any]:
    """The listing at a stream's address.

    Raises:
        BadInput: it is not a listing.
    """
    call = call_at(SCHEME + address.removeprefix(STREAM), hosts)
    if not isinstance(call, Listing):
        raise BadInput(f"{call.tool} is not a listing, so it has no stream.", advice="Read its own address.")
    listing: Listing[Any] = call
    if listing.count:
        raise BadInput(
            "A count is one answer, not a stream.", advice=f"Read {SCHEME}{address.removeprefix(STREAM)}"
        )
    if "limit" not in call.model_fields_set:
        listing = call.model_copy(update={"limit": min(PAGE, call.largest)})
    return listing


def row_text(row: Answer, fields: Sequence[str], columns: Sequence[str] = ()) -> str:
    """One row as JSON, cut if it is too large for a row.

    Args:
        fields: fields in addition to the default; columns: fields instead of it.
    """
    content = row.picked(columns) if columns and isinstance(row, Record) else row.content(fields)
    text = _json(content)
    if len(text.encode()) <= ROW:
        return text
    kept, cut = bounded(content)
    text = _json({**kept, "cut": " ".join(one.sentence() for one in cut)})
    if len(text.encode()) <= ROW:
        return text
    return json.dumps({"id": row.identity[:200], "cut": "The rest is too large to be shown."})


@dataclass(frozen=True)
class LandedPage:
    """A page of a listing, its rows rendered once.

    Attributes:
        rows: each as JSON, with the cursor that follows it.
        following: the cursor of the next page; "" at the end.
        left_out: rows of the Hub that could not be read.
    """

    rows: tuple[tuple[str, str], ...]
    following: str
    left_out: int

    @classmethod
    def of(cls, listing: Listing[Any], page: Page[Any]) -> Self:
        fields, columns = fields_of(listing), columns_of(listing)
        rows = tuple(
            (row_text(row, fields, columns), at)
            for row, at in zip(page.items, page.cursors, strict=True)
            if listing.keeps(row)
        )
        return cls(rows, page.next_cursor, page.left_out)

    @property
    def bytes(self) -> int:
        return sum(len(line.encode()) + 1 for line, _ in self.rows)


class NdjsonLines:
    """Rows as NDJSON lines, as many as fit into one read."""

    def __init__(self, listing: Listing[Any]) -> None:
        self._listing = listing
        self._waiting: deque[tuple[str, str]] = deque()  # a line, and the cursor after it
        self._bytes = self._largest = 0  # bytes of all pages, and of the largest
        self.cursor = listing.cursor or ""  # the cursor of the next line
        self.rows = self.left_out = 0
        self.ended = False

    @property
    def onward(self) -> str:
        """The address that continues."""
        return stream_of(self._listing.after(self.cursor))

    def add(self, page: LandedPage) -> None:
        self._waiting.extend(page.rows)
        size = page.bytes
        self._bytes += size
        self._largest = max(self._largest, size)
        self.rows += len(page.rows)
        self.left_out += page.left_out
        if not page.rows and not self._waiting:
            self.cursor = page.following
        self.ended = not page.following

    @property
    def full(self) -> bool:
        """Whether another page would probably not fit; what does not fit has to be requested again."""
        return self._bytes + self._largest > ROOM

    def text(self, error: str = "") -> str:
        """The lines that fit, and a last line with the address that continues, and the error if any."""
        taken: list[str] = []
        room = ROOM
        while self._waiting:
            line, cursor = self._waiting[0]
            room -= len(line.encode()) + 1
            if room < 0:
                break
            self._waiting.popleft()
            taken.append(line)
            self.cursor = cursor
        if error:
            taken.append(json.dumps({"error": error, "rows": len(taken)}, ensure_ascii=False))
        last: dict[str, Any] = {"left_out": self.left_out} if self.left_out else {}
        if self._waiting or not self.ended or error:
            last["next"] = self.onward
        return "".join(f"{line}\n" for line in [*taken, *([json.dumps(last)] if last else [])])


def broken_off(lines: NdjsonLines, error: HubError) -> HubError:
    """The error of a failing page, with how far the walk came and the address that continues."""
    error.what = f"The stream stopped after {lines.rows:,} rows. {error.what}"
    error.next_step = f"{error.next_step} It continues at {lines.onward}".strip()
    return error


async def read_stream(
    hub: Hub, listing: Listing[Any], progress: Progress, walk: Walk | None = None, lasts: float = LASTS
) -> str:
    """Read from the address on, until the budget is full, the time is up, or the listing ends.

    Args:
        walk: a walk of the same caller that already has pages of this listing.
        lasts: seconds for all pages together.

    Raises:
        HubError: the first page failed. If a later page fails, the read ends before it, so nothing is lost.
    """
    lines = NdjsonLines(listing)
    pages = 0

    async def landed(page: LandedPage) -> None:
        nonlocal pages
        lines.add(page)
        pages += 1
        await progress(pages, f"{lines.rows:,} rows")
        await anyio.lowlevel.checkpoint()

    try:
        with anyio.move_on_after(lasts) as time:
            at = lines.cursor
            while walk and not lines.full and not lines.ended and (known := await walk.page_at(at)):
                await landed(known)
                at = known.following
            if not lines.full and not lines.ended:
                onward = listing.after(at)
                async for page in hub.pages(onward):
                    await landed(LandedPage.of(onward, page))
                    if lines.full:
                        break
    except HubError as error:
        if not lines.rows:
            raise broken_off(lines, error) from None
        return lines.text(error.sentence())
    if time.cancelled_caught and not lines.rows:
        raise broken_off(lines, TimedOut(f"No row came within {lasts:.0f} s."))
    return lines.text()


class Walk:
    """A walk in the background, for the subscribers of a stream.

    Args:
        landed: called when a page arrives.
    """

    def __init__(self, hub: Hub, listing: Listing[Any], landed: Callable[[], Awaitable[None]]) -> None:
        self.address = stream_of(listing.after(""))
        self._hub = hub
        self._listing = listing
        self._landed = landed
        self._kept: OrderedDict[str, tuple[int, LandedPage]] = OrderedDict()  # by their first cursor
        self._pulled = self._read = 0  # pages fetched, and pages of the furthest reader
        self._next = listing.cursor or ""
        self._ended = False
        self._news, self._wanted = anyio.Event(), anyio.Event()

    async def run(self) -> None:
        """Fetch page after page; waits while its readers are too far behind."""
        try:
            async for page in self._hub.pages(self._listing):
                self._land(LandedPage.of(self._listing, page))
                await self._landed()
                while self._pulled - self._read >= AHEAD and not self._ended:
                    self._wanted = anyio.Event()
                    await self._wanted.wait()
        except HubError:
            await self._landed()  # a reader gets the error, with the rows before it
        finally:
            self.end()

    def end(self) -> None:
        """Make those who wait for a page request it from the Hub themselves."""
        self._ended = True
        self._news.set()

    def _land(self, page: LandedPage) -> None:
        if page.bytes <= BUDGET:
            self._kept[self._next] = (self._pulled, page)
        while len(self._kept) > AHEAD + 1:
            self._kept.popitem(last=False)
        self._pulled += 1
        self._next = page.following
        self._ended = not page.following
        self._news.set()
        self._news = anyio.Event()

    async def page_at(self, cursor: str) -> LandedPage | None:
        """The page at a cursor, awaited if it is the next one; None if this walk does not have it."""
        while True:
            if found := self._kept.get(cursor):
                self._reach(found[0] + 1)
                return found[1]
            if cursor != self._next or self._ended:
                return None
            self._reach(self._pulled)
            await self._news.wait()

    def _reach(self, pages: int) -> None:
        self._read = max(self._read, pages)
        self._wanted.set()
