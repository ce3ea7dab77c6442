"""What a start over stdio imports: at first only the standard library, then the SDK and little more.

Every package beside the SDK's own is paid for at each start of an assistant, so each is named here with its
reason; what only a call needs (httpx, the local Hub, Redis) is imported by the call.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.server.handlers import LATER as BY_A_CALL
from tests.waiting import PATIENCE

BARE = """
import asyncio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import ListToolsResult
from tests.waiting import PATIENCE

async def list_tools(ctx, params):
    return ListToolsResult(tools=[])

async def main():
    server = Server("bare", on_list_tools=list_tools)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())

asyncio.run(main())
"""
# Packages that a server of the SDK without anything in it does not import, and why ours does.
OURS = {
    "hub_mcp": "what it is all about",
    "click": "reads the command line",
    "difflib": "guesses what a misspelt command meant; with click",
    "gc": "looks at new objects alone while modules are imported",
    "runpy": "runs `python -m`",
}
# Rooms and files of ours that wait until a call, a command or a transport wants them.
LATER = (
    "hub_mcp.catalogue",
    "hub_mcp.localhub",
    "hub_mcp.gate.journal",
    "hub_mcp.client.hub",
    "hub_mcp.client.transport.stack",
    "hub_mcp.server.handlers",
    "hub_mcp.gate.gate",
    "hub_mcp.server.resources.reading",
    "hub_mcp.server.http.http_app",
    "hub_mcp.server.http.auth",
    "hub_mcp.server.http.redis_state",
    "hub_mcp.gate.redis_journal",
    "hub_mcp.cli.call",
    "hub_mcp.cli.doctor",
    "hub_mcp.cli.assistants.install",
    "hub_mcp.cli.output",
    "hub_mcp.dev",
)
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
MESSAGES = (
    {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HELLO},
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}},
    # What is not answered early, and needs nothing but the SDK.
    {"jsonrpc": "2.0", "id": 2, "method": "ping", "params": {"_meta": {"traceparent": "x"}}},
)
EARLY = """
import os, sys
from hub_mcp.cli.flags.plain_arguments import plain_settings
from hub_mcp.server.early.early_answers import EarlyAnswers
early = EarlyAnswers(plain_settings(sys.argv[1:], {}))
assert all(early.answer(line) is not None for line in sys.stdin.buffer.read().splitlines()[:3])
print(*(name for name, module in sys.modules.items() if module))
"""

KEPT = """
import gc, sys
from hub_mcp.cli.flags.plain_arguments import plain_settings
from hub_mcp.server.early.early_answers import EarlyAnswers, Era
from hub_mcp.server.tools.tool_selection import PreparedTool
early = EarlyAnswers(plain_settings([], {}))
assert all(early.answer(line) is not None for line in sys.stdin.buffer.read().splitlines()[:3])
print(*(sum(isinstance(one, kind) for one in gc.get_objects()) for kind in (Era, PreparedTool)))
"""

# Which no call that reads by a written class needs: the table of operations, and what changes pass through.
OF_OTHERS = ("hub_mcp.catalogue.operations.", "hub_mcp.gate.", "hub_mcp.server.confirm.")
CALLED = (
    """
import sys
from hub_mcp.server import handlers
from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.server.tools.read_calls import read_call
from hub_mcp.server.resources.addresses import call_at
"""
    + "{call}\nprint(*sys.modules)\n"
)

WORKER = """
import sys
from hub_mcp.server.http.http_app import Http
from hub_mcp.settings import Settings
from hub_mcp.wiring import create_http_app
create_http_app(Settings(journal="off"), Http())
print(*sys.modules)
"""


def imported(place: Path, *command: str) -> set[str]:
    """The modules a server has imported when it has listed its tools and its input has ended."""
    told = place / "imports.txt"
    with told.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-X", "importtime", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "HF_TOKEN": ""},
        )
        lines = "".join(json.dumps(message) + "\n" for message in MESSAGES)
        answers, _ = process.communicate(lines, timeout=PATIENCE)
    assert '"tools"' in answers
    return {
        line.rpartition("|")[2].strip()
        for line in told.read_text().splitlines()
        if line.startswith("import time:")
    }


def test_a_start_imports_what_is_named_here_beside_the_sdk(tmp_path: Path) -> None:
    bare = tmp_path / "bare.py"
    bare.write_text(BARE)
    floor = {name.partition(".")[0] for name in imported(tmp_path, str(bare))}
    ours = imported(tmp_path, "-m", "hub_mcp", "--anonymous")
    more = {name.partition(".")[0] for name in ours} - floor
    assert {name for name in more if not name.startswith("_")} <= OURS.keys()
    assert not {name for name in ours if name.startswith(LATER)}


def test_a_sandbox_imports_what_a_call_needs_before_it_is_called(tmp_path: Path) -> None:
    ours = imported(tmp_path, "-m", "hub_mcp", "--sandbox")
    assert {"hub_mcp.server.tools.catalogue_tools", "hub_mcp.localhub.store", "httpx"} <= ours
    assert "pygments" not in ours  # of httpx's own command line


@pytest.mark.parametrize(
    "call",
    ['read_call(ENDPOINTS["get_model"], {"repo_id": "ada/atlas"})', 'call_at("hub://models?search=a")'],
)
def test_a_call_imports_no_file_of_the_catalogue_that_only_others_need(call: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", CALLED.replace("{call}", call)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    idle = {one.__module__ for one in ENDPOINTS.values() if one.changes}
    idle -= {one.__module__ for one in ENDPOINTS.values() if not one.changes}
    assert len(idle) > 10
    imported = {*told.stdout.split()}
    assert idle & imported == set()
    assert not {name for name in imported if name.startswith(OF_OTHERS)}


def test_a_worker_over_http_has_imported_what_calls_need_before_it_serves() -> None:
    told = subprocess.run(
        [sys.executable, "-c", WORKER], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert {*BY_A_CALL, *(one.__module__ for one in ENDPOINTS.values())} <= {*told.stdout.split()}


def test_a_question_from_a_shell_imports_nothing_that_only_servers_and_changes_need() -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "hub_mcp", "call", "whoami", "--sandbox"],
        capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    names = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
    assert "hub_mcp.client.sender" in names
    servers = ("mcp.", "hub_mcp.gate.", "hub_mcp.server.early.", "hub_mcp.server.handlers")
    assert not {name for name in names if name.startswith(servers)}


def test_what_waits_exists() -> None:
    root = Path(__file__).parent.parent
    for name in LATER:
        place = root / name.replace(".", "/")
        assert place.is_dir() or place.with_suffix(".py").is_file(), name


@pytest.mark.parametrize("flag", ["--sandbox", "--anonymous", "--toolsets=all"])
def test_before_the_first_answers_nothing_is_imported_but_pythons_own(flag: str) -> None:
    sent = "".join(json.dumps(message) + "\n" for message in MESSAGES).encode()
    told = subprocess.run(
        [sys.executable, "-c", EARLY, flag], input=sent, capture_output=True, timeout=PATIENCE, check=True
    )
    tops = {name.partition(".")[0] for name in told.stdout.decode().split()}
    installed = {name for name in tops - sys.stdlib_module_names if not name.startswith("_")}
    assert installed == {"hub_mcp"}


def test_after_the_first_answers_a_session_keeps_its_own_era_and_no_tools() -> None:
    sent = "".join(json.dumps(message) + "\n" for message in MESSAGES).encode()
    told = subprocess.run(
        [sys.executable, "-c", KEPT], input=sent, capture_output=True, timeout=PATIENCE, check=True
    )
    assert told.stdout.split() == [b"1", b"0"]
