"""Keyset cursors: where the next page of a listing starts, opaque in an absolute `Link` (FACTS §6)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import TypeGuard
from urllib.parse import quote

from starlette.requests import Request

from ..store import Json
from .hub_errors import bad_request
from .request import origin, raw_path

Place = list[str | int | float]


def place_of(request: Request, length: int) -> Place | None:
    """The place in the request's cursor: the `length` sort values of the last row seen."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        place: Json = json.loads(base64.b64decode(text, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        place = None
    if not isinstance(place, list) or len(place) != length:
        raise bad_request("Invalid cursor")
    values = [value for value in place if _storable(value)]
    if len(values) != length:
        raise bad_request("Invalid cursor")
    return values


def next_link(request: Request, place: Sequence[str | int | float]) -> dict[str, str]:
    """The `Link` header to the page after `place`, with every other parameter unchanged."""
    cursor = base64.b64encode(
        json.dumps(list(place), separators=(",", ":")).encode(), altchars=b"-_"
    ).decode()
    asked = [part for part in request.url.query.split("&") if part and part.split("=")[0] != "cursor"]
    query = "&".join([*asked, f"cursor={quote(cursor, safe='')}"])
    return {"Link": f'<{origin(request)}{raw_path(request)}?{query}>; rel="next"'}


def _storable(value: Json) -> TypeGuard[str | int | float]:
    """Whether SQLite accepts a value from a cursor, which a caller may have made up."""
    if isinstance(value, str):
        return value.isprintable()
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**63
