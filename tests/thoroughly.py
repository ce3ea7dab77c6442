"""How much is tested: a sixteenth in README's test command, everything in `.ci/run`.

The random seed is fixed, so that a run can be repeated; `HUB_MCP_DICE=1` draws a new one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")
THOROUGH = os.environ.get("HUB_MCP_THOROUGH") == "1"
DICE = os.environ.get("HUB_MCP_DICE") == "1"
PARTS = 1 if THOROUGH else 16


def share(examples: int) -> int:
    """How many of a number of examples to run."""
    return max(5, examples // PARTS)


def every_nth(cases: Sequence[T], number: int) -> Sequence[T]:
    """All cases, or for the `number`-th tool its share, at least one: tools in a row have all of them."""
    parts = min(PARTS, len(cases))
    return cases[number % parts :: parts]


def one_of(cases: Sequence[T], number: int) -> Sequence[T]:
    """All cases, or for the `number`-th tool one of them: as many tools in a row have all."""
    return cases if THOROUGH else [cases[number % len(cases)]]


def a_quarter(cases: Sequence[T]) -> Sequence[T]:
    """All cases, or every fourth, for what costs much and differs little from one to the next."""
    return cases if THOROUGH else cases[::4]


def one_of_each(cases: Sequence[T], kind: Callable[[T], Hashable]) -> Sequence[T]:
    """All cases, or the first of each kind."""
    return cases if THOROUGH else [*{kind(one): one for one in reversed(cases)}.values()][::-1]
