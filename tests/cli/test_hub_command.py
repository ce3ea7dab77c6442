"""`hub-mcp hub`: the local Hub as a separate process, from its first line to its end."""

from __future__ import annotations

import contextlib
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import httpx
import pytest

from hub_mcp.localhub.serving import listen
from hub_mcp.localhub.world.tokens import TOKENS
from tests.cli.conftest import Run, own_environment
from tests.waiting import PATIENCE

READY = re.compile(r"export HF_ENDPOINT=(http://127\.0\.0\.1:\d+) HF_TOKEN=(\w+)")


class Started:
    """A local Hub that has said how to reach it."""

    def __init__(self, process: subprocess.Popen[str], out: IO[str]) -> None:
        self.process = process
        self.said = ""
        for line in out:
            self.said += line
            if found := READY.search(line):
                self.address, self.token = found.groups()
                break
        else:
            raise AssertionError(f"it ended after {self.said!r}")

    def get(self, path: str) -> httpx.Response:
        return httpx.get(
            self.address + path,
            headers={"authorization": f"Bearer {self.token}"},
            trust_env=False,
            timeout=PATIENCE,
        )


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Started]:
    """`hub-mcp hub --port 0`, ready."""
    with subprocess.Popen(
        [sys.executable, "-m", "hub_mcp", "hub", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=own_environment(tmp_path),
    ) as process:
        try:
            assert process.stdout
            yield Started(process, process.stdout)
        finally:
            process.kill()


def test_it_prints_its_address_and_tokens_serves_and_ends_when_interrupted(hub: Started) -> None:
    assert f"The local Hub listens at {hub.address} (this machine only)" in hub.said
    assert all(token.token in hub.said and token.about in hub.said for token in TOKENS)
    assert hub.token == TOKENS[0].token
    assert hub.get("/api/whoami-v2").json()["name"] == "ada"
    assert len(hub.get("/api/models?limit=3").json()) == 3
    assert "text/html" in hub.get("/").headers["content-type"]
    if sys.platform == "win32":
        return  # which knows no SIGINT from another process
    hub.process.send_signal(signal.SIGINT)
    _, told = hub.process.communicate(timeout=PATIENCE)
    assert (hub.process.returncode, told) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [["hub", "--faults", "5xx=2"], ["--faults", "5xx=2", "hub"], ["hub", "--faults", "noise"]],
    ids=" ".join,
)
def test_a_plan_of_faults_that_means_nothing_is_refused(run: Run, arguments: list[str]) -> None:
    told = run(*arguments)
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert told.err.startswith("hub-mcp: --faults: ")


def test_the_variable_of_the_faults_counts_here_too(run: Run) -> None:
    told = run("hub", env={"HUB_MCP_FAULTS": "5xx=2"})
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("hub-mcp: --faults: ")


def test_a_port_in_use_and_a_file_of_another_kind_are_reported(run: Run, tmp_path: Path) -> None:
    with listen() as taken:
        port = taken.getsockname()[1]
        told = run("hub", "--port", str(port))
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(f"hub-mcp: port {port} cannot be used: ")
    (tmp_path / "notes.txt").write_text("not a database, and more than sixteen bytes of it")
    told = run("hub", str(tmp_path / "notes.txt"), "--port", "0")
    assert (told.code, told.out, told.err.count("\n")) == (1, "", 1)
    assert (tmp_path / "notes.txt").read_text().startswith("not a database")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--sandbox={file}"], 2),
        (["--sandbox={file}", "call", "whoami"], 2),
        (["--sandbox={file}", "doctor"], 2),
        (["hub", "{file}"], 1),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_somebody_elses_database_is_reported_in_a_sentence_and_not_touched(
    run: Run, tmp_path: Path, arguments: list[str], code: int
) -> None:
    file = tmp_path / "theirs.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("create table notes (text)")
    before = file.read_bytes()
    told = run(*(argument.format(file=file) for argument in arguments))
    assert (told.code, told.out, told.err.count("\n")) == (code, "", 1)
    assert "is not a file of the local Hub. It was left as it is; name a new file" in told.err
    assert file.read_bytes() == before
    assert not list(tmp_path.glob("theirs.sqlite-*"))
