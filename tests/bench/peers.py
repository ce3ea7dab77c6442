"""The servers that ours is compared with, and a connection to any of them over its pipes.

A peer that is not here is left out: HUB_MCP_FASTMCP names a Python with fastmcp, HUB_MCP_PEER a folder into
which `npm install @llmindset/hf-mcp-server` was done.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

# As a server is started from an installation: from compiled files, which the first start writes.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["HF_TOKEN"] = ""
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}

# A server of the SDK with nothing in it but two tools: one that answers at once, one that asks the Hub with
# bare httpx. It is the floor: what any server of this SDK costs.
BARE = """
import asyncio, sys
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import CallToolResult, ListToolsResult, TextContent, Tool

CLIENT = None

async def list_tools(ctx, params):
    empty = {"type": "object", "properties": {}}
    return ListToolsResult(tools=[Tool(name=name, input_schema=empty) for name in ("trivial", "fetch")])

async def call_tool(ctx, params):
    global CLIENT
    text = "done"
    if params.name == "fetch":
        if CLIENT is None:
            import httpx
            LIMITS = httpx.Limits(max_connections=32)
            CLIENT = httpx.AsyncClient(base_url=sys.argv[1], limits=LIMITS, trust_env=False)
        text = (await CLIENT.get(params.arguments["path"])).text
    return CallToolResult(content=[TextContent(text=text)])

async def main():
    server = Server("bare", on_list_tools=list_tools, on_call_tool=call_tool)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())

asyncio.run(main())
"""
BARE_HTTP = """
import sys
import httpx, uvicorn
from mcp.server.lowlevel import Server
from mcp.types import CallToolResult, ListToolsResult, TextContent, Tool

CLIENT = httpx.AsyncClient(base_url=sys.argv[1], limits=httpx.Limits(max_connections=32), trust_env=False)

async def list_tools(ctx, params):
    return ListToolsResult(tools=[Tool(name="fetch", input_schema={"type": "object", "properties": {}})])

async def call_tool(ctx, params):
    text = (await CLIENT.get("/api/models/" + params.arguments["repo_id"])).text
    return CallToolResult(content=[TextContent(text=text)])

server = Server("bare", on_list_tools=list_tools, on_call_tool=call_tool)
app = server.streamable_http_app(json_response=True, stateless_http=True)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
"""
# The official server knows no other Hub: what it asks of huggingface.co is asked of ours.
REDIRECT = """
const hub = process.env.BENCH_HUB, there = "https://huggingface.co", real = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
  if (!url.startsWith(there)) return real(input, init);
  const here = hub + url.slice(there.length);
  return real(input instanceof Request ? new Request(here, input) : here, init);
};
"""
FASTMCP = """
from fastmcp import FastMCP

server = FastMCP("empty")

@server.tool
def trivial() -> str:
    return "done"

server.run(show_banner=False)
"""


def ours(*flags: str) -> list[str]:
    return [sys.executable, "-m", "hub_mcp", "--journal", "off", *flags]


def _script(name: str, text: str) -> str:
    path = Path(tempfile.mkdtemp(prefix="bench-")) / f"{name}.py"
    path.write_text(text)
    return str(path)


def bare(hub: str = "") -> list[str]:
    return [sys.executable, _script("bare", BARE), hub]


def fastmcp() -> list[str] | None:
    python = os.environ.get("HUB_MCP_FASTMCP", "")
    return [python, _script("empty", FASTMCP)] if python else None


def official(*, preload: bool = False) -> list[str] | None:
    """The official server over stdio; with a preload BENCH_HUB says which Hub it asks."""
    folder = os.environ.get("HUB_MCP_PEER", "")
    program = f"{folder}/node_modules/@llmindset/hf-mcp-server/dist/server/stdio.js"
    return ["node", *(_redirected() if preload else []), program] if folder else None


def bare_http(hub: str, port: int) -> list[str]:
    return [sys.executable, _script("bare_http", BARE_HTTP), hub, str(port)]


def official_http(port: int) -> list[str] | None:
    """The official server over HTTP; BENCH_HUB says which Hub it asks."""
    folder = os.environ.get("HUB_MCP_PEER", "")
    if not folder:
        return None
    program = f"{folder}/node_modules/@llmindset/hf-mcp-server/dist/server/streamableHttp.js"
    return ["node", *_redirected(), program, "--port", str(port)]


def _redirected() -> list[str]:
    preload = Path(tempfile.mkdtemp(prefix="bench-")) / "redirect.mjs"
    preload.write_text(REDIRECT)
    return ["--import", str(preload)]


def cpu_of(process: int) -> float:
    """Seconds of the processor that a process and its children have used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_of(int(child)) for child in children)


class Line:
    """A session with a server over its pipes, spoken by hand so that no client's cost is measured with it."""

    def __init__(self, command: list[str], **environment: str) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**ENVIRONMENT, **environment},
        )
        self._last = 0

    def __enter__(self) -> Line:
        self.ask("initialize", HELLO)
        self._write({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()  # some peers outlive the end of their input
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        self.send(method, params)
        return self.answer()

    def send(self, method: str, params: dict[str, Any]) -> None:
        self._last += 1
        self._write({"jsonrpc": "2.0", "id": self._last, "method": method, "params": params})

    def answer(self) -> dict[str, Any]:
        """The next answer, whichever request it is to; notifications and noise are passed over."""
        assert self.process.stdout
        while line := self.process.stdout.readline():
            try:
                message: dict[str, Any] = json.loads(line)
            except ValueError:
                continue
            if "id" in message and ("result" in message or "error" in message):
                assert not message.get("result", {}).get("isError"), message
                return message
        raise RuntimeError(f"{self.process.args!r} ended")

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return self.ask("tools/call", {"name": tool, "arguments": arguments})

    def memory(self, kind: str = "VmRSS") -> int:
        """Resident memory in KiB; "VmHWM" is the most there ever was."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition(f"{kind}:")[2].split()[0])

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()
