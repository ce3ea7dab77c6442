"""What was used already: each answer counts once, and changes are counted against the operator's limits."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Protocol


class UsageStore(Protocol):
    """Remembers which nonces were used; `scope` names where, and is "" when every process looks there."""

    scope: str

    async def claim(self, nonce: str, seconds: float) -> bool:
        """Use a nonce; False where it was used already. After so many seconds it may be forgotten."""
        ...

    async def count(self, name: str, by: int) -> int:
        """Add to a counter of this run; what it holds then."""
        ...


class InMemoryUsage:
    """Remembers within this process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.scope = os.urandom(6).hex()
        self._clock = clock
        self._until: dict[str, float] = {}
        self._counted: dict[str, int] = {}

    async def claim(self, nonce: str, seconds: float) -> bool:
        now = self._clock()
        for old in [one for one, until in self._until.items() if until <= now]:
            del self._until[old]
        if nonce in self._until:
            return False
        self._until[nonce] = now + seconds
        return True

    async def count(self, name: str, by: int) -> int:
        self._counted[name] = self._counted.get(name, 0) + by
        return self._counted[name]
