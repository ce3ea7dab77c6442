"""Secrets that people have to type on a page of the server, each for one call: in memory, for minutes.

No file, log or address contains one. A call repeated while its secret is awaited leads to the same page.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import anyio

from hub_mcp.client.caller import Caller
from hub_mcp.client.server_secrets import SHORTEST
from hub_mcp.errors import BadInput, Stopped
from hub_mcp.gate.challenge import ASK_AGAIN, EXPIRES, Challenge, Proposal, digest
from hub_mcp.gate.question import Question

PAGE = "by a person who typed the secret on the server's page, signed in to the Hub"
LONGEST = 8_192  # bytes of a secret
MOST_OF_ONE, MOST = 5, 200  # awaited secrets per account, and in total
LOOPBACK = ("127.0.0.1", "localhost", "::1")
WAITS = 50.0  # seconds a call waits for one: most clients allow a call a minute


def keeps_secrets(page: str) -> bool:
    """Whether text typed on a page is safe in transit: over TLS, or within this machine."""
    parts = urlsplit(page)
    return parts.scheme == "https" or parts.hostname in LOOPBACK


@dataclass(eq=False)
class AwaitedSecret:
    """A secret that a person has to type, with its purpose as the page shows it.

    Attributes:
        account: the Hub name of the token's owner.
        caller: the same as a digest of the token; call: a digest of the call.
        typed: set when it has been typed.
    """

    question: Question
    account: str
    caller: str
    call: str
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    typed: anyio.Event = field(default_factory=anyio.Event)
    value: str = field(default="", repr=False)

    @property
    def challenge(self) -> Challenge:
        return self.question.challenge

    @property
    def tool(self) -> str:
        return self.challenge.tool

    @property
    def consequence(self) -> str:
        return self.question.consequence

    @property
    def retype(self) -> str:
        return self.challenge.retype


class AwaitedSecrets:
    """The awaited secrets of this process.

    Args:
        page: the address of the server's pages for typing them.
        waits: seconds a call waits for one.
        later: schedules a function after some seconds; by default on the running loop.
    """

    def __init__(
        self,
        page: str,
        clock: Callable[[], float] = time.time,
        *,
        waits: float = WAITS,
        later: Callable[[float, Callable[[], None]], object] | None = None,
    ) -> None:
        self.waits = waits
        self._page = page
        self._clock = clock
        self._later = later
        self._awaited: dict[str, AwaitedSecret] = {}

    def address(self, one: AwaitedSecret) -> str:
        """The address where a person types it."""
        return f"{self._page}/{one.id}"

    def of(self, call: Proposal, caller: Caller) -> AwaitedSecret | None:
        """The awaited secret of this caller's call, typed or not."""
        mine = (caller.id, digest(call))
        return next((one for one in self._now() if (one.caller, one.call) == mine), None)

    def find(self, id: str) -> AwaitedSecret | None:
        """The awaited secret of a page, until it is typed."""
        found = self._awaited.get(id)
        return found if found in self._now() and not found.typed.is_set() else None

    def begin(self, question: Question, call: Proposal, caller: Caller, account: str) -> AwaitedSecret:
        """Start awaiting a secret for a call.

        Raises:
            Stopped: too many are already awaited.
        """
        now = self._now()
        if sum(one.account == account for one in now) >= MOST_OF_ONE or len(now) >= MOST:
            raise Stopped(
                "Too many calls here wait for a secret to be typed.",
                advice="Ask the person to type those, or call again in ten minutes.",
            )
        one = AwaitedSecret(question, account, caller.id, digest(call))
        self._awaited[one.id] = one
        later = self._later or asyncio.get_running_loop().call_later
        later(EXPIRES, lambda: self.drop(one))  # even if nobody ever asks again
        return one

    def type(self, one: AwaitedSecret, value: str) -> None:
        """Keep the typed secret until its call takes it.

        Raises:
            BadInput: it cannot be a secret.
        """
        if not len(value) >= SHORTEST or len(value.encode("utf-8", "replace")) > LONGEST:
            raise BadInput(f"A secret has at least {SHORTEST} characters, and at most {LONGEST:,} bytes.")
        one.value = value
        one.typed.set()

    def take(self, one: AwaitedSecret) -> str:
        """Return the typed secret and forget it.

        Raises:
            Stopped: another call took it, or it has expired.
        """
        if one not in self._now():
            raise Stopped("The secret that was typed is no longer here.", advice=ASK_AGAIN)
        value = one.value
        self.drop(one)
        return value

    def drop(self, one: AwaitedSecret) -> None:
        """Forget it, typed or not."""
        self._awaited.pop(one.id, None)
        one.value = ""

    def _now(self) -> list[AwaitedSecret]:
        """Those that have not expired."""
        for one in [one for one in self._awaited.values() if one.challenge.until <= self._clock()]:
            self.drop(one)
        return list(self._awaited.values())
