"""Log lines never hold up whoever logs, and are written whole, in order and masked."""

from __future__ import annotations

import errno
import io
import logging
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import pytest

from hub_mcp import log_output
from hub_mcp.log_output import MOST_WAITING, log_handler
from hub_mcp.masking import SecretMask, masked_in_logs
from hub_mcp.settings import Settings
from tests.waiting import PATIENCE

LONG = "x" * 1_000


@dataclass
class Pipe:
    """A stderr that nobody reads but the test."""

    end: int
    stderr: TextIO
    logger: logging.Logger = field(default_factory=lambda: logging.Logger("hub_mcp.access"))

    def opened(self, monkeypatch: pytest.MonkeyPatch) -> logging.Logger:
        """What logs there; within a test, since pytest sets stderr anew before it."""
        monkeypatch.setattr(sys, "stderr", self.stderr)
        self.logger.addHandler(log_handler(Settings()))
        return self.logger

    def until(self, holds: Callable[[list[str]], object]) -> list[str]:
        """The lines from here on, as soon as something holds for them."""
        read = b""
        while not read.endswith(b"\n") or not holds(read.decode().splitlines()):
            ready, _, _ = select.select([self.end], [], [], PATIENCE)
            assert ready, "it never came"
            read += os.read(self.end, 65_536)
        return read.decode().splitlines()


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    end, writes = os.pipe()
    with open(end, "rb"), open(writes, "w", encoding="utf-8") as stderr:
        yield Pipe(end, stderr)


def lines_of(read: list[str]) -> int:
    """How many numbered lines there were, those among them that are missing, each in its place."""
    n = 0
    for line in read:
        if "are missing here" in line:
            n += int(line.split()[0].replace(",", ""))
        else:
            assert int(line.split()[4]) == n
            n += 1
    return n


def in_time(do: threading.Thread) -> bool:
    """Whether something ends, which may also never end."""
    do.start()
    do.join(PATIENCE)
    return not do.is_alive()


def test_who_logs_does_not_wait_for_who_reads_and_what_is_lost_is_counted(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, most = pipe.opened(monkeypatch), 2 * MOST_WAITING // len(LONG)

    def log() -> None:
        for n in range(most):
            logger.info("%s %s", n, LONG)

    assert in_time(threading.Thread(target=log, daemon=True))
    pipe.until(lambda lines: lines_of(lines) == most)
    logger.handlers[0].flush()
    logger.info("the last")
    assert pipe.until(len)[0].endswith("the last")


def test_lines_that_cannot_be_written_are_counted_and_the_count_is_told_with_the_next(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, write, full = pipe.opened(monkeypatch), os.write, True

    def on_a_disk(descriptor: int, said: bytes) -> int:
        if descriptor == pipe.stderr.fileno() and full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, said)

    monkeypatch.setattr(os, "write", on_a_disk)
    for n in range(2):  # the second has the count of the first with it, which is lost too
        logger.info("%s", n)
        logger.handlers[0].flush()
    full = False
    logger.info("2")
    logger.info("3")
    assert lines_of(pipe.until(lambda lines: lines_of(lines) == 4)) == 4


def test_where_no_thread_can_be_started_whoever_logs_writes(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        logger = pipe.opened(monkeypatch)
        full.setattr(threading.Thread, "start", none_left)
        logger.info("0")
        assert lines_of(pipe.until(len)) == 1
    logger.info("1")
    assert pipe.until(len)[0].split()[4] == "1"


def test_a_flood_of_lines_does_not_drive_out_a_warning(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    logger, flood = pipe.opened(monkeypatch), 2 * MOST_WAITING // len(LONG)
    for n in range(flood):
        logger.info("%s %s", n, LONG)
    logger.warning("%s %s the journal cannot be written", flood, LONG)
    read = pipe.until(lambda lines: lines_of(lines) == flood + 1)
    assert read[-1].endswith("the journal cannot be written")


def test_a_warning_is_not_kept_back_to_be_written_with_others(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_output, "TOGETHER", 2 * PATIENCE)
    logger = pipe.opened(monkeypatch)
    logger.info("0")
    logger.warning("1")
    assert lines_of(pipe.until(lambda lines: lines_of(lines) == 2)) == 2


def test_a_line_is_masked_of_the_request_that_logs_it(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    logger = pipe.opened(monkeypatch)
    with masked_in_logs([SecretMask("correct-horse")]):
        logger.warning("sent %s", "correct-horse")
    assert "correct-horse" not in pipe.until(len)[0]


def test_a_process_writes_its_last_lines_before_it_ends_and_ends_with_nobody_reading(tmp_path: Path) -> None:
    program = (
        "import logging\nfrom hub_mcp.log_output import set_up_logging\n"
        "from hub_mcp.settings import Settings\n"
        "set_up_logging(Settings(log_file={file!r}))\n"
        "for n in range({lines}): logging.warning('%s ' + 'x' * 1000, n)"
    )

    def run(file: str, lines: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", program.format(file=file, lines=lines)]
        return subprocess.Popen(command, stderr=subprocess.PIPE)

    file = tmp_path / "log"
    with run(str(file), 300) as process:
        assert process.wait(PATIENCE) == 0
    assert len(file.read_text("utf-8").splitlines()) == 300
    with run("", 3_000) as process:  # its stderr is read by nobody until it has ended
        assert process.wait(PATIENCE) == 0


def test_a_stderr_that_is_no_file_is_written_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = io.StringIO()
    monkeypatch.setattr(sys, "stderr", kept)
    log_handler(Settings()).handle(logging.makeLogRecord({"msg": "here"}))
    assert kept.getvalue().endswith("here\n")
