"""Shutting down without interrupting calls: endless streams are ended, calls get time to finish."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Generator
from types import FrameType
from typing import Any, Final

import anyio
from sse_starlette.sse import AppStatus
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENDLESS: Final = "subscriptions/listen"  # the only request that never ends by itself
KEY: Final = "hub_mcp.stopping"  # in the lifespan's state: an event, set when shutdown begins
SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
)


@contextlib.contextmanager
def signalled() -> Generator[anyio.Event]:
    """An event that stop signals set before uvicorn acts on them; for use in the running loop."""
    AppStatus.disable_automatic_graceful_drain()  # type: ignore[no-untyped-call]  # it would cut off calls that still run
    stopping, loop = anyio.Event(), asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield stopping  # signals reach only the main thread
        return
    before: dict[int, Any] = {number: signal.getsignal(number) for number in SIGNALS}

    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stopping.set)
        if callable(handler := before[number]):
            handler(number, frame)

    for number in SIGNALS:
        signal.signal(number, heard)
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class EndStreams:
    """Ends endless streams when the server shuts down, and lets calls finish."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        stopping: anyio.Event | None = scope.get("state", {}).get(KEY)
        if scope["type"] != "http" or stopping is None or not _endless(scope):
            return await self._app(scope, receive, send)

        async def receive_or_leave() -> Message:
            heard: list[Message] = []
            async with anyio.create_task_group() as group:

                async def hear() -> None:
                    heard.append(await receive())
                    group.cancel_scope.cancel()

                async def leave() -> None:
                    await stopping.wait()
                    group.cancel_scope.cancel()

                group.start_soon(hear)
                group.start_soon(leave)
            return heard[0] if heard else {"type": "http.disconnect"}

        return await self._app(scope, receive_or_leave, send)


def _endless(scope: Scope) -> bool:
    return bool(scope["method"] == "GET" or Headers(scope=scope).get("mcp-method") == ENDLESS)
