"""The caller's notifications: listing, marking as read, deleting; watches and notification settings.

Only discussions of repositories notify here: those who took part, own the repository or watch it.
"""

from __future__ import annotations

import json
import re
import sqlite3

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..people.rights import SignedInUser, signed_in, token_must, visible
from ..store import Store, Value, store_of
from ..web.hub_errors import invalid
from ..web.json_body import JSONBody, body_of
from ..web.request import truthy, whole_of
from ..web.response import HubJSON

PAGE = 20
OPTIONS = {
    "readStatus": ("all", "unread"),
    "repoType": ("dataset", "model", "space", "bucket", "kernel"),
    "mention": ("all", "participating", "mentions"),
}
WATCHED = ("org", "user", "repo")
NOTICES = (
    "announcements", "arxiv_paper_activity", "daily_papers_digest", "discussions_participating",
    "discussions_watched", "gated_user_access_request", "inference_endpoint_status", "job_status",
    "launch_autonlp", "launch_spaces", "launch_prepaid_credits", "launch_training_cluster", "org_request",
    "org_suggestions", "org_verified_suggestions", "org_suggestions_to_create", "posts_participating",
    "user_follows", "secret_detected", "web_discussions_participating", "web_discussions_watched",
    "web_posts_participating", "api_inference_sunset", "locked_out", "repo_release",
)  # fmt: skip
FROM = (
    " from notifications n join discussions d on d.id = n.discussion join repos r on r.key = d.repo"
    " where n.user_id = ?"
)


async def listing(request: Request) -> Response:
    """GET /api/notifications, twenty a page, newest first."""
    who, store, page = signed_in(request), store_of(request), whole_of(request, "p", 0, 10**9)
    where, params = _asked(request, who)
    rows = store.rows(
        f"select n.*, d.num, d.title, d.status, d.is_pull_request, r.id as repo_id, r.type as repo_type{FROM}"
        f"{where} order by n.updated_at desc, n.discussion limit ? offset ?",
        who.id, *params, PAGE, page * PAGE,
    )  # fmt: skip
    seen, seen_params = visible(who)
    whole = f" and {seen}"
    count = {
        "view": store.count(f"select count(*){FROM}{where}", who.id, *params),
        "unread": store.count(f"select count(*){FROM}{whole} and not n.read", who.id, *seen_params),
        "all": store.count(f"select count(*){FROM}{whole}", who.id, *seen_params),
    }
    shown = [_notification(store, row) for row in rows]
    return HubJSON({"notifications": shown, "count": count, "start": page * PAGE})


async def mark(request: Request) -> Response:
    """POST …/mark-as-read: those named, or all that match."""
    who, store, ids, body = await _targets(request)
    read = body.flag("read")
    body.check()
    with store.write():
        for id in ids:
            store.update("notifications", {"user_id": who.id, "discussion": id}, read=int(read is not False))
    return PlainTextResponse("OK")


async def delete(request: Request) -> Response:
    """DELETE /api/notifications: those named, or all that match."""
    who, store, ids, body = await _targets(request)
    body.check()
    with store.write():
        for id in ids:
            store.delete("notifications", user_id=who.id, discussion=id)
    return PlainTextResponse("OK")


async def watch(request: Request) -> Response:
    """PATCH /api/settings/watch."""
    who, store, body = signed_in(request), store_of(request), await body_of(request)
    token_must(who, "discussion.write", who.name)
    said = {
        name: [
            (part.choice("type", WATCHED, required=True), part.text("id", required=True))
            for part in body.parts(name) or []
        ]
        for name in ("delete", "add")
    }
    body.check()
    with store.write():
        for kind, id in said["delete"]:
            store.delete("watches", user_id=who.id, type=kind, id=id)
        for kind, id in said["add"]:
            store.insert("watches", "or ignore", user_id=who.id, type=kind, id=id)
    return PlainTextResponse("OK")


async def settings(request: Request) -> Response:
    """PATCH /api/settings/notifications: the given fields are set, all others stay."""
    who, store, body = signed_in(request), store_of(request), await body_of(request)
    token_must(who, "discussion.write", who.name)
    said = body.part("notifications", required=True)
    body.check()
    assert said is not None
    kept = {name: said.flag(name) for name in NOTICES if said.given(name)}
    moment = said.text("product_updates_after", pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
    body.text("prepaidAmount", most=24)
    body.check()
    with store.write():
        for name, value in {**kept, **({"product_updates_after": moment} if moment else {})}.items():
            store.insert(
                "notification_settings", "or replace", user_id=who.id, name=name, value=json.dumps(value),
            )  # fmt: skip
    return PlainTextResponse("OK")


async def _targets(request: Request) -> tuple[SignedInUser, Store, list[str], JSONBody]:
    """The caller, the store, the discussions whose notifications a request is about, and its body."""
    who, store, body = signed_in(request), store_of(request), await body_of(request)
    token_must(who, "discussion.write", who.name)
    if truthy(request, "applyToAll"):
        where, params = _asked(request, who)
        return (
            who,
            store,
            [row[0] for row in store.rows(f"select n.discussion{FROM}{where}", who.id, *params)],
            body,
        )
    named = body.fields.get("discussionIds", [])
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        body.wrong("Invalid input: expected array of strings", "discussionIds")
        return who, store, [], body
    return who, store, [str(one) for one in named], body


def _asked(request: Request, who: SignedInUser) -> tuple[str, list[Value]]:
    """The conditions of a query's filters, and of what the caller may see."""
    query = request.query_params
    for name, options in OPTIONS.items():
        if query.get(name, options[0]) not in options:
            listed = "|".join(f'"{option}"' for option in options)
            raise invalid(f"Invalid option: expected one of {listed}", name)
    seen, params = visible(who)
    clauses = [seen]
    if query.get("readStatus") == "unread":
        clauses.append("not n.read")
    if "repoType" in query:
        clauses.append("r.type = ?")
        params.append(query["repoType"])
    if "repoName" in query:
        clauses.append("r.id = ?")
        params.append(query["repoName"])
    if query.get("mention", "all") != "all":
        clauses.append("n.participating")
    if "lastUpdate" in query:
        if not re.match(r"\d{4}-\d\d-\d\dT", query["lastUpdate"], re.ASCII):
            raise invalid("Invalid ISO datetime", "lastUpdate")
        clauses.append("n.updated_at <= ?")
        params.append(query["lastUpdate"])
    if {"postAuthor", "paperId", "articleId"} & query.keys():
        clauses.append("0")  # the local Hub has none of these
    return "".join(f" and {clause}" for clause in clauses), params


def _notification(store: Store, row: sqlite3.Row) -> dict[str, object]:
    people = store.rows(
        "select distinct u.id, u.name, u.avatar_url from discussion_events e"
        " join users u on u.name = e.author where e.discussion = ? order by u.name limit 5",
        row["discussion"],
    )
    return {
        "type": "repo",
        "updatedAt": row["updated_at"],
        "read": bool(row["read"]),
        "repo": {"type": row["repo_type"], "name": row["repo_id"]},
        "discussion": {
            "num": row["num"],
            "title": row["title"],
            "status": row["status"],
            "id": row["discussion"],
            "isPullRequest": bool(row["is_pull_request"]),
            "participating": [
                {"_id": one["id"], "avatar": one["avatar_url"], "user": one["name"]} for one in people
            ],
        },
    }


routes = [
    Route("/api/notifications", listing, methods=["GET"]),
    Route("/api/notifications", delete, methods=["DELETE"]),
    Route("/api/notifications/mark-as-read", mark, methods=["POST"]),
    Route("/api/settings/notifications", settings, methods=["PATCH"]),
    Route("/api/settings/watch", watch, methods=["PATCH"]),
]
