"""Access to gated repositories: requesting, listing, deciding one or many, granting, reporting.

The answers were recorded from the real Hub in October 2026: `reset` in addition to the three documented
statuses, a search by the beginning of a user name, 404 for a decision already in force.
"""

from __future__ import annotations

import re
import sqlite3

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..people.rights import can_write, must_write, signed_in
from ..people.rows import user_named
from ..repos.lookup import PLURALS, repo_at, url_of
from ..store import Store, store_of
from ..web.cursors import next_link, place_of
from ..web.hub_errors import ApiError, bad_request, invalid, page_missing
from ..web.json_body import JSONBody, body_of, strings_of
from ..web.request import limit_of, origin
from ..web.response import HubJSON
from .rows import all_requests, decide, put_request, request_of, request_with_id, requests_before
from .shapes import report_line, request_json

STATUSES = ("accepted", "rejected", "pending", "reset")
MOST_AT_ONCE = 100
MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"
ID = r"^[0-9a-f]{24}$"


async def listing(request: Request) -> Response:
    """GET …/user-access-request/{status}, also for a repository that is no longer gated."""
    store, repo = _own_repo(request, "see who asked for access to")
    status = request.path_params["status"]
    if status not in STATUSES:
        raise invalid(f"Invalid option: expected one of {_listed(STATUSES)}", "status")
    limit, place = limit_of(request, 1000, 1000, least=10), place_of(request, 2)
    query = request.query_params
    span = query.get("after"), query.get("before")
    for name, moment in zip(("after", "before"), span, strict=True):
        if moment is not None and not re.match(MOMENT, moment):
            raise invalid("Invalid ISO datetime", name)
    rows = requests_before(store, repo["key"], status, limit + 1, place, query.get("q"), span)
    last = rows[limit - 1] if len(rows) > limit else None
    headers = next_link(request, [last["created_at"], last["id"]]) if last else {}
    return HubJSON([request_json(store, row) for row in rows[:limit]], headers=headers)


async def report(request: Request) -> Response:
    """GET /{namespace}/{repo}/user-access-report: all requests, as a file."""
    store, repo = _own_repo(request, "see who asked for access to")
    name = f"user-access-report-{repo['id'].replace('/', '-')}.json"
    lines = [report_line(row) for row in all_requests(store, repo["key"])]
    return HubJSON(lines, headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def handle(request: Request) -> Response:
    """POST …/handle: accept or reject a request, return it to pending, or reset it."""
    store, repo, body, status, reason = await _decision(request)
    if not any(body.given(name) for name in ("user", "userId", "requestId")):
        raise bad_request("Either userId or user must be provided")
    body.check()
    with store.write():
        if trouble := _decide(store, repo, body, status, reason):
            words = "User not found" if trouble == "user_not_found" else "Access request not found"
            raise ApiError(404, words)
    return HubJSON({})


async def batch(request: Request) -> Response:
    """POST …/batch: one decision about up to a hundred requests, each with its own outcome."""
    store, repo, body, status, reason = await _decision(request)
    asked = body.parts("requests", required=True) or []
    if not 1 <= len(asked) <= MOST_AT_ONCE:
        body.wrong(f"Invalid input: expected array to have >=1 and <={MOST_AT_ONCE} items", "requests")
    body.check()
    outcomes: list[dict[str, object]] = []
    with store.write():
        for one in asked:
            trouble = _decide(store, repo, one, status, reason)
            said = {name: one.fields[name] for name in ("userId", "user") if one.given(name)}
            outcomes.append({**said, "ok": not trouble, **({"error": trouble} if trouble else {})})
    return HubJSON(outcomes)


async def grant(request: Request) -> Response:
    """POST …/grant: give somebody access, requested or not."""
    body = await body_of(request)
    store, repo = _own_repo(request, "grant access to")
    _must_be_gated(repo)
    user = _user_in(store, body)
    body.check()
    if user is None:
        raise ApiError(404, "User not found")
    found = request_of(store, repo["key"], user["id"])
    if found is not None and found["status"] == "accepted":
        raise bad_request("User already has access to the repo")
    with store.write():
        put_request(store, repo["key"], user["id"], "accepted", granted_by=signed_in(request).id)
    return HubJSON({})


async def cancel(request: Request) -> Response:
    """POST …/cancel: withdraw the caller's own pending request."""
    store, who, repo = store_of(request), signed_in(request), repo_at(request)
    found = request_of(store, repo["key"], who.id)
    if found is None or found["status"] != "pending":
        raise ApiError(404, "No pending access request found for this repo and this user")
    with store.write():
        store.delete("access_requests", id=found["id"])
    return HubJSON({"ok": True})


async def ask(request: Request) -> Response:
    """POST /{namespace}/{repo}/ask-access, the form on the page; a rejection stands."""
    store, who = store_of(request), signed_in(request)
    repo = repo_at(request, PLURALS[request.path_params.get("type", "models")])
    _must_be_gated(repo)
    answers = {name: " ".join(words) for name, words in (await strings_of(request)).items()}
    found = request_of(store, repo["key"], who.id)
    if found is None or found["status"] == "reset":
        status = "accepted" if repo["gated"] == "auto" else "pending"
        with store.write():
            put_request(store, repo["key"], who.id, status, answers=answers)
    return RedirectResponse(url_of(origin(request), repo["type"], repo["id"]), 303)


def _own_repo(request: Request, action: str) -> tuple[Store, sqlite3.Row]:
    """The repository of a path; 403 unless the caller may change it."""
    type = PLURALS[request.path_params.get("type", "models")]
    who, repo = signed_in(request), repo_at(request, type)
    if type == "space":
        raise page_missing()
    if not can_write(who, repo):
        must_write(who, repo, f'{action} {repo["type"]} "{repo["id"]}"')
    return store_of(request), repo


async def _decision(request: Request) -> tuple[Store, sqlite3.Row, JSONBody, str, str | None]:
    """The repository, and the decision about access requests to it."""
    body = await body_of(request)
    store, repo = _own_repo(request, "decide about access to")
    _must_be_gated(repo)
    status = body.choice("status", STATUSES, required=True) or ""
    reasons = {name: body.text(f"{name}Reason", most=200) for name in ("rejection", "reset")}
    return store, repo, body, status, reasons["reset" if status == "reset" else "rejection"]


def _decide(store: Store, repo: sqlite3.Row, body: JSONBody, status: str, reason: str | None) -> str:
    """Decide about one request; returns the complaint if that is not possible."""
    if (id := body.text("requestId", pattern=ID)) is not None:
        found = request_with_id(store, repo["key"], id)
    else:
        user = _user_in(store, body)
        if user is None:
            return "user_not_found"
        found = request_of(store, repo["key"], user["id"])
    if found is None or found["status"] == status:
        return "request_not_found"
    decide(store, found["id"], status, reason)
    return ""


def _user_in(store: Store, body: JSONBody) -> sqlite3.Row | None:
    name, id = body.text("user"), body.text("userId", pattern=ID)
    return user_named(store, name) if name is not None else store.find("users", id=id)


def _must_be_gated(repo: sqlite3.Row) -> None:
    if repo["gated"] is None:
        raise ApiError(400, f"{repo['type']} {repo['id']} is not gated", code="RepoNotGated")


def _listed(options: tuple[str, ...]) -> str:
    return "|".join(f'"{option}"' for option in options)


_base = "/api/{type:plural}/{namespace}/{repo}/user-access-request"
routes = [
    Route(f"{_base}/handle", handle, methods=["POST"]),
    Route(f"{_base}/batch", batch, methods=["POST"]),
    Route(f"{_base}/grant", grant, methods=["POST"]),
    Route(f"{_base}/cancel", cancel, methods=["POST"]),
    Route(f"{_base}/{{status}}", listing, methods=["GET"]),
    Route("/{type:plural}/{namespace}/{repo}/user-access-report", report, methods=["GET"]),
    Route("/{namespace:owner}/{repo}/user-access-report", report, methods=["GET"]),
    Route("/{type:plural}/{namespace}/{repo}/ask-access", ask, methods=["POST"]),
    Route("/{namespace:owner}/{repo}/ask-access", ask, methods=["POST"]),
]
