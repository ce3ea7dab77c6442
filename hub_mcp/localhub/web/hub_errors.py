"""The Hub's refusals: exceptions with the status, message and headers of the answer.

FACTS §4: the body is `{"error": text}`, the text is repeated in `X-Error-Message`, and only four
`X-Error-Code` values exist that official clients read.
"""

from __future__ import annotations

from collections.abc import Mapping

REALM = 'Bearer realm="Authentication required", charset="UTF-8"'


class ApiError(Exception):
    """An answer that is not a success; raised anywhere, turned into a response by `middleware.py`."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})


class Moved(Exception):
    """The requested thing has another name: 307 to `location`, which is relative, as on the Hub."""

    def __init__(self, location: str, status: int = 307) -> None:
        super().__init__(location)
        self.location = location
        self.status = status


def bad_request(message: str) -> ApiError:
    """400 with our own message."""
    return ApiError(400, message)


def invalid(message: str, *path: str | int) -> ApiError:
    """400 in the style of the Hub's schema checker: `✖ message`, then `→ at path`."""
    return ApiError(400, issue(message, *path))


def issue(message: str, *path: str | int) -> str:
    """One complaint as the Hub's schema checker prints it."""
    where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).removeprefix(".")
    return f"✖ {message}\n  → at {where}" if where else f"✖ {message}"


def not_signed_in() -> ApiError:
    """401 for a caller without a token; the Hub says the same of a repository it hides."""
    return ApiError(401, "Invalid username or password.", headers={"WWW-Authenticate": REALM})


def bad_token(whoami: bool = False) -> ApiError:
    """401 for an unknown token; only `whoami-v2` has the older message (recorded)."""
    words = "Invalid username or password." if whoami else "Invalid credentials in Authorization header"
    return ApiError(401, words, headers={"WWW-Authenticate": REALM})


def forbidden(message: str) -> ApiError:
    """403: signed in, and not allowed."""
    return ApiError(403, message)


def repo_missing(anonymous: bool) -> ApiError:
    """A repository that is missing or hidden from this caller."""
    return not_signed_in() if anonymous else ApiError(404, "Repository not found", code="RepoNotFound")


def revision_missing(revision: str) -> ApiError:
    """404 for a branch, tag or commit that does not exist."""
    return ApiError(404, f"Invalid rev id: {revision}", code="RevisionNotFound")


def entry_missing(path: str, commit: str = "") -> ApiError:
    """404 for a file that is not in the repository at that revision; names the commit it resolves to."""
    headers = {"X-Repo-Commit": commit} if commit else {}
    return ApiError(404, f"Entry not found: {path}", code="EntryNotFound", headers=headers)


def page_missing() -> ApiError:
    """404 for anything that is neither a repository nor a user."""
    return ApiError(404, "Sorry, we can't find the page you are looking for.")


STANDINGS = {  # recorded: the message for each status of an access request
    "pending": "is awaiting a review from the repo authors.",
    "rejected": "has been rejected by the repo's authors.",
    "reset": "has been reset by the repo's authors. Visit the page of {id} to submit a new request.",
}


def gated(type: str, id: str, anonymous: bool, standing: str | None = None) -> ApiError:
    """Files of a gated repository, for a caller without access; `standing` is the status of their request."""
    if anonymous:
        words = "You must have access to it and be authenticated to access it. Please log in."
        return ApiError(401, f"Access to {type} {id} is restricted. {words}", code="GatedRepo")
    if standing in STANDINGS:
        words = STANDINGS[standing].format(id=id)
        return ApiError(403, f"Your request to access {type} {id} {words}", code="GatedRepo")
    words = f"you are not in the authorized list. Visit the page of {id} to ask for access."
    return ApiError(403, f"Access to {type} {id} is restricted and {words}", code="GatedRepo")


def disabled() -> ApiError:
    """403 for files of a repository that the Hub has disabled; clients recognize exactly this message."""
    return ApiError(403, "Access to this resource is disabled.")


def plan_needed(message: str) -> ApiError:
    """402: the namespace's plan does not include this."""
    return ApiError(402, message)
