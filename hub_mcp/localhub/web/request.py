"""Reading a request's address: the origin the caller used, the path as sent, and query parameters."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.requests import Request

from .hub_errors import invalid


def limit_of(request: Request, default: int, most: int, least: int = 1, cap: bool = False) -> int:
    """The requested page size; out of bounds it is refused, or with `cap` reduced to `most`."""
    text = request.query_params.get("limit")
    if text is None:
        return default
    try:
        limit = int(text)
    except ValueError:
        raise invalid("Invalid input: expected number, received NaN", "limit") from None
    if limit < least:
        raise invalid(f"Too small: expected number to be >={least}", "limit")
    if limit > most and not cap:
        raise invalid(f"Too big: expected number to be <={most}", "limit")
    return min(limit, most)


def whole_of(request: Request, name: str, default: int, most: int) -> int:
    """A non-negative integer in the query, such as the page `p`."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,16}", text, re.ASCII):
        raise invalid("Invalid input: expected number to be >=0", name)
    if int(text) > most:
        raise invalid(f"Too big: expected number to be <={most}", name)
    return int(text)


def origin(request: Request) -> str:
    """Scheme and host the caller used, for the absolute addresses in answers."""
    return str(request.base_url).rstrip("/")


def raw_path(request: Request) -> str:
    """The path as it was sent, still percent-encoded."""
    raw = request.scope.get("raw_path")
    return raw.decode("latin-1") if isinstance(raw, bytes) and raw else quote(request.url.path)


def truthy(request: Request, name: str) -> bool:
    """Whether a query flag is on, in any of the spellings clients send."""
    return request.query_params.get(name, "").lower() in ("true", "1")
