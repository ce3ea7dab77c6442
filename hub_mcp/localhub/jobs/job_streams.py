"""What a job reports while it runs, as server-sent events: the stages it passed, and its usage.

A stream ends after what is known now; a client that follows it reconnects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..store import moment, store_of
from ..web.hub_errors import ApiError
from .job_access import job_at, readable_namespace
from .job_states import ENDED, JobState, state_of
from .machines import MACHINES, PricedMachine

GB = 10**9


async def metrics(request: Request) -> Response:
    """GET …/metrics: one measurement of a running job; 406 once it has ended."""
    row = job_at(request, readable_namespace(request))
    state = state_of(row, store_of(request).clock())
    if state.stage in ENDED:
        raise ApiError(406, "Job is not running")
    if state.started is None:
        return event_stream([])
    machine = MACHINES[json.loads(row["spec"])["flavor"]]
    return event_stream([_measured(machine, row["id"], int(state.now - state.started))], "metric")


async def events(request: Request) -> Response:
    """GET …/events: each stage the job reached, and when."""
    row = job_at(request, readable_namespace(request))
    return event_stream(_passed(state_of(row, store_of(request).clock())))


def event_stream(objects: Iterable[object], name: str = "") -> Response:
    """Objects as server-sent events, with an event name if one is given."""
    head = f"event: {name}\n" if name else ""
    body = "".join(f"{head}data: {json.dumps(one, ensure_ascii=False)}\n\n" for one in objects)
    return Response(body, media_type="text/event-stream")


def _passed(state: JobState) -> Iterator[dict[str, object]]:
    yield {"stage": "SCHEDULING", "message": None, "timestamp": moment(state.created)}
    if state.started is not None:
        yield {"stage": "RUNNING", "message": None, "timestamp": moment(state.started)}
    if state.finished is not None:
        yield {"stage": state.stage, "message": state.message, "timestamp": moment(state.finished)}


def _measured(machine: PricedMachine, id: str, seconds: int) -> dict[str, object]:
    """A measurement as the Hub gives it, with numbers that change with the clock."""
    load = 20 + seconds * 7 % 60  # per cent
    ram, vram = (int(text.split()[0] or 0) * GB for text in (machine.ram, machine.vram or "0 GB"))
    each = vram // machine.quantity
    gpus = {
        f"{id[n % 16 : n % 16 + 6]}{n:02x}": {
            "utilization": load, "memory_used_bytes": each * load // 100, "memory_total_bytes": each,
        }
        for n in range(machine.quantity if machine.accelerator else 0)
    }  # fmt: skip
    return {
        "cpu_usage_pct": load, "cpu_millicores": int(machine.cpu.split()[0]) * 1000,
        "memory_used_bytes": ram * load // 200, "memory_total_bytes": ram, "rx_bps": load * 900,
        "tx_bps": load * 40, "gpus": gpus, "replica": id[-5:],
    }  # fmt: skip


_one = "/api/jobs/{namespace}/{job}"
routes = [
    Route(f"{_one}/metrics", metrics, methods=["GET"]),
    Route(f"{_one}/events", events, methods=["GET"]),
]
