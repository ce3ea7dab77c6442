"""Load on one stdio session: fifty calls at once for minutes, on a local Hub that fails on purpose.

    python tests/bench/load.py [--seconds 120] [--at-once 50]

Every call is answered once, and once only; calls that are cancelled at most once. Memory, tasks, threads,
sockets and file handles of the server are looked at after a first round and at the end. A loss or a leak ends
it with status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving

FAULTS = (
    "latency=1ms-40ms,5xx=0.03,reset=0.02,truncate=0.01,slow=0.02:300ms,html=0.01,content-type=0.01,"
    "429=0.003:1s,quota=0.01,edge429=0.005,redirect-loop=0.005,redirect-away=0.005,seed=7"
)
WARM_UP = 15.0  # seconds; until then memories and pools fill
CANCELLED = 0.03  # of all calls
PATIENCE = 90.0  # seconds for one call; the server itself gives up earlier
GROWTH = {"memory, MiB": 24.0, "tasks": 4.0, "threads": 2.0, "sockets": 34.0, "file handles": 36.0}  # allowed
LAUNCH = """
import asyncio, signal, sys
from hub_mcp.settings import Settings
from hub_mcp.wiring import run_stdio

def count(*_):
    with open(sys.argv[2], "w") as file:
        file.write(str(len(asyncio.all_tasks())))

signal.signal(signal.SIGUSR1, count)
settings = Settings(endpoint=sys.argv[1], confirm="off", journal="off", timeout=10.0, max_wait=10.0)
run_stdio(settings)
"""


@dataclass
class Session:
    """One session with the server, spoken by hand so that every line is counted."""

    process: asyncio.subprocess.Process
    tasks_file: Path
    ids: itertools.count[int] = field(default_factory=itertools.count)
    waiting: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    cancelled: set[int] = field(default_factory=set)
    odd: list[str] = field(default_factory=list)

    async def read(self) -> None:
        assert self.process.stdout
        while line := await self.process.stdout.readline():
            message = json.loads(line)
            if "id" not in message or "method" in message:
                continue  # a notification
            number = message["id"]
            self.answers[number] += 1
            if future := self.waiting.pop(number, None):
                future.set_result(message)
            elif number not in self.cancelled:
                self.odd.append(f"an answer nobody waits for: {line[:200]!r}")
        for future in self.waiting.values():
            future.set_exception(ConnectionError("the server ended"))

    async def tell(self, method: str, **params: Any) -> None:
        await self._write({"jsonrpc": "2.0", "method": method, "params": params})

    async def ask(
        self, method: str, cancel_after: float | None = None, **params: Any
    ) -> dict[str, Any] | None:
        number = next(self.ids)
        future = self.waiting[number] = asyncio.get_running_loop().create_future()
        await self._write({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        if cancel_after is None:
            return await asyncio.wait_for(future, PATIENCE)
        await asyncio.sleep(cancel_after)
        if not future.done():
            self.cancelled.add(number)
            self.waiting.pop(number, None)
            await self.tell("notifications/cancelled", requestId=number)
        return None

    async def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        await self.process.stdin.drain()

    async def look(self) -> dict[str, float]:
        """What the server holds just now."""
        proc = Path(f"/proc/{self.process.pid}")
        status = dict(
            line.split(":", 1) for line in (proc / "status").read_text().splitlines() if ":" in line
        )
        handles = []
        for handle in (proc / "fd").iterdir():
            with contextlib.suppress(OSError):
                handles.append(os.readlink(handle))
        self.tasks_file.write_text("")
        self.process.send_signal(signal.SIGUSR1)
        for _ in range(100):
            if self.tasks_file.read_text():
                break
            await asyncio.sleep(0.02)
        return {
            "memory, MiB": int(status["VmRSS"].split()[0]) / 1024,
            "tasks": float(self.tasks_file.read_text() or "nan"),
            "threads": float(status["Threads"]),
            "sockets": float(sum(handle.startswith("socket:") for handle in handles)),
            "file handles": float(len(handles)),
        }


def some_call(dice: random.Random, numbers: itertools.count[int]) -> tuple[str, Any]:
    """A call of the kind people make, now and then a wrong one."""
    mine = f"ada/load-{next(numbers) % 400}"
    return dice.choices(
        [
            (
                "list_models",
                {"search": dice.choice(["storm", "gpt", "a", "zz"]), "limit": dice.choice([1, 20, 200])},
            ),
            ("list_datasets", {"limit": 30}),
            (
                "get_model",
                {
                    "repo_id": dice.choice(
                        ["gpt2", "openai-community/gpt2", "nimbus-labs/storm-atlas-7b", "ada/none"]
                    )
                },
            ),
            ("get_model_tags", {"search": "en"}),
            ("whoami", {}),
            ("list_organization_members", {"organization": "open-cartography", "limit": 500}),
            ("create_repo", {"repo_id": mine, "type": "model"}),
            ("delete_repo", {"repo_id": mine, "type": "model"}),
            ("update_repo_settings", {"repo_id": mine, "type": "model", "visibility": "private"}),
            ("get_model", {"repo_id": "../../api/whoami-v2"}),
            ("list_models", {"limit": "many", "odd": [[[[]]]]}),
        ],
        weights=[6, 3, 6, 2, 3, 2, 3, 2, 2, 1, 1],
    )[0]


async def work(
    session: Session,
    until: float,
    dice: random.Random,
    numbers: itertools.count[int],
    seen: Counter[str],
    times: list[float],
) -> None:
    """One caller: a call after the other until the time is over."""
    while time.monotonic() < until:
        tool, arguments = some_call(dice, numbers)
        cancel = dice.uniform(0, 0.05) if dice.random() < CANCELLED else None
        began = time.monotonic()
        try:
            answer = await session.ask("tools/call", cancel, name=tool, arguments=arguments)
        except TimeoutError:
            return  # it stays among those that are waited for, and is reported
        times.append(time.monotonic() - began)
        if answer is None:
            seen["cancelled or answered first"] += 1
        elif "error" in answer:
            seen["protocol error"] += 1
            session.odd.append(f"a protocol error: {str(answer)[:200]}")
        elif answer["result"].get("isError"):
            seen["error"] += 1
            if "inside hub-mcp" in str(answer):
                session.odd.append(f"an unforeseen failure: {str(answer)[:200]}")
        else:
            seen["answered"] += 1


async def loaded(
    session: Session, seconds: float, at_once: int, seen: Counter[str], times: list[float]
) -> dict[str, float]:
    """Fifty callers for some seconds; what the server holds when it has come to rest."""
    until, numbers = time.monotonic() + seconds, itertools.count()
    dice = [random.Random(n) for n in range(at_once)]  # noqa: S311  # dice, not secrets
    await asyncio.gather(*(work(session, until, one, numbers, seen, times) for one in dice))
    await asyncio.sleep(2.0)
    return await session.look()


@dataclass
class Seen:
    """What one run saw."""

    session: Session
    kinds: Counter[str]
    times: list[float]
    before: dict[str, float]
    after: dict[str, float]
    code: int  # the server's exit status
    left: float  # seconds from the end of its input to its own end
    stderr: str

    def faults(self) -> list[str]:
        """What should not be; an empty list is a good run."""
        found = list(self.session.odd)
        for name, was in self.before.items():
            if not self.after[name] - was <= GROWTH[name]:
                found.append(f"{name} grew from {was:,.1f} to {self.after[name]:,.1f}")
        if twice := sum(count > 1 for count in self.session.answers.values()):
            found.append(f"{twice} calls were answered more than once")
        if never := len(self.session.waiting):
            found.append(f"{never} calls were never answered")
        if self.code:
            found.append(f"the server ended with status {self.code}")
        if "Traceback" in self.stderr:
            found.append(f"a traceback on stderr: {self.stderr[-3000:]}")
        return found

    def told(self) -> str:
        """The run as text for a person."""
        ordered = sorted(self.times)
        middle, most = statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.99)] * 1000
        held = [
            f"| {name} | {was:,.1f} | {self.after[name]:,.1f} | {GROWTH[name]:,.0f} |"
            for name, was in self.before.items()
        ]
        lines = [
            f"{len(self.times):,} calls, {len(self.session.cancelled):,} of them cancelled",
            *(f"{count:>9,}  {name}" for name, count in self.kinds.most_common()),
            f"a call took {middle:,.0f} ms in the middle, {most:,.0f} ms at most for 99 of 100, "
            f"and {ordered[-1]:.1f} s at most",
            "",
            "| held by the server | after the warm-up | at the end | growth allowed |",
            "|---|---|---|---|",
            *held,
            "",
            f"it ended {self.left:.2f} s after its input, with status {self.code}",
            *(f"FAULT: {fault}" for fault in self.faults()[:20]),
        ]
        return "\n".join(lines)


async def run(seconds: float, at_once: int) -> Seen:
    """Load a server of its own process; what was seen."""
    directory = Path(tempfile.mkdtemp())
    mine = {"HF_TOKEN": "hf_sandbox_ada_write", "NO_PROXY": "127.0.0.1", "XDG_STATE_HOME": str(directory)}
    pipe = asyncio.subprocess.PIPE
    with (
        serving(create_app(quota=10_000_000, faults=FAULTS)) as url,
        (directory / "stderr").open("wb") as log,
    ):
        command = [sys.executable, "-c", LAUNCH, url, str(directory / "tasks")]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=log, limit=2**24, env={**os.environ, **mine}
        )
        session = Session(process, directory / "tasks")
        reader = asyncio.create_task(session.read())
        client = {"name": "load", "version": "1"}
        await session.ask("initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo=client)
        await session.tell("notifications/initialized")
        kinds: Counter[str] = Counter()
        times: list[float] = []
        before = await loaded(session, min(WARM_UP, seconds), at_once, Counter(), [])
        after = await loaded(session, seconds, at_once, kinds, times)
        assert process.stdin
        process.stdin.close()
        began = time.monotonic()
        code = await asyncio.wait_for(process.wait(), 30)
        left = time.monotonic() - began
        await reader
    stderr = (directory / "stderr").read_text(errors="replace")
    return Seen(session, kinds, times, before, after, code, left, stderr)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--at-once", type=int, default=50)
    options = parser.parse_args()
    seen = asyncio.run(run(options.seconds, options.at_once))
    print(seen.told())
    sys.exit(1 if seen.faults() else 0)


if __name__ == "__main__":
    main()
