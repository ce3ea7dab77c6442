"""Tags in use, in the tables."""

from __future__ import annotations

from ..store import Store


def tags_in_use(store: Store, type: str) -> list[str]:
    """Every tag on a public repository, most used first."""
    rows = store.rows(
        "select l.value from labels l join repos r on r.key = l.repo"
        " where l.kind = 'tag' and r.type = ? and r.visibility <> 'private'"
        " group by l.value order by count(*) desc, l.value",
        type,
    )
    return [row["value"] for row in rows]
