"""What a team's servers run on in the judges: `hub-mcp http` in processes of their own, and a real Redis."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.waiting import PATIENCE, until

KEYS = "of-this-test-alone-" + "k" * 32
HUB_MCP = (sys.executable, "-m", "hub_mcp")


class Redis:
    """A redis-server on a port of its own that keeps its data over a restart."""

    def __init__(self, place: Path) -> None:
        self._place = place
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        self._spawn()
        await within(self._answers)

    def _answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE):
            return True

    def _spawn(self) -> None:
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._place)]
        command = ["redis-server", *where, "--appendonly", "yes", "--save", ""]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE)


@dataclass
class Server:
    """A `hub-mcp http` process."""

    url: str
    process: subprocess.Popen[str]

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        found: list[int] = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and b"spawn_main" in (process / "cmdline").read_bytes():
                    found.append(int(process.name))
        return found


async def within(true: Callable[[], Any]) -> None:
    """Wait until something holds; trouble to connect means that it does not yet."""

    def holds() -> bool:
        with contextlib.suppress(OSError, httpx.HTTPError):
            return bool(true())
        return False

    await until(holds)


def run(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command of ours, run to its end."""
    environment = {**os.environ, **more}
    return subprocess.run(
        [*HUB_MCP, *command], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def spawn(hub: str, place: Path, flags: Sequence[str]) -> subprocess.Popen[str]:
    """A server in a process of its own."""
    environment = {**os.environ, "HUB_MCP_KEYS": KEYS, "HF_ENDPOINT": hub, "XDG_STATE_HOME": str(place)}
    command = [*HUB_MCP, "http", "--port", "0", "--structured", *flags]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


@contextlib.asynccontextmanager
async def server(hub: str, place: Path, *flags: str) -> AsyncGenerator[Server]:
    """A server that is ready, ended at the end."""
    with spawn(hub, place, flags) as process:
        assert process.stderr
        url = process.stderr.readline().split()[-1]
        drained = asyncio.create_task(asyncio.to_thread(process.stderr.read))
        try:
            ready = url.replace("/mcp", "/readyz")
            await within(lambda: httpx.get(ready, trust_env=False, timeout=PATIENCE).status_code == 200)
            yield Server(url, process)
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, PATIENCE)
            await drained


@contextlib.asynccontextmanager
async def redis_at(place: Path) -> AsyncGenerator[Redis]:
    redis = Redis(place)
    await redis.start()
    try:
        yield redis
    finally:
        redis.stop()
