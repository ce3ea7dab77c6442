"""Changing jobs: running, rerunning, cancelling, labelling, exposing ports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, Self, TypeVar

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, counted
from hub_mcp.catalogue.change import Change, Nothing, post, put, worded
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import Owner
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.jobs.job_spec import MOST_PORTS, JobSpec, Labels, Port, machines_in
from hub_mcp.catalogue.jobs.jobs import ENDED, EVERY_MACHINE, GetJob, Job, JobId, ListJobs, cost_of
from hub_mcp.catalogue.jobs.scheduled_jobs import ScheduledJob
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted

PATH = "/api/jobs/{namespace}/{job_id}"
L = TypeVar("L", bound=Job | ScheduledJob)
SPENT = "It can be cancelled; what was spent or done by then cannot be undone."


@post("/api/jobs/{namespace}", permission="job.write")
class RunJob(JobSpec[Nothing, Job]):
    """Run a command in an image on the Hub's machines, which costs money. Asks first."""

    by_default = False
    reversal = SPENT

    namespace: Owner

    def payload(self) -> dict[str, Any]:
        return self.spec()

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (ListJobs(namespace=self.namespace),)

    def headline(self, before: Nothing) -> str:
        return f"Run a job of {quoted(self.namespace)} on {quoted(self.flavor)} with {self.image()}?"

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        yield from self.effects(known, "at once")

    def outcome(self, before: Nothing, after: Job) -> str:
        return f"Started the job {worded(after.id)} of {self.namespace} on {self.flavor}."

    def undo(self, before: Nothing, after: Job) -> Change[Any, Any] | None:
        return CancelJob(namespace=self.namespace, job_id=after.id)


class ActsOnJob(Change[Job, Job]):
    """A change to one job, which is looked up first."""

    by_default = False

    namespace: Owner
    job_id: JobId

    def target(self) -> Endpoint[Job] | None:
        return GetJob(namespace=self.namespace, job_id=self.job_id)

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (ListJobs(namespace=self.namespace),)

    def named(self) -> str:
        """The job, worded for a question."""
        return f"the job {quoted(self.job_id)} of {quoted(self.namespace)}"


@post(f"{PATH}/cancel", permission="job.write", effect=Effect.CHANGE, destructive=True)
class CancelJob(ActsOnJob):
    """End a job; what it has not saved elsewhere is lost. Asks first."""

    def headline(self, before: Job) -> str:
        return f"Cancel {self.named()}?"

    def consequences(self, before: Job, known: Known) -> Iterator[Consequence]:
        if before.stage not in ENDED:
            yield Consequence(Impact.DESTROYS, "what it has not saved elsewhere is lost")

    def outcome(self, before: Job, after: Job) -> str:
        return f"Cancelled the job {self.job_id} of {self.namespace}."


@post(f"{PATH}/duplicate", permission="job.write")
class RerunJob(ActsOnJob):
    """Run a job again as it was, with its secrets and open ports, which costs money. Asks first."""

    reversal = SPENT

    def needs(self, before: Job) -> Sequence[Endpoint[Answer]]:
        return (EVERY_MACHINE,)

    def headline(self, before: Job) -> str:
        return f"Run {self.named()} again?"

    def consequences(self, before: Job, known: Known) -> Iterator[Consequence]:
        yield from effects_again(before, known)

    def outcome(self, before: Job, after: Job) -> str:
        return f"Started the job {worded(after.id)} of {self.namespace}, with the settings of {self.job_id}."

    def undo(self, before: Job, after: Job) -> Change[Any, Any] | None:
        return CancelJob(namespace=self.namespace, job_id=after.id)


def effects_again(job: Job, known: Known, when: str = "at once") -> Iterator[Consequence]:
    """The effects of running a job again."""
    yield Consequence(Impact.RUNS, f"its code runs on the Hub's machines {when}, as you, with its secrets")
    flavor = str(job.field("flavor") or "")
    yield Consequence(Impact.SPENDS, cost_of(flavor, job.seconds, job.times, machines_in(known)))
    if public := job.ports("portsPublic"):
        yield Consequence(Impact.OPENS, f"everyone reaches {counted(len(public), 'port')} of it")


class SetsLabels(Change[L, L], Generic[L]):
    """A change that replaces all labels of a job or a scheduled job."""

    harmless = "labels only find a job again, and can be changed back"

    labels: Labels

    def payload(self) -> dict[str, Any]:
        return {"labels": self.labels}

    def preview(self, before: L) -> dict[str, tuple[Any, Any]]:
        return {"labels": (before.labels_now, self.labels)}

    def undo(self, before: L, after: L) -> Self | None:
        return type(self).model_validate({**self.as_arguments(), "labels": before.labels_now})


@put(f"{PATH}/labels", permission="job.write")
class SetJobLabels(SetsLabels[Job], ActsOnJob):
    """Set all labels of a job; those left out are removed, {} removes all."""


@put(f"{PATH}/expose", permission="job.write", label="Expose job's ports")
class ExposeJobPorts(ActsOnJob):
    """Set which ports of a running job are reached from outside; those left out are closed. Asks first."""

    reversal = "It can be changed back; what was reached by then cannot be undone."

    ports: list[Port] = Field(max_length=MOST_PORTS)
    ports_public: list[Port] | None = Field(default=None, max_length=MOST_PORTS, description="by everyone")

    def payload(self) -> dict[str, Any]:
        public = self.ports_public or []
        said: dict[str, Any] = {"ports": list(dict.fromkeys([*self.ports, *public]))}
        return said | ({"portsPublic": public} if public else {})

    def headline(self, before: Job) -> str:
        return f"Set the ports of {self.named()} that are reached from outside?"

    def consequences(self, before: Job, known: Known) -> Iterator[Consequence]:
        open_now, public_now = before.ports("ports"), before.ports("portsPublic")
        wanted, public = self.payload()["ports"], self.ports_public or []
        if more := [port for port in wanted if port not in open_now]:
            line = f"ports are opened, which may cost more: {', '.join(map(str, more))}"
            yield Consequence(Impact.SPENDS, line)
            yield Consequence(Impact.OPENS, line)
        if wider := [port for port in public if port not in public_now]:
            yield Consequence(Impact.OPENS, f"everyone reaches: {', '.join(map(str, wider))}")
        if closed := [port for port in open_now if port not in wanted]:
            line = f"ports are closed to whoever uses them: {', '.join(map(str, closed))}"
            yield Consequence(Impact.CLOSES_OUT, line)
        if narrower := [port for port in public_now if port in wanted and port not in public]:
            line = f"ports need a token from now on: {', '.join(map(str, narrower))}"
            yield Consequence(Impact.CLOSES_OUT, line)

    def outcome(self, before: Job, after: Job) -> str:
        ports = ", ".join(map(str, self.payload()["ports"])) or "none"
        return f"Ports of the job {self.job_id} that are reached from outside: {ports}."

    def preview(self, before: Job) -> dict[str, tuple[Any, Any]]:
        return {
            "ports": (before.ports("ports"), self.payload()["ports"]),
            "portsPublic": (before.ports("portsPublic"), self.ports_public or []),
        }

    def undo(self, before: Job, after: Job) -> Self | None:
        was = {"ports": before.ports("ports"), "ports_public": before.ports("portsPublic")}
        return type(self).model_validate({**self.as_arguments(), **was})
