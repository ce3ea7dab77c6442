"""The paths of the local Hub's areas, generated in advance, so that a start does not import every area."""

from __future__ import annotations

import json
from pathlib import Path

from starlette.routing import Route

from hub_mcp.dev.project import ROOT
from hub_mcp.localhub.areas import AREAS, FILE, Area


def paths_file() -> dict[Path, bytes]:
    """The file with each area's paths, in the order of its routes."""
    lines = (f"{json.dumps(area)}: {json.dumps(paths_of(area))}" for area in AREAS)
    return {ROOT / "hub_mcp" / "localhub" / FILE: ("{\n" + ",\n".join(lines) + "\n}\n").encode()}


def paths_of(area: str) -> list[str]:
    """The paths of an area's routes, each once."""
    routes = [route for route in Area(area, ()).routes if isinstance(route, Route)]
    return list(dict.fromkeys(route.path for route in routes))
