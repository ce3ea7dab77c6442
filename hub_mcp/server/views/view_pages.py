"""The pages of the views: each a single file with its style and script, and no external resources."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from mcp.types import ReadResourceResult, TextResourceContents

from hub_mcp.server.views.view_list import HTML, PREFIX, VIEWS

LARGEST = 50_000  # bytes of a page
_SHARED = re.compile(r"/\* (\w+\.(?:js|css)) \*/")  # the markers for what all pages share
_KEY = "{{key}}"  # the marker for the key that proves an answer came from the page


def page_at(uri: str, key: Callable[[], str]) -> ReadResourceResult | None:
    """The page at an address, which needs nothing that the strictest host forbids; None for other addresses.

    Args:
        key: makes what the page sends back with an answer, as hexadecimal digits.
    """
    name = uri.removeprefix(PREFIX)
    if not uri.startswith(PREFIX) or name not in VIEWS:
        return None
    text = _page(name).replace(_KEY, key())
    beside = {"ui": {"csp": {}, "prefersBorder": True}}
    page = TextResourceContents(uri=uri, text=text, mime_type=HTML, _meta=beside)
    return ReadResourceResult(contents=[page])


@cache
def _page(name: str) -> str:
    return _SHARED.sub(lambda found: _text(found[1]), _text(f"{name}.html"))


def _text(file: str) -> str:
    return Path(__file__).with_name(file).read_text("utf-8")
