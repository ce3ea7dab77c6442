"""Streams: a listing walked page by page into NDJSON, within a budget, with the address where it goes on.

`hub://stream/<listing>` read once gathers pages until 256 KiB are full; its last line is `{"next":
"hub://stream/…"}` while there is more. While somebody is subscribed to it, a walk pulls pages in the
background: a read then takes what has come since the last one, and a reader who does not read holds the walk
up after a few pages.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import anyio

from hub_mcp.catalogue.answers import Page
from hub_mcp.catalogue.listing import Listing
from hub_mcp.client.hub import Hub
from hub_mcp.errors import BadInput, HubError
from hub_mcp.server.render import fields_of
from hub_mcp.server.resources.addresses import SCHEME, address_of, call_at

STREAM = f"{SCHEME}stream/"
BUDGET = 256 * 1024  # bytes of one read
PAGE = 250  # rows a page, where the address does not say
AHEAD = 4  # pages a walk holds for a reader who is slower than the Hub

Told = Callable[[int, str], Awaitable[None]]


def stream_of(listing: Listing[Any]) -> str:
    """The address of a listing as a stream."""
    return STREAM + address_of(listing).removeprefix(SCHEME)


def listing_at(address: str, hosts: tuple[str, ...] = ()) -> Listing[Any]:
    """The listing a stream's address walks.

    Raises:
        BadInput: it names no listing.
    """
    call = call_at(SCHEME + address.removeprefix(STREAM), hosts)
    if not isinstance(call, Listing):
        raise BadInput(f"{call.tool} is no listing, so it has no stream.", advice="Read its own address.")
    listing: Listing[Any] = call
    if "limit" not in call.model_fields_set:
        listing = call.model_copy(update={"limit": min(PAGE, call.largest)})
    return listing


class Lines:
    """Rows as NDJSON lines, as many as fit; the ones that do not stay for the next read."""

    def __init__(self, listing: Listing[Any]) -> None:
        self._listing = listing
        self._fields = fields_of(listing)
        self._waiting: deque[tuple[str, str]] = deque()  # a line, and the cursor that follows it
        self.cursor = listing.cursor or ""  # where the next line comes from
        self.rows = 0
        self.ended = False

    @property
    def onward(self) -> str:
        """The address where it goes on."""
        return stream_of(self._listing.after(self.cursor))

    def add(self, page: Page[Any]) -> None:
        for row, cursor in zip(page.items, page.cursors, strict=True):
            self._waiting.append((json.dumps(row.content(self._fields), ensure_ascii=False), cursor))
        if not page.items:
            self.cursor = page.next_cursor
        self.ended = not page.next_cursor

    @property
    def full(self) -> bool:
        return sum(len(line.encode()) + 1 for line, _ in self._waiting) >= BUDGET - 8_192

    def take(self) -> str:
        """The lines that fit, and the line that says where it goes on."""
        taken: list[str] = []
        room = BUDGET - 8_192  # for the last line, whose address may be long
        while self._waiting:
            line, cursor = self._waiting[0]
            room -= len(line.encode()) + 1
            if room < 0 and taken:
                break
            self._waiting.popleft()
            taken.append(line)
            self.cursor = cursor
            self.rows += 1
        if self._waiting or not self.ended:
            taken.append(json.dumps({"next": self.onward}))
        return "".join(f"{line}\n" for line in taken)


def broken_off(lines: Lines, error: HubError) -> HubError:
    """The error of a failing page, told with how far the walk came and where it goes on."""
    error.what = f"The stream broke off after {lines.rows:,} rows. {error.what}"
    error.next_step = f"{error.next_step} It goes on at {lines.onward}".strip()
    return error


async def read_stream(hub: Hub, listing: Listing[Any], told: Told) -> str:
    """Walk from the address on, until the budget is full or the listing ends.

    Raises:
        HubError: the first page failed. A later page that fails ends the read before it, so nothing is lost.
    """
    lines = Lines(listing)
    pages = rows = 0
    try:
        async for page in hub.pages(listing):
            lines.add(page)
            pages, rows = pages + 1, rows + len(page.items)
            await told(pages, f"{rows:,} rows")
            if lines.full:
                break
    except HubError as error:
        if not rows:
            raise broken_off(lines, error) from None
        trouble = json.dumps({"error": error.sentence(), "rows": rows})
        lines.ended = False
        text = lines.take()
        return text.rpartition('{"next"')[0] + trouble + "\n" + json.dumps({"next": lines.onward}) + "\n"
    return lines.take()


class Walk:
    """A walk in the background, for whoever is subscribed to a stream.

    Args:
        landed: called as each page lands.
    """

    def __init__(self, hub: Hub, listing: Listing[Any], landed: Callable[[], Awaitable[None]]) -> None:
        self._hub = hub
        self._listing = listing
        self._landed = landed
        self._lines = Lines(listing)
        self._failed: HubError | None = None
        self._pages, self._taken = anyio.create_memory_object_stream[Page[Any]](AHEAD)

    async def run(self) -> None:
        """Pull page after page; waits while nobody reads them."""
        with self._pages:
            try:
                async for page in self._hub.pages(self._listing):
                    await self._pages.send(page)
                    await self._landed()
            except HubError as error:
                self._failed = error
                await self._landed()

    async def read(self) -> str:
        """What has come since the last read; waits for a page where none has.

        Raises:
            HubError: a page failed, and everything before it was read.
        """
        lines = self._lines
        try:
            if not lines.full and not lines.ended:
                lines.add(await self._taken.receive())
            while not lines.full and not lines.ended:
                lines.add(self._taken.receive_nowait())
        except (anyio.EndOfStream, anyio.WouldBlock):
            pass
        text = lines.take()
        if self._failed and text.count("\n") <= 1:
            raise broken_off(lines, self._failed)
        return text
