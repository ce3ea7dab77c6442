"""What can go wrong between a caller and the Hub, drawn as a tree, with the two tables that read a response into it.

HubError
├── BadInput               refused before anything was sent
├── Offline                HF_HUB_OFFLINE is set
├── NotSent                no connection: nothing reached the Hub
│   ├── Unreachable        name, route, refused
│   └── CertificateTrouble proxy or private certificate authority
├── NoAnswer               sent, then silence: the outcome is unknown
│   └── TimedOut
├── NotAHub                HTML, truncated JSON, another host
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
    │   ├── MissingRepository, MissingRevision, MissingEntry
    ├── Renamed            307 to a call that changes something
    ├── Conflict           409
    ├── Invalid            400, 413, 416, 422
    ├── RateLimited        429, window used up: waiting helps
    │   ├── ActionQuota    429, a quota of one action: waiting a minute does not help
    │   └── EdgeBlocked    429 without the Hub's own headers
    └── HubDown            5xx

Each error says what happened (`what`), what did not happen (`not_done`) and what to do (`advice`). The Hub's own
words (`quoted`) are data: they are shown in quotation marks and never spoken in our voice.
Sources: FACTS 4 (errors) and 7 (rate limits).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

NOTHING_CHANGED = "Nothing was changed."
QUOTE_LIMIT = 400

_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+")


def plain(text: str, limit: int = QUOTE_LIMIT) -> str:
    """Somebody else's words on one line: control, bidirectional and invisible characters out, length bounded."""
    flat = " ".join(_HIDDEN.sub(" ", text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


class HubError(Exception):
    """An error a person can act on."""

    advice: ClassVar[str] = ""
    retryable: ClassVar[bool] = False

    def __init__(
        self, what: str, *, quoted: str = "", advice: str = "", not_done: str = NOTHING_CHANGED, status: int = 0
    ) -> None:
        self.what = what
        self.quoted = plain(quoted)
        self.next_step = advice or self.advice
        self.not_done = not_done
        self.status = status
        super().__init__(self.sentence())

    def sentence(self) -> str:
        said = f' The Hub said: "{self.quoted}"' if self.quoted else ""
        return " ".join(part for part in (self.what + said, self.not_done, self.next_step) if part)

    @property
    def kind(self) -> str:
        return type(self).__name__


class BadInput(HubError):
    """Refused by our own rules; nothing was sent."""


class Offline(HubError):
    advice = "Unset HF_HUB_OFFLINE, or start the server with --sandbox to work on the local Hub."


class NotSent(HubError):
    retryable = True


class Unreachable(NotSent):
    advice = "Check the network and HF_ENDPOINT; behind a proxy set HTTPS_PROXY."


class CertificateTrouble(NotSent):
    retryable = False
    advice = (
        "If a proxy or a private certificate authority is in between, "
        "set SSL_CERT_FILE to its certificates and HTTPS_PROXY to its address."
    )


class NoAnswer(HubError):
    retryable = True
    advice = "Try again; if it was a change, look first whether it happened."


class TimedOut(NoAnswer):
    pass


class NotAHub(HubError):
    advice = "Check that HF_ENDPOINT names a Hub; a proxy or a sign-in page may be answering in its place."


class UnexpectedAnswer(NotAHub):
    advice = "The Hub may have changed; please report it with the name of the tool."


class Refused(HubError):
    """The Hub answered, and the answer was no."""


class SignInNeeded(Refused):
    advice = "Sign in with `hf auth login`, or set HF_TOKEN, and start the server again."


class MissingOrHidden(SignInNeeded):
    advice = "Check the spelling; if it is private, sign in with `hf auth login` or set HF_TOKEN."


class TokenRejected(SignInNeeded):
    advice = "The token is wrong, expired or revoked: sign in again with `hf auth login`, or set a new HF_TOKEN."


class PlanNeeded(Refused):
    advice = "This needs a paid plan or more quota; its owner can see to it in the Hub's billing settings."


class Forbidden(Refused):
    advice = "Call whoami to see what this token may do; a token with more rights is made in the Hub's settings."


class Gated(Forbidden):
    advice = "Ask for access on the repository's page; its metadata can be read meanwhile."


class Disabled(Forbidden):
    advice = "The Hub has disabled it; its metadata can still be read."


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
    advice = "Look at what is there before trying another name."


class Invalid(Refused):
    advice = "Correct the argument the Hub names and call again."


class RateLimited(Refused):
    retryable = True

    def __init__(self, what: str, *, wait: float = 0.0, quoted: str = "", advice: str = "", status: int = 429) -> None:
        self.wait = wait
        step = advice or (f"Call again in {wait:.0f} s." if wait else self.advice)
        super().__init__(what, quoted=quoted, advice=step, status=status)


class ActionQuota(RateLimited):
    retryable = False
    advice = "This quota counts one kind of action, often by the day: retrying soon will not help."


class EdgeBlocked(RateLimited):
    retryable = False
    advice = "The address was blocked in front of the Hub; wait some minutes, and sign in if you were anonymous."


class HubDown(Refused):
    retryable = True
    advice = "The Hub is having trouble; try again in a minute."


@dataclass(frozen=True)
class Reading:
    """One row of a table: the error a response is read as, and our sentence for it."""

    error: type[HubError]
    what: str


BY_CODE: Mapping[str, Reading] = {
    "RepoNotFound": Reading(MissingRepository, "{subject} does not exist, or this token cannot see it."),
    "RevisionNotFound": Reading(MissingRevision, "{subject} has no such revision."),
    "EntryNotFound": Reading(MissingEntry, "There is no such file in {subject}."),
    "GatedRepo": Reading(Gated, "The files of {subject} are gated."),
}

BY_STATUS: Mapping[int, Reading] = {
    400: Reading(Invalid, "The Hub refused the request."),
    401: Reading(SignInNeeded, "The Hub wants to know who is asking."),
    402: Reading(PlanNeeded, "The plan does not include this."),
    403: Reading(Forbidden, "The Hub does not allow this for the present token."),
    404: Reading(Missing, "The Hub has no {subject}."),
    409: Reading(Conflict, "It is already there, or was changed at the same time."),
    413: Reading(Invalid, "The request is too large for the Hub."),
    416: Reading(Invalid, "The Hub refused the range."),
    422: Reading(Invalid, "The Hub refused the request."),
}

_DISABLED = "Access to this resource is disabled."
_REJECTED = re.compile(r"invalid credentials in authorization header", re.IGNORECASE)
_RATE = re.compile(r'"(?P<name>[^"]+)"\s*;\s*r=(?P<left>\d+)\s*;\s*t=(?P<reset>\d+)')


def words_of(body: bytes, content_type: str = "application/json") -> str:
    """The message in an error body, whichever of the Hub's five forms it has (FACTS 4.3); "" for HTML."""
    text = body.decode("utf-8", "replace").strip()
    if "html" in content_type or text[:1] == "<":
        return ""
    try:
        value = json.loads(text)
    except ValueError:
        return plain(text)
    if isinstance(value, str):
        return plain(value)
    if not isinstance(value, dict):
        return ""
    parts: list[str] = []
    for key in ("error", "error_description", "message"):
        said = value.get(key)
        parts += [said] if isinstance(said, str) else [str(one) for one in said] if isinstance(said, list) else []
    errors = value.get("errors")
    if isinstance(errors, list):
        parts += [str(one["message"]) for one in errors if isinstance(one, dict) and "message" in one]
    return plain("; ".join(dict.fromkeys(parts)))


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds until the rate window opens again: RateLimit with r=0, else Retry-After; None where neither says."""
    rate = _RATE.search(headers.get("ratelimit", ""))
    if rate and rate["left"] == "0":
        return float(rate["reset"]) + 1.0
    after = headers.get("retry-after", "")
    return float(after) if after.isdigit() else None


def error_of(
    status: int, headers: Mapping[str, str], body: bytes, *, subject: str, signed_in: bool, about_repository: bool
) -> HubError:
    """Read an answer of 400 and more as an error of the tree. `headers` has lower-case names."""
    said = headers.get("x-error-message", "") or words_of(body, headers.get("content-type", ""))
    if status == 429:
        return _rate_limited(headers, said)
    if status >= 500:
        return HubDown(f"The Hub answered {status}.", quoted=said, status=status, not_done="")
    if status == 401:
        if _REJECTED.search(said) or (signed_in and "x-error-code" not in headers):
            return TokenRejected("The Hub did not accept the token.", quoted=said, status=status)
        if about_repository and "x-error-code" not in headers:
            return MissingOrHidden(f"{subject} does not exist, or is private.", status=status)
    if status == 403 and _DISABLED in said:
        return Disabled(f"The Hub has disabled {subject}.", status=status)
    reading = BY_CODE.get(headers.get("x-error-code", "")) or BY_STATUS.get(status) or Reading(
        Refused, f"The Hub answered {status}."
    )
    return reading.error(reading.what.format(subject=subject), quoted=said, status=status)


def _rate_limited(headers: Mapping[str, str], said: str) -> HubError:
    """The three kinds of 429 (FACTS 7)."""
    wait = seconds_to_wait(headers)
    if wait is not None:
        return RateLimited("The Hub's rate limit for this token is used up.", wait=wait, quoted=said)
    if _RATE.search(headers.get("ratelimit", "")):
        return ActionQuota("A quota of this action is used up.", quoted=said)
    return EdgeBlocked("Requests from here are blocked in front of the Hub.")
