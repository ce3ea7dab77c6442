"""Discussions and their events as the documented JSON."""

from __future__ import annotations

import json
import sqlite3

from ..content.shapes import markup
from ..git.diffs import text_diff
from ..git.history import tree_of
from ..people.rights import SignedInUser
from ..people.shapes import account_json
from ..repos.lookup import url_of
from ..store import Json, Store
from .merging import conflicts

Shape = dict[str, object]
HIDDEN = "This comment has been hidden"


class DiscussionShapes:
    """Discussions of one repository as one caller sees them; each account is looked up once."""

    def __init__(self, store: Store, who: SignedInUser | None, repo: sqlite3.Row, origin: str) -> None:
        self.store = store
        self.who = who
        self.repo = repo
        self.page = f"{url_of(origin, repo['type'], repo['id'])}/discussions"
        self.accounts: dict[str, Shape | None] = {}

    def author(self, name: str) -> Shape:
        """`{"author": …}`, or `{}` if the account is gone."""
        if name not in self.accounts:
            self.accounts[name] = account_json(self.store, self.who, name)
        card = self.accounts[name]
        return {"author": card} if card is not None else {}

    def row(self, discussion: sqlite3.Row) -> Shape:
        """A discussion as a list shows it."""
        owner = self.author(self.repo["namespace"]).get("author")
        took_part = "select count(*) from discussion_events where discussion = ? and author = ?"
        shape: Shape = {
            "num": discussion["num"],
            **self.author(discussion["author"]),
            "repo": self._repo(),
            "title": discussion["title"],
            "createdAt": discussion["created_at"],
            "topReactions": [],
            "status": discussion["status"],
            "isPullRequest": bool(discussion["is_pull_request"]),
            "numComments": self.store.number(
                "discussion_events", discussion=discussion["id"], type="comment"
            ),
            "numReactionUsers": 0,
            "pinned": bool(discussion["pinned"]),
        }
        if isinstance(owner, dict):
            shape["repoOwner"] = {
                "name": owner["name"],
                "type": owner["type"],
                "isParticipating": self.store.count(took_part, discussion["id"], owner["name"]) > 0,
                "isDiscussionAuthor": discussion["author"] == owner["name"],
            }
        return shape

    def details(self, discussion: sqlite3.Row, with_diff: bool) -> Shape:
        """A discussion with all its events."""
        events = self.store.find_all("discussion_events", "place", discussion=discussion["id"])
        shape: Shape = {
            "_id": discussion["id"],
            "num": discussion["num"],
            **self.author(discussion["author"]),
            "repo": self._repo(),
            "title": discussion["title"],
            "createdAt": discussion["created_at"],
            "status": discussion["status"],
            "events": [self.event(event) for event in events],
            "pinned": bool(discussion["pinned"]),
            "locked": False,
            "collection": "discussions",
            "isPullRequest": bool(discussion["is_pull_request"]),
        }
        if not discussion["is_pull_request"]:
            return shape | {"isReport": False}
        changes: Shape = {"base": discussion["base_ref"]}
        if discussion["merge_sha"]:
            changes["mergeCommitId"] = discussion["merge_sha"]
        if discussion["ref_deleted"]:
            changes |= {"headCommitId": discussion["head_sha"], "refDeleted": True}
        shape |= {"filesWithConflicts": self._conflicts(discussion), "changes": changes}
        if with_diff:
            key = self.repo["key"]
            trees = [tree_of(self.store, key, discussion[side]) for side in ("base_sha", "head_sha")]
            shape["diff"] = text_diff(self.store, *trees)
        return shape | {"diffUrl": f"{self.page}/{discussion['num']}/files.diff"}

    def event(self, event: sqlite3.Row) -> Shape:
        """One event."""
        facts: dict[str, Json] = json.loads(event["facts"])
        author = self.author(event["author"])
        if isinstance(card := author.get("author"), dict):
            owner = str(self.repo["namespace"]).lower()
            author = {"author": {**card, "isOwner": event["author"].lower() == owner,
                                 "isOrgMember": self._is_member(event["author"])}}  # fmt: skip
        shape: Shape = {"id": event["id"], "createdAt": event["created_at"], **author, "type": event["type"]}
        return shape | {"data": self._comment(event, facts) if event["type"] == "comment" else facts}

    def _comment(self, event: sqlite3.Row, facts: dict[str, Json]) -> Shape:
        history = facts["history"]
        assert isinstance(history, list)
        raw = HIDDEN if facts["hidden"] else str(facts["raw"])
        card = self.author(event["author"]).get("author")
        avatar = str(card["avatarUrl"]) if isinstance(card, dict) else ""
        data: Shape = {
            "edited": bool(history),
            "hidden": facts["hidden"],
            "latest": {"raw": raw, "html": f"<p>{markup(raw)}</p>", "updatedAt": facts["updatedAt"],
                       **self.author(event["author"])},
            "numEdits": len(history),
            "editors": [event["author"]],
            "editorAvatarUrls": [avatar],
            "reactions": [],
            "isReport": False,
            "history": history,
        }  # fmt: skip
        return data | {key: facts[key] for key in ("hiddenBy", "hiddenReason") if key in facts}

    def _conflicts(self, discussion: sqlite3.Row) -> list[str]:
        return (
            conflicts(self.store, self.repo, discussion) if discussion["status"] in ("draft", "open") else []
        )

    def _is_member(self, name: str) -> bool:
        return self.store.count(
            "select count(*) from members m join orgs o on o.id = m.org_id join users u on u.id = m.user_id"
            " where o.name = ? and u.name = ?",
            self.repo["namespace"], name,
        ) > 0  # fmt: skip

    def _repo(self) -> Shape:
        return {"name": self.repo["id"], "type": self.repo["type"]}
