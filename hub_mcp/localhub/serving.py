"""Serving the local Hub on a loopback port: a socket bound first, then uvicorn, quiet unless it fails."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Generator

import uvicorn
from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

# Any other name may belong to a web page and resolve to this machine: with a token that everybody knows, the
# page could change this Hub and make its webhooks call anything else that listens on loopback.
OWN_NAMES = ("localhost", "127.0.0.1", "*.localhost")


def listen(port: int = 0, host: str = "127.0.0.1") -> socket.socket:
    """A socket listening on the port; with 0 the system chooses one, see `getsockname()[1]`."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # or Nagle stays on
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    bound.listen(128)  # from now on a caller waits instead of being refused
    return bound


class _Cuttable(H11Protocol):
    """uvicorn's protocol, with a way to end the connection in the middle of an answer; for `faults/`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Give every request a way to cut its connection."""
        super().connection_made(transport)
        app = self.app

        async def offering(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {**scope.get("extensions", {}), "hub.cut": self._cut}
            await app(scope, receive, send)

        self.app = offering

    def _cut(self, reset: bool) -> None:
        if reset:
            linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.transport.abort()
        else:
            self.transport.close()


def server_of(app: Starlette, tls: ssl.SSLContext | None = None) -> uvicorn.Server:
    """A uvicorn server for the Hub that prints nothing itself and adds no headers."""
    guarded = TrustedHostMiddleware(app, OWN_NAMES, www_redirect=False)
    config = uvicorn.Config(
        guarded, log_level="error", access_log=False, lifespan="off", server_header=False, http=_Cuttable
    )
    if tls is not None:
        config.load()
        config.ssl = tls  # in place of uvicorn's own, built from files, which a key for one run does not need
    return uvicorn.Server(config)


def run(app: Starlette, bound: socket.socket, tls: ssl.SSLContext | None = None) -> None:
    """Serve until interrupted."""
    with contextlib.suppress(KeyboardInterrupt):
        server_of(app, tls).run(sockets=[bound])


@contextlib.contextmanager
def serving(app: Starlette, port: int = 0, tls: ssl.SSLContext | None = None) -> Generator[str]:
    """Serve in a thread for as long as the block lasts; the address, without a slash at its end."""
    bound = listen(port)
    server = server_of(app, tls)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
