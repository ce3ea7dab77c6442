"""Used answers, each valid only once, and counters of changes for the operator's limits."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import anyio.to_thread

from hub_mcp.errors import Stopped
from hub_mcp.gate.local_key import local_key, sealed


class UsageStore(Protocol):
    """Records used nonces."""

    async def scope(self) -> str:
        """Where it records: an answer with another scope could be used a second time there."""
        ...

    async def claim(self, nonce: str, seconds: float) -> bool:
        """Use a nonce; False if it was already used. It may be forgotten after `seconds`."""
        ...

    async def count(self, name: str, by: int) -> int:
        """Add to a counter of this run and return its new value."""
        ...


class InMemoryUsage:
    """Records within this process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._scope = os.urandom(6).hex()
        self._clock = clock
        self._until: dict[str, float] = {}
        self._counted: dict[str, int] = {}

    async def scope(self) -> str:
        return self._scope

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


class FileUsage(InMemoryUsage):
    """Records nonces in a state directory shared by processes; counters are per process.

    So an answer for a server that has exited is valid for the next one, but still only once.

    Raises:
        Stopped: the directory is open to others.
        OSError: it cannot be written.
    """

    def __init__(self, state: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock)
        self._scope = sealed(local_key(state), "scope", "")[:12]
        self._directory = state / "used"

    async def claim(self, nonce: str, seconds: float) -> bool:
        """Use a nonce.

        Raises:
            Stopped: that cannot be recorded.
        """
        try:
            return await anyio.to_thread.run_sync(self._claim, nonce, self._clock() + seconds)
        except OSError as trouble:
            raise Stopped(
                f"The use of the confirmation cannot be recorded in {self._directory} ({trouble.strerror}).",
                advice="Free some space there or correct its permissions, and call again.",
            ) from trouble

    def _claim(self, nonce: str, until: float) -> bool:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in self._directory.iterdir():
            with suppress(FileNotFoundError):  # another process was first
                if old.stat().st_mtime <= self._clock():
                    old.unlink()
        name = hashlib.sha256(nonce.encode()).hexdigest()
        # Linked into place with its time already set: without it, it would briefly count as expired.
        fresh = self._directory.parent / f".{name}.{os.urandom(6).hex()}"
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            os.utime(fresh, (until, until))  # its modification time is its expiry
            os.link(fresh, self._directory / name)
        except FileExistsError:
            return False
        finally:
            fresh.unlink(missing_ok=True)
        return True
