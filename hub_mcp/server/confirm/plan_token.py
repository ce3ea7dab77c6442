"""Plans: what would happen, with a sealed token that makes it happen once, where no person can be asked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from mcp.server.request_state import AESGCMRequestStateCodec, InvalidRequestState

from hub_mcp.errors import Stopped
from hub_mcp.gate.approvals import Approvals
from hub_mcp.gate.question import ASK_AGAIN, Check, Pending, Question, Reply, Shown

_PURPOSE = b"hub-mcp plan:"  # so that a plan's token and the state of a question never pass for each other


class Seals:
    """Seals what was shown into a token and opens it again; nobody else can make, read or alter one."""

    def __init__(self, keys: Sequence[str | bytes] = ()) -> None:
        secrets = [key.encode() if isinstance(key, str) else key for key in keys] or [os.urandom(32)]
        self._codec = AESGCMRequestStateCodec([hashlib.sha256(_PURPOSE + one).digest() for one in secrets])

    def seal(self, shown: Shown) -> str:
        return self._codec.seal(shown.text().encode())

    def open(self, token: str) -> Shown:
        """What the token was made of.

        Raises:
            Stopped: it is not one of ours.
        """
        try:
            return Shown.read(self._codec.unseal(token))
        except (InvalidRequestState, ValueError, RecursionError) as trouble:
            what = "The confirm_token is not one this server gave out, or was altered."
            raise Stopped(what, advice=ASK_AGAIN) from trouble


@dataclass(frozen=True)
class Plan(Pending):
    """A question for the model to show to the person; `approve` is what the person must run first, if any."""

    token: str
    approve: str = ""


class Planner:
    """Asks a person by way of the model: a plan goes out with a token that comes back with the next call."""

    def __init__(self, seals: Seals, approvals: Approvals, token: str | None = None) -> None:
        self._seals = seals
        self._approvals = approvals
        self._token = token

    async def given(self, fits: Check) -> Reply | None:
        if self._token is None:
            return None
        shown = self._seals.open(self._token)
        fits(shown)
        if shown.retype and not self._approvals.is_approved(shown.nonce):
            command = f"hub-mcp approve {self._approvals.id_of(shown.nonce)}"
            raise Stopped(
                "No person has approved this yet: it waits for its name to be typed in a terminal.",
                advice=f"Ask the person to run `{command}`, then call again.",
            )
        return Reply(shown, True, brought=True)

    async def ask(self, question: Question) -> Reply | Pending:
        shown = question.shown
        command = ""
        if shown.retype:
            try:
                id = self._approvals.wait(
                    nonce=shown.nonce,
                    tool=shown.tool,
                    consequence=question.consequence,
                    retype=shown.retype,
                    until=shown.until,
                )
            except OSError as trouble:
                raise Stopped(f"The plan cannot be laid down for approval ({trouble.strerror}).") from trouble
            command = f"hub-mcp approve {id}"
        return Plan(question, self._seals.seal(shown), command)


class Nobody:
    """There is nobody to ask, and the policy lets nothing stand in for a person."""

    def __init__(self, policy: str) -> None:
        self._policy = policy

    async def given(self, fits: Check) -> Reply | None:
        return None

    async def ask(self, question: Question) -> Reply | Pending:
        return Reply(
            question.shown,
            False,
            "This needs a person's yes, and this client cannot show a person a question "
            f"(the server runs with --confirm {self._policy}).",
        )
