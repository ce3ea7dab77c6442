"""What collections are called in addresses: `namespace/title-id`."""

from __future__ import annotations

import re
import sqlite3
import unicodedata


def title_slug(title: str) -> str:
    """The readable part of a slug; a title without a Latin letter or digit becomes `collection`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "collection"


def slug_of(row: sqlite3.Row) -> str:
    """`namespace/title-id`: the title part follows the title, the id stays."""
    return f"{row['namespace']}/{row['title_slug']}-{row['id']}"


def share_url(row: sqlite3.Row, origin: str) -> str:
    """The short address for sharing, without the id."""
    return f"{origin}/collections/{row['namespace']}/{row['title_slug']}"
