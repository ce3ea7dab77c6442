"""Comments on a discussion, and changes of its title, status and pin, up to the merge."""

from __future__ import annotations

import json
import sqlite3

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..content.access import may_discuss
from ..git.history import MAIN, forget_unreachable, sha_of, tree_of
from ..git.trees import files_of
from ..people.rights import SignedInUser, can_write, must_write, signed_in
from ..store import Json, Store
from ..web.hub_errors import ApiError, bad_request, forbidden
from ..web.json_body import body_of
from ..web.request import origin
from ..web.response import HubJSON
from .merging import merge
from .routes import MOST_TEXT, base, discussion_at
from .rows import add_comment, add_event
from .shapes import DiscussionShapes

REASONS = ("Spam", "Abuse", "Graphic Content", "Resolved", "Off-Topic", "Low Quality")


async def comment(request: Request) -> Response:
    """POST …/comment: add a comment to the discussion."""
    body = await body_of(request)
    text = body.text("comment", required=True, least=1, most=MOST_TEXT)
    body.check()
    who, store, repo, discussion = _speaking(request)
    with store.write():
        event = add_comment(store, discussion, who.name, text or "")
    return _event_answer(request, repo, who, store, "newMessage", event, 201)


async def edit(request: Request) -> Response:
    """POST …/comment/{id}/edit: by its author; the old text stays in the history."""
    body = await body_of(request)
    text = body.text("content", required=True, least=1, most=MOST_TEXT)
    body.check()
    who, store, repo, discussion = _speaking(request)
    event, facts = _comment(request, store, discussion)
    if event["author"] != who.name:
        raise forbidden("Only the author of a comment can edit it")
    if facts["hidden"]:
        raise bad_request("A hidden comment cannot be edited")
    history = facts["history"]
    assert isinstance(history, list)
    before: Json = {"raw": facts["raw"], "updatedAt": facts["updatedAt"]}
    facts |= {"raw": text, "updatedAt": store.now(), "history": [*history, before]}
    return _event_answer(request, repo, who, store, "updatedComment", _kept(store, discussion, event, facts))


async def hide(request: Request) -> Response:
    """POST …/comment/{id}/hide: by its author or anybody who may write here; the text is gone for good."""
    body = await body_of(request)
    reason = body.choice("reason", REASONS)
    body.check()
    who, store, repo, discussion = _speaking(request)
    event, facts = _comment(request, store, discussion)
    if event["author"] != who.name and not can_write(who, repo):
        raise forbidden("Only the author of a comment and those who may write to the repository can hide it")
    facts |= {"raw": "", "hidden": True, "hiddenBy": who.name, "history": [], "updatedAt": store.now()}
    facts |= {"hiddenReason": reason} if reason else {}
    return _event_answer(request, repo, who, store, "updatedComment", _kept(store, discussion, event, facts))


async def rename(request: Request) -> Response:
    """POST …/title."""
    body = await body_of(request)
    title = (body.text("title", required=True, least=3, most=200) or "").strip()
    body.check()
    who, store, repo, discussion = _deciding(request, "rename")
    with store.write():
        store.update("discussions", {"id": discussion["id"]}, title=title)
        event = add_event(
            store, discussion, who.name, "title-change", {"from": discussion["title"], "to": title}
        )
    return _event_answer(request, repo, who, store, "newTitle", event)


async def set_status(request: Request) -> Response:
    """POST …/status: open or closed, with an optional comment."""
    body = await body_of(request)
    status = body.choice("status", ("open", "closed"), required=True)
    text = body.text("comment", most=MOST_TEXT)
    body.check()
    assert status is not None
    who, store, repo, discussion = _deciding(request, "open or close")
    if discussion["status"] == "merged":
        raise bad_request("A merged pull request stays merged")
    if discussion["status"] == status:
        raise bad_request(f"The discussion is {status} already")
    with store.write():
        if text and text.strip():
            add_comment(store, discussion, who.name, text.strip())
        store.update("discussions", {"id": discussion["id"]}, status=status)
        event = add_event(store, discussion, who.name, "status-change", {"status": status})
    return _event_answer(request, repo, who, store, "newStatus", event)


async def pin(request: Request) -> Response:
    """POST …/pin: to the top of the list, or back to its place."""
    body = await body_of(request)
    pinned = body.flag("pinned")
    if pinned is None and not body.issues:
        body.wrong("Invalid input: expected boolean, received undefined", "pinned")
    body.check()
    store, repo, discussion = discussion_at(request)
    who = signed_in(request)
    must_write(who, repo, f'pin a discussion of {repo["type"]} "{repo["id"]}"')
    with store.write():
        if bool(discussion["pinned"]) != pinned:
            store.update("discussions", {"id": discussion["id"]}, pinned=int(bool(pinned)))
            add_event(store, discussion, who.name, "pinning-change", {"pinned": pinned})
    return PlainTextResponse("OK")


async def accept(request: Request) -> Response:
    """POST …/merge: the pull request becomes one commit on main."""
    body = await body_of(request)
    text = body.text("comment", most=MOST_TEXT)
    body.check()
    store, repo, discussion = discussion_at(request)
    who = signed_in(request)
    must_write(who, repo, f'merge into {repo["type"]} "{repo["id"]}"')
    if not discussion["is_pull_request"] or discussion["status"] != "open":
        kind = f"is {discussion['status']}" if discussion["is_pull_request"] else "is no pull request"
        raise bad_request(
            f"Discussion {discussion['num']} {kind}, and only an open pull request can be merged"
        )
    with store.write():
        sha = merge(store, repo, discussion, who.name)
        store.update("discussions", {"id": discussion["id"]}, merge_sha=sha, status="merged")
        if text and text.strip():
            add_comment(store, discussion, who.name, text.strip())
        add_event(store, discussion, who.name, "status-change", {"status": "merged"})
    return PlainTextResponse("OK")


async def delete_ref(request: Request) -> Response:
    """DELETE …/ref: of a finished pull request; its diff stays readable."""
    store, repo, discussion = discussion_at(request)
    who = signed_in(request)
    must_write(who, repo, f'delete a ref of {repo["type"]} "{repo["id"]}"')
    if discussion["status"] not in ("closed", "merged") or not discussion["is_pull_request"]:
        raise bad_request("Only the ref of a closed or merged pull request can be deleted")
    with store.write():
        if not store.delete("refs", repo=repo["key"], ref=f"refs/pr/{discussion['num']}"):
            raise ApiError(404, "The ref of this pull request is deleted already")
        store.update("discussions", {"id": discussion["id"]}, ref_deleted=1)
        add_event(store, discussion, who.name, "ref-deleted", {})
        forget_unreachable(store, repo)
    return PlainTextResponse("OK")


async def storage(request: Request) -> Response:
    """GET …/storage: the bytes of large files that only the pull request has."""
    store, repo, discussion = discussion_at(request)
    if not discussion["is_pull_request"]:
        raise bad_request("This discussion is no pull request")
    trees = [tree_of(store, repo["key"], sha) for sha in (sha_of(store, repo, MAIN), discussion["head_sha"])]
    main, ours = ({e.sha256: e.size for e in files_of(store, tree).values() if e.sha256} for tree in trees)
    size = sum(size for sha256, size in ours.items() if sha256 not in main)
    return HubJSON({"estimatedStorage": size, "refDeleted": bool(discussion["ref_deleted"])})


def _speaking(request: Request) -> tuple[SignedInUser, Store, sqlite3.Row, sqlite3.Row]:
    """The caller, who may comment, and the discussion; anybody who sees the repository may."""
    store, repo, discussion = discussion_at(request)
    who = signed_in(request)
    may_discuss(who, repo)
    return who, store, repo, discussion


def _deciding(request: Request, action: str) -> tuple[SignedInUser, Store, sqlite3.Row, sqlite3.Row]:
    """The caller and the discussion; 403 unless the caller opened it or may write to the repository."""
    who, store, repo, discussion = _speaking(request)
    if discussion["author"] != who.name and not can_write(who, repo):
        raise forbidden(f"You don't have the rights to {action} this discussion")
    return who, store, repo, discussion


def _comment(request: Request, store: Store, discussion: sqlite3.Row) -> tuple[sqlite3.Row, dict[str, Json]]:
    """The comment that a path names."""
    row = store.find(
        "discussion_events", discussion=discussion["id"], id=request.path_params["comment"],
        type="comment",
    )  # fmt: skip
    if row is None:
        raise ApiError(404, "Comment not found")
    facts: dict[str, Json] = json.loads(row["facts"])
    return row, facts


def _kept(store: Store, discussion: sqlite3.Row, event: sqlite3.Row, facts: dict[str, Json]) -> sqlite3.Row:
    store.update("discussion_events", {"id": event["id"]}, facts=json.dumps(facts, ensure_ascii=False))
    return store.get("discussion_events", discussion=discussion["id"], id=event["id"])


def _event_answer(
    request: Request,
    repo: sqlite3.Row,
    who: SignedInUser,
    store: Store,
    name: str,
    event: sqlite3.Row,
    status: int = 200,
) -> Response:
    return HubJSON({name: DiscussionShapes(store, who, repo, origin(request)).event(event)}, status)


routes = [
    Route(f"{base}/{{num}}/comment", comment, methods=["POST"]),
    Route(f"{base}/{{num}}/comment/{{comment}}/edit", edit, methods=["POST"]),
    Route(f"{base}/{{num}}/comment/{{comment}}/hide", hide, methods=["POST"]),
    Route(f"{base}/{{num}}/title", rename, methods=["POST"]),
    Route(f"{base}/{{num}}/status", set_status, methods=["POST"]),
    Route(f"{base}/{{num}}/pin", pin, methods=["POST"]),
    Route(f"{base}/{{num}}/merge", accept, methods=["POST"]),
    Route(f"{base}/{{num}}/ref", delete_ref, methods=["DELETE"]),
    Route(f"{base}/{{num}}/storage", storage, methods=["GET"]),
]
