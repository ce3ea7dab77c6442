"""Two workers compared with one, with a Hub and a caller that leave them the cores.

On two cores whatever stands beside the workers is taken from them. So the Hub answers every request with the
same bytes, the caller sends requests that were written before, and what both spend is told with the figure.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx

from tests.bench.measures import a_hub, ids_at
from tests.bench.peers import ENVIRONMENT
from tests.bench.table import Row, milliseconds, paired, per_second
from tests.bench.team import HEADERS, Served, of_ours, redis, server

CALLS = 2_000
AT_ONCE = 32
ONE, TWO = "1 worker with Redis", "2 workers with Redis"
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
FROM_MEMORY = """
import asyncio, sys
ANSWER = open(sys.argv[1], "rb").read()

class Answering(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(ANSWER * data.count(b"\\r\\n\\r\\n"))

async def main():
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def hub_from_memory() -> Iterator[Served]:
    """A Hub that answers whatever it is asked with one model of the local Hub."""
    with a_hub() as hub:
        body = httpx.get(f"{hub}/api/models/{ids_at(hub, 1)[0]}", trust_env=False).content
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with TemporaryDirectory() as place:
        answer = Path(place, "answer")
        answer.write_bytes(head.encode() + body)
        command = [sys.executable, "-c", FROM_MEMORY, str(answer)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
            assert process.stdout
            try:
                yield Served(process.stdout.readline().strip(), process.pid)
            finally:
                process.kill()


def written(url: str) -> bytes:
    """A call for a model, as it travels."""
    body = json.dumps(of_ours("ada/atlas")).encode()
    headers = {
        **HEADERS,
        "Host": urlsplit(url).netloc,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {urlsplit(url).path} HTTP/1.1\r\n{lines}\r\n".encode() + body


class Calling(asyncio.Protocol):
    """One connection that calls again as soon as it was answered, until all calls are taken."""

    def __init__(self, request: bytes, left: Iterator[int]) -> None:
        self._request, self._left = request, left
        self._unread = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._call()

    def _call(self) -> None:
        if next(self._left, None) is None:
            self.done.set_result(None)
        else:
            self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        head, ended, body = self._unread.partition(b"\r\n\r\n")
        if not ended:
            return
        length = LENGTH.search(head)
        assert head.startswith(b"HTTP/1.1 200 "), head
        assert length, head
        if len(body) < int(length[1]):
            return
        assert b'"isError":true' not in body, body
        self._unread = b""
        self._call()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server hung up"))


async def pace(url: str, calls: int) -> float:
    """Calls a second."""
    parts, request, left = urlsplit(url), written(url), iter(range(calls))
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    made = [
        await loop.create_connection(lambda: Calling(request, left), parts.hostname, parts.port)
        for _ in range(AT_ONCE)
    ]
    await asyncio.gather(*(calling.done for _, calling in made))
    took = time.perf_counter() - begun
    for transport, _ in made:
        transport.close()
    return calls / took


def workers(rounds: int) -> list[Row]:
    """The rates of two workers and of one, alternating; nothing without Redis or a second core."""
    rates: dict[str, list[float]] = {ONE: [], TWO: []}
    spent: dict[str, list[float]] = {ONE: [], TWO: []}
    beside = 0.0
    with redis() as shared, hub_from_memory() as hub:
        if not shared or (os.cpu_count() or 1) < 2:
            return []
        for _ in range(rounds):
            for name, flags in ((ONE, ()), (TWO, ("--workers", "2"))):
                with server(hub.url, *flags, "--redis", shared) as served:
                    asyncio.run(pace(served.url, AT_ONCE * 8))  # each worker has done something
                    before, others = served.cpu(), time.process_time() + hub.cpu()
                    rates[name].append(asyncio.run(pace(served.url, CALLS)))
                    spent[name].append((served.cpu() - before) / CALLS)
                    beside += (time.process_time() + hub.cpu() - others) / CALLS
    apart = f"Hub and caller take {beside / rounds / 2 * 1000:.2f} ms of processor a call"
    how = f"{rounds} rounds of {CALLS:,} calls in turns, {AT_ONCE} at a time, {os.cpu_count()} cores; {apart}"
    return [
        paired(f"HTTP, {TWO}", rates[TWO], ONE, rates[ONE], per_second, how),
        paired(f"HTTP, {TWO}, CPU a call", spent[TWO], ONE, spent[ONE], milliseconds, how),
    ]
