"""The spec of a webhook as arguments: what it watches and calls. A secret is never an argument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Account, Part, Word
from hub_mcp.catalogue.jobs.job_changes import effects_again
from hub_mcp.catalogue.jobs.jobs import EVERY_MACHINE, GetJob, JobId, what_is_run
from hub_mcp.catalogue.operations.cleaning import clean_text, refuse_taken_out
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.catalogue.webhooks.webhooks import ListWebhooks
from hub_mcp.text import quoted

ON_EVENT = "on every event"
NO_KEYS = (
    "a webhook's secret cannot be an argument: it would pass through the conversation. It is set on the "
    "webhook's page on the Hub"
)

T = TypeVar("T", bound=Answer)
A = TypeVar("A", bound=Answer)


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        raise ValueError("`url` is not an address") from None
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError("`url` must be an address that begins with https:// or http://")
    if "@" in parts.netloc or clean_text(text) != text:
        raise ValueError(f"there seems to be a secret in `url`: {NO_KEYS}")
    return refuse_taken_out(text)


Address = Annotated[Word, AfterValidator(_address)]
Domains = Annotated[
    list[Literal["repo", "discussion"]], AfterValidator(lambda said: list(dict.fromkeys(said)))
]


class Watched(Part):
    """What a webhook watches: a repository, or everything of a user or an organization."""

    type: Literal["model", "dataset", "space", "bucket", "kernel", "user", "org"]
    name: Word

    def words(self) -> str:
        """It, worded for a question."""
        everything = "everything owned by " if self.type in ("user", "org") else ""
        return f"{everything}the {self.type} {quoted(self.name)}"


class WebhookSpec(Change[T, A], Generic[T, A]):
    """A change that defines what a webhook does."""

    by_default = False

    watched: list[Watched] = Field(min_length=1, description="replaces the whole list")
    url: Address | None = None
    job_source_id: JobId | None = Field(
        default=None, serialization_alias="jobSourceId", description="the job to run again"
    )
    job_namespace: Annotated[Account | None, Local] = Field(default=None, description="whose job that is")

    @model_validator(mode="before")
    @classmethod
    def _takes_no_secret(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and (given.get("secret") or given.get("secrets")):
            raise ValueError(NO_KEYS)
        return given

    @model_validator(mode="after")
    def _names_its_job(self) -> Self:
        if bool(self.job_source_id) != bool(self.job_namespace):
            raise ValueError("`job_source_id` and `job_namespace` go together")
        if self.job_source_id and self.url:
            raise ValueError("a webhook has a `url` or a `job_source_id`, not both")
        return self

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (ListWebhooks(),)

    def touches(self, before: T, known: Known) -> tuple[str, ...]:
        return (*super().touches(before, known), *([self.job_namespace] if self.job_namespace else []))

    def _job(self) -> GetJob | None:
        if not self.job_source_id:
            return None
        return GetJob.model_validate({"namespace": self.job_namespace, "job_id": self.job_source_id})

    def needs(self, before: T) -> Sequence[Endpoint[Answer]]:
        job = self._job()
        return (job, EVERY_MACHINE) if job else ()

    def of_job(self, known: Known) -> Iterator[Consequence]:
        """What its job does; if that cannot be read, the worst is assumed."""
        call = self._job()
        job = known.of(call) if call else None
        if job:
            yield from effects_again(job, known, ON_EVENT)
        elif call:
            yield Consequence(Impact.RUNS, f"a job's code runs {ON_EVENT}, as you; which job is not known")
            yield Consequence(Impact.SPENDS, "what a run costs is not known")

    def facts(self, before: T, known: Known) -> tuple[str, ...]:
        call = self._job()
        job = known.of(call) if call else None
        return (*super().facts(before, known), *(what_is_run(job) if job else ()))

    def watching(self) -> str:
        """What it watches, worded for a question."""
        return ", ".join(one.words() for one in self.watched)
