"""Jobs: listing, counting, details and log, starting, restarting, cancelling and labelling.

A log stream ends after the lines known now; a client that follows it reconnects.
"""

from __future__ import annotations

import json
import re
import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..store import moment, store_of
from ..web.cursors import next_link, place_of
from ..web.hub_errors import ApiError, invalid
from ..web.json_body import body_of
from ..web.request import whole_of
from ..web.response import HubJSON
from .job_access import changeable_namespace, job_at, must_pay, readable_namespace
from .job_states import ENDED, log_of, state_of
from .job_streams import event_stream
from .machines import MACHINES
from .rows import add_job
from .schedules import begin_due
from .shapes import job_json
from .spec_body import LABEL, LABEL_VALUE, MOST_LABEL, ports_in, spec_in, texts_in

PAGE = 50
STAGES = (*ENDED, "RUNNING", "SCHEDULING")
MOST_LINES = 10**6


async def hardware(request: Request) -> Response:
    """GET /api/jobs/hardware: for anybody, with prices."""
    return HubJSON([machine.as_json() for machine in MACHINES.values()])


async def listing(request: Request) -> Response:
    """GET /api/jobs/{namespace}: newest first, filtered by stage and labels."""
    rows = _asked(request)
    place = place_of(request, 1)
    start = next((n + 1 for n, row in enumerate(rows) if place and row["id"] == place[0]), 0)
    page = rows[start : start + PAGE]
    more = next_link(request, [page[-1]["id"]]) if len(rows) > start + PAGE else {}
    return HubJSON([job_json(store_of(request), row) for row in page], headers=more)


async def counting(request: Request) -> Response:
    """GET /api/jobs/{namespace}/count."""
    return HubJSON({"count": len(_asked(request))})


async def details(request: Request) -> Response:
    """GET /api/jobs/{namespace}/{job}."""
    return HubJSON(job_json(store_of(request), job_at(request, readable_namespace(request))))


async def logs(request: Request) -> Response:
    """GET …/logs: server-sent events, all lines so far or the last `tail`."""
    row, tail = job_at(request, readable_namespace(request)), whole_of(request, "tail", MOST_LINES, 2**53 - 1)
    lines = log_of(row, state_of(row, store_of(request).clock()))
    events = [{"data": text, "timestamp": moment(when)} for when, text in (lines[-tail:] if tail else [])]
    return event_stream(events)


async def start(request: Request) -> Response:
    """POST /api/jobs/{namespace}."""
    who, namespace = changeable_namespace(request)
    body = await body_of(request)
    spec = spec_in(body)
    body.check()
    must_pay(who, namespace)
    store = store_of(request)
    with store.write():
        row = add_job(store, namespace, who.name, spec)
    return HubJSON(job_json(store, row))


async def duplicate(request: Request) -> Response:
    """POST …/duplicate: another job of the same spec, secrets and open ports included."""
    who, namespace = changeable_namespace(request)
    row = job_at(request, namespace)
    must_pay(who, namespace)
    store = store_of(request)
    spec = {**json.loads(row["spec"]), "labels": json.loads(row["labels"])}
    with store.write():
        new = add_job(store, namespace, who.name, spec, {"type": "duplicated-job", "id": row["id"]})
    return HubJSON(job_json(store, new))


async def cancel(request: Request) -> Response:
    """POST …/cancel."""
    _, namespace = changeable_namespace(request)
    store, row = store_of(request), job_at(request, namespace)
    if (stage := state_of(row, store.clock()).stage) in ENDED:
        raise ApiError(400, f"Job is already in stage {stage}")
    with store.write():
        store.update("jobs", {"id": row["id"]}, canceled_at=store.now())
    return HubJSON(job_json(store, job_at(request, namespace)))


async def label(request: Request) -> Response:
    """PUT …/labels: replaces all labels."""
    _, namespace = changeable_namespace(request)
    store, row, body = store_of(request), job_at(request, namespace), await body_of(request)
    labels = texts_in(body, "labels", LABEL, LABEL_VALUE, MOST_LABEL)
    if labels is None:
        body.wrong("Invalid input: expected record, received undefined", "labels")
    body.check()
    with store.write():
        store.update("jobs", {"id": row["id"]}, labels=json.dumps(labels))
    return HubJSON(job_json(store, job_at(request, namespace)))


async def expose(request: Request) -> Response:
    """PUT …/expose: replaces all open ports, while the job runs."""
    _, namespace = changeable_namespace(request)
    store, row, body = store_of(request), job_at(request, namespace), await body_of(request)
    ports = ports_in(body)
    body.check()
    if state_of(row, store.clock()).stage in ENDED:
        raise ApiError(400, "Job is not running")
    with store.write():
        spec = json.dumps({**json.loads(row["spec"]), "expose": ports})
        store.update("jobs", {"id": row["id"]}, spec=spec)
    return HubJSON(job_json(store, job_at(request, namespace)))


def _asked(request: Request) -> list[sqlite3.Row]:
    """The jobs of a namespace that match a query."""
    namespace, store, query = readable_namespace(request), store_of(request), request.query_params
    stages, labels = query.getlist("stage"), query.getlist("label")
    if any(stage not in STAGES for stage in stages):
        listed = "|".join(f'"{stage}"' for stage in STAGES)
        raise invalid(f"Invalid option: expected one of {listed}", "stage")
    if any(not re.fullmatch(r"[a-zA-Z0-9._-]+=[a-zA-Z0-9._-]*", label) for label in labels):
        raise invalid("Invalid string: must match pattern key=value", "label")
    wanted = {label.partition("=")[0]: label.partition("=")[2] for label in labels}
    begin_due(store, namespace)
    now = store.clock()
    return [
        row
        for row in store.find_all("jobs", "created_at desc, id desc", namespace=namespace)
        if (not stages or state_of(row, now).stage in stages)
        and wanted.items() <= json.loads(row["labels"]).items()
    ]


_one = "/api/jobs/{namespace}/{job}"
routes = [
    Route("/api/jobs/hardware", hardware, methods=["GET"]),
    Route("/api/jobs/{namespace}", listing, methods=["GET"]),
    Route("/api/jobs/{namespace}", start, methods=["POST"]),
    Route("/api/jobs/{namespace}/count", counting, methods=["GET"]),
    Route(_one, details, methods=["GET"]),
    Route(f"{_one}/logs", logs, methods=["GET"]),
    Route(f"{_one}/cancel", cancel, methods=["POST"]),
    Route(f"{_one}/duplicate", duplicate, methods=["POST"]),
    Route(f"{_one}/labels", label, methods=["PUT"]),
    Route(f"{_one}/expose", expose, methods=["PUT"]),
]
