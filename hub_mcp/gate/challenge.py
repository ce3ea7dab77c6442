"""What a person's answer is bound to: the call, its target and what was shown of it.

The gate compares it with the current state immediately before acting.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, ClassVar, Protocol

from pydantic import TypeAdapter

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import NOTHING_YET, Change
from hub_mcp.catalogue.stakes import Stakes
from hub_mcp.client.caller import Caller
from hub_mcp.errors import Stopped
from hub_mcp.text import one_line, without_markup

EXPIRES = 600  # seconds that an answer or a plan is valid
ASK_AGAIN = "Call the tool again to have the person asked again."


@dataclass(frozen=True)
class Assessment:
    """A call with the state of its target at a moment, and what is at stake.

    Attributes:
        call: with the Hub's own ids.
        identity: the target's own id on the Hub; "" if it has none.
        stakes: what a person must agree to; None if the call may simply be made.
        standing: the facts shown that must still hold when the call is made.
        unasked: why nobody is asked although something is at stake; "" if nothing is.
    """

    call: Change[Any, Any]
    before: Answer = NOTHING_YET
    identity: str = ""
    stakes: Stakes | None = None
    standing: tuple[object, ...] = ()
    unasked: str = ""


class Proposal(Protocol):
    """A proposal to a person: one call, or several."""

    tool: ClassVar[str]

    @property
    def subject(self) -> str: ...

    def as_arguments(self) -> dict[str, Any]: ...


class Assessed(Protocol):
    """A proposal with the state of its targets, as in `Assessment`."""

    @property
    def call(self) -> Proposal: ...

    @property
    def identity(self) -> str: ...

    @property
    def stakes(self) -> Stakes | None: ...

    @property
    def standing(self) -> tuple[object, ...]: ...


@dataclass(frozen=True)
class Shown:
    """What a person was shown of a proposal, for comparison with a later state.

    Attributes:
        call: a digest of the call, with the Hub's own ids.
        identity: the target's own id on the Hub.
        effect: a digest of the question's statement of what would happen; "" if nothing was at stake.
        standing: a digest of the facts shown, numbers by their order of magnitude.
    """

    call: str
    identity: str
    effect: str
    standing: str

    @classmethod
    def of(cls, found: Assessed) -> Shown:
        return Shown(
            digest(found.call),
            found.identity,
            digest_of("\n".join((found.stakes.headline, *found.stakes.lines))) if found.stakes else "",
            digest_of(repr(found.standing)),
        )

    def refuse_changed(self, found: Assessed, *, by_us: bool = False) -> None:
        """Compare what was shown with the current state.

        Args:
            by_us: whether an earlier call of a batch changed the target, so that its facts may differ.

        Raises:
            Stopped: the target has another name, is another thing, or more is at stake.
        """
        now, subject = Shown.of(found), found.call.subject
        if now.call != self.call:
            what = f"This is now {subject}, which is not what the person was asked about."
        elif now.identity != self.identity:
            what = f"Something else has taken the name of {subject} since the person was asked."
        elif now.effect not in ("", self.effect):
            what = "What the call would do has changed since the person was asked."
        elif now.standing != self.standing and not by_us:
            what = f"What the person was shown about {subject} has changed since they were asked."
        else:
            return
        raise Stopped(what, advice=ASK_AGAIN)


@dataclass(frozen=True)
class Challenge(Shown):
    """What an answer is bound to; short enough for a token.

    Attributes:
        asked: a digest of the call as the model made it.
        retype: the text to type; "" if yes or no is enough.
        caller: a digest of the token, salted with the nonce.
        nonce: makes it usable only once; scope: where its use is recorded.
        issued: when it was made, in seconds of the epoch.
    """

    tool: str
    asked: str
    retype: str
    caller: str
    nonce: str
    scope: str
    issued: float

    @classmethod
    def issue(
        cls, asked: Proposal, assessment: Assessed, caller: Caller, scope: str, now: float
    ) -> Challenge:
        """A new challenge for the answer to a question about the stakes."""
        assert assessment.stakes
        nonce = secrets.token_urlsafe(12)
        typed = assessment.stakes.retype
        if without_markup(one_line(typed)) != typed:
            typed = assessment.identity or typed  # text with invisible characters cannot be typed
        return cls(
            **asdict(Shown.of(assessment)),
            tool=asked.tool,
            asked=digest(asked),
            retype=typed,
            caller=caller.under(nonce.encode()),
            nonce=nonce,
            scope=scope,
            issued=now,
        )

    @property
    def until(self) -> float:
        """When it expires, in seconds of the epoch."""
        return self.issued + EXPIRES

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, text: str | bytes) -> Challenge:
        """Parse the output of `text`.

        Raises:
            ValueError: it is something else.
        """
        return _challenges().validate_json(text, strict=True)

    def refuse_misfit(self, call: Proposal, caller: Caller, scope: str, now: float) -> None:
        """Check an answer against the call it was sent with.

        Raises:
            Stopped: it is for another call, from another caller, or has expired.
        """
        if now >= self.until:
            raise Stopped("The confirmation has expired.", advice=ASK_AGAIN)
        if self.tool != call.tool or digest(call) not in (self.asked, self.call):
            raise Stopped("The confirmation was given for another call.", advice=ASK_AGAIN)
        if self.caller != caller.under(self.nonce.encode()):
            raise Stopped("The confirmation was given by somebody else.", advice=ASK_AGAIN)
        if self.scope != scope:
            raise Stopped(
                "The confirmation was asked for elsewhere, or before this server was started.",
                advice=ASK_AGAIN,
            )


@cache
def _challenges() -> TypeAdapter[Challenge]:
    return TypeAdapter(Challenge)


def digest(call: Proposal) -> str:
    """A digest of a call, in 32 characters."""
    return digest_of(json.dumps([call.tool, call.as_arguments()], sort_keys=True))


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
