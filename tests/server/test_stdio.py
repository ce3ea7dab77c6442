"""The server as assistants start it: a separate process, reached over its pipes, in both eras."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from hub_mcp.server.tools.operation_tools import TOOLS
from tests.gate.gates import ADA
from tests.waiting import PATIENCE, turns

SERVER = [sys.executable, "-m", "hub_mcp", "--sandbox", "--journal", "off"]
LATE = 1.0  # seconds in which a server that gives up would hang up; a machine too slow for that passes
ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])
HELLO = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}
JUNK = {
    "HF_TOKEN": "  ",
    "HF_ENDPOINT": "${HF_ENDPOINT}",
    "HF_HUB_OFFLINE": "",
    "HUB_MCP_TOOLSETS": "",
    "HUB_MCP_READ_ONLY": "${user_config.read_only}",
    "HUB_MCP_CONFIRM": " ",
}


def request(number: int, method: str, **params: Any) -> bytes:
    message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    return json.dumps(message).encode() + b"\n"


@pytest.mark.asyncio
@ERAS
async def test_the_main_job_runs_in_a_subprocess_whatever_the_host_puts_into_the_environment(
    mode: Any,
) -> None:
    server = StdioServerParameters(
        command=SERVER[0], args=[*SERVER[1:], "--structured"], env={**os.environ, **JUNK}
    )
    async with Client(stdio_client(server), mode=mode) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == [*default_endpoints(), *TOOLS]
        page = await client.call_tool("list_models", {"search": "bert", "limit": 2})
        content = page.structured_content
        assert isinstance(content, dict)
        assert len(content["items"]) == 2
        me = await client.call_tool("whoami", {})
        assert isinstance(me.structured_content, dict)
        assert me.structured_content["name"] == "ada"
        odd = await client.call_tool("get_model", {"repo_id": "../../api/whoami-v2"})
        assert odd.is_error


def test_it_writes_protocol_only_and_ends_when_its_input_ends() -> None:
    calls = [
        request(0, "initialize", **HELLO),
        b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n',
        request(1, "tools/call", name="get_model_tags", arguments={"type": "library"}),
    ]
    with subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(b"".join(calls))
        server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(2)]
        assert [answer["id"] for answer in answers] == [0, 1]
        server.stdin.close()
        assert server.wait(PATIENCE) == 0
        assert server.stdout.read() == b""


class Held:
    """A Hub that makes a repository late, and not at all for somebody who has hung up meanwhile."""

    def __init__(self, app: ASGIApp, asked: threading.Event) -> None:
        self._app = app
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            request = Request(scope, receive)
            body = await request.body()
            self._asked.set()
            with anyio.move_on_after(LATE) as gone:
                while not await request.is_disconnected():
                    await turns()
            if not gone.cancelled_caught:
                return
            ours: Message = {"type": "http.request", "body": body, "more_body": False}
            await self._app(scope, lambda: asyncio.sleep(0, ours), send)
        else:
            await self._app(scope, receive, send)


def test_a_write_in_flight_arrives_when_the_input_ends() -> None:
    asked = threading.Event()
    app = create_app()
    app.add_middleware(Held, asked=asked)
    create = request(
        1, "tools/call", name="create_repo", arguments={"repo_id": "ada/in-flight", "type": "model"}
    )
    begin = [request(0, "initialize", **HELLO), b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n']
    with serving(app) as hub:
        environment = {**os.environ, "HF_ENDPOINT": hub, "HF_TOKEN": ADA}
        command = [word for word in SERVER if word != "--sandbox"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment
        ) as server:
            assert server.stdin
            server.stdin.write(b"".join([*begin, create]))
            server.stdin.flush()
            assert asked.wait(PATIENCE)
            server.stdin.close()
            server.wait(PATIENCE)
        model = f"{hub}/api/models/ada/in-flight"
        auth = {"Authorization": f"Bearer {ADA}"}
        assert httpx.get(model, headers=auth, trust_env=False, timeout=PATIENCE).status_code == 200


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="reads Linux' table of sockets")
def test_it_listens_on_no_port() -> None:
    with subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(request(0, "initialize", **HELLO))
        server.stdin.flush()
        server.stdout.readline()
        held = {os.readlink(link) for link in Path(f"/proc/{server.pid}/fd").iterdir() if link.is_symlink()}
        tables = [
            Path(f"/proc/{server.pid}/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")
        ]
        listening = {
            f"socket:[{row.split()[9]}]" for table in tables for row in table if row.split()[3] == "0A"
        }
        assert not held & listening
        server.stdin.close()
        server.wait(PATIENCE)
