"""A transport that retries: reads after most failures, changes only if nothing can have been done.

Our own instead of tenacity or stamina: those retry a function by its exceptions, while here the wait comes
from the answer, the deadline and the type of call decide, and each wait is reported; with either of them, all
of that would still have to be written, and only the loop below would be saved.

Reads (GET, HEAD): failed or broken connections, timeouts, 408, 5xx, and a 429 that waiting resolves. Changes:
no connection was made, or the 429 of a used-up rate window (FACTS 7, 8). Anything else may have been done.
The wait for a rate window is not here: `RateLimitTransport` imposes it on the next attempt.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import anyio
import httpx

from hub_mcp.catalogue.refusals import seconds_after, seconds_to_wait, window_of
from hub_mcp.client.deadline import Sleep, deadline_of
from hub_mcp.client.transport.connection_errors import certificate_trouble

TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds; doubled with each attempt
READS = frozenset({"GET", "HEAD"})
PASSING = frozenset({408, 500, 502, 503, 504})
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
BROKEN = (*NOT_SENT, httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError)

Outcome = httpx.Response | httpx.TransportError


class RetryTransport(httpx.AsyncBaseTransport):
    """Retries with full jitter: a random pause up to a bound that doubles."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        sleep: Sleep = anyio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._inner = inner
        self._sleep = sleep
        self._chance = chance

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        deadline = deadline_of(request)
        reads = request.method in READS
        attempt = 1
        while True:
            outcome = await self._outcome(request)
            asked = _asked_pause(outcome, reads)
            pause = 0.0 if asked is None else max(asked, self._jitter(attempt, outcome))
            if asked is None or attempt == TRIES or pause >= deadline.left:
                if isinstance(outcome, httpx.Response):
                    return outcome
                raise outcome
            what = "the Hub did not answer"
            if isinstance(outcome, httpx.Response):
                what = f"the Hub answered {outcome.status_code}"
                await outcome.aclose()
            attempt += 1
            deadline.departure.stays()  # a change is retried only if nothing can have been done
            await deadline.tell(pause, f"{what}; trying again in {pause:.0f} s ({attempt} of {TRIES})")
            await self._sleep(pause)

    async def _outcome(self, request: httpx.Request) -> Outcome:
        try:
            return await self._inner.handle_async_request(request)
        except BROKEN as trouble:
            return trouble

    def _jitter(self, attempt: int, outcome: Outcome) -> float:
        if isinstance(outcome, httpx.Response) and outcome.status_code == 429:
            return 0.0  # `RateLimitTransport` waits for the known time
        return self._chance() * min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (attempt - 1))

    async def aclose(self) -> None:
        await self._inner.aclose()


def _asked_pause(outcome: Outcome, reads: bool) -> float | None:
    """The minimum seconds before a retry; None for no retry."""
    if not isinstance(outcome, httpx.Response):
        may = isinstance(outcome, BROKEN if reads else NOT_SENT) and not certificate_trouble(outcome)
        return 0.0 if may else None
    if outcome.status_code == 429:
        window = window_of(outcome.headers)
        not_counted = window is not None and window.left == 0  # so the Hub did not process it either
        return 0.0 if not_counted or (reads and seconds_to_wait(outcome.headers) is not None) else None
    if reads and outcome.status_code in PASSING:
        return seconds_after(outcome.headers) or 0.0
    return None
