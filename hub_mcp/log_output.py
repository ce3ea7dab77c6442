"""Log output: to stderr or a file, written by a separate thread, with tokens masked.

Logging never waits for a slow reader: lines beyond the buffer are dropped and counted, and the count is
written in their place.
"""

from __future__ import annotations

import io
import logging
import os
import select
import sys
import threading
from pathlib import Path
from typing import Final, TextIO

from hub_mcp.masking import MaskingFormatter
from hub_mcp.private_files import open_private, readable_by_others
from hub_mcp.settings import Settings

MOST_WAITING: Final = 2**20  # characters of unwritten lines
TOGETHER: Final = 0.02  # seconds for which lines are batched, so that not each of them wakes the thread
AT_THE_END: Final = 2.0  # seconds for the last lines at exit


def set_up_logging(settings: Settings) -> None:
    """Log as configured in the settings; standard output belongs to the protocol."""
    handler = log_handler(settings)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])


def log_handler(settings: Settings) -> logging.Handler:
    """The handler that writes lines to stderr, or to the given file."""
    stream = _log_file(Path(settings.log_file)) if settings.log_file else sys.stderr
    try:
        handler: logging.Handler = LineWriter(stream)
    except (AttributeError, io.UnsupportedOperation):  # no real file descriptor
        handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler


def _log_file(path: Path) -> TextIO:
    """The log file, created for its owner only; warns if it is open to others."""
    opened = os.fdopen(open_private(path, os.O_WRONLY | os.O_APPEND), "a", encoding="utf-8", errors="replace")
    if readable_by_others(path):
        print(
            f"hub-mcp: others can read the log file {path}; `chmod 600` closes it to them.", file=sys.stderr
        )
    return opened


class LineWriter(logging.Handler):
    """Writes lines to a file, bypassing Python's own buffer, which could block the exit.

    Args:
        most: characters that may be waiting to be written; twice as many if the last are warnings, which a
            flood of other lines must not drive out.
    """

    def __init__(self, file: TextIO, most: int = MOST_WAITING) -> None:
        super().__init__()
        self._file = file  # a reference, so that it is not closed
        self._descriptor = file.fileno()
        self._most = most
        self._state = threading.Condition()
        self._lines: list[str] = []
        self._waiting = 0  # characters, including those being written
        self._held = 0  # how many lines `_lines` stands for, lost ones included
        self._lost = 0  # lines, to be told as soon as there is room
        self._failed = 0  # lines, to be told with the next one, since writing failed
        self._hurry = False
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n"
        except Exception:
            self.handleError(record)
            return
        with self._state:
            warns = record.levelno >= logging.WARNING
            if self._waiting + len(line) > self._most * (1 + warns):
                self._lost += 1
                return
            first, urgent = not self._lines, warns and not self._hurry
            self._lost, self._failed = self._lost + self._failed, 0
            if self._lost:
                self._tell_missing()
            self._hold(line)
            self._hurry |= urgent  # a process that is about to be killed has no time
            if self._thread is None:
                self._start()
            if first or urgent:
                self._state.notify_all()

    def flush(self) -> None:
        """Wait until everything is written, but not forever."""
        with self._state:
            self._hurry = True
            self._state.notify_all()
            self._state.wait_for(lambda: not self._waiting, AT_THE_END)
            self._hurry = False

    def _start(self) -> None:
        """Start the thread; where there can be none, whoever logs writes."""
        thread = threading.Thread(target=self._write, name="log lines", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # too many threads, or the interpreter is exiting
            self._write_waiting()
        else:
            self._thread = thread

    def _write(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._lines or self._lost)
                self._state.wait_for(lambda: self._hurry, TOGETHER)
            self._write_waiting()

    def _write_waiting(self) -> None:
        with self._state:
            if self._lost:
                self._tell_missing()
            text, self._lines = "".join(self._lines), []
            held, self._held = self._held, 0
            self._hurry = False
        written = self._put(text.encode(self._file.encoding, "backslashreplace"))
        with self._state:
            self._failed += 0 if written else held
            self._waiting -= len(text)
            self._state.notify_all()

    def _hold(self, line: str, stands_for: int = 1) -> None:
        self._lines.append(line)
        self._waiting += len(line)
        self._held += stands_for

    def _tell_missing(self) -> None:
        """Hold a line in place of the lost ones."""
        lost, self._lost = self._lost, 0
        self._hold(f"{lost:,} log lines are missing here: they could not be written in time.\n", lost)

    def _put(self, said: bytes) -> bool:
        """Write it; returns whether that worked."""
        left = memoryview(said)
        while left:
            try:
                left = left[os.write(self._descriptor, left) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError:  # the disk is full, or the reader gone
                return False
        return True
