"""How tests wait: until something happens, within a bound no machine reaches, or with a test's own clock.

No test is to depend on how fast the machine is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio

PATIENCE = 120.0  # seconds, for what takes a fraction of one on an idle machine
OFTEN = 0.01  # seconds between two looks
TURNS = 100  # of the loop; a request to a local Hub in this process takes about ten


async def until(true: Callable[[], Any]) -> None:
    """Wait until something holds, whatever the loop's own clock says meanwhile."""
    ends = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < ends, "it never came"
        await asyncio.to_thread(time.sleep, OFTEN)


async def turns() -> None:
    """Let whatever can go on go on for a while, while no time passes."""
    for _ in range(TURNS):
        await anyio.lowlevel.checkpoint()


class LoopClock:
    """The clock of the running event loop, stopped, except when the test advances it."""

    def __init__(self, now: float) -> None:
        self.now = now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@contextmanager
def standing_clock() -> Iterator[LoopClock]:
    """Stop the loop's clock for a block; `anyio.sleep` and its deadlines then pass only as the test says."""
    loop = asyncio.get_running_loop()
    real = loop.time
    clock = LoopClock(real())
    loop.time = lambda: clock.now  # type: ignore[method-assign]  # asyncio's own loops ask themselves
    try:
        yield clock
    finally:
        ahead = clock.now - real()
        loop.time = lambda: real() + ahead  # type: ignore[method-assign]  # it never goes back
