"""Counting the rows of a listing, whose total the Hub never gives, by reading its pages within limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.lowlevel

from hub_mcp.catalogue.listing import Count, Listing
from hub_mcp.client.hub import Hub

MOST_PAGES = 100  # pages of a thousand rows
SECONDS = 45.0  # seconds after the first page; hosts give up on a call after a minute
MOST_VALUES = 100  # values named in an answer; the rest is summed up
OTHERS = "(others)"

Progress = Callable[[int], Awaitable[None]]


async def count(hub: Hub, call: Listing[Any], progress: Progress) -> Count:
    """Count the rows from the call's cursor on, and those with each value of `by`.

    Args:
        progress: awaited after each page, with the rows counted so far.

    Raises:
        HubError: a page could not be read.
    """
    rows = looked_at = without = pages = 0
    values: Counter[str] = Counter()
    others: set[str] = set()
    until = anyio.current_time() + SECONDS
    onward = ""
    with anyio.CancelScope() as time:
        async for page in hub.pages(call.counting()):
            pages += 1
            looked_at += len(page.items) + page.left_out
            for row in page.items:
                if not call.keeps(row):
                    continue
                rows += 1
                if call.by:
                    found = call.values_of(row)
                    values.update(found)
                    without += not found
                    others |= call.may_be_by(row) if not values and len(others) < MOST_VALUES else set()
            onward = page.next_cursor
            if pages >= MOST_PAGES:
                break
            time.deadline = until
            await progress(rows)
            await anyio.lowlevel.checkpoint()
    by = None
    if call.by:
        named = values.most_common(MOST_VALUES)
        rest = values.total() - sum(n for _, n in named)
        by = {**dict(named), **({OTHERS: rest} if rest else {})}
    instead = tuple(sorted(others)[:MOST_VALUES]) if rows and not values else ()
    return Count(rows, onward, by, without, looked_at if call.filters_here else 0, instead)
