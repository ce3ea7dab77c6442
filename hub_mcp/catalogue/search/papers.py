"""Papers: one paper, the repositories that refer to it, and the daily papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from hub_mcp.catalogue.answers import Answer, Record, objects_in
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import Account, ArxivId, words_list
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.parts import Lookup
from hub_mcp.catalogue.repos.datasets import DatasetRow
from hub_mcp.catalogue.repos.models import ModelRow
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.repos.spaces import SpaceRow
from hub_mcp.errors import UnexpectedAnswer

SOME_AUTHORS = 10


class Paper(Record):
    """A paper as its page on the Hub shows it."""

    named_by = ("id",)
    noun = "paper"
    shown: ClassVar[tuple[str, ...]] = (
        "id", "title", "authors", "publishedAt", "submittedOnDailyAt", "organization", "upvotes", "summary",
        "ai_summary", "ai_keywords", "projectPage", "githubRepo", "githubStars", "withdrawnAt",
        "numTotalModels", "numTotalDatasets", "numTotalSpaces", "linkedModels", "linkedDatasets",
        "linkedSpaces", "comments", "submissionDeadline",
    )  # fmt: skip

    id: str
    title: str | None = None
    summary: str | None = None

    def field(self, name: str) -> Any:
        value = super().field(name)
        if name == "authors" and isinstance(value, list):
            return [one.get("name") for one in value if isinstance(one, dict) and not one.get("hidden")]
        if name == "organization" and isinstance(value, dict):
            return value.get("name")
        if name.startswith("linked") and isinstance(value, list):
            return [one.get("id") for one in value if isinstance(one, dict)]
        if name == "comments" and isinstance(value, list):
            return [_comment(one) for one in value if isinstance(one, dict)]
        return value

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        shown = super().content(fields)
        if (more := len(shown.get("authors", ())) - SOME_AUTHORS) > 0:
            behind = f"and {more:,} more: cursor authors:{SOME_AUTHORS}"
            shown["authors"] = [*shown["authors"][:SOME_AUTHORS], behind]
        return shown


def _comment(comment: dict[str, Any]) -> dict[str, Any]:
    """Who said what and when, without the Hub's deep nesting."""
    author = comment.get("author")
    data = comment.get("data")
    latest = data.get("latest") if isinstance(data, dict) else None
    said = {
        "author": author.get("name") if isinstance(author, dict) else None,
        "createdAt": comment.get("createdAt"),
        "text": latest.get("raw") if isinstance(latest, dict) else comment.get("text"),
    }
    return {key: value for key, value in said.items() if value}


@get("/api/papers/{arxiv_id}")
class GetPaper(Lookup[Paper]):
    """A paper: title, authors, abstract, linked repositories; comments on request."""

    arxiv_id: ArxivId
    field: Annotated[list[Literal["comments", "submissionDeadline"]], BeforeValidator(words_list)] | None = (
        None
    )


@dataclass(frozen=True)
class PaperRepos(Answer):
    """The repositories that refer to a paper."""

    models: tuple[ModelRow, ...]
    datasets: tuple[DatasetRow, ...]
    spaces: tuple[SpaceRow, ...]

    @classmethod
    def of(cls, value: Any) -> Self:
        if not isinstance(value, dict):
            raise UnexpectedAnswer("The Hub did not answer with the repositories of a paper.")
        return cls(
            tuple(ModelRow.of(one) for one in objects_in(value.get("models"))),
            tuple(DatasetRow.of(one) for one in objects_in(value.get("datasets"))),
            tuple(SpaceRow.of(one) for one in objects_in(value.get("spaces"))),
        )

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        groups: dict[str, tuple[Repository, ...]] = {
            "models": self.models,
            "datasets": self.datasets,
            "spaces": self.spaces,
        }
        return {name: [row.content() for row in rows] for name, rows in groups.items() if rows} or {
            "repositories": "none"
        }


@get("/api/arxiv/{arxiv_id}/repos", label="List repositories of a paper")
class ListPaperRepos(Lookup[PaperRepos]):
    """Models, datasets and Spaces that refer to a paper. All of them: list_models with filter arxiv:ID."""

    arxiv_id: ArxivId


class DailyPaper(Record):
    """One of the daily papers."""

    noun = "daily paper"
    shown = ("id", "title", "upvotes", "submittedOnDailyAt", "publishedAt", "submittedBy")

    paper: dict[str, Any]
    title: str | None = None

    def field(self, name: str) -> Any:
        value = super().field(name)
        if name == "submittedBy" and isinstance(value, dict):
            return value.get("name")
        return self.paper.get(name) if value is None else value

    @property
    def identity(self) -> str:
        return str(self.paper.get("id") or "")


@get("/api/daily_papers")
class ListDailyPapers(Listing[DailyPaper]):
    """The daily papers, by the day they were featured (not publishedAt); without a date, the newest."""

    row = DailyPaper
    largest = 100
    numbered = "p"
    covers = ("p",)

    date: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = Field(
        default=None, description="2025-03-31"
    )
    week: Annotated[str, Field(pattern=r"^\d{4}-W(0[1-9]|[1-4]\d|5[0-2])$")] | None = Field(
        default=None, description="2025-W13"
    )
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] | None = Field(
        default=None, description="2025-03"
    )
    submitter: Account | None = None
    sort: Literal["publishedAt", "trending"] | None = None

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if sum(one is not None for one in (self.date, self.week, self.month)) > 1:
            raise ValueError("give one of date, week and month")
        return self
