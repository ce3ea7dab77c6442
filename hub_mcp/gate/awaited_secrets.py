"""Secrets that people are to type on a page of the server, each for one call: in memory, for minutes.

No file, log or address holds one. A call that is made again while its secret is awaited finds the same page.
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
MOST_OF_ONE, MOST = 5, 200  # secrets that are awaited of one account, and of all together
LOOPBACK = ("127.0.0.1", "localhost", "::1")
WAITS = 50.0  # seconds a call waits for one: most clients give a call a minute


def keeps_secrets(page: str) -> bool:
    """Whether what is typed on a page is read by nobody on its way: over TLS, or within this machine."""
    parts = urlsplit(page)
    return parts.scheme == "https" or parts.hostname in LOOPBACK


@dataclass(eq=False)
class AwaitedSecret:
    """A secret that a person is to type, and for what; as the page shows it.

    Attributes:
        account: whose token asked for it, by the Hub's name.
        caller: the same by the token; call: a digest of the call.
        typed: set once it was typed.
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
    """The secrets that are awaited in this process.

    Args:
        page: the address of the server's pages where people type them.
        waits: seconds a call waits for one.
        later: does something after so many seconds; by default the running loop.
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
        """Where a person types it."""
        return f"{self._page}/{one.id}"

    def of(self, call: Proposal, caller: Caller) -> AwaitedSecret | None:
        """The one that is awaited for this caller's call, typed or not."""
        mine = (caller.id, digest(call))
        return next((one for one in self._now() if (one.caller, one.call) == mine), None)

    def find(self, id: str) -> AwaitedSecret | None:
        """The one that a page is for, as long as it is not typed."""
        found = self._awaited.get(id)
        return found if found in self._now() and not found.typed.is_set() else None

    def begin(self, question: Question, call: Proposal, caller: Caller, account: str) -> AwaitedSecret:
        """Await a secret for a call.

        Raises:
            Stopped: too many are awaited already.
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
        later(EXPIRES, lambda: self.drop(one))  # also when nobody ever asks again
        return one

    def type(self, one: AwaitedSecret, value: str) -> None:
        """Keep what a person typed until their call takes it.

        Raises:
            BadInput: it cannot be a secret.
        """
        if not len(value) >= SHORTEST or len(value.encode("utf-8", "replace")) > LONGEST:
            raise BadInput(f"A secret has at least {SHORTEST} characters, and at most {LONGEST:,} bytes.")
        one.value = value
        one.typed.set()

    def take(self, one: AwaitedSecret) -> str:
        """What was typed; it is forgotten here.

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
