"""Reading jobs: listing, counting, one job, and the hardware for them with its prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints

from hub_mcp.catalogue.answers import Record, day, is_array, is_object
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Owner, Words, words_list
from hub_mcp.catalogue.jobs.hardware import Hardware
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.operations.cleaning import cleaned
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.text import quoted, word

HIDDEN_IN_JOBS = frozenset({"environment", "sshUrl", "tokenId"})  # values are dropped, keys stay
ENDED = ("COMPLETED", "CANCELED", "ERROR", "DELETED")
WORDS = 300  # characters of a command in a question

JobId = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z]{1,64}$")]
JobStage = Literal["COMPLETED", "CANCELED", "ERROR", "DELETED", "RUNNING", "SCHEDULING"]
JobStages = Annotated[list[JobStage], BeforeValidator(words_list)]


class JobRow(Record):
    """A job in a listing, without the values of its variables and without tokens in its command."""

    noun = "job"
    shown: ClassVar[tuple[str, ...]] = (
        "id", "status.stage", "flavor", "dockerImage", "spaceId", "labels.name", "createdAt",
    )  # fmt: skip

    id: str

    @classmethod
    def of(cls, value: Any) -> Self:
        return super().of(cleaned(value, HIDDEN_IN_JOBS))


class Job(JobRow):
    """One job: what it runs, where, and its state."""

    shown: ClassVar[tuple[str, ...]] = (
        "id", "status", "flavor", "dockerImage", "spaceId", "command", "arguments", "environment", "secrets",
        "volumes", "expose", "labels", "timeout", "retry", "createdAt", "startedAt", "finishedAt",
        "durations", "createdBy.name", "initiator.type",
    )  # fmt: skip

    @property
    def stage(self) -> str:
        """Its stage; "" if the Hub does not say."""
        return str(self.at("status.stage") or "")

    @property
    def labels_now(self) -> dict[str, str]:
        """Its current labels."""
        labels = self.field("labels")
        return {str(name): str(one) for name, one in labels.items()} if is_object(labels) else {}

    @property
    def seconds(self) -> int | None:
        """Its timeout in seconds; None if the Hub does not say."""
        timeout = self.field("timeout")
        return int(timeout) if isinstance(timeout, (int, float)) and timeout > 0 else None

    @property
    def times(self) -> int:
        """How many attempts it may have."""
        retry = self.field("retry")
        return 1 + int(retry) if isinstance(retry, (int, float)) and retry > 0 else 1

    def ports(self, which: str) -> list[int]:
        """The ports reachable from outside: `ports` for all of them, or `portsPublic`."""
        found = self.at(f"expose.{which}")
        return [one for one in found if isinstance(one, int)] if is_array(found) else []

    def facts(self) -> tuple[str, ...]:
        begun = day(self.field("createdAt"))
        ran = self.at("durations.runningSecs")
        standing = word(self.stage) if self.stage else "state not known"
        so_far = f", it ran {int(ran):,} s" if isinstance(ran, (int, float)) else ""
        return (
            f"job {quoted(self.id)}: {standing}{f', of {begun}' if begun else ''}{so_far}",
            *what_is_run(self),
        )

    def standing(self) -> tuple[object, ...]:
        return (self.stage, *self.ports("ports"), "public", *self.ports("portsPublic"))


def what_is_run(job: Record) -> tuple[str, ...]:
    """What a job or scheduled job runs, where and with what, one line each."""
    image = job.field("dockerImage") or job.field("spaceId")
    words = [
        str(one) for name in ("command", "arguments") if is_array(job.field(name)) for one in job.field(name)
    ]
    lines = [f"image {quoted(str(image), 200)}"] if image else ["its image is not known"]
    lines += [f"command {quoted(' '.join(words), WORDS)}"] if words else []
    lines += [f"on {quoted(str(job.field('flavor')), 60)}"] if job.field("flavor") else []
    for name, said in (("secrets", "secrets that it gets"), ("environment", "variables that it gets")):
        names = job.field(name)
        if names and isinstance(names, (list, dict)):
            lines.append(f"{said}: {', '.join(quoted(str(one), 60) for one in list(names)[:20])}")
    if job.field("volumes"):
        lines.append(f"volumes: {quoted(_volumes(job.field('volumes')), WORDS)}")
    return tuple(lines)


def _volumes(volumes: Any) -> str:
    found = [one for one in volumes if is_object(one)] if is_array(volumes) else []
    return ", ".join(
        f"{one.get('type')} {one.get('source')} at {one.get('mountPath')}"
        f"{'' if one.get('readOnly') is True else ', written to'}"
        for one in found
    )


@get("/api/jobs/{namespace}")
class ListJobs(Listing[JobRow]):
    """Jobs of a user or an organization, the newest first."""

    row = JobRow
    by_default = False
    unlisted = frozenset({"columns", "count", "by"})
    takes_limit = False
    covers = ("label",)

    namespace: Owner
    stage: JobStages | None = None
    labels: Words | None = Field(
        default=None, serialization_alias="label", description="key=value; all of them must hold"
    )


class JobCount(Record):
    """The number of jobs."""

    noun = "count of jobs"
    shown = ("count",)

    count: int


@get("/api/jobs/{namespace}/count")
class CountJobs(Lookup[JobCount]):
    """How many jobs a user or an organization has."""

    unlisted = RARELY_CUT
    by_default = False

    namespace: Owner
    stage: JobStages | None = None


@get("/api/jobs/{namespace}/{job_id}")
class GetJob(Lookup[Job]):
    """One job: what it runs, where, its state, how long it has run."""

    unlisted = RARELY_CUT
    by_default = False

    namespace: Owner
    job_id: JobId
    fields: Annotated[Words | None, Local] = None


class JobHardware(Hardware):
    """A kind of hardware for jobs."""

    shown: ClassVar[tuple[str, ...]] = ("name", "cpu", "ram", "accelerator", "price")


@get("/api/jobs/hardware")
class ListJobHardware(Listing[JobHardware]):
    """Hardware that jobs can be run on, with prices."""

    row = JobHardware
    by_default = False
    unlisted = frozenset({"columns", "count", "by", "cursor"})
    takes_limit = False


EVERY_MACHINE = ListJobHardware(limit=1000)


def dollars(amount: float) -> str:
    """An amount of money; small ones to a tenth of a cent."""
    return f"${amount:,.2f}" if amount >= 0.1 or not amount else f"${amount:,.3f}"


def cost_of(flavor: str, seconds: int | None, times: int, machines: Sequence[Record]) -> str:
    """The maximum cost of a job, in words; an unknown price is reported, never counted as zero.

    Args:
        seconds: its timeout; None if there is only the Hub's own limit.
    """
    prices: Mapping[str, float | None] = {
        one.name: one.hourly for one in machines if isinstance(one, JobHardware)
    }
    hourly = prices.get(flavor)
    often = f", up to {times:,} times" if times > 1 else ""
    if hourly is None:
        limit = f"at most {seconds:,} s{often}" if seconds else f"until the Hub's own limit ends it{often}"
        return f"what it costs is not known; it runs {limit}"
    price = f"it costs {dollars(hourly)} an hour"
    if seconds is None:
        return f"{price}, with no timeout: until the Hub's own limit ends it{often}"
    return f"{price}, at most {dollars(hourly * seconds / 3600 * times)} in {seconds:,} s{often}"
