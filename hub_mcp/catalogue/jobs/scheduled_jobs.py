"""Scheduled jobs: the listing, one of them, and how often a schedule runs."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field

from hub_mcp.catalogue.answers import Record, clean, is_object
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Owner, Word, Words
from hub_mcp.catalogue.jobs.jobs import HIDDEN_IN_JOBS, Job, JobId, what_is_run
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.operations.cleaning import cleaned
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.text import quoted

SCHEDULED = "/api/scheduled-jobs/{namespace}"
NAMED = {
    "@annually": "0 0 1 1 *",
    "@yearly": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
LEAP_YEAR = 2028
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # of the cron fields: minute, hour, day, month, weekday
_PART = re.compile(r"(\*|\d{1,2}(?:-\d{1,2})?)(?:/(\d{1,2}))?")
_OPEN = re.compile(r"(?:^|,)\d+/")
_WORD = re.compile(r"[A-Za-z0-9*,/?#-]{1,60}", re.ASCII)


def _schedule(text: str) -> str:
    said = " ".join(text.split())
    fields = said.split(" ")
    if said not in NAMED and not (len(fields) == 5 and all(map(_WORD.fullmatch, fields))):
        raise ValueError(
            "`schedule` is five cron fields, or one of @hourly, @daily, @weekly, @monthly, @yearly"
        )
    return said


Schedule = Annotated[Word, AfterValidator(_schedule), Field(description="cron (UTC) or @daily, @hourly, …")]


@dataclass(frozen=True)
class Cron:
    """The minutes, hours, days of the month, months and weekdays of a schedule.

    Attributes:
        either: whether day of the month or weekday is enough if both are given; for `*/2`, some
            implementations require both.
        is_clear: whether all implementations read each field alike; some read `5/20` as only the 5th.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool
    is_clear: bool

    @classmethod
    def read(cls, schedule: str) -> Self | None:
        """Parse a schedule; None if it cannot be read."""
        fields = NAMED.get(schedule, schedule).split()
        if len(fields) != len(RANGES):
            return None
        minutes, hours, days, months, weekdays = (
            _values(field, *bounds) for field, bounds in zip(fields, RANGES, strict=True)
        )
        if not (minutes and hours and days and months and weekdays):
            return None
        either = "*" not in (fields[2], fields[4])
        is_clear = not any(map(_OPEN.search, fields))
        return cls(minutes, hours, days, months, frozenset(one % 7 for one in weekdays), either, is_clear)

    def on_days(self, *, either: bool) -> int:
        """On how many days it runs in 28 years, in which each date falls on each weekday equally often."""
        found = 0
        for month in self.months:
            for day in range(1, monthrange(LEAP_YEAR, month)[1] + 1):
                of_week = 7 if either and day in self.days else len(self.weekdays)
                often = 1 if (month, day) == (2, 29) else 4
                found += often * of_week if either or day in self.days else 0
        return found

    @property
    def each_day(self) -> int:
        return len(self.minutes) * len(self.hours)


def runs_a_month(schedule: str) -> int | None:
    """How many times a month a schedule runs at most; None if it cannot be read."""
    if not (cron := Cron.read(schedule)):
        return None
    weekdays = 31 if len(cron.weekdays) == 7 else 5 * len(cron.weekdays)
    days = len(cron.days)
    return cron.each_day * (min(31, days + weekdays) if cron.either else min(days, weekdays))


def runs_no_more_often(then: str, was: str) -> bool:
    """Whether one schedule certainly runs no more often than another, over the years."""
    new, old = Cron.read(then), Cron.read(was)
    if not new or not old or not old.is_clear:
        return False
    return new.each_day * new.on_days(either=new.either) <= old.each_day * old.on_days(either=False)


def _values(field: str, low: int, high: int) -> frozenset[int]:
    """The values of a cron field; empty if it cannot be read."""
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if not match or match[2] == "0":
            return frozenset()
        first, _, last = match[1].partition("-")
        start, end = (low, high) if first == "*" else (int(first), int(last or first))
        if match[2] and first != "*" and not last:
            end = high
        found |= set(range(max(low, start), min(high, end) + 1, int(match[2] or 1)))
    return frozenset(found)


def how_often(schedule: str) -> str:
    """How often a schedule runs, in words."""
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
        """Its current schedule; "" if the Hub does not say."""
        return str(self.field("schedule") or "")

    @property
    def job(self) -> Job:
        """The job it runs, as one that has not started."""
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


@get(SCHEDULED)
class ListScheduledJobs(Listing[ScheduledJobRow]):
    """Scheduled jobs of a user or an organization."""

    row = ScheduledJobRow
    by_default = False
    unlisted = frozenset({"columns", "count", "by", "cursor"})
    takes_limit = False
    covers = ("label",)

    namespace: Owner
    with_label: Word | None = Field(
        default=None, pattern=r"^[a-zA-Z0-9._-]+=[a-zA-Z0-9._-]*$", serialization_alias="label",
        description="key=value",
    )  # fmt: skip


@get(f"{SCHEDULED}/{{job_id}}")
class GetScheduledJob(Lookup[ScheduledJob]):
    """One scheduled job: what it runs, when, what ran last."""

    by_default = False
    unlisted = RARELY_CUT

    namespace: Owner
    job_id: JobId
    fields: Annotated[Words | None, Local] = None
