"""What all callers of one Hub share: its transports, with their connections, budgets and caches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio

from hub_mcp.client.deadline import Sleep

if TYPE_CHECKING:
    import httpx


class SharedTransports:
    """The transports of one Hub, created on first use.

    Args:
        innermost: makes the innermost transport, called once; None for the network.
        sleep: used for waiting.
    """

    def __init__(
        self, innermost: Callable[[], httpx.AsyncBaseTransport] | None = None, *, sleep: Sleep = anyio.sleep
    ) -> None:
        self._innermost = innermost
        self._sleep = sleep
        self._stack: httpx.AsyncBaseTransport | None = None

    @property
    def stack(self) -> httpx.AsyncBaseTransport:
        if self._stack is None:
            from hub_mcp.client.transport.stack import stacked

            innermost = self._innermost() if self._innermost else None
            self._stack = stacked(innermost, sleep=self._sleep)
        return self._stack

    async def aclose(self) -> None:
        if self._stack is not None:
            stack, self._stack = self._stack, None
            await stack.aclose()
