"""The local Hub on a loopback port: a socket bound first, then uvicorn, silent unless something fails."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Generator

import uvicorn
from starlette.applications import Starlette


def listen(port: int = 0, host: str = "127.0.0.1") -> socket.socket:
    """A socket bound to the port; 0 lets the system choose, `getsockname()[1]` says which."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    return bound


def server_of(app: Starlette) -> uvicorn.Server:
    """A uvicorn server for the Hub that prints nothing of its own and adds no header."""
    return uvicorn.Server(
        uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", server_header=False)
    )


def run(app: Starlette, bound: socket.socket) -> None:
    """Serve until interrupted."""
    with contextlib.suppress(KeyboardInterrupt):
        server_of(app).run(sockets=[bound])


@contextlib.contextmanager
def serving(app: Starlette, port: int = 0) -> Generator[str]:
    """Serve in a thread for as long as the block lasts; the address, without a slash at its end."""
    bound = listen(port)
    server = server_of(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
