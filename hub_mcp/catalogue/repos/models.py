"""Models: listing, one model, and the tags of models."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, WithJsonSchema

from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import Account, Search, Word, Words
from hub_mcp.catalogue.repos.repository import COMMON, Fields, GetRepository, ListRepositories, Repository
from hub_mcp.catalogue.repos.tags import GetTags

EXPANDABLE = COMMON | {
    "config", "downloads", "downloadsAllTime", "evalResults", "gated", "gguf", "inference",
    "inferenceProviderMapping", "library_name", "mask_token", "model-index", "pipeline_tag", "safetensors",
    "spaces", "transformersInfo", "widgetData",
}  # fmt: skip


NO_SCAN = "none: the Hub reports no scan"


class ModelRow(Repository):
    """A model in a listing."""

    kind = "model"
    noun = "model"
    lean = ("pipeline_tag", "downloads", "likes", "lastModified")
    shown: ClassVar[tuple[str, ...]] = ("id", *lean)

    pipeline_tag: str | None = None


class Model(ModelRow):
    """One model."""

    shown: ClassVar[tuple[str, ...]] = (
        "id", "author", "private", "gated", "disabled", "pipeline_tag", "library_name", "downloads", "likes",
        "createdAt", "lastModified", "sha", "tags", "siblings", "safetensors", "usedStorage", "spaces",
    )  # fmt: skip

    library_name: str | None = None


@get("/api/models")
class ListModels(ListRepositories[ModelRow]):
    """Search models: `search` looks at ids only. Downloads are of 30 days."""

    row = ModelRow
    expandable = EXPANDABLE

    search: Search | None = None
    author: Account | None = None
    filter: Words | None = Field(
        default=None,
        description="all of: license:mit, base_model:quantized:ns/name, arxiv:ID, dataset:ns/name, fr",
    )
    pipeline_tag: Word | None = Field(default=None, description="task")
    fields: Fields = Field(
        default=None, description="more a row: downloadsAllTime, safetensors, createdAt, tags, …"
    )
    apps: Words | None = None
    gated: bool | None = None
    inference: Annotated[
        Literal["warm"] | None, WithJsonSchema({"type": "string", "description": "warm"})
    ] = None
    inference_provider: Words | None = None
    num_parameters: Annotated[str, Field(pattern=r"^(min:[\d.]+[KMBT]?)?,?(max:[\d.]+[KMBT]?)?$")] | None = (
        Field(default=None, description="e.g. min:6B,max:128B")
    )
    sort: Literal[
        "trendingScore", "downloads", "likes", "likes30d", "lastModified", "createdAt", "num_parameters",
        "mainSize", "id"
    ] | None = None  # fmt: skip


@get(
    "/api/models/{repo_id}[/revision/{revision}]",
    documented="GET /api/models/{repo_id} or /api/models/{repo_id}/revision/{revision}",
)
class GetModel(GetRepository[Model]):
    """One model: task, size, downloads, tags, files."""

    kind = "model"
    expandable = EXPANDABLE | {"baseModels", "childrenModelCount", "usedStorage"}
    weighed_by = ("childrenModelCount", "usedStorage")

    security_status: bool | None = Field(default=None, serialization_alias="securityStatus")

    def _plain(self) -> bool:
        return super()._plain() or bool(self.security_status)

    @property
    def also_shown(self) -> tuple[str, ...]:
        return ("securityRepoStatus",) if self.security_status else ()

    def read(self, value: Any) -> Model:
        if self.security_status and isinstance(value, dict):
            value = {**value, "securityRepoStatus": value.get("securityRepoStatus") or NO_SCAN}
        return super().read(value)


@get("/api/models-tags-by-type")
class GetModelTags(GetTags):
    """Tags models can carry, to use in `filter`."""

    type: Literal[
        "pipeline_tag", "library", "dataset", "bucket", "language", "license", "arxiv", "doi", "region",
        "deploy", "other"
    ] | None = Field(default=None, description="e.g. library")  # fmt: skip
