"""Moderating discussions: title, status, pin, merging a pull request, deletion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from hub_mcp.catalogue.answers import Done, counted
from hub_mcp.catalogue.change import Change, delete, post
from hub_mcp.catalogue.discussions.comments import MOST_WORDS, PATH, ActsOnDiscussion, Event
from hub_mcp.catalogue.discussions.discussions import Discussion, GetDiscussion
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.identifiers import may_be_main
from hub_mcp.catalogue.fields.vocabulary import FreeText, Word
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted

MOST_FILES = 15  # files of a pull request to name in a question
FILE = 100  # characters of a file's name there
COMMENTED = " The comment was posted."


@post(f"{PATH}/{{num}}/status", permission="discussion.write", effect=Effect.CHANGE)
class SetDiscussionStatus(ActsOnDiscussion[Event]):
    """Close or reopen a discussion or pull request, or open a draft. A comment asks first."""

    publishes = "discussions.comment"
    holds = "newStatus"
    reversal = "The status can be changed back; what was read of the comment by then cannot be taken back."

    status: Literal["open", "closed"]
    comment: FreeText | None = Field(default=None, min_length=1, max_length=MOST_WORDS)

    def headline(self, before: Discussion) -> str:
        return f"{'Close' if self.status == 'closed' else 'Open'} {self.named(before)}, with a comment?"

    def consequences(self, before: Discussion, known: Known) -> Iterator[Consequence]:
        if self.comment:
            yield self.published(known)

    def preview(self, before: Discussion) -> dict[str, tuple[Any, Any]]:
        return {"status": (before.status, self.status)}

    def outcome(self, before: Discussion, after: Event) -> str:
        return super().outcome(before, after) + (COMMENTED if self.comment else "")

    def undo(self, before: Discussion, after: Event) -> Change[Any, Any] | None:
        if before.status not in ("open", "closed"):
            return None
        said = {"repo_id": self.repo_id, "type": self.type, "num": self.num, "status": before.status}
        return SetDiscussionStatus.model_validate(said)


@post(f"{PATH}/{{num}}/title", permission="discussion.write", effect=Effect.CHANGE)
class RenameDiscussion(ActsOnDiscussion[Event]):
    """Change the title of a discussion or pull request."""

    harmless = "a title can be changed back, and the old one stays in the thread"
    holds = "newTitle"

    title: Word = Field(min_length=3, max_length=200)

    def preview(self, before: Discussion) -> dict[str, tuple[Any, Any]]:
        return {"title": (before.title, self.title)}

    def undo(self, before: Discussion, after: Event) -> Change[Any, Any] | None:
        return RenameDiscussion.model_validate({**self.as_arguments(), "title": before.title})


@post(f"{PATH}/{{num}}/pin", permission="repo.write", effect=Effect.CHANGE, idempotent=True)
class PinDiscussion(ActsOnDiscussion[Done]):
    """Pin a discussion to the top of the list, or unpin it."""

    harmless = "an order of display"

    pinned: bool

    def preview(self, before: Discussion) -> dict[str, tuple[Any, Any]]:
        return {"pinned": (before.field("pinned"), self.pinned)}

    def undo(self, before: Discussion, after: Done) -> Change[Any, Any] | None:
        return PinDiscussion.model_validate({**self.as_arguments(), "pinned": before.field("pinned")})


@post(f"{PATH}/{{num}}/merge", permission="repo.write", effect=Effect.CHANGE, destructive=True)
class MergePullRequest(ActsOnDiscussion[Done]):
    """Merge a pull request: what it proposes becomes the head of its branch. Asks first."""

    publishes = "discussions.comment"

    comment: FreeText | None = Field(default=None, min_length=1, max_length=MOST_WORDS)

    def target(self) -> Endpoint[Discussion]:
        return GetDiscussion(repo_id=self.repo_id, type=self.type, num=self.num)

    def headline(self, before: Discussion) -> str:
        return f"Merge {self.named(before)} into {self._branch(before)}?"

    def _branch(self, before: Discussion) -> str:
        return quoted(before.branch) if before.branch else "a branch that the Hub does not name"

    def cost(self, before: Discussion) -> str:
        return f"It becomes one commit on {self._branch(before)}; there is no undo."

    def consequences(self, before: Discussion, known: Known) -> Iterator[Consequence]:
        yield Consequence(Impact.DESTROYS, self._changed(before))
        if self.type == "space" and may_be_main(before.branch):
            yield Consequence(Impact.RUNS, "its code is built and run with the Space's secrets")
        if self.comment:
            yield self.published(known)

    def _changed(self, before: Discussion) -> str:
        if before.diff is None:
            return "what it changes in the repository is not known"
        files = before.files()
        named = ", ".join(quoted(one, FILE) for one in files[:MOST_FILES])
        more = f" and {len(files) - MOST_FILES:,} more" if len(files) > MOST_FILES else ""
        return f"it changes {counted(len(files), 'file')}{f': {named}{more}' if files else ''}"

    def outcome(self, before: Discussion, after: Done) -> str:
        changed = counted(len(before.files()), "file")
        where = f"{self._branch(before)} of the {self.type} {self.repo_id}"
        return f"Merged pull request {self.num} into {where}: {changed} changed." + (
            COMMENTED if self.comment else ""
        )


@delete(
    f"{PATH}/{{num}}",
    permission="repo.write",
    destroys="the discussion {num} of the {type} {repo_id}, with all its comments",
)
class DeleteDiscussion(ActsOnDiscussion[Done]):
    """Delete a discussion or pull request for good. A person types its place."""

    def headline(self, before: Discussion) -> str:
        return f"Delete {self.named(before)}, with all its comments?"

    def retype(self, before: Discussion) -> str:
        return f"{self.repo_id}#{self.num}"
