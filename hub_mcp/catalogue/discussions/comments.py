"""Writing in discussions: opening one, and adding, editing and hiding comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, Record, is_object
from hub_mcp.catalogue.change import Change, linked, post, worded
from hub_mcp.catalogue.discussions.discussions import (
    TITLE,
    Discussion,
    GetDiscussion,
    ListDiscussions,
    Number,
    event_entry,
)
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import FreeText, ObjectId, RepoId, RepoType, Word
from hub_mcp.catalogue.http import Effect, HttpResponse
from hub_mcp.catalogue.repos.repository import Repository, repository
from hub_mcp.catalogue.repos.repository_change import ActsOnRepository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import BadInput, UnexpectedAnswer
from hub_mcp.text import quoted

MOST_WORDS = 65_536  # characters of a comment
OLD_WORDS = 500  # characters of the replaced or hidden text, in a question
PATH = "/api/{type}s/{repo_id}/discussions"
TOLD = "Watchers are notified at once. It can be changed or hidden, but people may have read it by then."

A = TypeVar("A", bound=Answer)


def readers_of(before: Repository | None) -> str:
    """Who can read the discussions of a repository; if unknown, everyone."""
    return "those who can see it" if before and before.visibility == "private" else "everyone"


class Event(Record):
    """A new event in a discussion."""

    named_by = ("id",)
    noun = "event of a discussion"

    id: str

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return event_entry({"id": self.id, **(self.__pydantic_extra__ or {})})


class ActsOnDiscussion(Change[Discussion, A], Generic[A]):
    """A change to one discussion, which is looked up first."""

    by_default = False
    holds: ClassVar[str] = ""  # the key of the event in the answer

    repo_id: RepoId
    type: RepoType
    num: Number

    @property
    def part(self) -> str:
        return f"discussion {self.num}"

    def target(self) -> Endpoint[Discussion] | None:
        return GetDiscussion(repo_id=self.repo_id, type=self.type, num=self.num, diff=False)

    def settled(self, before: Discussion) -> Self:
        return self.but(repo_id=before.repo_id) if before.repo_id else self

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (ListDiscussions(repo_id=self.repo_id, type=self.type),)

    def needs(self, before: Discussion) -> Sequence[Endpoint[Answer]]:
        return (repository(self.type, self.repo_id),)

    def unwrap(self, response: HttpResponse) -> Any:
        value = super().unwrap(response)
        if self.holds and not (is_object(value) and is_object(value.get(self.holds))):
            raise UnexpectedAnswer(f"The Hub's answer has no {self.holds}.")
        return value[self.holds] if self.holds else value

    def named(self, before: Discussion) -> str:
        """The discussion, worded for a question."""
        kind = "pull request" if before.is_pull_request else "discussion"
        title = quoted(before.title or "", TITLE)
        return f"the {kind} {self.num} {title} of the {self.type} {quoted(self.repo_id)}"

    def published(self, known: Known) -> Consequence:
        """The consequence that text appears under the person's name."""
        readers = readers_of(known.of(repository(self.type, self.repo_id)))
        return Consequence(Impact.PUBLISHES, f"{readers} can read it, under your name", self.publishes)


class NewDiscussion(Record):
    """A new discussion or pull request."""

    named_by = ("num",)
    noun = "new discussion"
    shown = ("num", "url", "pullRequest")

    num: int
    url: str | None = None


@post(PATH, permission="discussion.write")
class CreateDiscussion(ActsOnRepository[NewDiscussion]):
    """Open a discussion. Asks first."""

    publishes = "discussions.create"
    unlisted = frozenset({"pull_request", "dry_run"})  # a draft without files; it shows all when it asks
    reversal = TOLD

    repo_id: RepoId
    type: RepoType
    title: Word = Field(min_length=3, max_length=200)
    description: FreeText = Field(default="", max_length=MOST_WORDS)
    pull_request: bool | None = Field(
        default=None, serialization_alias="pullRequest", description="commit to refs/pr/NUM"
    )

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (ListDiscussions(repo_id=self.repo_id, type=self.type),)

    def headline(self, before: Repository) -> str:
        what = "draft of a pull request" if self.pull_request else "discussion"
        return f"Open a {what} on the {self.type} {quoted(self.repo_id)}: {quoted(self.title)}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        line = f"{readers_of(before)} can read it, under your name"
        yield Consequence(Impact.PUBLISHES, line, self.publishes)

    def outcome(self, before: Repository, after: NewDiscussion) -> str:
        what = "draft of the pull request" if self.pull_request else "discussion"
        return f"Opened the {what} {after.num} of the {self.type} {self.repo_id}{linked(after.url)}."


@post(f"{PATH}/{{num}}/comment", permission="discussion.write")
class CommentDiscussion(ActsOnDiscussion[Event]):
    """Also on pull requests. Asks first."""

    by_default = True
    unlisted = frozenset({"dry_run"})  # it shows all when it asks
    publishes = "discussions.comment"
    holds = "newMessage"
    reversal = TOLD

    comment: FreeText = Field(min_length=1, max_length=MOST_WORDS)

    def headline(self, before: Discussion) -> str:
        return f"Comment on {self.named(before)}?"

    def consequences(self, before: Discussion, known: Known) -> Iterator[Consequence]:
        yield self.published(known)

    def outcome(self, before: Discussion, after: Event) -> str:
        where = f"discussion {self.num} of the {self.type} {self.repo_id}"
        return f"Commented on {where} (comment {worded(after.id)})."


class ActsOnComment(ActsOnDiscussion[Event]):
    """A change to one comment of a discussion."""

    holds = "updatedComment"

    comment_id: ObjectId

    def settled(self, before: Discussion) -> Self:
        if before.comment(self.comment_id) is None:
            raise BadInput(
                f"Discussion {self.num} of {self.repo_id} has no comment {self.comment_id}.",
                advice="get_discussion shows the ids of its comments.",
            )
        return super().settled(before)

    def identity(self, before: Discussion) -> str:
        return f"{before.identity}/{self.comment_id}"

    def facts(self, before: Discussion, known: Known) -> tuple[str, ...]:
        comment = before.comment(self.comment_id) or {}
        author = quoted(str(comment.get("author") or "not known"), 60)
        words = quoted(str(comment.get("text") or ""), OLD_WORDS)
        return (*before.facts(), f"the comment as it is now, by {author}: {words}")


@post(f"{PATH}/{{num}}/comment/{{comment_id}}/edit", permission="discussion.write", effect=Effect.CHANGE)
class EditComment(ActsOnComment):
    """Replace the text of a comment of yours; the old text stays in its history. Asks first."""

    publishes = "discussions.comment"
    reversal = "It can be edited again; whoever can read it sees the old text in its history."

    content: FreeText = Field(min_length=1, max_length=MOST_WORDS)

    def headline(self, before: Discussion) -> str:
        return f"Replace the comment {quoted(self.comment_id)} on {self.named(before)}?"

    def consequences(self, before: Discussion, known: Known) -> Iterator[Consequence]:
        yield self.published(known)

    def preview(self, before: Discussion) -> dict[str, tuple[Any, Any]]:
        return {"content": (before.words_of(self.comment_id), self.content)}

    def undo(self, before: Discussion, after: Event) -> Change[Any, Any] | None:
        words = before.words_of(self.comment_id)
        return type(self).model_validate({**self.as_arguments(), "content": words}) if words else None


@post(
    f"{PATH}/{{num}}/comment/{{comment_id}}/hide",
    permission="discussion.write",
    effect=Effect.CHANGE,
    destructive=True,
)
class HideComment(ActsOnComment):
    """Hide a comment for good: nobody can ever read it again. Asks first."""

    def headline(self, before: Discussion) -> str:
        return f"Hide the comment {quoted(self.comment_id)} on {self.named(before)}?"

    def consequences(self, before: Discussion, known: Known) -> Iterator[Consequence]:
        yield Consequence(Impact.DESTROYS, "nobody can ever read it again, its author included")

    def outcome(self, before: Discussion, after: Event) -> str:
        return f"Hid a comment on discussion {self.num} of the {self.type} {self.repo_id}."
