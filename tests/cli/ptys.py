"""`hub-mcp` at a pseudo-terminal, and the person using it."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from tests.waiting import PATIENCE

ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class AtTerminal:
    """A running `hub-mcp` whose input, errors and (but where `out` says otherwise) output are a terminal.

    Args:
        out: where its output goes instead, as subprocess takes it.
    """

    def __init__(self, *arguments: str, env: Mapping[str, str], out: Any = None) -> None:
        import pty  # no Windows has it

        self._ours, theirs = pty.openpty()
        self.seen = ""
        self._read = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hub_mcp", *arguments],
            stdin=theirs,
            stdout=theirs if out is None else out,
            stderr=theirs,
            env={**env, "TERM": "xterm", "COLUMNS": "80"},
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> AtTerminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def wait_for(self, words: str) -> None:
        """Look at the terminal until the words are there, behind those that were waited for before."""
        while words not in self.seen[self._read :]:
            assert self._more(), f"no {words!r} in {self.seen[self._read :]!r}"
        self._read = self.seen.index(words, self._read) + len(words)

    def types(self, line: str) -> None:
        os.write(self._ours, line.encode() + b"\n")

    def ended(self) -> tuple[int, str]:
        """The exit code, and all that was shown."""
        while self._more():
            pass
        return self._process.wait(PATIENCE), self.seen.replace("\r\n", "\n")

    def _more(self) -> bool:
        """Take what came; false when nothing can come any more."""
        ready, _, _ = select.select([self._ours], [], [], PATIENCE)
        assert ready, f"nothing more came after {self.seen!r}"
        try:
            came = os.read(self._ours, 65_536)
        except OSError:  # how Linux says that the other end is closed
            came = b""
        self.seen += came.decode()
        return bool(came)
