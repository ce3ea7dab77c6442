"""A transport that keeps within the Hub's rate limit: one budget for all calls of a token (FACTS 7).

Every answer of the Hub reports what is left of its fixed window. While there is plenty, calls are sent at
once. In the last tenth they are spaced out increasingly, up to the rate that lasts until the window ends;
when nothing is left, they wait for its end. A wait is reported as progress, can be cancelled, and is refused
if it is longer than the call's deadline; the error then states it.

Existing limiters (aiolimiter, pyrate-limiter) need a rate known in advance; here the Hub counts and reports.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

import anyio
import httpx

from hub_mcp.catalogue.refusals import LONGEST_RETRY, Window, seconds_to_wait, window_of
from hub_mcp.client.caller import Caller
from hub_mcp.client.deadline import Clock, Sleep, deadline_of
from hub_mcp.errors import RateLimited

SCARCE = 0.1  # fraction of a window left, below which calls are spaced out
USUAL_QUOTA = 500  # if the Hub does not give its quota
LONGEST_SPACING = 10.0  # seconds one call waits at most while something is left
MOST_BUDGETS = 4_096
SAME_WINDOW = 3.0  # seconds by which two answers may disagree about the end of a window


@dataclass
class Budget:
    """The calls left to one caller in the current window, as reported by the Hub."""

    left: float = math.inf
    quota: int = USUAL_QUOTA
    ends: float = -math.inf  # when the window ends, by our clock
    turn: float = -math.inf  # the earliest moment for the next call while calls are spaced out

    def reserve(self, now: float) -> float:
        """Reserve one call; returns the seconds it has to wait."""
        if now >= self.ends:
            self.left = math.inf
            return 0.0
        self.left -= 1
        if self.left < 0:
            return self.ends - now
        scarce = self.quota * SCARCE
        if self.left >= scarce:
            return 0.0
        mine = max(now, self.turn)
        self.turn = mine + (self.ends - now) / (self.left + 1) * (1 - self.left / scarce)
        return min(mine - now, LONGEST_SPACING, self.ends - now)

    def give_back(self) -> None:
        """Return an unused reservation."""
        self.left += 1

    def heed(self, window: Window, now: float) -> None:
        """Update from the Hub's report; calls in flight are already counted."""
        ends = now + window.reset
        same = abs(ends - self.ends) <= SAME_WINDOW
        self.left = min(self.left, window.left) if same else window.left
        self.ends, self.quota = ends, window.quota or self.quota


class RateLimitTransport(httpx.AsyncBaseTransport):
    """Reserves a call in the budget of the request's caller before passing on the request."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        clock: Clock = anyio.current_time,
        sleep: Sleep = anyio.sleep,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._sleep = sleep
        self._budgets: OrderedDict[tuple[str, str], Budget] = OrderedDict()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        budget = self.budget_of(request)
        deadline = deadline_of(request)
        wait = budget.reserve(self._clock())
        if wait > deadline.max_wait:
            budget.give_back()
            raise RateLimited(
                "The Hub's rate limit for this caller is used up, for longer than --max-wait.",
                wait=math.ceil(wait),
            )
        if wait > 0:
            await deadline.wait_for_limit(wait, self._sleep)
        answer = await self._inner.handle_async_request(request)
        if window := window_in(answer):
            budget.heed(window, self._clock())
        return answer

    def budget_of(self, request: httpx.Request) -> Budget:
        """The budget for a request: one per Hub, caller and class of addresses."""
        key = (place_of(request), Caller.of(request).id)
        budget = self._budgets.pop(key, None) or Budget()
        self._budgets[key] = budget
        if len(self._budgets) > MOST_BUDGETS:
            self._budgets.popitem(last=False)
        return budget

    async def aclose(self) -> None:
        await self._inner.aclose()


def window_in(answer: httpx.Response) -> Window | None:
    """The caller's window in an answer; a 429 that waiting resolves means nothing is left."""
    window = window_of(answer.headers)
    if answer.status_code == 429 and (wait := seconds_to_wait(answer.headers)) is not None:
        return Window(0, min(wait, LONGEST_RETRY), window.quota if window else 0)
    return window


def place_of(request: httpx.Request) -> str:
    """The Hub, and the class of addresses, each with its own limit."""
    path = request.url.path
    kind = "api" if "/api/" in path else "resolvers" if "/resolve/" in path else "pages"
    return f"{request.url.netloc.decode('ascii')} {kind}"
