"""What a call does to people and things, and what a person must know before they agree to it."""

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
    """What a call can do that a person has to agree to."""

    DESTROYS = "destroys"  # what cannot be brought back, or somebody's place
    MOVES = "moves"
    OPENS = "opens"  # more people can see, read or write something than before
    CLOSES_OUT = "closes out"  # somebody loses access
    SPENDS = "spends"  # money, or changes a limit on it
    SENDS_OUT = "sends out"  # data or notices to an address outside
    RUNS = "runs"  # code
    PUBLISHES = "publishes"  # words or proposals, under the person's name


@dataclass(frozen=True)
class Consequence:
    """One thing a call would do.

    Attributes:
        line: what tells a person of it; names stand in quotes.
        word: by which an operator may let it pass unasked; "" for what always asks.
    """

    impact: Impact
    line: str
    word: str = ""


class Known:
    """What further reading calls told; one that failed told nothing, and that counts as the worst."""

    def __init__(
        self,
        answers: Sequence[tuple[Endpoint[Any], Answer]] = (),
        failures: Sequence[tuple[Endpoint[Any], HubError]] = (),
    ) -> None:
        self._answers = answers
        self._failures = failures

    def of(self, call: Endpoint[B]) -> B | None:
        """What this call told; None where it failed."""
        found: Any = next((answer for asked, answer in self._answers if asked == call), None)
        return found  # type: ignore[no-any-return]  # each answer stands beside the call that it is of

    def failure_of(self, call: Endpoint[Any]) -> HubError | None:
        """Why this call told nothing; None where it did, or where nobody knows."""
        return next((error for asked, error in self._failures if asked == call), None)

    def standing(self) -> tuple[object, ...]:
        """What of it must still hold when the call is made."""
        return tuple(answer.standing() for _, answer in self._answers)


NOTHING_KNOWN = Known()


@dataclass(frozen=True)
class Stakes:
    """What a person must know before a call is made.

    Attributes:
        headline: the question, naming the target as the Hub calls it.
        consequences: what the call would do, a line each.
        facts: short lines: what the target is, who depends on it.
        cost: what cannot be undone, or how it can.
        retype: the exact text to type; empty where yes or no will do.
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
        """What the call would do; nothing where the headline says it already."""
        return tuple(dict.fromkeys(one.line for one in self.consequences if one.line))
