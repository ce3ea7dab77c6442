"""The runtime of a Space: reading, pausing, restarting, and setting hardware, sleep time and dev mode."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import SignedInUser, must_write, signed_in
from ..repos.lookup import repo_at
from ..store import Json, Store, store_of
from ..web.hub_errors import bad_request, plan_needed
from ..web.json_body import body_of
from ..web.request import truthy
from ..web.response import HubJSON
from .new_space import FREE_HARDWARE, HARDWARE, ZERO_GPU
from .rows import details_of, keep_details
from .stages import fate, is_off, runtime_at, started, stopped, wanted

FREE_SLEEP = 172_800  # seconds, which free hardware always has
Change = Callable[[dict[str, Json]], dict[str, Json]]


async def runtime(request: Request) -> Response:
    """GET …/runtime, for everybody who may see the Space."""
    store, repo = store_of(request), repo_at(request, "space")
    return HubJSON(runtime_at(details_of(repo), store.clock()))


async def pause(request: Request) -> Response:
    """POST …/pause."""
    return _changed(request, "pause", lambda store, _, details: stopped(details, store.clock(), "PAUSED"))


async def restart(request: Request) -> Response:
    """POST …/restart; `factory=true` rebuilds from scratch."""
    factory = truthy(request, "factory")
    return _changed(request, "restart", lambda store, repo, details: _start(store, repo, details, factory))


async def hardware(request: Request) -> Response:
    """POST …/hardware; without a sleep time paid hardware never sleeps."""
    body = await body_of(request)
    flavor, sleep = body.choice("flavor", HARDWARE, required=True), body.whole("sleepTimeSeconds")
    if sleep is not None and sleep < 1 and sleep != -1:
        body.wrong("Too small: expected number to be >0", "sleepTimeSeconds")
    body.check()
    store, who, repo = own_space(request, "change the hardware of")
    if flavor not in FREE_HARDWARE and not _subscribed(who, repo):
        raise plan_needed("A payment method is needed for this hardware. Add one in your billing settings.")
    if flavor in ZERO_GPU and repo["sdk"] != "gradio":
        raise bad_request("✖ ZeroGPU hardware needs the Gradio SDK\n  → at flavor")

    def given(details: dict[str, Json]) -> dict[str, Json]:
        now = runtime_at(details, store.clock())
        hardware = now["hardware"]
        current = hardware.get("current") if isinstance(hardware, dict) else None
        seconds = FREE_SLEEP if flavor in FREE_HARDWARE else None if sleep == -1 else sleep
        asked: dict[str, Json] = {"hardware": {"current": current, "requested": flavor}, "gcTimeout": seconds}
        if is_off(store, details):
            return {**details, "runtime": now | asked}
        ends = fate(repo, details, store.clock())
        begun = started(details, store.clock(), ends=ends)
        kept = begun["runtime"]
        assert isinstance(kept, dict)
        return {**begun, "runtime": kept | asked}

    return _written(store, repo, given)


async def sleep_time(request: Request) -> Response:
    """POST …/sleeptime; on free hardware the time stays unchanged."""
    body = await body_of(request)
    seconds = body.whole("seconds", required=True)
    if seconds is not None and seconds < 1 and seconds != -1:
        body.wrong("Too small: expected number to be >0", "seconds")
    body.check()
    store, _, repo = own_space(request, "change the sleep time of")

    def set_to(details: dict[str, Json]) -> dict[str, Json]:
        kept = details.get("runtime")
        if not isinstance(kept, dict) or wanted(kept) in FREE_HARDWARE:
            return details
        return {**details, "runtime": kept | {"gcTimeout": None if seconds == -1 else seconds}}

    return _written(store, repo, set_to)


async def dev_mode(request: Request) -> Response:
    """POST …/dev-mode: turning it on needs a plan, turning it off does not."""
    body = await body_of(request)
    enabled = body.flag("enabled")
    if enabled is None:
        body.wrong("Invalid input: expected boolean, received undefined", "enabled")
    body.check()
    store, who, repo = own_space(request, "change the dev mode of")
    if enabled and not _subscribed(who, repo):
        raise plan_needed("Dev mode needs PRO, or a Team or Enterprise plan")

    def turned(details: dict[str, Json]) -> dict[str, Json]:
        begun = _start(store, repo, details, factory=False)
        kept = begun["runtime"]
        assert isinstance(kept, dict)
        return {**begun, "runtime": kept | {"devMode": enabled}}

    return _written(store, repo, turned)


def restarted(store: Store, repo: sqlite3.Row, details: dict[str, Json]) -> dict[str, Json]:
    """The details of a Space after a setting changed, which restarts it unless it is off."""
    return details if is_off(store, details) else _start(store, repo, details, factory=False)


def _start(store: Store, repo: sqlite3.Row, details: Mapping[str, Json], factory: bool) -> dict[str, Json]:
    now = store.clock()
    return started(details, now, ends=fate(repo, details, now), factory=factory)


def own_space(request: Request, action: str) -> tuple[Store, SignedInUser, sqlite3.Row]:
    """The Space of a path, if the caller may change how it runs; 400 for a static one, which never runs."""
    store, who, repo = store_of(request), signed_in(request), repo_at(request, "space")
    must_write(who, repo, f'{action} space "{repo["id"]}"')
    if repo["sdk"] == "static":
        raise bad_request("This is a static Space: it has no runtime, and is never billed")
    return store, who, repo


def _changed(
    request: Request, action: str, change: Callable[[Store, sqlite3.Row, dict[str, Json]], dict[str, Json]]
) -> Response:
    store, _, repo = own_space(request, action)
    return _written(store, repo, lambda details: change(store, repo, details))


def _written(store: Store, repo: sqlite3.Row, change: Change) -> Response:
    """Apply a change to a Space and return its runtime."""
    with store.write():
        details = change(details_of(repo))
        keep_details(store, repo, details)
    return HubJSON(runtime_at(details, store.clock()))


def _subscribed(who: SignedInUser, repo: sqlite3.Row) -> bool:
    """Whether the Space's owner has a plan that includes paid features."""
    namespace = repo["namespace"].lower()
    return who.is_pro if namespace == who.name.lower() else namespace in who.plans


_base = "/api/spaces/{namespace}/{repo}"
routes = [
    Route(f"{_base}/runtime", runtime, methods=["GET"]),
    Route(f"{_base}/pause", pause, methods=["POST"]),
    Route(f"{_base}/restart", restart, methods=["POST"]),
    Route(f"{_base}/hardware", hardware, methods=["POST"]),
    Route(f"{_base}/sleeptime", sleep_time, methods=["POST"]),
    Route(f"{_base}/dev-mode", dev_mode, methods=["POST"]),
]
