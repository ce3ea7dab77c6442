"""Completing a change with further calls: its question covers them, and each is assessed and made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import Change
from hub_mcp.client.answers_of import Send, answers_of
from hub_mcp.errors import HubError, Stopped
from hub_mcp.gate.challenge import ASK_AGAIN, Assessment

LOOKING_SECONDS = 5.0  # seconds to look up side effects, which are not worth a longer wait


@dataclass(frozen=True)
class Completed:
    """The outcome of the calls that complete a change.

    Attributes:
        answer: the answer to the last one made; None if none was.
        said: what was made and what was not, in sentences.
    """

    answer: Answer | None = None
    said: str = ""


async def completed(
    found: Assessment,
    after: Answer,
    assess: Callable[[Change[Any, Any]], Awaitable[Assessment]],
    make: Callable[[Assessment, int], Awaitable[tuple[str, Answer]]],
) -> Completed:
    """Make the calls that complete a change, one by one, continuing after one that fails.

    Args:
        found: the approved change; after: the Hub's answer to it.
        assess: assesses one of them against the current state.
        make: makes one, the nth from 2; returns the new state in words, and the Hub's answer.
    """
    agreed = set(found.stakes.lines) if found.stakes else set[str]()
    answer: Answer | None = None
    said: list[str] = []
    for n, call in enumerate(found.call.followed_by(found.before, after), 2):
        try:
            now = await assess(call)
            if now.stakes and not agreed.issuperset(now.stakes.lines):
                raise Stopped("It would do more than the person was asked about.", advice=ASK_AGAIN)
            outcome, answer = await make(now, n)
            said.append(outcome)
        except HubError as error:
            error.not_done = ""  # nothing of this call was made, but the change itself was
            said.append(f"Not made: {call.label.lower()}. {error.sentence()}")
    return Completed(answer, "\n".join(said))


async def side_effects(call: Change[Any, Any], send: Send) -> str:
    """Side effects of a change that was made, in sentences; "" if unknown."""
    read = call.side_effects_call()
    answers = await answers_of([read], send, LOOKING_SECONDS) if read else []
    return " ".join(fact for _, answer in answers for fact in answer.facts())
