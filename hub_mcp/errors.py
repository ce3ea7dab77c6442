"""What can go wrong between a caller and the Hub, drawn as a tree.

HubError
├── BadInput               refused before anything was sent
├── Stopped                by the gate: a limit, a person's no, a confirmation that does not fit
├── Offline                HF_HUB_OFFLINE is set
├── NotSent                no connection: nothing reached the Hub
│   ├── Unreachable        name, route, refused
│   ├── ProxyTrouble       the proxy of HTTPS_PROXY
│   └── CertificateTrouble a proxy or a private certificate authority
├── NoAnswer               sent, then silence: the outcome is unknown
│   └── TimedOut
├── NotAHub                HTML, or nothing readable
│   ├── LedElsewhere       a redirect to another host
│   └── UnexpectedAnswer   JSON, but not of the documented shape
└── Refused                the Hub answered with an error
    ├── SignInNeeded       401
    │   ├── MissingOrHidden    401 to an anonymous caller about a repository
    │   └── TokenRejected      the token is wrong, expired or revoked
    ├── PlanNeeded         402
    ├── Forbidden          403
    │   ├── Gated          files of a gated repository
    │   └── Disabled
    ├── Missing            404
    │   └── MissingRepository, MissingRevision, MissingEntry
    ├── Renamed            307 to what is posted, put or deleted
    ├── Conflict           409
    ├── Invalid            400, 413, 416, 422
    ├── RateLimited        429, window used up: waiting helps
    │   ├── ActionQuota    429, a quota of one action: waiting a minute does not help
    │   └── EdgeBlocked    429 without the Hub's own headers
    └── HubDown            5xx

Each error says what happened (`what`), what did not happen (`not_done`) and what to do (`next_step`). The
Hub's own words (`quoted`) are data: they are shown in quotation marks and never spoken in our voice. How an
answer becomes one of these is in `catalogue/refusals.py`.
"""

from __future__ import annotations

from typing import ClassVar, Self

from hub_mcp.text import visible

NOTHING_CHANGED = "Nothing was changed."
UNCERTAIN = "Whether the change happened is not known: look at the target before trying again."
QUOTE_LIMIT = 400


def plain(text: str, limit: int = QUOTE_LIMIT) -> str:
    """Text by others on one line: without control, bidirectional or invisible characters, and bounded."""
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in f" {text} ":
        return text  # a quick path: most texts are on one line
    cut = text[: limit * 4]  # so that a text of megabytes is cheap
    flat = " ".join(visible(cut, " ").split())
    return flat if len(flat) <= limit and len(cut) == len(text) else flat[: limit - 1] + "…"


class HubError(Exception):
    """An error a person can act on.

    Attributes:
        what: what happened, in our words.
        quoted: the Hub's own message, cleaned; "" without one.
        not_done: what did not happen, or that the outcome of a change is unknown.
        next_step: what to do.
        status: the Hub's status; 0 without an answer.
        near: existing names similar to a missing one.
        where: the address or id of what is in the way, as given by the Hub; "" if it gives none.
    """

    advice: ClassVar[str] = ""

    def __init__(
        self,
        what: str,
        *,
        quoted: str = "",
        advice: str = "",
        not_done: str = NOTHING_CHANGED,
        status: int = 0,
        where: str = "",
    ) -> None:
        super().__init__(what)
        self.what = plain(what, 1_000)
        self.quoted = plain(quoted)
        self.next_step = advice or self.advice
        self.not_done = not_done
        self.status = status
        self.where = plain(where, 200)
        self.near: tuple[str, ...] = ()

    def sentence(self) -> str:
        stop = "" if self.quoted.endswith((".", "!", "?")) else "."
        said = f' The Hub said: "{self.quoted.replace(chr(34), chr(39))}"{stop}' if self.quoted else ""
        there = f' It conflicts with "{self.where.replace(chr(34), chr(39))}".' if self.where else ""
        near = f"There are: {', '.join(self.near)}." if self.near else ""
        return " ".join(
            part for part in (self.what + said + there, near, self.not_done, self.next_step) if part
        )

    def of_a_read(self) -> Self:
        """This error without the assurance that nothing was changed: nobody would think that a read did."""
        self.not_done = ""
        return self

    def alone(self) -> Self:
        """This error without its traceback, whose frames would keep a whole answer in memory."""
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)

    def __str__(self) -> str:
        return self.sentence()

    @property
    def kind(self) -> str:
        return type(self).__name__


class BadInput(HubError):
    """Refused by our own rules; nothing was sent."""

    advice = "Correct it and try again."


class Stopped(HubError):
    """Stopped by the gate; nothing was sent. The text always ends with the fact that nothing was changed."""

    def sentence(self) -> str:
        return " ".join(part for part in (self.what, self.next_step, self.not_done) if part)


class Offline(HubError):
    advice = "Unset HF_HUB_OFFLINE, or start the server with --sandbox to work on the local Hub."


class NotSent(HubError):
    pass


class Unreachable(NotSent):
    advice = "Check the network and HF_ENDPOINT; behind a proxy set HTTPS_PROXY."


class ProxyTrouble(NotSent):
    advice = "Check HTTPS_PROXY (its address, user and password), or name the Hub's host in NO_PROXY."


class CertificateTrouble(NotSent):
    advice = (
        "If a proxy or a private certificate authority is in between, "
        "set SSL_CERT_FILE to its certificates and HTTPS_PROXY to its address."
    )


class NoAnswer(HubError):
    advice = "Try again in a minute."


class TimedOut(NoAnswer):
    pass


class NotAHub(HubError):
    advice = "Check that HF_ENDPOINT names a Hub; a proxy or a sign-in page may be answering in its place."


class LedElsewhere(NotAHub):
    advice = "Ask the people who run the Hub that HF_ENDPOINT names; the token was sent nowhere else."


class UnexpectedAnswer(NotAHub):
    advice = "The Hub may have changed; please report it with the name of the tool."


class Refused(HubError):
    """The Hub answered with a refusal."""

    advice = "It will be refused again as it stands; the Hub's website may offer it."


class SignInNeeded(Refused):
    advice = (
        "Sign in with `hf auth login`, or set HF_TOKEN, and start the server again; "
        "over HTTP, send `Authorization: Bearer` and the token."
    )


class MissingOrHidden(SignInNeeded):
    advice = (
        "Check the spelling; if it is private, sign in (`hf auth login` or set HF_TOKEN; "
        "over HTTP, `Authorization: Bearer`)."
    )


class TokenRejected(SignInNeeded):
    advice = (
        "The token is wrong, expired or revoked: sign in again (`hf auth login`, HF_TOKEN; "
        "over HTTP, `Authorization: Bearer`)."
    )


class PlanNeeded(Refused):
    advice = (
        "This needs a paid plan or more quota, which the owner can arrange in the Hub's billing settings."
    )


class Forbidden(Refused):
    advice = (
        "Call whoami to see what this token may do; a token with more rights is made in the Hub's settings."
    )


class Gated(Forbidden):
    advice = "Ask for access on the repository's page; its metadata can be read meanwhile."


class Disabled(Forbidden):
    advice = "Only the Hub can enable it again; its metadata can still be read."


class Missing(Refused):
    advice = "Check the spelling, or search for it with a listing tool."


class MissingRepository(Missing):
    advice = "Check its spelling and type; a private repository is only seen by a token that may read it."


class MissingRevision(Missing):
    advice = "Leave `revision` out to read the main branch."


class MissingEntry(Missing):
    advice = "Check the path and the revision."


class Renamed(Refused):
    advice = "Ask again with the new name if that is the one you mean."


class Conflict(Refused):
    advice = "Look at what exists before trying again, or use another name."


class Invalid(Refused):
    advice = "Correct the argument the Hub names and call again."


class RateLimited(Refused):
    """Attributes:
    wait: seconds until it may be retried; 0 if unknown.
    """

    advice = "Wait some minutes before calling again."

    def __init__(
        self, what: str, *, wait: float = 0.0, quoted: str = "", advice: str = "", status: int = 429
    ) -> None:
        self.wait = wait
        step = advice or (f"Call again in {seconds_in_words(wait)}." if wait else self.advice)
        super().__init__(what, quoted=quoted, advice=step, status=status)


class ActionQuota(RateLimited):
    advice = "This quota counts one kind of action, often by the day: retrying soon will not help."


class EdgeBlocked(RateLimited):
    advice = (
        "The address was blocked in front of the Hub; wait some minutes, and sign in if you were anonymous."
    )


class HubDown(Refused):
    advice = "The Hub is having trouble; try again in a minute."


def seconds_in_words(seconds: float) -> str:
    """A wait in words: seconds, or minutes if it is long."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
