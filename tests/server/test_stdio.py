"""The server as assistants start it: a process of its own, spoken to over its pipes, in both eras."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.server.operation_tools import TOOLS
from tests.waiting import PATIENCE

SERVER = [sys.executable, "-m", "hub_mcp", "--sandbox", "--journal", "off"]
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


def test_a_write_in_flight_arrives_when_the_input_ends(tmp_path: Path) -> None:
    hub = tmp_path / "hub.sqlite"
    slow = [*SERVER[:3], "--sandbox", str(hub), *SERVER[4:], "--faults", "latency=3000ms,path=/api/repos"]
    begin = [request(0, "initialize", **HELLO), b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n']
    first = request(1, "tools/call", name="whoami", arguments={})  # so that the local Hub is up
    create = request(
        2, "tools/call", name="create_repo", arguments={"repo_id": "ada/in-flight", "type": "model"}
    )
    with subprocess.Popen(slow, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(b"".join([*begin, first]))
        server.stdin.flush()
        for _ in range(2):
            server.stdout.readline()
        server.stdin.write(create)
        server.stdin.flush()
        time.sleep(1)  # the request is on its way; its answer takes longer
        server.stdin.close()
        server.wait(PATIENCE)
    look = [*SERVER[:3], "--sandbox", str(hub), "call", "get_model", "--repo-id", "ada/in-flight", "--json"]
    seen = subprocess.run(look, capture_output=True, text=True, check=False)
    assert json.loads(seen.stdout)["id"] == "ada/in-flight", seen.stderr


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
