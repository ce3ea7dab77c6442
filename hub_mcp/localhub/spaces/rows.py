"""What is stored for a Space besides its repository's columns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from ..store import Json, Store


def details_of(repo: sqlite3.Row) -> dict[str, Json]:
    """The fields only an info answer shows, and how the Space was started."""
    found: dict[str, Json] = json.loads(repo["details"])
    return found


def keep_details(store: Store, repo: sqlite3.Row, details: Mapping[str, Json]) -> None:
    """Store them; inside a transaction."""
    text = json.dumps(details, ensure_ascii=False, separators=(",", ":"))
    store.update("repos", {"key": repo["key"]}, details=text)
