"""Areas of the local Hub are imported when a request may match, and answer as if all had been imported."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import walk_packages

import pytest
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from hub_mcp import localhub
from hub_mcp.dev.area_paths import paths_file
from hub_mcp.localhub.areas import AREAS, areas
from hub_mcp.localhub.repos import lookup
from hub_mcp.localhub.world.snapshot import world_of
from tests.waiting import PATIENCE

WORDS = {"plural": "datasets", "owner": "ada", "int": "7", "path": "main/a b/c.txt"}
EAGER = [route for area in areas() for route in area.routes if isinstance(route, Route)]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WHOAMI = """
import asyncio, sys
import httpx
from hub_mcp.localhub.app import create_app

async def main():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app()), base_url="http://hub") as hub:
        told = await hub.get("/api/whoami-v2", headers={"authorization": "Bearer hf_sandbox_ada_read"})
        assert told.json()["name"] == "ada", told.text

asyncio.run(main())
print(*sys.modules)
"""


def first(routes: Sequence[BaseRoute], scope: Scope) -> tuple[Match, BaseRoute | None]:
    """The route that a router takes of these, and how it fits; an area's own, where it is an area."""
    partial: tuple[Match, BaseRoute | None] = Match.NONE, None
    for route in routes:
        match, more = route.matches(scope)
        found = match, more.get("route_of_area", route)
        if match is Match.FULL:
            return found
        if match is Match.PARTIAL and partial[1] is None:
            partial = found
    return partial


def path_of(route: Route) -> str:
    """A path that the route takes."""
    return re.sub(r"\{(\w+):?(\w*)\}", lambda field: WORDS.get(field[2], field[1]), route.path)


@pytest.mark.parametrize("route", EAGER, ids=lambda route: route.path)
def test_a_request_reaches_the_route_it_would_reach_if_every_area_had_been_imported(route: Route) -> None:
    for method in METHODS:
        scope = {"type": "http", "method": method, "path": path_of(route), "root_path": "", "path_params": {}}
        eager, there = first(EAGER, scope)
        assert eager is not Match.NONE
        assert first(areas(), scope) == (eager, there)


def test_every_module_with_routes_is_an_area_and_its_paths_are_those_that_are_listed() -> None:
    places = walk_packages(localhub.__path__, f"{localhub.__name__}.")
    modules = [import_module(place.name) for place in places if not place.ispkg]
    found = {module.__name__ for module in modules if hasattr(module, "routes")} - {lookup.__name__}
    assert found == {f"{localhub.__name__}.{area}" for area in AREAS}
    wanted = paths_file()
    assert {path: path.read_bytes() for path in wanted} == wanted, "python -m hub_mcp.dev derive"


def test_a_first_answer_imports_the_area_that_gives_it_and_what_every_answer_needs() -> None:
    world_of()  # is kept, so that the other process has only to open it
    told = subprocess.run(
        [sys.executable, "-c", WHOAMI], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    here = f"{localhub.__name__}."
    imported = {name.removeprefix(here) for name in told.stdout.split() if name.startswith(here)}
    assert imported & {*AREAS} == {"people.routes"}
    folders = {name.partition(".")[0] for name in imported if "." in name}
    assert folders == {"people", "repos", "web", "outlines", "world"}
