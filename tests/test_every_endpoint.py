"""One row per endpoint: documented, real, tool, local route, exchange, snapshot; an empty cell fails."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.localhub.app import create_app
from hub_mcp.server.tools.tool_selection import NAMED_FILE
from tests.exchanges import record

HERE = Path(__file__).parent
PUBLISHED = json.loads((HERE.parent / "manifests" / "tools.json").read_text(encoding="utf-8"))["tools"]
NAMED = json.loads((HERE.parent / "hub_mcp" / "server" / "tools" / NAMED_FILE).read_text(encoding="utf-8"))
# Both are written by `python -m hub_mcp.dev manifests`.
SNAPSHOTS = {tool["name"]: tool for tool in (*PUBLISHED, *(one["tool"] for one in NAMED))}
AREAS_AND_ROUTES = create_app().routes
ROUTES = [
    route for one in AREAS_AND_ROUTES for route in getattr(one, "routes", [one]) if isinstance(route, Route)
]


def recorded(tool: str) -> dict[str, Any]:
    exchange: dict[str, Any] = json.loads((HERE / "exchanges" / f"{tool}.json").read_text(encoding="utf-8"))
    return exchange


def local_route(method: str, path: str) -> str:
    """The local Hub's route for a request."""
    for route in ROUTES:
        if method in (route.methods or ()) and route.path_regex.match(path.partition("?")[0]):
            return route.path
    return ""


@pytest.mark.parametrize("tool", ENDPOINTS)
def test_no_cell_of_the_row_is_empty(tool: str) -> None:
    endpoint, exchange = ENDPOINTS[tool], recorded(tool)
    request = exchange["request"]
    row = {
        "documented": endpoint.line.documented,
        "real": endpoint.line.path,
        "tool": endpoint.tool,
        "local route": local_route(request["method"], request["path"]),
        "exchange": exchange["response"]["status"],
        "snapshot": SNAPSHOTS.get(tool, {}).get("inputSchema"),
    }
    assert not [name for name, cell in row.items() if not cell]


@pytest.mark.parametrize("tool", ENDPOINTS)
def test_the_documented_spelling_of_the_path_is_served_as_well(tool: str) -> None:
    line = ENDPOINTS[tool].line
    method, _, path = line.documented.partition(" ")
    path = re.sub(r" or .*| \(\+.*\)$", "", path)  # the first of several documented forms
    path = path.replace("{repo_type}", "models").replace("{repo_id}", "ns/name").replace("{n}", "0")
    path = re.sub(r"\{slug\}-\{id\}", "title-0123456789abcdef01234567", path)
    assert local_route(method, re.sub(r"\{\w+\}", "0123456789abcdef01234567", path))


@pytest.mark.parametrize("tool", ENDPOINTS)
def test_a_recorded_exchange_is_made_and_read_as_it_was(tool: str) -> None:
    exchange = recorded(tool)
    call = ENDPOINTS[tool].model_validate(exchange["settled"])
    request, response = call.to_http(""), exchange["response"]
    assert {"method": request.method, "path": request.url, "body": record.body_of(request)} == exchange[
        "request"
    ]
    as_it_came = isinstance(response["body"], str) and "json" not in response["headers"].get(
        "content-type", ""
    )
    body = response["body"] if as_it_came else json.dumps(response["body"])
    answer = call.from_http(
        HttpResponse(response["status"], response["headers"], body.encode(), response["url"])
    )
    assert answer.content() == exchange["shown"]


@pytest.mark.asyncio
async def test_recording_the_exchanges_again_changes_none_of_them() -> None:
    kept = {
        path.stem: path.read_text(encoding="utf-8") for path in sorted((HERE / "exchanges").glob("*.json"))
    }
    again = await record.recorded()
    assert sorted(again) == sorted(kept)
    stale = [tool for tool in kept if again[tool] != kept[tool]]
    assert not stale, "read the difference after `python -m tests.exchanges.record`"
