"""Access rights as a table for people: members, repositories, and the roles on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hub_mcp.catalogue.answers import clean
from hub_mcp.catalogue.groups.resource_groups import ResourceGroup
from hub_mcp.catalogue.repos.repository import Repository

MOST_ROWS = 1_000  # repositories and people in a table


def table_of(
    roles: Mapping[str, str], repositories: Sequence[Repository], groups: Iterable[ResourceGroup]
) -> dict[str, Any]:
    """The roles of the organization, and each group with its repositories and the roles that apply there.

    The roles in a hidden group are unknown.
    """
    shown = repositories[:MOST_ROWS]
    by_group: dict[str, list[dict[str, Any]]] = {}
    for one in shown:
        by_group.setdefault(group_in(one), []).append(_row(one))
    places: list[dict[str, Any]] = [{"name": "", "repositories": by_group.pop("", [])}]
    for group in groups:
        users = {str(one.get("name") or ""): str(one.get("role") or "") for one in group.users or ()}
        users.pop("", None)
        held = by_group.pop(group.hub_id or "", [])
        places.append(
            {"name": group.name, "repositories": held, "users": dict(list(users.items())[:MOST_ROWS])}
        )
    if hidden := [row for rows in by_group.values() for row in rows]:
        places.append({"name": "", "hidden": True, "repositories": hidden})
    left_out = len(repositories) - len(shown)
    table = {"roles": dict(list(roles.items())[:MOST_ROWS]), "places": places}
    return dict(clean({**table, "left_out": left_out} if left_out else table))


def group_in(repo: Repository) -> str:
    """The id of a repository's group; "" if it is in no visible one."""
    found = repo.field("resourceGroup")
    return str(found.get("id") or "") if isinstance(found, dict) else ""


def _row(repo: Repository) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": repo.kind, "id": repo.id}
    if repo.private:
        row["private"] = True
    if repo.gate in ("auto", "manual"):
        row["gated"] = True
    return row
