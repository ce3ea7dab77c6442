"""Plans: what would happen, with a sealed token to do it once, for clients that cannot ask a person."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from mcp.server.request_state import AESGCMRequestStateCodec, InvalidRequestState

from hub_mcp.client.caller import Caller
from hub_mcp.errors import Stopped
from hub_mcp.gate.approvals import Approvals
from hub_mcp.gate.challenge import ASK_AGAIN, Challenge
from hub_mcp.gate.question import Question

# So that a token of one kind never passes for one of another kind, or for the state of a question.
PLAN, VIEW = b"hub-mcp plan:", b"hub-mcp view:"


class Seals:
    """Seals a challenge into a token and opens it again; nobody else can make, read or alter one."""

    def __init__(self, keys: Sequence[str | bytes] = (), purpose: bytes = PLAN) -> None:
        secrets = [key.encode() if isinstance(key, str) else key for key in keys] or [os.urandom(32)]
        self._codec = AESGCMRequestStateCodec([hashlib.sha256(purpose + one).digest() for one in secrets])

    def seal(self, challenge: Challenge) -> str:
        return self._codec.seal(challenge.text().encode())

    def open(self, token: str) -> Challenge:
        """The challenge in a token.

        Raises:
            Stopped: it is not one of ours.
        """
        try:
            return Challenge.read(self._codec.unseal(token))
        except (InvalidRequestState, ValueError, RecursionError) as trouble:
            what = "The confirm_token is not one this server gave out, or was altered."
            raise Stopped(what, advice=ASK_AGAIN) from trouble


@dataclass(frozen=True)
class Plan:
    """A question for the model to show to the person.

    Attributes:
        approve: the command or page with which the person must approve it first; "" if not needed.
        step: the same, worded to follow "to".
    """

    question: Question
    token: str
    approve: str = ""
    step: str = ""


def plan_for(
    question: Question, seals: Seals, approvals: Approvals, caller: Caller, account: str = ""
) -> Plan:
    """A plan that is carried out when its token comes back; if a name must be typed, it waits for approval.

    Raises:
        Stopped: it cannot be stored, or too many wait.
    """
    challenge = question.challenge
    if not challenge.retype:
        return Plan(question, seals.seal(challenge))
    try:
        id = approvals.wait(
            nonce=challenge.nonce,
            tool=challenge.tool,
            consequence=question.consequence,
            retype=challenge.retype,
            until=int(challenge.until),
            account=account,
            caller=caller.under(PLAN),
        )
    except OSError as trouble:
        raise Stopped(
            f"The plan cannot be stored for approval ({trouble.strerror}).",
            advice="Ask whoever runs this server to give it a writable state directory (XDG_STATE_HOME).",
        ) from trouble
    return Plan(question, seals.seal(challenge), approvals.place(id, account), approvals.step(id, account))


def need_approval(challenge: Challenge, approvals: Approvals) -> str:
    """How a person typed the name for a plan; "" if no name has to be typed.

    Raises:
        Stopped: it is still waiting.
    """
    if not challenge.retype:
        return ""
    if how := approvals.approved(challenge.nonce):
        return how
    id = approvals.id_of(challenge.nonce)
    waiting = approvals.find(id)
    step = approvals.step(id, waiting.account if waiting else "")
    raise Stopped(
        "No person has approved this yet: it waits for its name to be typed.",
        advice=f"Ask the person to {step}, then call again.",
    )
