"""Turning an answer with status 300 or more into an error: two small tables, and the remaining cases.

Sources: FACTS 4 (errors), 5 (redirects) and 7 (rate limits).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hub_mcp.catalogue.answers import is_array, is_object
from hub_mcp.errors import (
    NOTHING_CHANGED,
    UNCERTAIN,
    ActionQuota,
    Conflict,
    Disabled,
    EdgeBlocked,
    Forbidden,
    Gated,
    HubDown,
    HubError,
    Invalid,
    LedElsewhere,
    Missing,
    MissingEntry,
    MissingOrHidden,
    MissingRepository,
    MissingRevision,
    NotAHub,
    PlanNeeded,
    RateLimited,
    Refused,
    SignInNeeded,
    TokenRejected,
    plain,
)


@dataclass(frozen=True)
class Reading:
    """One row of a table: the error for a response, and our sentence for it."""

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
    401: Reading(SignInNeeded, "The Hub asks for a sign-in."),
    402: Reading(PlanNeeded, "The account's plan does not include this."),
    403: Reading(Forbidden, "The Hub does not allow this with this token."),
    404: Reading(Missing, "The Hub found nothing for {subject}."),
    409: Reading(Conflict, "It already exists, or was changed at the same time."),
    412: Reading(Conflict, "It has changed since this was prepared."),
    413: Reading(Invalid, "The request is too large for the Hub."),
    416: Reading(Invalid, "The Hub refused the range."),
    422: Reading(Invalid, "The Hub refused the request."),
    501: Reading(Refused, "The Hub does not offer this (501)."),  # and never will by itself
}

_DISABLED = "Access to this resource is disabled."
_REJECTED = re.compile(r"invalid credentials in authorization header", re.IGNORECASE)
_LEFT = re.compile(r";\s*r=([0-9]{1,9})\b")
_RESET = re.compile(r";\s*t=([0-9]{1,9})\b")
_POLICY = re.compile(r";\s*q=([0-9]{1,9})\b")
_WINDOW = re.compile(r";\s*w=([0-9]{1,9})\b")
_SECONDS = re.compile(r"[0-9]{1,9}")
USUAL_WINDOW = 300.0  # seconds of a rate window if the Hub does not give its length
LONGEST_WINDOW = 3_600.0  # the longest window believed, in seconds
LONGEST_RETRY = USUAL_WINDOW + 1.0  # the longest `Retry-After` believed, in seconds
LONGEST_ERROR = 64 * 1024  # bytes of an error's body that are read


@dataclass(frozen=True)
class Window:
    """The Hub's rate window: calls left, seconds to its end, calls it allows (0: not given)."""

    left: int
    reset: float
    quota: int = 0


def window_of(headers: Mapping[str, str]) -> Window | None:
    """The window in the `RateLimit` headers; None if absent or malformed. `headers` has lower-case names.

    No window ends later than the policy header allows.
    """
    said = headers.get("ratelimit", "")
    left, reset = _LEFT.search(said), _RESET.search(said)
    if not left or not reset:
        return None
    policy = headers.get("ratelimit-policy", "")
    quota, length = _POLICY.search(policy), _WINDOW.search(policy)
    longest = min(float(length[1]), LONGEST_WINDOW) if length else USUAL_WINDOW
    return Window(int(left[1]), min(float(reset[1]), longest), int(quota[1]) if quota else 0)


def seconds_after(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds; None if it is absent or a date."""
    after = headers.get("retry-after", "").strip()
    return float(after) if _SECONDS.fullmatch(after) else None


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds until a 429 ends: by the window or `Retry-After`; None if waiting does not help.

    Waiting does not end the quota of one action (`r` above 0), whatever `Retry-After` says.
    """
    window = window_of(headers)
    if window:
        return window.reset + 1.0 if window.left == 0 else None
    return seconds_after(headers)


def is_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether this is a web page, which the Hub's API never returns (FACTS 18)."""
    return "html" in headers.get("content-type", "").lower() or body[:64].lstrip()[:1] == b"<"


def error_body(body: bytes, content_type: str = "application/json") -> dict[str, Any]:
    """An error's body as an object: the Hub's own, or {"error": the text}; empty for anything else."""
    if is_page({"content-type": content_type}, body):
        return {}
    text = body[:LONGEST_ERROR].decode("utf-8", "replace").strip()
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {} if text[:1] in ("{", "[") or "\ufffd" in text else {"error": text}
    return value if is_object(value) else {"error": value}


def words_of(body: Mapping[str, Any]) -> str:
    """The message in an error's body, in any of the Hub's five forms (FACTS 4.3)."""
    said: list[Any] = []
    for key in ("error", "error_description", "message", "errors"):
        one = body.get(key)
        said += one if is_array(one) else [one]
    texts = [one.get("message") if is_object(one) else one for one in said]
    return plain("; ".join(dict.fromkeys(one for one in texts if isinstance(one, str) and one)))


def error_of(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    subject: str,
    part: str = "",
    signed_in: bool = False,
    about_repository: bool = False,
    changes: bool = False,
) -> HubError:
    """Read an answer as an error of the tree.

    Args:
        status: 300 or more, or any if the answer is a web page.
        headers: with lower-case names.
        body: the complete body.
        subject: what the call is about, worded for a sentence.
        part: the part of it, such as "discussion 3".
        signed_in: whether a token was sent.
        about_repository: whether the call names a repository, which may be hidden from anonymous callers.
        changes: whether the call changes something, so that a failing Hub leaves its outcome unknown.
    """
    if status < 400 and (where := headers.get("location")):
        return _redirected(where, status)
    page = is_page(headers, body)
    given = error_body(body, headers.get("content-type", "application/json"))
    said = words_of(given) or ("" if page else headers.get("x-error-message", ""))
    if status == 429:
        return _rate_limited(headers, said)
    if status >= 500 and status not in BY_STATUS:
        return HubDown(
            f"The Hub answered {status}.",
            quoted=said,
            status=status,
            not_done=UNCERTAIN if changes else NOTHING_CHANGED,
        )
    if page:
        unsure = UNCERTAIN if changes and status < 300 else NOTHING_CHANGED
        return NotAHub(
            f"A web page answered ({status}) where the Hub's API was expected.",
            status=status,
            not_done=unsure,
        )
    code = headers.get("x-error-code", "")
    if status == 401:
        if _REJECTED.search(said) or (signed_in and code not in BY_CODE):
            return TokenRejected("The Hub did not accept the token.", quoted=said, status=status)
        if about_repository and not changes and code not in BY_CODE:
            return MissingOrHidden(f"{_upper(subject)} does not exist, or is private.", status=status)
    if status == 403 and _DISABLED in said:
        return Disabled(f"The Hub has disabled {subject}.", quoted=said, status=status)
    reading = BY_CODE.get(code) or BY_STATUS.get(status) or Reading(Refused, f"The Hub answered {status}.")
    where = (
        next((one for key in ("url", "slug") if isinstance(one := given.get(key), str)), "")
        if status == 409
        else ""
    )
    inside = f"{part} of {subject}" if part and code not in BY_CODE else subject
    what = _upper(reading.what.format(subject=inside))
    if reading.error is Gated and status == 401:
        return Gated(
            what, quoted=said, status=status, advice=f"{SignInNeeded.advice} Then {_lower(Gated.advice)}"
        )
    return reading.error(what, quoted=said, status=status, where=where)


def _redirected(where: str, status: int) -> HubError:
    """A redirect that was not followed because it leads to another host."""
    try:
        host = urlsplit(where).hostname or ""
    except ValueError:
        host = ""
    said = f"to another host, {plain(host, 100)!r}," if host else "to an address that cannot be read"
    return LedElsewhere(f"The answer was a redirect {said} and it was not followed.", status=status)


def _rate_limited(headers: Mapping[str, str], said: str) -> HubError:
    """The three kinds of 429 (FACTS 7)."""
    window, wait = window_of(headers), seconds_to_wait(headers)
    if window and wait is not None:
        return RateLimited("The Hub's rate limit for this caller is used up.", wait=wait, quoted=said)
    if window:
        return ActionQuota("The quota for this action is used up.", quoted=said)
    return EdgeBlocked("Requests from here are blocked in front of the Hub.", wait=wait or 0.0)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
