"""Changing scheduled jobs: creating, suspending, resuming, running, rescheduling, labelling, deleting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, Self, TypeVar

from hub_mcp.catalogue.answers import Answer, Done
from hub_mcp.catalogue.change import Change, Nothing, delete, post, put, worded
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import Owner
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.jobs.job_changes import SPENT, CancelJob, SetsLabels, effects_again
from hub_mcp.catalogue.jobs.job_spec import JobSpec
from hub_mcp.catalogue.jobs.jobs import EVERY_MACHINE, Job, JobId, ListJobs
from hub_mcp.catalogue.jobs.scheduled_jobs import (
    SCHEDULED,
    GetScheduledJob,
    ListScheduledJobs,
    Schedule,
    ScheduledJob,
    how_often,
    runs_no_more_often,
)
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted

PATH = f"{SCHEDULED}/{{job_id}}"
UNTIL = "It can be suspended; what was spent or done by then cannot be undone."

A = TypeVar("A", bound=Answer)


@post(SCHEDULED, permission="job.write")
class CreateScheduledJob(JobSpec[Nothing, ScheduledJob]):
    """Have a job run by a schedule, which costs money again and again. Asks first."""

    by_default = False
    reversal = UNTIL

    namespace: Owner
    schedule: Schedule
    suspend: bool | None = None
    concurrency: bool | None = None

    def payload(self) -> dict[str, Any]:
        said: dict[str, Any] = {"schedule": self.schedule, "suspend": self.suspend}
        said |= {"concurrency": self.concurrency, "jobSpec": self.spec()}
        return {name: one for name, one in said.items() if one is not None}

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (ListScheduledJobs(namespace=self.namespace),)

    def headline(self, before: Nothing) -> str:
        where = f"on {quoted(self.flavor)} with {self.image()}"
        return f"Have a job of {quoted(self.namespace)} run {quoted(self.schedule)} {where}?"

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        later = ", once somebody resumes it" if self.suspend else ""
        yield from self.effects(known, f"{how_often(self.schedule)}{later}")
        if self.concurrency:
            yield Consequence(Impact.SPENDS, "a run begins even while an earlier one goes on")

    def outcome(self, before: Nothing, after: ScheduledJob) -> str:
        when = f"it runs {worded(self.schedule)}"
        return f"Created the scheduled job {worded(after.id)} of {self.namespace}: {when}."

    def undo(self, before: Nothing, after: ScheduledJob) -> Change[Any, Any] | None:
        return DeleteScheduledJob(namespace=self.namespace, job_id=after.id)


class ActsOnScheduledJob(Change[ScheduledJob, A], Generic[A]):
    """A change to one scheduled job, which is looked up first."""

    by_default = False

    namespace: Owner
    job_id: JobId

    def target(self) -> Endpoint[ScheduledJob] | None:
        return GetScheduledJob(namespace=self.namespace, job_id=self.job_id)

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (ListScheduledJobs(namespace=self.namespace),)

    def named(self) -> str:
        """The scheduled job, worded for a question."""
        return f"the scheduled job {quoted(self.job_id)} of {quoted(self.namespace)}"


@post(f"{PATH}/suspend", permission="job.write", effect=Effect.CHANGE, idempotent=True)
class SuspendScheduledJob(ActsOnScheduledJob[Done]):
    """Have a scheduled job run no more, until it is resumed."""

    harmless = "nothing runs or is spent, and it can be resumed"

    def preview(self, before: ScheduledJob) -> dict[str, tuple[Any, Any]]:
        return {"suspend": (before.is_suspended, True)}

    def undo(self, before: ScheduledJob, after: Done) -> Change[Any, Any] | None:
        return (
            None if before.is_suspended else ResumeScheduledJob(namespace=self.namespace, job_id=self.job_id)
        )


@post(f"{PATH}/resume", permission="job.write", effect=Effect.CHANGE, idempotent=True)
class ResumeScheduledJob(ActsOnScheduledJob[Done]):
    """Have a suspended job run by its schedule again, which costs money. Asks first."""

    reversal = UNTIL

    def needs(self, before: ScheduledJob) -> Sequence[Endpoint[Answer]]:
        return (EVERY_MACHINE,)

    def headline(self, before: ScheduledJob) -> str:
        return f"Resume {self.named()}?"

    def consequences(self, before: ScheduledJob, known: Known) -> Iterator[Consequence]:
        if before.field("suspend") is not False:  # an unknown state counts as suspended
            yield from effects_again(before.job, known, how_often(before.schedule_now))

    def preview(self, before: ScheduledJob) -> dict[str, tuple[Any, Any]]:
        return {"suspend": (before.is_suspended, False)}

    def undo(self, before: ScheduledJob, after: Done) -> Change[Any, Any] | None:
        return (
            SuspendScheduledJob(namespace=self.namespace, job_id=self.job_id) if before.is_suspended else None
        )


@post(f"{PATH}/run", permission="job.write")
class TriggerScheduledJob(ActsOnScheduledJob[Job]):
    """Run a scheduled job now, beside its schedule, which costs money. Asks first."""

    reversal = SPENT

    def needs(self, before: ScheduledJob) -> Sequence[Endpoint[Answer]]:
        return (EVERY_MACHINE,)

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (*super().shown_in(), ListJobs(namespace=self.namespace))

    def headline(self, before: ScheduledJob) -> str:
        return f"Run {self.named()} now?"

    def consequences(self, before: ScheduledJob, known: Known) -> Iterator[Consequence]:
        yield from effects_again(before.job, known)

    def outcome(self, before: ScheduledJob, after: Job) -> str:
        return f"Started the job {worded(after.id)} of {self.namespace}."

    def undo(self, before: ScheduledJob, after: Job) -> Change[Any, Any] | None:
        return CancelJob(namespace=self.namespace, job_id=after.id)


@post(
    f"{PATH}/schedule", permission="job.write", effect=Effect.CHANGE, idempotent=True, label="Reschedule job"
)
class RescheduleJob(ActsOnScheduledJob[ScheduledJob]):
    """Give a scheduled job another schedule. Asks first where it may run more often."""

    reversal = "It can be changed back; what was spent or done by then cannot be undone."

    schedule: Schedule

    def needs(self, before: ScheduledJob) -> Sequence[Endpoint[Answer]]:
        return (EVERY_MACHINE,)

    def headline(self, before: ScheduledJob) -> str:
        return f"Have {self.named()} run {quoted(self.schedule)}?"

    def consequences(self, before: ScheduledJob, known: Known) -> Iterator[Consequence]:
        was = before.schedule_now
        if self.schedule != was and not runs_no_more_often(self.schedule, was):
            yield from effects_again(before.job, known, how_often(self.schedule))

    def preview(self, before: ScheduledJob) -> dict[str, tuple[Any, Any]]:
        return {"schedule": (before.schedule_now, self.schedule)}

    def undo(self, before: ScheduledJob, after: ScheduledJob) -> Self | None:
        return type(self).model_validate({**self.as_arguments(), "schedule": before.schedule_now})


@put(f"{PATH}/labels", permission="job.write")
class SetScheduledJobLabels(SetsLabels[ScheduledJob], ActsOnScheduledJob[ScheduledJob]):
    """Set all labels of a scheduled job; those left out are removed, {} removes all."""


@delete(PATH, permission="job.write", destroys="the scheduled job {job_id} of {namespace}, with its secrets")
class DeleteScheduledJob(ActsOnScheduledJob[Done]):
    """Delete a scheduled job, with its secrets. Asks first."""
