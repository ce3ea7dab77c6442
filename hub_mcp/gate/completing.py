"""A change that further calls complete: its question covers them, and each is looked at and made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import Change
from hub_mcp.client.answers_of import Send, answers_of
from hub_mcp.errors import HubError, Stopped
from hub_mcp.gate.challenge import ASK_AGAIN, Assessment

LOOKING_SECONDS = 5.0  # for what else has changed, which is worth no longer wait


@dataclass(frozen=True)
class Completed:
    """What became of the calls that complete a change.

    Attributes:
        answer: of the last one that was made; None where none was.
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
    """Make the calls that complete a change, one after another; one that fails does not end the rest.

    Args:
        found: the change as it was agreed to; after: what the Hub answered to it.
        assess: holds one of them against what the Hub shows now.
        make: makes one, the nth from 2; what is now what, and the Hub's answer.
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
            error.not_done = ""  # of this call nothing was; the change itself was made
            said.append(f"Not made: {call.label.lower()}. {error.sentence()}")
    return Completed(answer, "\n".join(said))


async def told_beside(call: Change[Any, Any], send: Send) -> str:
    """What else has changed with a change that was made, in sentences; "" where nothing tells."""
    read = call.told_by()
    answers = await answers_of([read], send, LOOKING_SECONDS) if read else []
    return " ".join(fact for _, answer in answers for fact in answer.facts())
