"""How much is tried: an eighth in README's test command, all of it among the slower judges."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
THOROUGH = os.environ.get("HUB_MCP_THOROUGH") == "1"
PARTS = 1 if THOROUGH else 8


def share(examples: int) -> int:
    """How many of so many examples are tried."""
    return max(10, examples // PARTS)


def every_nth(cases: Sequence[T], number: int) -> Sequence[T]:
    """All cases, or for the `number`-th tool its share: eight tools in a row have all of them."""
    return cases[number % PARTS :: PARTS]


def one_of(cases: Sequence[T], number: int) -> Sequence[T]:
    """All cases, or for the `number`-th tool one of them: as many tools in a row have all."""
    return cases if THOROUGH else [cases[number % len(cases)]]
