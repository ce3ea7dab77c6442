"""Live streams of a running job or Space: its events, and its usage of the machine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, clean, is_object, objects_in, size
from hub_mcp.catalogue.endpoint import A, Endpoint, get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Owner, RepoId
from hub_mcp.catalogue.http import HttpRequest, HttpResponse
from hub_mcp.catalogue.jobs.jobs import HIDDEN_IN_JOBS, JobId
from hub_mcp.catalogue.jobs.log_lines import MOST_SECONDS
from hub_mcp.catalogue.operations.cleaning import cleaned
from hub_mcp.catalogue.operations.found import FoundEvents, events_in, found_events

JOB = "/api/jobs/{namespace}/{job_id}"
NOT_RUNNING = 406  # the Hub's answer if there is nothing left to measure
MOST_SHOWN = 60  # measurements or events in one answer, the latest ones
MOST_GPUS = 16  # GPUs of one machine


@dataclass(frozen=True)
class Measurements(Answer):
    """The machine usage of a job or Space while it was watched, one row per replica and moment."""

    rows: tuple[dict[str, Any], ...]

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        kept = self.rows[-MOST_SHOWN:]
        said: dict[str, Any] = {"measured": len(self.rows), **_earlier(len(self.rows))}
        if not kept:
            return {**said, "why": "it is not running, or nothing was reported within these seconds"}
        return {**said, "items": [_in_words(one) for one in kept]}


@dataclass(frozen=True)
class WatchedEvents(FoundEvents):
    """The latest events while it was watched."""

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        last = FoundEvents(self.events[-MOST_SHOWN:], self.ended, self.more_before)
        return {**last.content(fields), **_earlier(len(self.events))}


def _earlier(count: int) -> dict[str, str]:
    left = count - MOST_SHOWN
    return {"earlier": f"{left:,} before these are left out"} if left > 0 else {}


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A measurement, with the used amount out of the total."""
    words = {
        "replica": clean(row.get("replica"), 40),
        "cpu": _share(row.get("cpu_usage_pct")),
        "cores": _thousandth(row.get("cpu_millicores")),
        "memory": _part(row),
        "in_bps": row.get("rx_bps"),
        "out_bps": row.get("tx_bps"),
    }
    gpus = [one for one in _values(row.get("gpus")) if is_object(one)][:MOST_GPUS]
    words["gpus"] = [{"used": _share(one.get("utilization")), "memory": _part(one)} for one in gpus]
    return {name: one for name, one in words.items() if one not in (None, "", [])}


def _values(value: Any) -> list[Any]:
    return list(value.values()) if is_object(value) else objects_in(value)


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _share(value: Any) -> str:
    number = _number(value)
    return "" if number is None else f"{number:,.0f}%"


def _thousandth(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else number / 1000


def _part(row: dict[str, Any]) -> str:
    used, total = (_number(row.get(name)) for name in ("memory_used_bytes", "memory_total_bytes"))
    return " of ".join(size(one) for one in (used, total) if one is not None)


class Watches(Endpoint[A]):
    """A call that reads an endless stream for some seconds."""

    by_default = False
    hides: ClassVar[Collection[str]] = ()

    seconds: Annotated[float, Local] = Field(default=3, ge=1, le=MOST_SECONDS, description="to watch")

    def to_http(self, base: str) -> HttpRequest:
        url = base + self.real_path()
        return HttpRequest("GET", url, accept="text/event-stream", lasts=self.seconds)

    def told(self, response: HttpResponse) -> Iterator[Any]:
        """The data of each event, without what must not be shown."""
        if response.status == NOT_RUNNING:
            return
        self.refuse_errors(response)
        for event in events_in(response.body):
            yield cleaned(event, self.hides)


class Measures(Watches[Measurements]):
    """A call that watches the usage of a machine."""

    def from_http(self, response: HttpResponse) -> Measurements:
        return Measurements(tuple(objects_in(list(self.told(response)))))


class FollowsEvents(Watches[WatchedEvents]):
    """A call that watches events."""

    def from_http(self, response: HttpResponse) -> WatchedEvents:
        told = found_events(self.told(response), response.headers)
        return WatchedEvents(told.events, told.ended, told.more_before)


@get("/api/spaces/{repo_id}/metrics", permission="repo.write")
class StreamSpaceMetrics(Measures):
    """What a Space uses of its machine now: CPU, memory, GPUs, network."""

    in_area = "space_runtime"
    kind = "space"

    repo_id: RepoId


@get("/api/spaces/{repo_id}/events")
class StreamSpaceEvents(FollowsEvents):
    """What happens to a Space while it is watched: its stages and errors."""

    in_area = "space_runtime"
    kind = "space"
    covers = ("session_uuid",)

    repo_id: RepoId


@get(f"{JOB}/metrics")
class StreamJobMetrics(Measures):
    """What a running job uses of its machine now: CPU, memory, GPUs, network."""

    namespace: Owner
    job_id: JobId


@get(f"{JOB}/events")
class StreamJobEvents(FollowsEvents):
    """What happens to a job while it is watched: its stages and why it ended."""

    hides = HIDDEN_IN_JOBS

    namespace: Owner
    job_id: JobId
