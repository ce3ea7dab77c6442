"""The pages of the views: each one file with its own style and script, and nothing from anywhere else."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from hub_mcp.server.views.view_list import PREFIX, VIEWS

LARGEST = 50_000  # bytes of a page
_SHARED = re.compile(r"/\* (\w+\.(?:js|css)) \*/")  # where a page takes in what all of them share


def page_at(uri: str) -> str | None:
    """The page at an address; None where there is none."""
    name = uri.removeprefix(PREFIX)
    return _page(name) if uri.startswith(PREFIX) and name in VIEWS else None


@cache
def _page(name: str) -> str:
    return _SHARED.sub(lambda found: _text(found[1]), _text(f"{name}.html"))


def _text(file: str) -> str:
    return Path(__file__).with_name(file).read_text("utf-8")
