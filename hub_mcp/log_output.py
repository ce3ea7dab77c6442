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
        most: characters that may be waiting to be written.
    """

    def __init__(self, file: TextIO, most: int = MOST_WAITING) -> None:
        super().__init__()
        self._file = file  # a reference, so that it is not closed
        self._descriptor = file.fileno()
        self._most = most
        self._state = threading.Condition()
        self._lines: list[str] = []
        self._waiting = 0  # characters, including those being written
        self._lost = 0  # lines
        self._hurry = False
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self.format(record)}\n"
        except Exception:
            self.handleError(record)
            return
        with self._state:
            if self._waiting + len(line) > self._most:
                self._lost += 1
                return
            first = not self._lines
            if self._lost:
                self._lines.append(self._missing())
            self._lines.append(line)
            self._waiting += len(line)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="log lines", daemon=True)
                self._thread.start()
            if first:
                self._state.notify_all()

    def flush(self) -> None:
        """Wait until everything is written, but not forever."""
        with self._state:
            self._hurry = True
            self._state.notify_all()
            self._state.wait_for(lambda: not self._waiting, AT_THE_END)
            self._hurry = False

    def _write(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._lines or self._lost)
                self._state.wait_for(lambda: self._hurry, TOGETHER)
                if self._lost:
                    self._lines.append(self._missing())
                text, self._lines = "".join(self._lines), []
            self._put(text.encode(self._file.encoding, "backslashreplace"))
            with self._state:
                self._waiting -= len(text)
                self._state.notify_all()

    def _missing(self) -> str:
        """The line in place of dropped ones."""
        line = f"{self._lost:,} log lines are missing here: nobody took them in time.\n"
        self._waiting += len(line)
        self._lost = 0
        return line

    def _put(self, said: bytes) -> None:
        left = memoryview(said)
        while left:
            try:
                left = left[os.write(self._descriptor, left) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError:
                return  # the reader is gone
