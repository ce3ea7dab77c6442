"""A hostile Hub and hostile callers against a server of its own: what they cost in memory, and others in time.

Time is the processor's that the server spends while another caller waits, held against what this machine
takes to read the densest answer there can be: neither other work nor a slow machine counts.
"""
# ruff: noqa: E501  # tables read better uncut

from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import json
import math
import os
import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from hub_mcp.client.transport.inflated import LARGEST, MOST_PARTS
from tests.gate.gates import ADA, EVE
from tests.judges.team import Server, server
from tests.waiting import PATIENCE, turns

if not Path("/proc/self/status").exists():
    pytest.skip("memory is read in /proc", allow_module_level=True)

pytestmark = pytest.mark.asyncio
MOST_MEMORY = 256 * 2**20  # bytes
MOST_WORK = 120.0  # of the densest answers that are read while another waits: 0.7 s where it was measured
HUGE = 64 * 2**20
AT_ONCE = 16
TRIES = 3  # the processor's caches are shared with whatever else runs
TICK = os.sysconf("SC_CLK_TCK")
ROW = {"id": "ada/atlas"}


@cache
def answers() -> dict[str, tuple[bytes, str]]:
    """Bodies with their encodings."""
    fits = LARGEST - 64
    inside = json.dumps(ROW)[1:-1]
    return {
        "64 MiB of empty lists": (b"[" + b"[]," * (HUGE // 3) + b"[]]", ""),
        "64 MiB in gzip": (gzip.compress(bytes(HUGE)), "gzip"),
        "64 MiB of empty lists in gzip": (gzip.compress(b"[" + b"[]," * (HUGE // 3) + b"[]]"), "gzip"),
        "gzip in gzip": (gzip.compress(gzip.compress(bytes(HUGE * 4))), "gzip, gzip"),
        "all parts there can be": (b"[" + b"[]," * (MOST_PARTS // 2 - 10) + b"1]", ""),
        "all rows there can be": (b"[" + b'{"id":"a/b"},' * (MOST_PARTS // 3 - 10) + b'{"id":"a/b"}]', ""),
        "one text": (f'{{{inside},"cardData":{{"a":"{"x" * fits}"}}}}'.encode(), ""),
        "one text of wide characters": (f'{{{inside},"cardData":{{"a":"🤗{"ж" * (fits // 2 - 8)}"}}}}'.encode(), ""),
        "escapes": (f'{{{inside},"cardData":{{"a":"{chr(92) + "ud83d" * 1}{(chr(92) + "u0436") * (fits // 6 - 20)}"}}}}'.encode(), ""),
        "rows that are none, just under what is large": (b"[" + b"[]," * 10_000 + b"1]", ""),
        "parts and half characters": (b'["\\ud83d",' + b"[]," * (MOST_PARTS // 2 - 10) + b"1]", ""),
        "what begins like the token": (f'{{{inside},"cardData":{{"a":"{chr(92)}u0068{"h" * fits}"}}}}'.encode(), ""),
        "the token's first sign in escapes": (f'{{{inside},"cardData":{{"a":"{(chr(92) + "u0068") * (fits // 6 - 20)}"}}}}'.encode(), ""),
        "backslashes": (f'{{{inside},"cardData":{{"a":"{chr(92)}u0068{chr(92) * (fits // 2 * 2)}"}}}}'.encode(), ""),
        "many keys": (b'{"id":"ada/atlas",' + b",".join(b'"k%d":1' % n for n in range(MOST_PARTS // 2 - 10)) + b"}", ""),
    }  # fmt: skip


@asynccontextmanager
async def hostile(body: bytes, encoding: str) -> AsyncGenerator[str]:
    """The address of a Hub that answers everything with this, but whoami."""
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: {encoding or 'identity'}\r\n"
    )

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            asked = await reader.readuntil(b"\r\n\r\n")
            said = b'{"name":"eve","type":"user"}' if b"whoami" in asked else body
            plain = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            opening = plain if b"whoami" in asked else head
            writer.write(f"{opening}Content-Length: {len(said)}\r\nConnection: close\r\n\r\n".encode())
            for at in range(0, len(said), 2**18):
                writer.write(said[at : at + 2**18])
                await writer.drain()
        writer.close()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


def memory_of(process: int) -> int:
    """The most memory that a process ever held, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def call(tool: str, **arguments: Any) -> dict[str, Any]:
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}


def work_of(process: int) -> float:
    """The seconds of the processor that a process has had."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def one_answer() -> float:
    """The seconds of the processor that the densest answer takes to be read here."""
    body = answers()["all parts there can be"][0]
    gc.disable()
    try:
        started = time.thread_time()
        json.loads(body)
        return time.thread_time() - started
    finally:
        gc.enable()


class Waits:
    """Another caller, who asks again and again meanwhile.

    Attributes:
        most: the most that the server worked until one of the answers, in seconds of the processor.
    """

    def __init__(self, one: Server) -> None:
        self._url, self._process = one.url, one.process.pid
        self.most = 0.0
        self.times = 0

    async def go_on(self, times: float = math.inf) -> None:
        async with httpx.AsyncClient(headers=headers(EVE), timeout=PATIENCE, trust_env=False) as client:
            while self.times < times:
                before = work_of(self._process)
                answer = await client.post(self._url, json={"jsonrpc": "2.0", "id": 1, "method": "ping"})
                assert answer.status_code == 200
                self.most = max(self.most, work_of(self._process) - before)
                self.times += 1
                await turns()


@pytest.mark.parametrize("kind", answers())
async def test_what_a_hub_answers_costs_little_memory_and_nobody_elses_time(
    kind: str, tmp_path: Path
) -> None:
    body, encoding = answers()[kind]
    asked = (
        call("list_models", limit=1_000, fields=["cardData"]),
        call("get_model", repo_id="ada/atlas", fields=["cardData"]),
        {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "hub://stream/models"}},
    )
    async with hostile(body, encoding) as hub, server(hub, tmp_path) as one:
        async with httpx.AsyncClient(headers=headers(ADA), timeout=PATIENCE, trust_env=False) as client:
            await client.post(one.url, json=call("whoami"))  # what a start imports is no Hub's doing
            unit, other = 1.0, Waits(one)
            for _ in range(TRIES):
                unit = max(one_answer() for _ in range(3))
                other = Waits(one)
                async with anyio.create_task_group() as group:
                    group.start_soon(other.go_on)
                    async with anyio.create_task_group() as calls:
                        for number in range(AT_ONCE):
                            calls.start_soon(
                                lambda n: client.post(one.url, json=asked[n % len(asked)]), number
                            )
                    group.cancel_scope.cancel()
                if other.times and other.most <= MOST_WORK * unit:
                    break
        held = memory_of(one.process.pid)
    print(
        f"\n{kind}: {held / 2**20:.0f} MiB, another waited for {other.most / unit:.0f} answers of {unit:.3f} s"
    )
    assert held <= MOST_MEMORY
    assert other.times
    assert other.most <= MOST_WORK * unit


async def test_300_connections_that_send_their_bodies_slowly_cost_little_memory(tmp_path: Path) -> None:
    async with hostile(b"[]", "") as hub, server(hub, tmp_path) as one:
        port = int(one.url.rpartition(":")[2].partition("/")[0])
        head = (
            f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {2**20}\r\nAuthorization: Bearer hf_%d\r\n\r\n"
        )
        opened = []
        for number in range(300):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write((head % number).encode() + bytes(2**20 - 1))
            opened.append((reader, writer))
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(*(writer.drain() for _, writer in opened), return_exceptions=True)
        other = Waits(one)
        await other.go_on(100)
        held = memory_of(one.process.pid)
        for _, writer in opened:
            writer.close()
    print(f"\nslow bodies: {held / 2**20:.0f} MiB")
    assert held <= MOST_MEMORY
