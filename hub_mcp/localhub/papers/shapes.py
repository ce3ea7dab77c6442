"""Papers as the documented JSON: on their own page, among the daily papers, and their comments."""

from __future__ import annotations

import html
import json
import sqlite3
from datetime import timedelta

from ..people.rights import SignedInUser
from ..people.rows import user_named
from ..people.shapes import account_json
from ..store import Store
from .paper_dates import moment, written
from .rows import comments_on


def paper_json(store: Store, row: sqlite3.Row) -> dict[str, object]:
    """The fields of a paper shared by its own page and the daily papers."""
    details: dict[str, object] = json.loads(row["details"])
    authors: list[dict[str, object]] = []
    for author in json.loads(row["authors"]):
        claimed = author_json(store, author.pop("user", None))
        authors.append(
            {
                **(
                    {
                        "user": claimed,
                        "status": "claimed_verified",
                        "statusLastChangedAt": row["published_at"],
                    }
                    if claimed
                    else {}
                ),
                **author,
                "hidden": False,
            }
        )
    answer: dict[str, object] = {"id": row["id"], "authors": authors, "publishedAt": row["published_at"]}
    if row["submitted_at"] is not None:
        answer["submittedOnDailyAt"] = row["submitted_at"]
    answer["title"] = row["title"]
    submitter = store.find("users", id=row["submitted_by"])
    if submitter is not None:
        answer["submittedOnDailyBy"] = author_json(store, submitter["name"])
    return answer | {
        "summary": row["summary"],
        "upvotes": row["upvotes"],
        "discussionId": row["discussion_id"],
        **details,
    }


def daily_row(store: Store, who: SignedInUser | None, row: sqlite3.Row) -> dict[str, object]:
    """A daily paper; the outer date is the Hub's, four hours before arXiv's (recorded)."""
    submitter = store.find("users", id=row["submitted_by"])
    names = {author.get("user") for author in json.loads(row["authors"])}
    commenters = comments_on(store, row["id"])
    taking_part = names & {*(c["name"] for c in commenters), *([submitter["name"]] if submitter else [])}
    media = json.loads(row["details"]).get("mediaUrls")
    return {
        "paper": paper_json(store, row),
        "publishedAt": written(moment(row["published_at"]) - timedelta(hours=4)),
        "title": row["title"],
        "summary": row["summary"],
        **({"mediaUrls": media} if media else {}),
        "thumbnail": thumbnail(row["id"]),
        "numComments": len(commenters),
        **({"submittedBy": _submitter(store, who, submitter["name"])} if submitter else {}),
        "isAuthorParticipating": bool(taking_part),
    }


def _submitter(store: Store, who: SignedInUser | None, name: str) -> dict[str, object]:
    """Who submitted a daily paper; the OpenAPI document has no `isUserFollowing` here."""
    card = account_json(store, who, name) or {}
    return {key: value for key, value in card.items() if key != "isUserFollowing"}


def comments_json(store: Store, who: SignedInUser | None, paper: sqlite3.Row) -> list[dict[str, object]]:
    """The comments on a paper, oldest first."""
    comments: list[dict[str, object]] = []
    for row in comments_on(store, paper["id"]):
        author = account_json(store, who, row["name"])
        latest = {
            "raw": row["text"],
            "html": f"<p>{html.escape(row['text'])}</p>",
            "updatedAt": row["created_at"],
            "author": author,
        }
        data: dict[str, object] = {
            "edited": False,
            "hidden": False,
            "latest": latest,
            "numEdits": 0,
            "editors": [row["name"]],
            "editorAvatarUrls": [row["avatar_url"]],
            "reactions": [],
        }
        if row["answers"] is not None:
            data["parentCommentId"] = row["answers"]
        comments.append(
            {
                "id": row["id"],
                "author": author,
                "createdAt": row["created_at"],
                "type": "comment",
                "data": data,
            }
        )
    return comments


def author_json(store: Store, name: str | None) -> dict[str, object] | None:
    """A user in the form that papers use."""
    row = user_named(store, name) if name is not None else None
    if row is None:
        return None
    return {
        "_id": row["id"],
        "avatarUrl": row["avatar_url"],
        "isPro": bool(row["is_pro"]),
        "fullname": row["fullname"],
        "user": row["name"],
        "type": "user",
        "name": row["name"],
    }


def thumbnail(paper: str) -> str:
    """The picture that social media show for a paper; on the CDN, which is not imitated."""
    return f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper}.png"
