"""Spaces: listing, and one Space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator

from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Account, Search, Words
from hub_mcp.catalogue.repos.repository import COMMON, Fields, GetRepository, ListRepositories, Repository

EXPANDABLE = COMMON | {"datasets", "models", "region", "runtime", "sdk", "subdomain"}


STATES = ("id", "runtime.stage", "runtime.errorMessage")  # the columns if states are requested


class SpaceRow(Repository):
    """A Space in a listing."""

    kind = "space"
    noun = "space"
    lean = ("sdk", "likes", "lastModified")
    shown: ClassVar[tuple[str, ...]] = ("id", *lean)

    sdk: str | None = None

    def field(self, name: str) -> Any:
        value = super().field(name)
        if name == "runtime" and isinstance(value, dict):  # the rest only concerns the machine's operator
            hardware = value.get("hardware")
            current = hardware.get("current") if isinstance(hardware, dict) else None
            said = {
                "stage": value.get("stage"),
                "hardware": current,
                "errorMessage": value.get("errorMessage"),
            }
            return {key: one for key, one in said.items() if one}
        return value

    @property
    def stage(self) -> str:
        """Its stage, by the Hub's name; "" if the Hub does not say."""
        return str(self.at("runtime.stage") or "")

    def at(self, path: str) -> Any:
        value = super().at(path)
        if path == "runtime.errorMessage" and isinstance(value, str):
            return next((line for line in value.splitlines() if line.strip()), "")
        return value


class Space(SpaceRow):
    """One Space."""

    shown: ClassVar[tuple[str, ...]] = (
        "id", "author", "private", "disabled", "sdk", "likes", "createdAt", "lastModified", "sha", "host",
        "runtime", "models", "datasets", "tags", "siblings", "usedStorage",
    )  # fmt: skip


@get("/api/spaces")
class ListSpaces(ListRepositories[SpaceRow]):
    """Search Spaces: `search` looks at ids only."""

    row = SpaceRow
    expandable = EXPANDABLE
    short: ClassVar[Mapping[str, str]] = {"stage": "runtime.stage"}

    search: Search | None = None
    author: Account | None = None
    filter: Words | None = Field(default=None, description="all of: license:mit, …")
    fields: Fields = Field(default=None, description="more a row: runtime, models, createdAt, tags, …")
    datasets: Words | None = Field(default=None, description="it uses")
    models: Words | None = Field(default=None, description="it uses")
    linked: bool | None = None
    stage: Annotated[Words | None, Local] = Field(default=None, description="e.g. RUNNING, BUILD_ERROR")
    sort: Literal["trendingScore", "likes", "likes30d", "lastModified", "createdAt", "id"] | None = None

    @field_validator("stage")
    @classmethod
    def _upper(cls, stage: list[str] | None) -> list[str] | None:
        return [one.upper() for one in stage] if stage else None

    @property
    def filters_here(self) -> str:
        return "stage" if self.stage else ""

    def keeps(self, row: SpaceRow) -> bool:
        return not self.stage or row.stage in self.stage

    def needed(self) -> tuple[str, ...]:
        return (*super().needed(), "runtime") if self.stage else super().needed()

    @property
    def shown_columns(self) -> Sequence[str]:
        return self.columns or (STATES if self.stage else ())


@get(
    "/api/spaces/{repo_id}[/revision/{revision}]",
    documented="GET /api/spaces/{repo_id} or /api/spaces/{repo_id}/revision/{revision}",
)
class GetSpace(GetRepository[Space]):
    """One Space: sdk, state, models it uses, files."""

    kind = "space"
    expandable = EXPANDABLE | {"usedStorage"}
