"""Spaces: listing, and one Space."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.repository import GetRepository, ListRepositories, Repository
from hub_mcp.catalogue.vocabulary import Owner, Search, Words

EXPANDABLE = frozenset(
    [
        "author",
        "cardData",
        "createdAt",
        "datasets",
        "disabled",
        "lastModified",
        "likes",
        "models",
        "private",
        "region",
        "resourceGroup",
        "runtime",
        "sdk",
        "sha",
        "siblings",
        "subdomain",
        "tags",
        "trendingScore",
        "xetEnabled",
    ]
)


class SpaceRow(Repository):
    """A Space in a listing."""

    kind = "space"
    noun = "space"
    lean = ("sdk", "likes", "lastModified")
    shown: ClassVar[tuple[str, ...]] = ("id", *lean)

    sdk: str | None = None


class Space(SpaceRow):
    """One Space."""

    shown: ClassVar[tuple[str, ...]] = (
        "id", "author", "private", "disabled", "sdk", "likes", "createdAt", "lastModified", "sha", "host",
        "runtime", "models", "datasets", "tags", "siblings", "usedStorage",
    )  # fmt: skip

    def field(self, name: str) -> Any:
        value = super().field(name)
        if name == "runtime" and isinstance(
            value, dict
        ):  # the rest of it concerns the operator of the machine
            hardware = value.get("hardware")
            current = hardware.get("current") if isinstance(hardware, dict) else None
            said = {
                "stage": value.get("stage"),
                "hardware": current,
                "errorMessage": value.get("errorMessage"),
            }
            return {key: one for key, one in said.items() if one}
        return value


@get("/api/spaces")
class ListSpaces(ListRepositories[SpaceRow]):
    """Search Spaces: `search` looks at ids only, `filter` at tags."""

    row = SpaceRow
    offered = EXPANDABLE

    search: Search | None = None
    author: Owner | None = None
    filter: Words | None = None
    datasets: Words | None = Field(None, description="it uses")
    models: Words | None = Field(None, description="it uses")
    linked: bool | None = None
    sort: Literal["trendingScore", "likes", "likes30d", "lastModified", "createdAt", "id"] | None = None


@get(
    "/api/spaces/{repo_id}[/revision/{revision}]",
    documented="GET /api/spaces/{repo_id} or /api/spaces/{repo_id}/revision/{revision}",
)
class GetSpace(GetRepository[Space]):
    """One Space: sdk, state, models it uses, files."""

    kind = "space"
    offered = EXPANDABLE | {"usedStorage"}
