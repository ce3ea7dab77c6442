"""The local Hub's file with two processes and many writers, killed in mid-write: answered writes survive."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.waiting import PATIENCE

ADA = {"Authorization": "Bearer hf_sandbox_ada_write"}
WRITERS = 8  # to each process
ROUNDS = 3
pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")


@contextlib.contextmanager
def serving(file: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A local Hub of its own process on the file; killed at the end, whatever it is doing."""
    command = [sys.executable, "-m", "hub_mcp", "hub", "--port", "0", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = next(line for line in process.stdout if "export HF_ENDPOINT=" in line)
        yield ready.split("HF_ENDPOINT=")[1].split()[0], process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


class Writer(threading.Thread):
    """Creates, hides and deletes repositories until its Hub is gone; remembers what was answered."""

    def __init__(self, base: str, name: str, begun: threading.Semaphore) -> None:
        super().__init__()
        self.base, self.name, self.begun, self.busy = base, name, begun, 0
        self.answered: dict[str, str] = {}  # repository: its state according to the last answer

    def run(self) -> None:
        http = httpx.Client(base_url=self.base, headers=ADA, trust_env=False, timeout=PATIENCE)
        with http, contextlib.suppress(httpx.TransportError):
            for n in range(10_000):
                self._write(http, f"{self.name}-{n}", delete=n % 5 == 0)

    def _write(self, http: httpx.Client, name: str, delete: bool) -> None:
        repo = {"name": name, "type": "model"}
        self.answered[name] = "unknown"
        self.begun.release()
        made = http.post("/api/repos/create", json=repo)
        if made.status_code != 200:
            assert made.status_code in (429, 503), made.text
            self.answered[name] = "refused"
            self.busy += 1
            return
        self.answered[name] = "public"
        self.answered[name] = "unknown"
        if delete:
            if http.request("DELETE", "/api/repos/delete", json=repo).status_code == 200:
                self.answered[name] = "deleted"
        elif http.put(f"/api/models/ada/{name}/settings", json={"private": True}).status_code == 200:
            self.answered[name] = "private"


def test_what_was_answered_survives_a_kill_in_mid_write(tmp_path: Path) -> None:
    file = tmp_path / "hub.sqlite"
    answered: dict[str, str] = {}
    for round_ in range(ROUNDS):
        begun = threading.Semaphore(0)
        with serving(file) as (one, _), serving(file) as (two, _):
            writers = [
                Writer(base, f"w{round_}-{n}-{hub}", begun)
                for hub, base in enumerate((one, two))
                for n in range(WRITERS)
            ]
            for writer in writers:
                writer.start()
            for _ in range(400):  # the moment of the kill is anybody's guess, which is the point
                assert begun.acquire(timeout=PATIENCE)
        for writer in writers:
            writer.join(PATIENCE)
            answered |= writer.answered
    with contextlib.closing(sqlite3.connect(file)) as database:
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert database.execute("pragma foreign_key_check").fetchall() == []
        there = dict(
            database.execute("select name, visibility from repos where namespace = 'ada'").fetchall()
        )
    known = {name: state for name, state in answered.items() if state in ("private", "deleted", "refused")}
    lost = {
        name: state
        for name, state in known.items()
        if there.get(name, "") != (state if state == "private" else "")
    }
    assert lost == {}
    assert len(known) > 300
    with serving(file) as (base, _):
        name = next(name for name, state in known.items() if state == "private")
        assert (
            httpx.get(f"{base}/api/models/ada/{name}", headers=ADA, trust_env=False, timeout=PATIENCE).json()[
                "private"
            ]
            is True
        )
