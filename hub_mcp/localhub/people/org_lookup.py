"""The organization that a request's path names."""

from __future__ import annotations

import sqlite3

from starlette.requests import Request

from ..store import store_of
from ..web.hub_errors import page_missing
from .rows import org_named


def org_at(request: Request) -> sqlite3.Row:
    """The organization that a path names, in any letter case; 404 also for the name of a user."""
    org = org_named(store_of(request), request.path_params["name"])
    if org is None:
        raise page_missing()
    return org
