"""What one call may still take: seconds until its deadline, seconds of waiting, and whom to tell.

A call's deadline travels with its request (`request.extensions["deadline"]`), so that each transport can ask
whether another wait is worth it. Waits for a rate limit have a purse of their own and push the deadline back;
pauses between tries do not.

    with reporting(tell):            # tell: async callable of a line of text, e.g. one that reports progress
        await hub.send(call)         # told: "waiting 12 s for the Hub's rate limit"
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

TELL_FROM = 1.0  # seconds; a shorter wait is not worth a word
TELL_EVERY = 10.0  # seconds; hosts drop a call that is silent for long

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
    """What one call may still take.

    Args:
        timeout: seconds the call may take, all its tries together, waits for a rate limit aside.
        max_wait: seconds it may wait for a rate limit, all such waits together.
        report: called for each wait; by default what `reporting` names.
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
        """A scope that ends with the deadline, also when that is pushed back meanwhile."""
        with anyio.CancelScope(deadline=self.deadline) as scope:
            self._scope = scope
            yield scope

    async def wait_for_limit(self, seconds: float, sleep: Sleep) -> None:
        """Wait for a rate limit, telling so; the deadline moves as far."""
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
        """Tell of a wait that is long enough to be noticed; that nobody listens any more changes nothing."""
        if self._report and seconds >= TELL_FROM:
            with suppress(Exception):
                await self._report(text)


def deadline_of(request: httpx.Request) -> Deadline:
    """The deadline of a request's call; endless where it came without."""
    found = request.extensions.get("deadline")
    return found if isinstance(found, Deadline) else Deadline()
