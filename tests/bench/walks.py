"""Reading ten thousand rows: by our stream, by our client, and by `huggingface_hub`, on one local Hub."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from tests.bench.measures import a_hub
from tests.bench.peers import ENVIRONMENT, Line, ours
from tests.bench.table import Row, mebibytes, paired, per_second

ROWS = 10_000
PAGE = 1_000

# Each prints rows, seconds and peak memory in KiB, of the walk alone and of the process.
MOST = """
def most():
    return int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
"""
OFFICIAL = """
import sys, time
from huggingface_hub import HfApi
api = HfApi(endpoint=sys.argv[1], token=False)
begun = time.perf_counter()
rows = sum(1 for _ in api.list_models(limit=int(sys.argv[2])))
print(rows, time.perf_counter() - begun, most())
"""
CLIENT = """
import anyio, sys, time
from hub_mcp.catalogue.repos.models import ListModels
from hub_mcp.client.hub import Hub

async def walk():
    hub = Hub(sys.argv[1])
    begun, rows = time.perf_counter(), 0
    async for page in hub.pages(ListModels.model_validate({"limit": 1000})):
        rows += len(page.items)
        if rows >= int(sys.argv[2]):
            break
    print(rows, time.perf_counter() - begun, most())
    await hub.aclose()

anyio.run(walk)
"""


def script(text: str, url: str) -> tuple[float, int]:
    """Seconds and KiB of a walk in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", MOST + text, url, str(ROWS)],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT,
    )
    rows, seconds, memory = run.stdout.split()
    assert int(rows) == ROWS, rows
    return float(seconds), int(memory)


def stream(url: str) -> tuple[float, int]:
    """Seconds and KiB of the walk by `hub://stream`, read after read over stdio."""
    with Line(ours("--endpoint", url, "--anonymous")) as line:
        line.call("list_models", limit=1)  # what a first call imports is measured elsewhere
        begun, rows, onward = time.perf_counter(), 0, f"hub://stream/models?limit={PAGE}"
        while onward and rows < ROWS:
            result = line.ask("resources/read", {"uri": onward})["result"]
            lines = result["contents"][0]["text"].splitlines()
            onward = json.loads(lines.pop())["next"] if lines[-1].startswith('{"next"') else ""
            rows += len(lines)
        took = time.perf_counter() - begun
        assert rows >= ROWS, rows
        return took, line.memory("VmHWM")


def walk(rounds: int) -> list[Row]:
    """Rows a second and peak memory, in turns."""
    found: dict[str, list[tuple[float, int]]] = {"stream": [], "client": [], "official": []}
    with a_hub(models=ROWS) as url:
        for _ in range(rounds):
            found["stream"].append(stream(url))
            found["client"].append(script(CLIENT, url))
            found["official"].append(script(OFFICIAL, url))
    how = f"{ROWS:,} models from the local Hub on a port, {rounds} rounds in turns"
    theirs = [ROWS / seconds for seconds, _ in found["official"]]
    peak = max(memory for _, memory in found["official"])
    rows: list[Row] = []
    for name, title in (("stream", "hub://stream over stdio"), ("client", "our client")):
        rates = [ROWS / seconds for seconds, _ in found[name]]
        rows.append(paired(f"rows by {title}", rates, "huggingface_hub.list_models", theirs, per_second, how))
        mine = max(memory for _, memory in found[name])
        rows.append(
            Row(
                f"peak memory of it, {title}",
                mebibytes(mine),
                "huggingface_hub.list_models",
                mebibytes(peak),
                f"{mine / peak:.2f}",
                "of the whole process",
            )
        )
    return rows
