"""A question to a person, what it showed, and the answer: plain values, whoever asks and however.

    reply = await person.ask(question)      # in the client's form, on a terminal, or later: Pending

An answer counts for exactly what was shown: `Shown` travels with it (sealed where a client carries it), and
the gate compares it with what it finds immediately before acting.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Protocol

from pydantic import TypeAdapter

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.endpoint import Endpoint, Stakes
from hub_mcp.errors import Stopped, plain

EXPIRES = 600  # seconds an answer is waited for, and a plan is good for
MOST_FACTS = 12
FACT_LIMIT = 200
ASK_AGAIN = "Call the tool again to have the person asked anew."


@dataclass(frozen=True)
class Seen:
    """A call and its target, as the Hub shows it at a moment.

    Attributes:
        call: with the ids the Hub itself uses.
        identity: the target's own id on the Hub; "" where it has none.
        stakes: what a person must agree to; None when the call may simply be made.
    """

    call: Endpoint[Any]
    before: Answer | None = None
    identity: str = ""
    stakes: Stakes | None = None


@dataclass(frozen=True)
class Shown:
    """What a person was shown, or is about to be; short enough to travel in a token.

    Attributes:
        asked, call: digests of the call as the model made it, and with the ids the Hub itself uses.
        identity: the target's own id on the Hub.
        headline: a digest of the question's first line, which says what would happen.
        retype: what has to be typed; "" where yes or no will do.
        caller: a digest of whose token it is, salted by the nonce.
        nonce: what makes it work once; scope: where that is remembered, "" for everywhere.
        until: when it expires, in seconds of the epoch.
    """

    tool: str
    asked: str
    call: str
    identity: str
    headline: str
    retype: str
    caller: str
    nonce: str
    scope: str
    until: int

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, text: str | bytes) -> Shown:
        """What `text` wrote.

        Raises:
            ValueError: somebody else wrote it.
        """
        return _shown().validate_json(text, strict=True)


@cache
def _shown() -> TypeAdapter[Shown]:
    return TypeAdapter(Shown)


@dataclass(frozen=True)
class Question:
    """What a person is asked, in words cleaned of whatever a reader does not see."""

    shown: Shown
    headline: str
    facts: tuple[str, ...]
    cost: str

    @classmethod
    def about(cls, stakes: Stakes, shown: Shown) -> Question:
        facts = [plain(fact, FACT_LIMIT) for fact in stakes.facts if fact]
        if len(facts) > MOST_FACTS:
            facts = [*facts[:MOST_FACTS], f"and {len(facts) - MOST_FACTS:,} more"]
        return cls(shown, plain(stakes.headline), tuple(facts), plain(stakes.cost))

    @property
    def consequence(self) -> str:
        """The question in words: what, the facts line by line, the cost."""
        facts = "\n".join(f"- {fact}" for fact in self.facts)
        return "\n\n".join(part for part in (self.headline, facts, self.cost) if part)

    @property
    def message(self) -> str:
        """The question with what to do, for a person with a form before them."""
        if self.shown.retype:
            return f"{self.consequence}\n\nTo go ahead, type exactly: {self.shown.retype}"
        return self.consequence


@dataclass(frozen=True)
class Reply:
    """A person's answer to what they were shown; `why` says in a sentence what a no was.

    Attributes:
        brought: it came with the call, so that it may come twice and has to be claimed.
    """

    shown: Shown
    agreed: bool
    why: str = ""
    brought: bool = False


@dataclass(frozen=True)
class Pending:
    """Nobody has answered yet; the question is on its way."""

    question: Question


Check = Callable[[Shown], None]  # raises Stopped where an answer was given to something else


class Person(Protocol):
    """Somebody who can say yes to a call, or a way to reach them."""

    async def given(self, fits: Check) -> Reply | None:
        """The answer that came with the call, if it fits; None where the person has yet to be asked."""
        ...

    async def ask(self, question: Question) -> Reply | Pending:
        """Put the question, and wait for the answer where it can be waited for."""
        ...


def reply_to(shown: Shown, action: str, content: Mapping[str, Any], *, brought: bool = False) -> Reply:
    """What a filled form says: only a plain yes, or exactly the text to type, is agreement."""

    def no(why: str) -> Reply:
        return Reply(shown, False, why, brought)

    if action == "decline":
        return no("The person said no.")
    if action != "accept":
        return no("The question was closed without an answer.")
    if not shown.retype:
        if content.get("confirm") is True:
            return Reply(shown, True, brought=brought)
        return no("The person did not tick the box that confirms it.")
    if not (typed := content.get("name")):
        return no("The name was not typed.")
    if typed != shown.retype:
        return no("What was typed is not exactly the name that was asked for.")
    return Reply(shown, True, brought=brought)


class Asking:
    """Makes what is shown, and tells whether an answer that was brought fits the call it was brought with.

    Args:
        scope: where nonces are remembered; an answer from another scope could be used a second time.
    """

    def __init__(self, scope: str = "") -> None:
        self._scope = scope

    def shown(self, asked: Endpoint[Any], seen: Seen, stakes: Stakes, caller: str, now: float) -> Shown:
        nonce = secrets.token_urlsafe(12)
        typed = stakes.retype
        if typed and plain(typed) != typed:
            typed = seen.identity or typed  # a name with invisible parts cannot be typed from what is seen
        return Shown(
            tool=asked.tool,
            asked=digest(asked),
            call=digest(seen.call),
            identity=seen.identity,
            headline=digest_of(stakes.headline),
            retype=typed,
            caller=_salted(caller, nonce),
            nonce=nonce,
            scope=self._scope,
            until=int(now) + EXPIRES,
        )

    def refuse_misfit(self, shown: Shown, call: Endpoint[Any], caller: str, now: float) -> None:
        """Hold an answer that was brought against the call it was brought with.

        Raises:
            Stopped: it was given for something else, by somebody else, or too long ago.
        """
        if now >= shown.until:
            raise Stopped("The confirmation has expired.", advice=ASK_AGAIN)
        if shown.tool != call.tool or digest(call) not in (shown.asked, shown.call):
            raise Stopped("The confirmation was given for another call.", advice=ASK_AGAIN)
        if shown.caller != _salted(caller, shown.nonce):
            raise Stopped("The confirmation was given by somebody else.", advice=ASK_AGAIN)
        if shown.scope != self._scope:
            raise Stopped("The confirmation was asked for before this server was started.", advice=ASK_AGAIN)

    def refuse_changed(self, shown: Shown, now: Seen) -> None:
        """Hold what was shown against what the Hub shows now.

        Raises:
            Stopped: the target goes by another name, is another thing, or more is at stake.
        """
        if digest(now.call) != shown.call:
            what = f"This is now {now.call.subject}, which is not what the person was asked about."
            raise Stopped(what, advice=ASK_AGAIN)
        if now.identity != shown.identity:
            what = f"Another one has the name of {now.call.subject} since the person was asked."
            raise Stopped(what, advice=ASK_AGAIN)
        if now.stakes and digest_of(now.stakes.headline) != shown.headline:
            raise Stopped("What the call would do has changed since the person was asked.", advice=ASK_AGAIN)


def digest(call: Endpoint[Any]) -> str:
    """A call in 32 characters."""
    return digest_of(json.dumps([call.tool, call.as_arguments()], sort_keys=True))


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _salted(caller: str, nonce: str) -> str:
    return digest_of(f"{nonce}:{caller}")
