"""Answers as the Hub writes them: compact JSON, refusals in body and headers, and ETags."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from .hub_errors import ApiError, page_missing


class HubJSON(Response):
    """A JSON answer, compact and in UTF-8 as the Hub writes it."""

    media_type = "application/json; charset=utf-8"

    def __init__(
        self, content: object, status_code: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(content, status_code, headers, self.media_type)

    def render(self, content: object) -> bytes:
        """Compact JSON; a lone surrogate in user text is written as an escape."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        try:
            return text.encode()
        except UnicodeEncodeError:
            return json.dumps(content, separators=(",", ":")).encode()


def error_response(error: ApiError) -> Response:
    """A refusal as a response: the body, and its message and code in the headers clients read."""
    headers = {"X-Error-Message": _header_safe(error.message), **error.headers}
    if error.code is not None:
        headers["X-Error-Code"] = error.code
    return HubJSON({"error": error.message, **error.extra}, error.status, headers)


async def unrouted(request: Request, error: Exception) -> Response:
    """The router's own refusals: an unknown path, or a method that a path does not have."""
    assert isinstance(error, HTTPException)
    known = page_missing() if error.status_code == 404 else ApiError(error.status_code, error.detail)
    known.headers.update(error.headers or {})
    return error_response(known)


def etag(body: bytes) -> str:
    """The weak ETag of the Hub's framework: length in hex, then SHA-1 in base64 without padding."""
    digest = base64.b64encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode().rstrip("=")
    return f'W/"{len(body):x}-{digest}"'


def tag_matches(asked: str | None, tag: str) -> bool:
    """Whether If-None-Match matches, by weak comparison."""
    if asked is None:
        return False
    wanted = {part.strip().removeprefix("W/") for part in asked.split(",")}
    return "*" in wanted or tag.removeprefix("W/") in wanted


def _header_safe(text: str) -> str:
    """A refusal's message on one line and in latin-1, as a header requires."""
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text.encode("latin-1", "ignore").decode("latin-1")).strip()
