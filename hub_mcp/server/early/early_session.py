"""The start of a session over stdio: early answers while the SDK is imported in the background.

    begun = serve_early(settings)  # None if the client has already left
    if begun: run_stdio(settings, begun)

It reads and writes the two descriptors itself, line by line, until the first line that it cannot answer: that
line, and everything read after it, go to the SDK's server.
"""

from __future__ import annotations

import gc
import os
import stat
import sys
from dataclasses import dataclass
from importlib import import_module
from threading import Thread

from hub_mcp.server.early.early_answers import EarlyAnswers
from hub_mcp.settings import Settings

LONGEST_LINE = 1024 * 1024  # bytes; a request for a list is never longer
CHUNK = 64 * 1024  # bytes per read
# While the SDK is imported, the garbage collector looks at new objects only: nearly all of them stay, and
# looking at them again takes a tenth of the import. What it frees saves 0.4 MiB.
WHILE_IMPORTING = (10_000, 1_000, 1_000)
TURN = 0.0005  # seconds until the importing thread yields to an answer
NEEDED = ("hub_mcp.wiring", "hub_mcp.server.lazy", "hub_mcp.server.relay", "hub_mcp.server.stdio")
OF_A_CALL = ("hub_mcp.server.handlers", "hub_mcp.client.sender", "hub_mcp.localhub.app")


@dataclass(frozen=True)
class StartedSession:
    """A session started without the SDK.

    Attributes:
        replayed: answered lines that the SDK's server has to read.
        unread: bytes read but not answered.
    """

    replayed: tuple[bytes, ...]
    unread: bytes


def can_serve() -> bool:
    """Whether standard input and output are blocking and of a kind supported here."""
    return sys.platform != "win32" and all(watchable(one) and os.get_blocking(one) for one in (0, 1))


def watchable(descriptor: int) -> bool:
    """Whether an event loop can wait for the stream: pipes, sockets and terminals, not files."""
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(descriptor)


def serve_early(settings: Settings) -> StartedSession | None:
    """Answer what needs no SDK; None if the client left before it needed more."""
    gc.set_threshold(*WHILE_IMPORTING)
    early = EarlyAnswers(settings)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    importing = Thread(target=_import, args=(settings,), daemon=True)
    try:
        unread = _answered(early, importing)
    except (BrokenPipeError, KeyboardInterrupt):  # the client is gone
        unread = b""
    if importing.ident:
        if not unread:
            os._exit(0)  # an import that is no longer needed must not delay the exit
        importing.join()
    sys.setswitchinterval(usual)
    return StartedSession(tuple(early.replayed), unread) if unread else None


def _answered(early: EarlyAnswers, importing: Thread) -> bytes:
    """Answer line by line; returns what was read but not answered, b"" at the end of the input.

    Args:
        importing: started after the first answer, which it would delay otherwise.
    """
    unread = b""
    while chunk := os.read(0, CHUNK):
        unread += chunk
        while b"\n" in unread:
            line, _, rest = unread.partition(b"\n")
            answer = early.answer(line)
            if answer is None:
                return unread
            _write(answer)
            unread = rest
            if not importing.ident:
                importing.start()
        if len(unread) > LONGEST_LINE:
            return unread
    return unread


def _import(settings: Settings) -> None:
    for name in NEEDED:
        import_module(name)
    if settings.sandbox is not None:  # people trying things out make calls; others mostly list tools
        for name in OF_A_CALL:
            import_module(name)


def _write(answer: bytes) -> None:
    left = memoryview(answer)
    while left:
        left = left[os.write(1, left) :]
