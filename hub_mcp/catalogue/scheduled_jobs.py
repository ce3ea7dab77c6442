"""Jobs that run by a schedule: listed, and one of them; how often a schedule has something run."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field

from hub_mcp.catalogue.answers import Record, clean, is_object
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.jobs import HIDDEN_IN_JOBS, Job, JobId, what_is_run
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.marks import Local
from hub_mcp.catalogue.operations.cleaning import cleaned
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.catalogue.vocabulary import Owner, Word, Words
from hub_mcp.text import quoted

SCHEDULED = "/api/scheduled-jobs/{namespace}"
NAMED = {
    "@annually": 1,
    "@yearly": 1,
    "@monthly": 1,
    "@weekly": 5,
    "@daily": 31,
    "@midnight": 31,
    "@hourly": 744,
}
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # of a cron line: minute, hour, day, month, weekday
_PART = re.compile(r"(\*|\d{1,2}(?:-\d{1,2})?)(?:/(\d{1,2}))?")
_WORD = re.compile(r"[A-Za-z0-9*,/?#-]{1,60}", re.ASCII)


def _schedule(text: str) -> str:
    said = " ".join(text.split())
    fields = said.split(" ")
    if said not in NAMED and not (len(fields) == 5 and all(map(_WORD.fullmatch, fields))):
        raise ValueError(
            "`schedule` is five fields of cron, or one of @hourly, @daily, @weekly, @monthly, @yearly"
        )
    return said


Schedule = Annotated[Word, AfterValidator(_schedule), Field(description="cron (UTC) or @daily, @hourly, …")]


def runs_a_month(schedule: str) -> int | None:
    """How many times a month, at most, a schedule has something run; None where it cannot be read."""
    if schedule in NAMED:
        return NAMED[schedule]
    fields = schedule.split()
    if len(fields) != len(RANGES):
        return None
    counts = [_count(field, *bounds) for field, bounds in zip(fields, RANGES, strict=True)]
    if not all(counts):
        return None
    minutes, hours, days, _, weekdays = counts
    of_weekdays = 31 if fields[4] == "*" else 5 * weekdays
    either = "*" not in (fields[2], fields[4])  # then a day of the month or a weekday is enough
    return minutes * hours * (min(31, days + of_weekdays) if either else min(days, of_weekdays))


def _count(field: str, low: int, high: int) -> int:
    """How many values a field of cron stands for; 0 where it cannot be read."""
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if not match or match[2] == "0":
            return 0
        first, _, last = match[1].partition("-")
        start, end = (low, high) if first == "*" else (int(first), int(last or first))
        if match[2] and first != "*" and not last:
            end = high
        found |= set(range(max(low, start), min(high, end) + 1, int(match[2] or 1)))
    return len(found)


def how_often(schedule: str) -> str:
    """How often a schedule has something run, in words."""
    runs = runs_a_month(schedule)
    return (
        f"by its schedule, up to {runs:,} times a month"
        if runs
        else "by its schedule, how often is not known"
    )


class ScheduledJobRow(Record):
    """A scheduled job in a listing."""

    noun = "scheduled job"
    shown: ClassVar[tuple[str, ...]] = (
        "id", "schedule", "suspend", "jobSpec.flavor", "jobSpec.dockerImage", "jobSpec.spaceId",
        "jobSpec.labels.name", "status.nextJobRunAt",
    )  # fmt: skip

    id: str

    @classmethod
    def of(cls, value: Any) -> Self:
        return super().of(cleaned(value, HIDDEN_IN_JOBS))


class ScheduledJob(ScheduledJobRow):
    """One scheduled job."""

    shown: ClassVar[tuple[str, ...]] = (
        "id", "schedule", "suspend", "suspendReason", "concurrency", "status", "jobSpec", "createdAt",
    )  # fmt: skip

    @property
    def is_suspended(self) -> bool:
        return self.field("suspend") is True

    @property
    def schedule_now(self) -> str:
        """Its schedule as it is; "" where the Hub does not say."""
        return str(self.field("schedule") or "")

    @property
    def job(self) -> Job:
        """What is run, as a job that has not begun."""
        spec = self.field("jobSpec")
        return Job.of({**(spec if is_object(spec) else {}), "id": self.id})

    @property
    def labels_now(self) -> dict[str, str]:
        return self.job.labels_now

    def facts(self) -> tuple[str, ...]:
        state = "suspended" if self.is_suspended else "it runs"
        schedule = quoted(clean(self.schedule_now, 100))
        return (f"scheduled job {quoted(self.id)}: {state}, schedule {schedule}", *what_is_run(self.job))

    def standing(self) -> tuple[object, ...]:
        return (self.is_suspended, self.schedule_now, *what_is_run(self.job))


@get(SCHEDULED, documented=f"GET {SCHEDULED}")
class ListScheduledJobs(Listing[ScheduledJobRow]):
    """Scheduled jobs of a user or an organization."""

    row = ScheduledJobRow
    in_area = "jobs"
    by_default = False
    unlisted = frozenset({"columns", "count", "by", "cursor"})
    takes_limit = False
    covers = ("label",)

    namespace: Owner
    with_label: Word | None = Field(
        default=None, pattern=r"^[a-zA-Z0-9._-]+=[a-zA-Z0-9._-]*$", serialization_alias="label",
        description="key=value",
    )  # fmt: skip


@get(f"{SCHEDULED}/{{job_id}}", documented=f"GET {SCHEDULED}/{{jobId}}")
class GetScheduledJob(Lookup[ScheduledJob]):
    """One scheduled job: what it runs, when, what ran last."""

    in_area = "jobs"
    by_default = False
    unlisted = RARELY_CUT

    namespace: Owner
    job_id: JobId
    fields: Annotated[Words | None, Local] = None
