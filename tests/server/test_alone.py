"""Each file of the catalogue by itself: no class depends on another file being imported first."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import groupby

import pytest

from hub_mcp.catalogue import ENDPOINTS
from tests.samples import CALLS
from tests.thoroughly import every_nth
from tests.waiting import PATIENCE

ALONE = """
import anyio, json, sys
from mcp.client import Client
from hub_mcp.server.lazy import lazy_server
from hub_mcp.server.early.prepared_tools import PreparedTools
from hub_mcp.settings import Settings
from hub_mcp.wiring import handlers_of, hub_of

async def main():
    settings = Settings(sandbox="", toolsets=("all",), journal="off", confirm="off")
    hub = hub_of(settings)
    server = lazy_server(PreparedTools(settings), lambda: handlers_of(settings, hub), settings)
    async with Client(server) as client:
        for tool, arguments in json.load(sys.stdin):
            answer = await client.call_tool(tool, arguments)
            print(tool, json.dumps([block.text for block in answer.content if block.type == "text"]))
    await hub.aclose()

anyio.run(main)
"""
FILES = {file: [*tools] for file, tools in groupby(ENDPOINTS, lambda tool: ENDPOINTS[tool].__module__)}


@pytest.mark.parametrize("file", every_nth([*FILES], 3))
def test_the_tools_of_a_file_work_where_no_other_was_asked_for(file: str) -> None:
    calls = json.dumps([(tool, CALLS[tool]) for tool in FILES[file]])
    run = subprocess.run(
        [sys.executable, "-c", ALONE],
        input=calls,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert [line.partition(" ")[0] for line in run.stdout.splitlines()] == FILES[file]
    assert "failed inside hub-mcp" not in run.stdout, run.stderr
