"""Scheduled jobs: listing, reading, creating, suspending, resuming, running, changing and deleting."""

from __future__ import annotations

import json
import re
import sqlite3

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..store import Store, store_of
from ..web.hub_errors import ApiError, invalid
from ..web.json_body import JSONBody, body_of
from ..web.response import HubJSON
from .cron import CronLine
from .job_access import changeable_namespace, must_pay, readable_namespace
from .schedules import begin, begin_due, is_running, scheduled_json
from .shapes import job_json
from .spec_body import LABEL, LABEL_VALUE, MOST_LABEL, spec_in, texts_in

ALREADY = (
    "Another job is already running at the same time, set `concurrency` to allow multiple instances of "
    "scheduled jobs to run concurrently"
)


async def listing(request: Request) -> Response:
    """GET /api/scheduled-jobs/{namespace}, all of them or those with one label."""
    namespace, store, label = (
        readable_namespace(request),
        store_of(request),
        request.query_params.get("label"),
    )
    if label is not None and not re.fullmatch(r"[a-zA-Z0-9._-]+=[a-zA-Z0-9._-]*", label):
        raise invalid("Invalid string: must match pattern key=value", "label")
    begin_due(store, namespace)
    name, _, value = (label or "").partition("=")
    wanted = {name: value} if name else {}
    rows = [
        row
        for row in store.find_all("scheduled_jobs", "id desc", namespace=namespace)
        if wanted.items() <= (json.loads(row["spec"]).get("labels") or {}).items()
    ]
    return HubJSON([scheduled_json(store, row) for row in rows])


async def details(request: Request) -> Response:
    """GET …/{job}."""
    namespace, store = readable_namespace(request), store_of(request)
    begin_due(store, namespace)
    return HubJSON(scheduled_json(store, _at(request, store, namespace)))


async def create(request: Request) -> Response:
    """POST /api/scheduled-jobs/{namespace}."""
    who, namespace = changeable_namespace(request)
    store, body = store_of(request), await body_of(request)
    job = body.part("jobSpec", required=True)
    spec = spec_in(job) if job else {}
    schedule = _schedule_in(body)
    suspend, concurrency = body.flag("suspend") or False, body.flag("concurrency") or False
    body.check()
    must_pay(who, namespace)
    id = store.new_id()
    with store.write():
        store.insert(
            "scheduled_jobs", id=id, namespace=namespace, created_by=who.name, created_at=store.now(),
            looked_at=store.now(), spec=json.dumps(spec), schedule=schedule, suspend=int(suspend),
            concurrency=int(concurrency),
        )  # fmt: skip
    return HubJSON(scheduled_json(store, _row(store, namespace, id)))


async def suspend(request: Request) -> Response:
    """POST …/suspend."""
    store, row, _ = _mine(request)
    with store.write():
        store.update("scheduled_jobs", {"id": row["id"]}, suspend=1)
    return PlainTextResponse("OK")


async def resume(request: Request) -> Response:
    """POST …/resume: from now on; missed runs are not caught up."""
    store, row, _ = _mine(request)
    with store.write():
        store.update("scheduled_jobs", {"id": row["id"]}, suspend=0, looked_at=store.now())
    return PlainTextResponse("OK")


async def run(request: Request) -> Response:
    """POST …/run: at once, in addition to the schedule."""
    who, namespace = changeable_namespace(request)
    store = store_of(request)
    row = _at(request, store, namespace)
    must_pay(who, namespace)
    if not row["concurrency"] and is_running(store, row):
        raise ApiError(409, ALREADY)
    with store.write():
        job = begin(store, row)
    return HubJSON(job_json(store, job))


async def reschedule(request: Request) -> Response:
    """POST …/schedule."""
    store, row, namespace = _mine(request)
    body = await body_of(request)
    schedule = _schedule_in(body)
    body.check()
    with store.write():
        store.update("scheduled_jobs", {"id": row["id"]}, schedule=schedule, looked_at=store.now())
    return HubJSON(scheduled_json(store, _row(store, namespace, row["id"])))


async def label(request: Request) -> Response:
    """PUT …/labels: replaces all labels."""
    store, row, namespace = _mine(request)
    body = await body_of(request)
    labels = texts_in(body, "labels", LABEL, LABEL_VALUE, MOST_LABEL)
    if labels is None:
        body.wrong("Invalid input: expected record, received undefined", "labels")
    body.check()
    with store.write():
        spec = json.dumps({**json.loads(row["spec"]), "labels": labels})
        store.update("scheduled_jobs", {"id": row["id"]}, spec=spec)
    return HubJSON(scheduled_json(store, _row(store, namespace, row["id"])))


async def delete(request: Request) -> Response:
    """DELETE …/{job}; jobs it has started go on."""
    store, row, _ = _mine(request)
    with store.write():
        store.delete("scheduled_jobs", id=row["id"])
    return PlainTextResponse("OK")


def _schedule_in(body: JSONBody) -> str:
    schedule = body.text("schedule", required=True) or ""
    try:
        CronLine.read(schedule)
    except ValueError as error:
        body.wrong(str(error), "schedule")
    return schedule


def _mine(request: Request) -> tuple[Store, sqlite3.Row, str]:
    _, namespace = changeable_namespace(request)
    store = store_of(request)
    return store, _at(request, store, namespace), namespace


def _at(request: Request, store: Store, namespace: str) -> sqlite3.Row:
    return _row(store, namespace, request.path_params["job"])


def _row(store: Store, namespace: str, id: str) -> sqlite3.Row:
    row = store.find("scheduled_jobs", namespace=namespace, id=id)
    if row is None:
        raise ApiError(404, "Scheduled job not found")
    return row


_base = "/api/scheduled-jobs/{namespace}"
_one = f"{_base}/{{job}}"
routes = [
    Route(_base, listing, methods=["GET"]),
    Route(_base, create, methods=["POST"]),
    Route(_one, details, methods=["GET"]),
    Route(_one, delete, methods=["DELETE"]),
    Route(f"{_one}/suspend", suspend, methods=["POST"]),
    Route(f"{_one}/resume", resume, methods=["POST"]),
    Route(f"{_one}/run", run, methods=["POST"]),
    Route(f"{_one}/schedule", reschedule, methods=["POST"]),
    Route(f"{_one}/labels", label, methods=["PUT"]),
]
