"""Datasets: listing, one dataset, its parquet files, its Croissant description, and the tags of datasets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urljoin, urlsplit, urlunsplit

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Record, clean, objects_in
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import Account, RepoId, Search, Segment, Words
from hub_mcp.catalogue.http import HttpRequest, HttpResponse
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.catalogue.repos.repository import COMMON, Fields, GetRepository, ListRepositories, Repository
from hub_mcp.catalogue.repos.tags import GetTags
from hub_mcp.errors import UnexpectedAnswer

EXPANDABLE = COMMON | {
    "citation", "description", "downloads", "downloadsAllTime", "gated", "mainSize", "paperswithcode_id",
}  # fmt: skip
SHOWN_FIELDS = 40
STORED = (302, 307)  # the file is in the Hub's storage; its address there is for browsers and file clients


class DatasetRow(Repository):
    """A dataset in a listing."""

    kind = "dataset"
    noun = "dataset"
    lean = ("downloads", "likes", "lastModified", "tags")
    shown = ("id", "task", "downloads", "likes", "lastModified")

    def field(self, name: str) -> Any:
        if name == "task":  # a dataset's task is one of its tags
            return next(
                (tag.partition(":")[2] for tag in self.tags or () if tag.startswith("task_categories:")), None
            )
        return super().field(name)


class Dataset(Repository):
    """One dataset."""

    kind = "dataset"
    noun = "dataset"
    shown: ClassVar[tuple[str, ...]] = (
        "id", "author", "private", "gated", "disabled", "downloads", "likes", "createdAt", "lastModified",
        "sha", "description", "tags", "siblings", "usedStorage",
    )  # fmt: skip


@get("/api/datasets")
class ListDatasets(ListRepositories[DatasetRow]):
    """Search datasets: `search` looks at ids only. Downloads are of 30 days."""

    row = DatasetRow
    expandable = EXPANDABLE

    search: Search | None = None
    author: Account | None = None
    filter: Words | None = Field(
        default=None, description="all of: language:en, license:mit, size_categories:n<1K"
    )
    fields: Fields = Field(default=None, description="more a row: downloadsAllTime, createdAt, tags, …")
    gated: bool | None = None
    sort: Literal[
        "trendingScore", "downloads", "likes", "likes30d", "lastModified", "createdAt", "mainSize",
        "datasetsServerInfo.numRows", "id",
    ] | None = None  # fmt: skip


@get(
    "/api/datasets/{repo_id}[/revision/{revision}]",
    documented="GET /api/datasets/{repo_id} or /api/datasets/{repo_id}/revision/{revision}",
)
class GetDataset(GetRepository[Dataset]):
    """One dataset: description, downloads, tags, files."""

    kind = "dataset"
    expandable = EXPANDABLE | {"usedStorage"}


@dataclass(frozen=True)
class ParquetFiles(Answer):
    """The parquet files of a dataset, as {subset: {split: addresses}} whichever level was requested."""

    files: dict[str, dict[str, tuple[str, ...]]]

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {
            "subsets": {
                clean(subset): {
                    clean(split): {"files": len(urls), **({"first": urls[0]} if urls else {})}
                    for split, urls in splits.items()
                }
                for subset, splits in self.files.items()
            }
        }


@get(
    "/api/datasets/{repo_id}/parquet[/{subset}[/{split}]]",
    documented="GET /api/datasets/{repo_id}/parquet (+/{subset}, +/{subset}/{split})",
)
class ListDatasetParquetFiles(Lookup[ParquetFiles]):
    """Parquet files of a dataset, by subset and split."""

    kind = "dataset"

    repo_id: RepoId
    subset: Segment | None = None
    split: Segment | None = None

    @model_validator(mode="after")
    def _split_needs_subset(self) -> Self:
        if self.split and not self.subset:
            raise ValueError("leave out `split`, or say its `subset` with it")
        return self

    def read(self, value: Any) -> ParquetFiles:
        if self.split:
            value = {self.split: value}
        if self.subset:
            value = {self.subset: value}
        try:
            return ParquetFiles(
                {
                    str(subset): {str(split): _addresses(urls) for split, urls in splits.items()}
                    for subset, splits in value.items()
                }
            )
        except (AttributeError, TypeError) as trouble:
            raise UnexpectedAnswer(
                "The Hub did not answer with parquet files by subset and split."
            ) from trouble


def _addresses(urls: Any) -> tuple[str, ...]:
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise TypeError("addresses are a list of texts")
    return tuple(urls)


@dataclass(frozen=True)
class Shard(Answer):
    """The address of a parquet file.

    Attributes:
        url: its address on the Hub, which may redirect to a temporarily signed storage address (not shown).
        bytes: its size; None if the Hub does not say.
        media_type: the content type given by the Hub.
    """

    is_file: ClassVar[bool] = True

    url: str
    bytes: int | None = None
    media_type: str = ""

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        said = {"url": self.url, "size": self.bytes, "media_type": self.media_type}
        return {key: value for key, value in said.items() if value}


@get("/api/datasets/{repo_id}/parquet/{subset}/{split}/{n}.parquet")
class GetDatasetParquetShard(Lookup[Shard]):
    """Address and size of the n-th parquet file of a split."""

    unlisted = RARELY_CUT

    kind = "dataset"

    repo_id: RepoId
    subset: Segment
    split: Segment
    n: int = Field(ge=0, description="from 0")

    def to_http(self, base: str) -> HttpRequest:
        return HttpRequest("HEAD", base + self.real_path())

    def from_http(self, response: HttpResponse) -> Shard:
        headers = response.headers
        stored = response.url if response.status in STORED and "/resolve/" in response.url else ""
        stored = stored or (self._elsewhere(response) if response.status in STORED else "")
        if not stored:
            self.refuse_errors(response)
        length = headers.get("x-linked-size") or (
            headers.get("content-length", "") if response.status == 200 else ""
        )
        media_type = headers.get("content-type", "").partition(";")[0] if response.status == 200 else ""
        return Shard(
            stored or response.url,
            int(length) if re.fullmatch(r"[0-9]{1,15}", length) else None,
            clean(media_type, 100),
        )

    def _elsewhere(self, response: HttpResponse) -> str:
        """Where a mirror redirects that keeps the Hub's own address of a file; nothing is sent there."""
        try:
            target = urlsplit(urljoin(response.url, response.headers.get("location", "")))
        except ValueError:
            return ""
        known = target.scheme == "https" and f"/datasets/{self.repo_id}/resolve/" in target.path
        return clean(urlunsplit((*target[:3], "", ""))) if known and "@" not in target.netloc else ""


class ReadDatasetParquetShard(GetDatasetParquetShard):
    """The bytes of a parquet file; for the resource with that address, not a tool."""

    def to_http(self, base: str) -> HttpRequest:
        return Endpoint.to_http(self, base)


class Croissant(Record):
    """A Croissant description (JSON-LD) of a dataset."""

    noun = "Croissant description"
    shown = ("name", "description", "url", "license", "creator", "keywords", "conformsTo")

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        shown = {**super().content(), **self._parts(SHOWN_FIELDS)}
        left_out = {
            name: f"{len(full) - SHOWN_FIELDS:,}: cursor {name}:{SHOWN_FIELDS}"
            for name in ("distribution", "recordSet")
            if len(full := objects_in(self.field(name))) > SHOWN_FIELDS
        }
        return {**shown, **({"left_out": left_out} if left_out else {})}

    def entire(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {**super().entire(), **self._parts()}

    def _parts(self, most: int | None = None) -> dict[str, Any]:
        """The files, and the record sets with their columns; at most `most` of each."""
        files, records = (objects_in(self.field(name))[:most] for name in ("distribution", "recordSet"))
        parts = {
            "distribution": [_named(one, "@type", "@id", "encodingFormat", "includes") for one in files],
            "recordSet": {
                str(one.get("name") or one.get("@id")): [
                    f"{field.get('name') or field.get('@id')}: {field.get('dataType', '')}".rstrip(": ")
                    for field in objects_in(one.get("field"))[:most]
                ]
                for one in records
            },
        }
        return {name: clean(one) for name, one in parts.items() if one}


def _named(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: record[name] for name in names if name in record}


@get("/api/datasets/{repo_id}/croissant")
class GetDatasetCroissant(Lookup[Croissant]):
    """A dataset's Croissant metadata: files, record sets and their columns."""

    unlisted = RARELY_CUT

    kind = "dataset"

    repo_id: RepoId


@get("/api/datasets-tags-by-type")
class GetDatasetTags(GetTags):
    """Tags datasets can carry, to use in `filter`."""

    type: Literal[
        "benchmark", "task_categories", "size_categories", "modality", "format", "library", "language",
        "license", "arxiv", "doi", "region", "other", "task_ids", "annotations_creators", "language_creators",
        "multilinguality", "source_datasets",
    ] | None = Field(default=None, description="e.g. task_categories")  # fmt: skip
