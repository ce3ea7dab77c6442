"""A Space's logs, runtime and usage, as server-sent events.

The lines depend on when the Space was started and on the clock: a later read has more. The real Hub keeps
the stream open while there may be more; here it ends after the lines known now.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import must_write, signed_in
from ..repos.lookup import repo_at
from ..store import Json, moment, store_of
from ..web.hub_errors import bad_request
from ..web.request import whole_of
from .rows import details_of
from .stages import BUILD, START, runtime_at

Line = tuple[float, str]  # the second at which it is written, and the text
MOST = 10_000  # lines
VISITS = 30.0  # seconds between two requests that a running Space logs
BROKEN = ("BUILD_ERROR", "CONFIG_ERROR")


async def logs(request: Request) -> Response:
    """GET …/logs/build and …/logs/run: all lines so far or the last `tail`; only for those who may write."""
    store, repo = store_of(request), repo_at(request, "space")
    must_write(signed_in(request), repo, f'read the logs of space "{repo["id"]}"')
    if repo["sdk"] == "static":
        raise bad_request("This is a static Space: it has no logs")
    tail = whole_of(request, "tail", MOST, 2**53)
    now, details = store.clock(), details_of(repo)
    began, build = _begun(repo, details)
    lines = _built(repo, details, began, build, now)
    if request.url.path.endswith("/run"):
        lines = _ran(details, began + build, now)
    sent = [(at, text) for at, text in lines if at <= now][-min(tail, MOST) :] if tail else []
    return _events({"data": f"{text}\n", "timestamp": moment(at)} for at, text in sent)


async def metrics(request: Request) -> Response:
    """GET …/metrics: one measurement of each running replica."""
    store, repo = store_of(request), repo_at(request, "space")
    must_write(signed_in(request), repo, f'read the metrics of space "{repo["id"]}"')
    running = str(runtime_at(details_of(repo), store.clock())["stage"]).startswith("RUNNING")
    load = 3 + int(store.clock()) % 40
    measured = {
        "cpu_usage_pct": load, "cpu_millicores": 2000, "memory_used_bytes": 412_000_000 + load * 1_000_000,
        "memory_total_bytes": 16_000_000_000, "rx_bps": load * 120, "tx_bps": load * 900, "gpus": {},
        "replica": "1",
    }  # fmt: skip
    return _events([measured] if running else [])


async def events(request: Request) -> Response:
    """GET …/events: the current runtime, for everybody who may see the Space."""
    store, repo = store_of(request), repo_at(request, "space")
    return _events([runtime_at(details_of(repo), store.clock())])


def _begun(repo: sqlite3.Row, details: dict[str, Json]) -> tuple[float, float]:
    """When its last build began, and how long it takes."""
    run = details.get("run")
    if isinstance(run, dict):
        return float(str(run["since"])), float(str(run["build"]))
    return datetime.fromisoformat(repo["last_modified"]).timestamp(), BUILD


def _built(
    repo: sqlite3.Row, details: dict[str, Json], began: float, build: float, now: float
) -> Iterator[Line]:
    steps = (
        "--> FROM docker.io/library/python:3.12-slim",
        "--> RUN apt-get update && apt-get install -y git",
        "--> COPY requirements.txt /tmp/requirements.txt",
        "--> RUN pip install --no-cache-dir -r /tmp/requirements.txt",
        "--> COPY --chown=1000:1000 . /app",
        "--> Pushing image",
    )
    yield began, f"===== Build Queued at {moment(began)[:19]} / Commit SHA: {repo['sha'][:7]} ====="
    runtime = runtime_at(details, max(now, began + build))
    fails = runtime["stage"] in BROKEN
    stuck = runtime["stage"] == "BUILDING"
    for n, step in enumerate(steps[:4] if fails or stuck else steps, 1):
        yield began + build * n / (len(steps) + 1), step
    if fails:
        yield began + build, f"ERROR: {runtime.get('errorMessage') or 'the build failed'}"
    elif not stuck:
        yield began + build, "DONE"


def _ran(details: dict[str, Json], started: float, now: float) -> Iterator[Line]:
    end = runtime_at(details, max(now, started + START))
    if end["stage"] in (*BROKEN, "NO_APP_FILE", "BUILDING"):
        return
    yield started, f"===== Application Startup at {moment(started)[:19]} ====="
    up = started + START
    if end["stage"] == "RUNTIME_ERROR":
        yield up, "Traceback (most recent call last):"
        yield up, '  File "/home/user/app/app.py", line 4, in <module>'
        yield up, "    from transformers import pipeline"
        yield up, str(end.get("errorMessage") or "RuntimeError").rpartition("Reason: ")[2]
        return
    yield up, "* Running on local URL:  http://0.0.0.0:7860"
    if end["stage"] == "RUNNING":
        visits = int((now - up) // VISITS)
        for n in range(max(1, visits - MOST), visits + 1):
            yield up + n * VISITS, f'INFO:     10.16.{n % 256}.7:0 - "GET / HTTP/1.1" 200 OK'


def _events(objects: Iterable[object]) -> Response:
    text = "".join(f"data: {json.dumps(one, ensure_ascii=False)}\n\n" for one in objects)
    return Response(text, media_type="text/event-stream")


_base = "/api/spaces/{namespace}/{repo}"
routes = [
    *(Route(f"{_base}/logs/{kind}", logs, methods=["GET"]) for kind in ("build", "run")),
    Route(f"{_base}/metrics", metrics, methods=["GET"]),
    Route(f"{_base}/events", events, methods=["GET"]),
]
