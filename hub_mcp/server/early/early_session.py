"""The first moments of a session over stdio: early answers, while the SDK is imported behind them.

    begun = serve_early(settings)  # None where the client has left already
    if begun: run_stdio(settings, begun)

It reads and writes the two descriptors itself, a line at a time, until the first line that it cannot answer:
that line, and what was read after it, go to the SDK's server.
"""

from __future__ import annotations

import gc
import os
import stat
import sys
from dataclasses import dataclass
from importlib import import_module
from threading import Thread

from hub_mcp.server.early.early_answers import EarlyAnswers, eras
from hub_mcp.settings import Settings

LONGEST_LINE = 1024 * 1024  # bytes; a client that asks for a list never writes more
CHUNK = 64 * 1024  # bytes of one read
TURN = 0.0005  # seconds until a thread that imports makes way for an answer
NEEDED = ("hub_mcp.wiring", "hub_mcp.server.lazy", "hub_mcp.server.relay", "hub_mcp.server.stdio")
OF_A_CALL = ("hub_mcp.server.handlers", "hub_mcp.client.sender", "hub_mcp.localhub.app")


@dataclass(frozen=True)
class Begun:
    """A session that was begun without the SDK.

    Attributes:
        replayed: lines that were answered, which the SDK's server has to know of.
        unread: what was read and not answered.
    """

    replayed: tuple[bytes, ...]
    unread: bytes


def can_serve() -> bool:
    """Whether standard input and output are of a kind that is read and written here, and block."""
    return sys.platform != "win32" and all(watchable(one) and os.get_blocking(one) for one in (0, 1))


def watchable(descriptor: int) -> bool:
    """Whether a loop can wait for the stream: pipes, sockets and terminals, not files."""
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(descriptor)


def serve_early(settings: Settings) -> Begun | None:
    """Answer what can be answered without the SDK; None when the client left before more was asked."""
    gc.disable()  # until all is imported: what is imported stays, and looking through it takes a tenth of it
    early = EarlyAnswers(settings)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    importing = Thread(target=_import, args=(settings,), daemon=True)
    try:
        unread = _answered(early, importing)
    except (BrokenPipeError, KeyboardInterrupt):  # nobody listens any more
        unread = b""
    if importing.ident:
        if not unread:
            os._exit(0)  # an import that nobody needs any more must not hold up the end
        importing.join()
    sys.setswitchinterval(usual)
    eras.cache_clear()  # whatever comes now is the SDK's to answer
    return Begun(tuple(early.replayed), unread) if unread else None


def _answered(early: EarlyAnswers, importing: Thread) -> bytes:
    """Answer line by line; what was read and not answered, b"" where the input ended with nothing left.

    Args:
        importing: begun with the first answer, which it would only delay before.
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
    if settings.sandbox is not None:  # whoever tries things out calls; most others start servers that list
        for name in OF_A_CALL:
            import_module(name)


def _write(answer: bytes) -> None:
    left = memoryview(answer)
    while left:
        left = left[os.write(1, left) :]
