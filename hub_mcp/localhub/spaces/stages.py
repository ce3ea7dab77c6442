"""The stages a Space passes through by the clock: it is built, starts, runs or fails, and goes to sleep.

Nothing is run. A started Space stores when it started, how long its build takes, and the final stage; every
answer computes the stage at its own moment. A Space of the world that nobody has touched stays in its
initial stage.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from ..store import Json, Store

BUILD, FACTORY_BUILD, START = 20.0, 60.0, 5.0  # seconds; a build from scratch takes longer
FAILED = ("BUILD_ERROR", "RUNTIME_ERROR", "CONFIG_ERROR")
OFF = ("PAUSED", "STOPPED")
NO_RUNTIME: dict[str, Json] = {
    "stage": "NO_APP_FILE",
    "hardware": {"current": None, "requested": None},
    "replicas": {"requested": 1},
}


def runtime_at(details: Mapping[str, Json], now: float) -> dict[str, Json]:
    """The runtime of a Space at a moment; one just created has nothing to run."""
    kept, run = details.get("runtime"), details.get("run")
    runtime = dict(kept) if isinstance(kept, dict) else dict(NO_RUNTIME)
    if not isinstance(run, dict):
        return runtime
    age, ends = now - float(str(run["since"])), str(run["ends"])
    build = float(str(run["build"]))
    if age < build:
        return runtime
    if ends in ("BUILD_ERROR", "CONFIG_ERROR", "NO_APP_FILE"):
        return _ended(runtime, ends, run.get("error"))
    if age < build + START:
        running = str(runtime["stage"]).startswith("RUNNING")
        return runtime | {"stage": "RUNNING_APP_STARTING" if running else "APP_STARTING"}
    if ends != "RUNNING":
        return _ended(runtime, ends, run.get("error"))
    sleeps = runtime.get("gcTimeout")
    if isinstance(sleeps, int) and 0 < sleeps <= age - build - START:
        return _ended(runtime, "SLEEPING")
    up: dict[str, Json] = {
        "stage": "RUNNING",
        "hardware": {"current": wanted(runtime), "requested": wanted(runtime)},
        "replicas": {"current": 1, "requested": 1},
    }
    return runtime | up


def started(details: Mapping[str, Json], now: float, *, ends: str, factory: bool = False) -> dict[str, Json]:
    """The details of a Space whose build begins; one that was running keeps running meanwhile."""
    before = runtime_at(details, now)
    runs = before["stage"] == "RUNNING" and not factory
    runtime = {name: value for name, value in before.items() if name != "errorMessage"}
    if not runs:
        runtime |= {"hardware": {"current": None, "requested": wanted(before)}, "replicas": {"requested": 1}}
    run: dict[str, Json] = {"since": now, "build": FACTORY_BUILD if factory else BUILD, "ends": ends}
    if ends in FAILED:
        run["error"] = before.get("errorMessage")
    stage = "RUNNING_BUILDING" if runs else "BUILDING"
    return {**details, "runtime": runtime | {"stage": stage}, "run": run}


def rebuilt(details: dict[str, Json], now: float, *, has_app: bool) -> dict[str, Json]:
    """The details of a Space whose files have changed: it is rebuilt, unless it is off."""
    if "runtime" not in details or runtime_at(details, now)["stage"] in OFF:
        return details
    return started(details, now, ends="RUNNING" if has_app else "NO_APP_FILE")


def stopped(details: Mapping[str, Json], now: float, stage: str) -> dict[str, Json]:
    """The details of a Space that has stopped."""
    kept = {name: value for name, value in details.items() if name != "run"}
    return {**kept, "runtime": _ended(runtime_at(details, now), stage)}


def fate(repo: sqlite3.Row, details: Mapping[str, Json], now: float) -> str:
    """The final stage of starting a Space: one that failed fails again until its files change."""
    runtime = runtime_at(details, now)
    run = details.get("run")
    ended = str(run["ends"]) if isinstance(run, dict) else str(runtime["stage"])
    same = runtime.get("sha", repo["sha"]) == repo["sha"]
    return ended if same and ended in (*FAILED, "NO_APP_FILE") else "RUNNING"


def wanted(runtime: Mapping[str, Json]) -> Json:
    """The requested hardware."""
    hardware = runtime.get("hardware")
    return hardware.get("requested") if isinstance(hardware, dict) else None


def is_off(store: Store, details: Mapping[str, Json]) -> bool:
    """Whether a Space is off until somebody starts it."""
    return runtime_at(details, store.clock())["stage"] in OFF


def _ended(runtime: Mapping[str, Json], stage: str, error: Json = None) -> dict[str, Json]:
    """A runtime whose hardware was released."""
    kept = {name: value for name, value in runtime.items() if name != "errorMessage"}
    reason: dict[str, Json] = {"errorMessage": error} if error else {}
    hardware: Json = {"current": None, "requested": wanted(runtime)}
    return {**kept, "stage": stage, "hardware": hardware, "replicas": {"requested": 1}, **reason}
