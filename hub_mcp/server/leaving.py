"""Shutting down without cutting a call off: streams that never end are ended, calls get their time."""

from __future__ import annotations

import socket
from typing import Any, Final

import anyio
import uvicorn
from sse_starlette.sse import AppStatus
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENDLESS: Final = "subscriptions/listen"  # the one request that only ends when somebody ends it
KEY: Final = "hub_mcp.leaving"  # in the lifespan's state: an event, set when the server begins to shut down


class Patient(uvicorn.Server):
    """A uvicorn server that tells its application first."""

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        AppStatus.disable_automatic_graceful_drain()  # it would end the answers of calls that still run
        super().run(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        state: dict[str, Any] = getattr(self.lifespan, "state", {})
        if event := state.get(KEY):
            event.set()
        await super().shutdown(sockets)


class Leaving:
    """Ends the streams that would never end when the server shuts down; calls are left to finish."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        leaving: anyio.Event | None = scope.get("state", {}).get(KEY)
        if scope["type"] != "http" or leaving is None or not _endless(scope):
            return await self._app(scope, receive, send)

        async def receive_or_leave() -> Message:
            heard: list[Message] = []
            async with anyio.create_task_group() as group:

                async def hear() -> None:
                    heard.append(await receive())
                    group.cancel_scope.cancel()

                async def leave() -> None:
                    await leaving.wait()
                    group.cancel_scope.cancel()

                group.start_soon(hear)
                group.start_soon(leave)
            return heard[0] if heard else {"type": "http.disconnect"}

        return await self._app(scope, receive_or_leave, send)


def _endless(scope: Scope) -> bool:
    return bool(scope["method"] == "GET" or Headers(scope=scope).get("mcp-method") == ENDLESS)
