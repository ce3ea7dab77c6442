"""Limits on connections: their number, the time and size of request heads, and the time to read answers.

uvicorn limits neither the time nor (with httptools) the size of a request's head, nor the number of idle
connections, nor how long a client may leave an answer unread. Bodies are limited in `intake.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Final
from weakref import WeakKeyDictionary

from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

MOST: Final = 1_024  # connections
HEAD_IN_TIME = 10.0  # seconds for the head of a request to arrive
KEPT_ALIVE = 5  # seconds until the next request on a connection
LARGEST_HEAD = 64 * 1024  # bytes
TAKEN_IN_TIME = 60.0  # seconds for the client to read what was written: at most a few hundred KiB
MOST_UNREAD = 64 * 2**20  # unread bytes of all connections together


# The connections of each server whose clients do not read, the longest-waiting first.
_PAUSED: WeakKeyDictionary[ServerState, dict[BoundedProtocol, None]] = WeakKeyDictionary()


class BoundedProtocol(asyncio.Protocol):
    """uvicorn's own protocol, on a connection that is closed if no complete request arrives."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._loop = _loop or asyncio.get_running_loop()
        self._state = server_state
        self._http: H11Protocol = _protocol()(config, server_state, app_state, _loop)
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._taken: asyncio.TimerHandle | None = None
        self._head = 0  # bytes since the last request
        self._paused = _PAUSED.setdefault(server_state, {})

    def connection_made(  # type: ignore[override]  # narrower, as uvicorn's own: it serves streams alone
        self, transport: asyncio.Transport
    ) -> None:
        self._transport = transport
        transport.set_write_buffer_limits(0)  # so that everything unread is known
        self._http.connection_made(transport)
        if len(self._state.connections) > MOST:
            transport.abort()
        else:
            self._expect_a_head()

    def data_received(self, data: bytes) -> None:
        self._head += len(data)
        self._http.data_received(data)
        if self._http.cycle and not self._http.cycle.response_complete:  # none until the first request
            self._head = 0
            self._expect_nothing()
        elif self._head > LARGEST_HEAD:
            self._close()
        else:
            self._expect_a_head()

    def eof_received(self) -> None:
        self._http.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        self._is_taken()
        self._http.connection_lost(exc)

    def pause_writing(self) -> None:
        self._http.pause_writing()
        self._paused[self] = None
        self._taken = self._loop.call_later(TAKEN_IN_TIME, self._close)
        while sum(one.unread for one in self._paused) > MOST_UNREAD:
            next(iter(self._paused))._close()  # the one that has waited longest

    def resume_writing(self) -> None:
        self._is_taken()
        self._http.resume_writing()

    @property
    def unread(self) -> int:
        """Bytes that were written but not read."""
        return self._transport.get_write_buffer_size() if self._transport else 0

    def _is_taken(self) -> None:
        self._paused.pop(self, None)
        if self._taken:
            self._taken.cancel()
            self._taken = None

    def _expect_a_head(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(HEAD_IN_TIME, self._close)

    def _expect_nothing(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        self._is_taken()
        if self._transport:
            self._transport.abort()


def _protocol() -> Callable[..., Any]:
    """The fastest installed of uvicorn's protocols; h11 trims header values, httptools does not."""
    if find_spec("httptools"):
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

        class TrimmingProtocol(HttpToolsProtocol):
            """Strips the whitespace around header values, which is not part of them (RFC 9110, 5.5)."""

            def on_header(self, name: bytes, value: bytes) -> None:
                super().on_header(name, value.strip(b" \t"))

        return TrimmingProtocol
    return H11Protocol


def server_config(app: Any, *, grace: int, workers: int = 1, factory: bool = False) -> Config:
    """How uvicorn serves one of our applications; with uvloop if installed."""
    return Config(
        app,
        factory=factory,
        http=BoundedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        workers=workers,
        timeout_keep_alive=KEPT_ALIVE,
        timeout_graceful_shutdown=grace,
    )
