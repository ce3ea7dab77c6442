"""The answer to a read: one request, or as many pages of a listing as fit into an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.listing import Listing
from hub_mcp.client.counting import MOST_PAGES, SECONDS, count
from hub_mcp.client.hub import Hub
from hub_mcp.client.near_names import near_accounts, with_near_names
from hub_mcp.server.answers.render import Rows

if TYPE_CHECKING:
    from hub_mcp.gate.batch import Reached


async def gather(
    hub: Hub, call: Endpoint[Any], reached: Reached, rows: Rows | None = None
) -> tuple[Answer, Rows | None]:
    """The answer to a read; a listing of more than a page is read page by page until the answer is full.

    That ends after a limited time, at the earliest after the first page, with a cursor for the rest.

    Args:
        reached: called for each page with the rows so far, the total if known, and a text.
        rows: decides when the answer is full.
    """
    if not isinstance(call, Listing):
        return await with_near_names(hub, await hub.send(call)), None
    wanted: Listing[Any] = call
    if wanted.count:
        return await count(hub, wanted, lambda n: reached(n, None, f"{n:,} counted")), None
    rendered = rows or Rows(call)
    found: list[Any] = []
    cursors: list[str] = []
    left_out = looked_at = pages = 0
    onward = ""
    until = anyio.current_time() + SECONDS

    def so_far(next_cursor: str) -> tuple[Page[Any], Rows]:
        return Page(tuple(found), next_cursor, tuple(cursors), left_out, looked_at), rendered

    with anyio.CancelScope() as time:
        async for page in hub.pages(wanted.counting() if wanted.filters_here else wanted):
            pages += 1
            left_out += page.left_out
            for row, cursor in zip(page.items, page.cursors, strict=True):
                if wanted.keeps(row):
                    if len(found) == call.limit or not rendered.add(row):
                        return so_far(cursors[-1])
                    found.append(row)
                    cursors.append(cursor)
                looked_at += 1
            onward = page.next_cursor
            if len(found) >= call.limit or not onward or pages >= MOST_PAGES:
                break
            cursors[-1:] = [onward] if cursors else []
            time.deadline = until
            await reached(looked_at, None if wanted.filters_here else call.limit, f"{looked_at:,} rows")
            await anyio.lowlevel.checkpoint()
    answer, rendered = so_far(onward)
    author = getattr(call, "author", None)
    if author and not found and not onward and not call.cursor and not getattr(call, "repo_id", ""):
        answer = replace(answer, near=tuple(await near_accounts(hub, author)))
    return answer, rendered
