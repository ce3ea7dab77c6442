"""Calls per second over Streamable HTTP, compared with a bare SDK server and the official server."""

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
from dataclasses import dataclass
from itertools import product
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from tests.bench.measures import MODELS, a_hub, ids_at
from tests.bench.peers import ENVIRONMENT, bare_http, cpu_of, official_http
from tests.bench.table import Row, milliseconds, paired, per_second

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
LEGACY = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}


@contextmanager
def redis() -> Iterator[str]:
    """A separate redis-server; "" if it is not installed."""
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
def server(hub: str, *flags: str) -> Iterator[Served]:
    """A `hub-mcp http` that is ready."""
    environment = {**ENVIRONMENT, "HF_ENDPOINT": hub, "HUB_MCP_KEYS": "k" * 40, "HUB_MCP_JOURNAL": "off"}
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
            yield Served(url, process.pid)
        finally:
            process.terminate()
    drain.wait()


async def rate(
    step: Callable[[httpx.AsyncClient, str], Awaitable[None]], ids: list[str]
) -> tuple[float, float]:
    """Calls per second and the 95th percentile of their duration, with a number of concurrent calls."""
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


@contextmanager
def started(command: list[str], url: str, **environment: str) -> Iterator[Served]:
    """A peer that answers at its address."""
    with subprocess.Popen(
        command,
        env={**ENVIRONMENT, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                httpx.post(
                    url, json=body_of("tools/list"), headers=LEGACY, trust_env=False
                ).raise_for_status()
                break
            time.sleep(0.05)
        try:
            yield Served(url, process.pid)
        finally:
            process.kill()


@dataclass(frozen=True)
class Served:
    """A server of one process."""

    url: str
    pid: int

    def cpu(self) -> float:
        """Seconds of the processor it has used."""
        return cpu_of(self.pid)


def body_of(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def of_ours(one: str) -> dict[str, Any]:
    return body_of("tools/call", name="get_model", arguments={"repo_id": one}, _meta=META)


def of_bare(one: str) -> dict[str, Any]:
    return body_of("tools/call", name="fetch", arguments={"repo_id": one})


def of_official(one: str) -> dict[str, Any]:
    arguments = {"repo_ids": [one], "repo_type": "model"}
    return body_of("tools/call", name="hub_repo_details", arguments=arguments)


OURS: dict[str, tuple[str, ...]] = {
    "1 worker": (),
    "1 worker with Redis": ("--redis",),
}
PEERS = ("bare SDK server", "official server")


@contextmanager
def peer(name: str, hub: str, shared: str) -> Iterator[tuple[Served, Step] | None]:
    """One of the compared servers, and a call of it; None if it is not installed."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/mcp"
    if name == "bare SDK server":
        with started(bare_http(hub, port), url) as served:
            yield served, calling(url, of_bare, LEGACY)
    elif name == "official server":
        command = official_http(port)
        if command is None:
            yield None
            return
        with started(command, url, BENCH_HUB=hub) as served:
            yield served, calling(url, of_official, LEGACY)
    elif OURS[name] and not shared:
        yield None
    else:
        with server(hub, *OURS[name], *([shared] if OURS[name] else [])) as served:
            yield served, calling(served.url, of_ours, HEADERS)


def calling(url: str, body: Callable[[str], dict[str, Any]], headers: dict[str, str]) -> Step:
    """A call for a model."""

    async def step(client: httpx.AsyncClient, one: str) -> None:
        answer = await client.post(url, json=body(one), headers=headers)
        answer.raise_for_status()
        assert '"isError":true' not in answer.text, answer.text

    return step


def http(rounds: int) -> list[Row]:
    """Ours and its peers in turns; all ask the same local Hub for the same models."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    with a_hub(models=MODELS) as hub, redis() as shared:
        ids, others = ids_at(hub, CALLS), ids_at(hub, CALLS + AT_ONCE * 4)[CALLS:]
        for _ in range(rounds):
            for name in (*PEERS, *OURS):
                with peer(name, hub, shared) as ready:
                    if ready is None:
                        continue
                    served, step = ready
                    asyncio.run(rate(step, others))  # every worker has done something
                    before = served.cpu()
                    pace, late = asyncio.run(rate(step, ids))
                    found.setdefault(name, []).append((pace, late, (served.cpu() - before) / len(ids)))
    how = f"{rounds} rounds of {CALLS:,} calls for a model, {AT_ONCE} at a time, {os.cpu_count()} cores"
    rows: list[Row] = []
    for name, other in product(OURS, PEERS):
        if name in found and other in found:
            mine, theirs = ([*zip(*found[one], strict=True)] for one in (name, other))
            title = f"HTTP, {name}"
            rows.append(paired(title, mine[0], other, theirs[0], per_second, how))
            rows.append(paired(f"{title}, p95", mine[1], other, theirs[1], milliseconds, how))
            rows.append(paired(f"{title}, CPU a call", mine[2], other, theirs[2], milliseconds, how))
    return rows
