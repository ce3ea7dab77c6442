"""What a call does to people and things, and what a person must know before agreeing to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.errors import HubError

B = TypeVar("B", bound=Answer)


class Impact(StrEnum):
    """Kinds of effects that a person has to agree to."""

    DESTROYS = "destroys"  # something that cannot be restored, or somebody's membership
    MOVES = "moves"
    OPENS = "opens"  # more people can see, read or write something
    CLOSES_OUT = "closes out"  # somebody loses access
    SPENDS = "spends"  # money, or changes a limit on it
    SENDS_OUT = "sends out"  # data or notifications to an outside address
    RUNS = "runs"  # code
    PUBLISHES = "publishes"  # text or proposals under the person's name


@dataclass(frozen=True)
class Consequence:
    """One thing a call would do.

    Attributes:
        line: the text shown to a person; names are quoted.
        word: the word by which an operator can allow it without a question; "" if it always asks.
    """

    impact: Impact
    line: str
    word: str = ""


class Known:
    """The answers of further reading calls; one that failed is unknown, which counts as the worst case."""

    def __init__(
        self,
        answers: Sequence[tuple[Endpoint[Any], Answer]] = (),
        failures: Sequence[tuple[Endpoint[Any], HubError]] = (),
    ) -> None:
        self._answers = answers
        self._failures = failures

    def of(self, call: Endpoint[B]) -> B | None:
        """The answer to this call; None if it failed."""
        found: Any = next((answer for asked, answer in self._answers if asked == call), None)
        return found  # type: ignore[no-any-return]  # each answer stands beside the call that it is of

    def failure_of(self, call: Endpoint[Any]) -> HubError | None:
        """Why this call failed; None if it did not, or if that is unknown."""
        return next((error for asked, error in self._failures if asked == call), None)

    def standing(self) -> tuple[object, ...]:
        """The facts that must still hold when the call is made."""
        return tuple(answer.standing() for _, answer in self._answers)


NOTHING_KNOWN = Known()


@dataclass(frozen=True)
class Stakes:
    """What a person must know before a call is made.

    Attributes:
        headline: the question, with the Hub's name for the target.
        consequences: what the call would do, one line each.
        facts: short lines: what the target is, who depends on it.
        cost: what cannot be undone, or how it can.
        retype: the exact text to type; empty if yes or no is enough.
    """

    headline: str
    consequences: tuple[Consequence, ...]
    facts: tuple[str, ...] = ()
    cost: str = ""
    retype: str = ""

    @property
    def impacts(self) -> frozenset[Impact]:
        return frozenset(one.impact for one in self.consequences)

    @property
    def lines(self) -> tuple[str, ...]:
        """What the call would do; empty if the headline already says it."""
        return tuple(dict.fromkeys(one.line for one in self.consequences if one.line))
