"""The remaining time of one call: seconds until its deadline, seconds of waiting, and where to report waits.

A call's deadline is passed with its request (`request.extensions["deadline"]`), so that each transport can
check whether another wait is worthwhile. Waits for a rate limit have a separate budget and extend the
deadline; pauses between attempts do not.

    with reporting(report):          # an async callable that takes a line of text, e.g. to report progress
        await hub.send(call)         # reports "waiting 12 s for the Hub's rate limit"
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

import anyio

from hub_mcp.client.departure import Departure
from hub_mcp.errors import seconds_in_words

if TYPE_CHECKING:
    import httpx

Report = Callable[[str], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

TELL_FROM = 1.0  # seconds; shorter waits are not reported
TELL_EVERY = 10.0  # seconds; hosts drop calls that are silent for too long

_reporting: ContextVar[Report | None] = ContextVar("reporting", default=None)


@contextmanager
def reporting(report: Report) -> Generator[None]:
    """Report waits to `report`, in this task and those it starts."""
    token = _reporting.set(report)
    try:
        yield
    finally:
        _reporting.reset(token)


class Deadline:
    """The remaining time of one call.

    Args:
        timeout: seconds for the call, all attempts together, without waits for a rate limit.
        max_wait: seconds of waiting for a rate limit, all such waits together.
        report: called for each wait; by default the function set by `reporting`.
    """

    def __init__(
        self,
        timeout: float = math.inf,
        max_wait: float = 60.0,
        report: Report | None = None,
        clock: Clock = anyio.current_time,
        departure: Departure | None = None,
    ) -> None:
        self.max_wait = max_wait
        self.departure = departure or Departure()
        self._clock = clock
        self._report = report or _reporting.get()
        self._scope: anyio.CancelScope | None = None
        self.deadline = clock() + timeout

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - self._clock()

    @contextmanager
    def held(self) -> Generator[anyio.CancelScope]:
        """A scope that ends at the deadline, even if that is extended meanwhile."""
        with anyio.CancelScope(deadline=self.deadline) as scope:
            self._scope = scope
            yield scope

    async def wait_for_limit(self, seconds: float, sleep: Sleep) -> None:
        """Wait for a rate limit and report it; the deadline is extended by the same time."""
        self.max_wait -= seconds
        self.deadline += seconds
        if self._scope:
            self._scope.deadline = self.deadline
        left = seconds
        while left > 0:
            await self.tell(left, f"waiting {seconds_in_words(math.ceil(left))} for the Hub's rate limit")
            await sleep(min(left, TELL_EVERY))
            left -= TELL_EVERY

    async def tell(self, seconds: float, text: str) -> None:
        """Report a wait that is long enough to be noticed; a client that is gone is ignored."""
        if self._report and seconds >= TELL_FROM:
            with suppress(Exception):
                await self._report(text)


def deadline_of(request: httpx.Request) -> Deadline:
    """The deadline of a request's call; infinite without one."""
    found = request.extensions.get("deadline")
    return found if isinstance(found, Deadline) else Deadline()
