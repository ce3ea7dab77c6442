"""Calls a second over Streamable HTTP with one and two workers, against bare httpx to the same local Hub."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory

import httpx

from tests.bench.measures import MODELS, a_hub, ids_at
from tests.bench.table import Row, milliseconds, per_second

Step = Callable[[httpx.AsyncClient, str], Awaitable[None]]

AT_ONCE = 16
CALLS = 1_000
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
HEADERS = {
    "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": "tools/call",
    "Mcp-Name": "get_model",
}


@contextmanager
def redis() -> Iterator[str]:
    """A redis-server of its own; "" where there is none."""
    if shutil.which("redis-server") is None:
        yield ""
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with TemporaryDirectory() as place:
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", place, "--save", ""]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                yield f"redis://127.0.0.1:{port}/0"
            finally:
                process.terminate()


@contextmanager
def server(hub: str, *flags: str) -> Iterator[str]:
    """A `hub-mcp http` that is ready."""
    environment = {**os.environ, "HF_ENDPOINT": hub, "HUB_MCP_KEYS": "k" * 40, "HUB_MCP_JOURNAL": "off"}
    command = [sys.executable, "-m", "hub_mcp", "http", "--port", "0", *flags]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        url = process.stderr.readline().split()[-1]
        drain = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                if httpx.get(url.replace("/mcp", "/readyz"), trust_env=False).is_success:
                    break
            time.sleep(0.05)
        try:
            yield url
        finally:
            process.terminate()
    drain.wait()


async def rate(
    step: Callable[[httpx.AsyncClient, str], Awaitable[None]], ids: list[str]
) -> tuple[float, float]:
    """Calls a second and the 95th percentile of their seconds, so many under way at a time."""
    taken: list[float] = []
    waiting = iter(ids)

    async def worker(client: httpx.AsyncClient) -> None:
        for one in waiting:
            begun = time.perf_counter()
            await step(client, one)
            taken.append(time.perf_counter() - begun)

    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:
        begun = time.perf_counter()
        await asyncio.gather(*(worker(client) for _ in range(AT_ONCE)))
        took = time.perf_counter() - begun
    return len(ids) / took, statistics.quantiles(taken, n=20)[-1]


def http(rounds: int) -> list[Row]:
    """One and two workers in turns with bare httpx."""
    found: dict[str, list[tuple[float, float]]] = {}
    with a_hub(models=MODELS) as hub, redis() as shared:
        ids, others = ids_at(hub, CALLS), ids_at(hub, CALLS + AT_ONCE * 4)[CALLS:]

        async def bare(client: httpx.AsyncClient, one: str) -> None:
            (await client.get(f"{hub}/api/models/{one}")).raise_for_status()

        ways: dict[str, tuple[str, ...]] = {"1 worker": ()}
        if shared:
            ways["1 worker with Redis"] = ("--redis", shared)
            ways["2 workers with Redis"] = ("--redis", shared, "--workers", "2")
        for _ in range(rounds):
            found.setdefault("bare", []).append(asyncio.run(rate(bare, ids)))
            for name, flags in ways.items():
                with server(hub, *flags) as url:

                    async def call(client: httpx.AsyncClient, one: str, url: str = url) -> None:
                        params = {"name": "get_model", "arguments": {"repo_id": one}, "_meta": META}
                        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
                        answer = await client.post(url, json=body, headers=HEADERS)
                        assert '"isError":true' not in answer.text, answer.text
                        answer.raise_for_status()

                    asyncio.run(rate(call, others))  # every worker has done something
                    found.setdefault(name, []).append(asyncio.run(rate(call, ids)))
    rows: list[Row] = []
    how = (
        f"{rounds} rounds of {CALLS:,} get_model in turns, {AT_ONCE} at a time; all on {os.cpu_count()} cores"
    )
    floor = found.pop("bare")
    for name, ours in found.items():
        ratio = statistics.median(a / b for (a, _), (b, _) in zip(ours, floor, strict=True))
        slower = statistics.median(a / b for (_, a), (_, b) in zip(ours, floor, strict=True))
        mine, theirs = (statistics.median(one for one, _ in two) for two in (ours, floor))
        late, early = (statistics.median(one for _, one in two) for two in (ours, floor))
        against = "bare httpx to the same Hub"
        rows.append(Row(f"HTTP, {name}", per_second(mine), against, per_second(theirs), f"{ratio:.2f}", how))
        rows.append(
            Row(f"HTTP, {name}, p95", milliseconds(late), against, milliseconds(early), f"{slower:.2f}", how)
        )
    return rows
