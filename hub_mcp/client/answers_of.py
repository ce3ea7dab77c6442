"""Several concurrent reading calls, none of which has to succeed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import anyio

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.errors import HubError

Send = Callable[[Endpoint[Any]], Awaitable[Answer]]


async def answers_of(
    reads: Sequence[Endpoint[Any]],
    send: Send,
    seconds: float,
    failures: list[tuple[Endpoint[Any], HubError]] | None = None,
) -> list[tuple[Endpoint[Any], Answer]]:
    """The answers to concurrent calls; one that fails or is slow is left out.

    Args:
        failures: receives the failed calls with their errors.
    """
    answers: dict[int, Answer] = {}

    async def ask(n: int, read: Endpoint[Any]) -> None:
        try:
            answers[n] = await send(read)
        except HubError as error:
            if failures is not None:
                failures.append((read, error))

    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as group:
            for n, read in enumerate(reads):
                group.start_soon(ask, n, read)
    return [(reads[n], answers[n]) for n in sorted(answers)]
