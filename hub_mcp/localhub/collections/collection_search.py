"""The listing of collections: filtered by owner and item, sorted, a page at a time."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import caller
from ..repos.lookup import PLURALS
from ..store import Store, store_of
from ..web.cursors import next_link, place_of
from ..web.hub_errors import invalid
from ..web.request import limit_of, origin
from ..web.response import HubJSON
from .collection_access import can_see, seen_condition
from .collection_lookup import item_target
from .rows import holding_condition, matching_collections
from .shapes import brief, listed

SORTS = {"trending": "trending", "upvotes": "upvotes", "lastModified": "last_updated"}
ITEM_FILTER = (
    r"^spaces|models|datasets|papers/.*"  # as in the OpenAPI document, without the group it must have meant
)


async def listing(request: Request) -> Response:
    """GET /api/collections."""
    store, who, query = store_of(request), caller(request), request.query_params
    sort = query.get("sort", "trending")
    if sort not in SORTS:
        options = "|".join(f'"{key}"' for key in SORTS)
        raise invalid(f"Invalid option: expected one of {options}", "sort")
    short = query.get("expand", "true").lower() in ("false", "0")
    limit, column = limit_of(request, 10, 10_000), SORTS[sort]
    condition, params = seen_condition(who)
    clauses = [condition]
    owners = _several(request, "owner")
    if owners:
        clauses.append(f"c.namespace in ({','.join('?' * len(owners))})")
        params += owners
    if _several(request, "item"):
        holding = [key for text in _several(request, "item") if (key := _item_key(store, text))]
        clauses.append(holding_condition(len(holding)) if holding else "0")
        params += [value for key in holding for value in key]
    if query.get("q"):
        clauses.append(
            "(instr(lower(c.title), lower(?)) or instr(lower(ifnull(c.description, '')), lower(?)))"
        )
        params += [query["q"]] * 2
    place = place_of(request, 2)
    if place is not None:
        clauses.append(f"c.{column} <= ? and (c.{column} < ? or c.id > ?)")
        params += [place[0], place[0], place[1]]
    rows = matching_collections(store, clauses, params, column, limit + 1)
    page, here = rows[:limit], origin(request)
    headers = next_link(request, [page[-1][column], page[-1]["id"]]) if len(rows) > limit else {}
    visible = [row for row in page if can_see(who, row)]
    if short:
        return HubJSON([brief(store, who, row) for row in visible], headers=headers)
    return HubJSON([listed(store, who, row, here) for row in visible], headers=headers)


def _several(request: Request, name: str) -> list[str]:
    """A repeated parameter, in the spellings `owner=a&owner=b`, `owner[]=a` and `owner[0]=a`."""
    return [
        value for key, value in request.query_params.multi_items() if re.sub(r"\[\d*\]$", "", key) == name
    ]


def _item_key(store: Store, text: str) -> tuple[str, str] | None:
    """Type and permanent id of the `item` filter; None if there is no such thing."""
    if not re.search(ITEM_FILTER, text):
        raise invalid(f"Invalid string: must match pattern /{ITEM_FILTER}/", "item")
    plural, _, id = text.partition("/")
    type = "paper" if plural == "papers" else PLURALS.get(plural)
    key = item_target(store, None, type, id) if type else None
    return (type, key) if type and key else None


routes = [Route("/api/collections", listing, methods=["GET"])]
