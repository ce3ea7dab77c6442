"""The pages of the views: each one file with its own style and script, and nothing from anywhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from mcp.types import ReadResourceResult, TextResourceContents

from hub_mcp.server.views.view_list import HTML, PREFIX, VIEWS

LARGEST = 50_000  # bytes of a page
_SHARED = re.compile(r"/\* (\w+\.(?:js|css)) \*/")  # where a page takes in what all of them share
_KEY = "{{key}}"  # where it has what tells the server that an answer came from it


def page_at(uri: str, key: Callable[[], str]) -> ReadResourceResult | None:
    """The page at an address, which asks for nothing beyond what the strictest host allows; None for others.

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
