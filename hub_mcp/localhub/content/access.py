"""Who may see and change a repository's content, and which revision and path an address names."""

from __future__ import annotations

import json
import re
import sqlite3
from urllib.parse import unquote

from starlette.requests import Request

from ..people.rights import SignedInUser, caller, role_on
from ..repos.lookup import PLURALS, repo_at
from ..store import Store, store_of
from ..web.hub_errors import disabled, forbidden, gated, repo_missing
from ..web.request import raw_path


def open_repo(request: Request) -> tuple[Store, sqlite3.Row]:
    """The repository of a path, if the caller may see its files."""
    store, repo = store_of(request), repo_at(request, PLURALS[request.path_params.get("type", "models")])
    may_fetch(store, caller(request), repo)
    return store, repo


def may_fetch(store: Store, who: SignedInUser | None, repo: sqlite3.Row) -> None:
    """Refuse the files of a disabled or gated repository, or of a protected Space."""
    if repo["disabled"]:
        raise disabled()
    inside = who is not None and role_on(who, repo) not in (None, "no_access")
    if repo["visibility"] == "protected" and not inside:
        raise repo_missing(anonymous=who is None)
    if repo["gated"] is None or inside:
        return
    standing = _standing(store, who, repo) if who else None
    if standing != "accepted":
        raise gated(repo["type"], repo["id"], anonymous=who is None, standing=standing)


def may_discuss(who: SignedInUser, repo: sqlite3.Row) -> None:
    """403 unless the token may write in discussions, which includes opening a pull request."""
    if json.loads(repo["settings"]).get("discussionsDisabled"):
        raise forbidden("Discussions are disabled for this repo")
    if who.allows("discussion.write", repo["namespace"], repo["_id"]):
        return
    fine = json.loads(who.fine_grained or "{}")
    if "discussion.write" not in fine.get("global", []):
        raise forbidden(f'The token "{who.token_name}" is missing the permission "discussion.write"')


def revision_and_path(request: Request, marker: str) -> tuple[str, str]:
    """Revision and path from the address as sent, where a slash within the revision is encoded."""
    rest = raw_path(request).split(marker, 1)[1]
    written = re.match(r"refs/(?:convert|pr)/[^/]+(?=/|$)", rest)
    revision = written[0] if written else rest.split("/", 1)[0]
    return unquote(revision), unquote(rest[len(revision) + 1 :])


def _standing(store: Store, who: SignedInUser, repo: sqlite3.Row) -> str | None:
    """The status of the caller's access request; None without one, or if the token may not use it."""
    row = store.find("access_requests", repo=repo["key"], user_id=who.id) if who.reads_gated else None
    return str(row["status"]) if row else None
