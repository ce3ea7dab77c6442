"""Discussions and pull requests of a repository: the listing, and one with all its events."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr

from hub_mcp.catalogue.answers import Record, clean, counted, day, is_array, is_object, objects_in
from hub_mcp.catalogue.bounds import weight, weight_of
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Account, RepoId, RepoType, Word
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.listing import Listing, Place
from hub_mcp.errors import UnexpectedAnswer
from hub_mcp.text import quoted, word

PAGE = 50  # discussions on one of the Hub's pages (FACTS §6)
MOST_TEXT = 16_000  # characters to show of a comment; the Hub allows 65,536
SAID = 10_000  # tokens of events in one answer
DIFF = 7_000  # tokens of a diff
TITLE = 200

Number = Annotated[int, Field(ge=1, lt=10**9)]


def name_in(value: Any) -> Any:
    """The name of an account, about which the Hub sends much more."""
    return value.get("name") if is_object(value) else value


class DiscussionRow(Record):
    """A discussion in a listing."""

    named_by: ClassVar[tuple[str, ...]] = ("num",)
    noun = "discussion"
    shown: ClassVar[tuple[str, ...]] = (
        "num", "title", "status", "isPullRequest", "author", "numComments", "createdAt",
    )  # fmt: skip

    num: int

    def field(self, name: str) -> Any:
        value = super().field(name)
        return name_in(value) if name in ("author", "repo", "repoOwner") else value


class Discussion(DiscussionRow):
    """One discussion with its events, and what a pull request would change."""

    named_by = ("_id", "num")
    shown: ClassVar[tuple[str, ...]] = (
        "num", "title", "status", "isPullRequest", "author", "createdAt", "pinned", "locked",
        "filesWithConflicts",
    )  # fmt: skip

    hub_id: str | None = Field(default=None, alias="_id")
    title: str | None = None
    status: str | None = None
    events: list[dict[str, Any]] | None = None
    diff: str | None = None
    _start: int = PrivateAttr(1)

    def beginning_at(self, start: int) -> Self:
        """The same, starting at this event."""
        later = self.model_copy()
        later._start = start
        return later

    @property
    def repo_id(self) -> str:
        """The repository's id on the Hub; "" if it does not say."""
        return str(self.field("repo") or "")

    @property
    def is_pull_request(self) -> bool:
        return self.field("isPullRequest") is True

    @property
    def branch(self) -> str:
        """The branch that a pull request is merged into; "" if the Hub does not say."""
        changes = self.field("changes")
        base = changes.get("base") if is_object(changes) else None
        return base.removeprefix("refs/heads/") if isinstance(base, str) else ""

    def comment(self, comment_id: str) -> dict[str, Any] | None:
        """The comment with this id as shown; None if there is none."""
        found = (one for one in self.events or () if one.get("id") == comment_id)
        return next((event_entry(one) for one in found if one.get("type") == "comment"), None)

    def words_of(self, comment_id: str) -> str:
        """The complete text of the comment with this id; "" if there is none."""
        for event in self.events or ():
            data = event.get("data")
            latest = data.get("latest") if is_object(data) else None
            if event.get("id") == comment_id and is_object(latest):
                return str(latest.get("raw") or "")
        return ""

    def files(self) -> list[str]:
        """The files that a pull request changes: each path, and how."""
        return files_in(self.diff or "")

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        apart = ("events", "diff")
        said = self.picked((*self.shown, *(name for name in fields if name not in apart)))
        entries, more = self._shown_events()
        if self.branch not in ("", "main"):
            said["branch"] = clean(self.branch, 200)
        said["events"] = entries
        if more:
            said["more"] = more
        if self.diff:
            shown, rest = fitting_lines(self.diff, DIFF)
            said["diff"] = clean(shown, len(shown) + 1)
            if rest:
                where = f"the files are at revision refs/pr/{self.num}"
                said["diff_cut"] = f"{rest:,} more lines; {where}; `diff`: false leaves it out"
        return {name: one for name, one in said.items() if one not in ("", [], None)}

    def _shown_events(self) -> tuple[list[dict[str, Any]], str]:
        """The events from the first requested one, as many as fit, and a cursor for the rest."""
        every = self.events or []
        entries: list[dict[str, Any]] = []
        spent = 0
        for event in every[self._start - 1 :]:
            entry = event_entry(event)
            spent += weight_of(entry)
            if entries and spent > SAID:
                break
            entries.append(entry)
        following = self._start + len(entries)
        left = len(every) - following + 1
        return entries, f"{counted(left, 'event')} more: start {following}" if left > 0 else ""

    def facts(self) -> tuple[str, ...]:
        kind = "pull request" if self.is_pull_request else "discussion"
        author = self.field("author")
        by = f" by {quoted(str(author), 60)}" if author else ""
        comments = sum(one.get("type") == "comment" for one in self.events or ())
        standing = word(self.status) if self.status else "status not known"
        begun = day(self.field("createdAt"))
        return (
            f"{kind} {self.num} {quoted(self.title or '', TITLE)}{by}: {standing}, "
            f"{counted(comments, 'comment')}{f', of {begun}' if begun else ''}",
        )

    def standing(self) -> tuple[object, ...]:
        proposed = hashlib.sha256(self.diff.encode("utf-8", "replace")).hexdigest() if self.diff else ""
        return (self.title, self.status, self.is_pull_request, proposed)


def event_entry(event: dict[str, Any]) -> dict[str, Any]:
    """Who did or said what, and when, without the Hub's deep nesting."""
    data = event.get("data")
    data = data if is_object(data) else {}
    said: dict[str, Any] = {"id": event.get("id"), "author": name_in(event.get("author"))}
    said["createdAt"] = event.get("createdAt")
    if event.get("type") == "comment":
        latest = data.get("latest")
        said["edited"] = data.get("edited") or None
        said["hidden"] = data.get("hidden") or None
        said["text"] = clean(latest.get("raw"), MOST_TEXT) if is_object(latest) else None
    else:
        said["type"] = event.get("type")
        said |= {
            name: one
            for name, one in data.items()
            if name not in said and not is_object(one) and not is_array(one)
        }
    return {name: clean(one, MOST_TEXT) for name, one in said.items() if one not in (None, "", [], {})}


def files_in(diff: str) -> list[str]:
    """The files in a git diff, each with the number of lines added and removed."""
    found: list[str] = []
    path, added, removed, how, inside = "", 0, 0, "", False

    def end() -> None:
        if path:
            found.append(f"{path}{how or f' +{added:,} −{removed:,}'}")

    for line in diff.split("\n"):
        if line.startswith("diff --git "):
            end()
            path, added, removed, how, inside = line.rpartition(" b/")[2], 0, 0, "", False
        elif line.startswith("@@"):
            inside = True
        elif inside:
            added += line.startswith("+")
            removed += line.startswith("-")
        elif line.startswith("deleted file"):
            how = " deleted"
        elif line.startswith("new file"):
            how = " new"
    end()
    return found


def fitting_lines(text: str, budget: int) -> tuple[str, int]:
    """The first lines of a text that fit the budget, and how many lines are left."""
    lines, spent = text.rstrip("\n").split("\n"), 0
    for count, line in enumerate(lines):
        spent += weight(line) + 1
        if spent > budget:
            return "\n".join(lines[:count]), len(lines) - count
    return "\n".join(lines), 0


@get("/api/{type}s/{repo_id}/discussions")
class ListDiscussions(Listing[DiscussionRow]):
    """Discussions and pull requests."""

    row = DiscussionRow
    unlisted = frozenset({"columns", "count", "by", "search"})
    smallest = largest = PAGE
    takes_limit = False
    numbered = "p"
    covers = ("p",)

    repo_id: RepoId
    type: RepoType
    status: Literal["open", "closed"] | None = None
    pull_requests: bool | None = Field(default=None, description="only or none")
    author: Account | None = None
    search: Word | None = None

    def payload(self) -> dict[str, Any]:
        sent = super().payload()
        if sent.pop("pull_requests", None) is not None:
            sent["type"] = "pull_request" if self.pull_requests else "discussion"
        return sent

    def rows(self, value: Any) -> list[Any]:
        found = value.get("discussions") if is_object(value) else None
        if not is_array(found):
            raise UnexpectedAnswer("The Hub did not answer with a page of discussions.")
        return found

    def _next_page(self, response: HttpResponse, rows: int, size: int, given: int) -> str:
        """The Hub gives the total, so that no empty page is requested."""
        count, page = response.json().get("count"), int(self.place.at or 0)
        if isinstance(count, int) and count <= (page + 1) * PAGE:
            return ""
        return str(Place(0, size, str(page + 1))) if rows >= size else ""


@get("/api/{type}s/{repo_id}/discussions/{num}")
class GetDiscussion(Endpoint[Discussion]):
    """A discussion or pull request with comments and diff."""

    unlisted = frozenset({"start", "diff"})  # an answer that was cut names them

    repo_id: RepoId
    type: RepoType
    num: Number
    start: Annotated[int | None, Local, Field(ge=1)] = Field(default=None, description="first event shown")
    diff: bool | None = None

    @property
    def part(self) -> str:
        return f"discussion {self.num}"

    @property
    def also_shown(self) -> tuple[str, ...]:
        return ("events", "diff")  # in full

    def payload(self) -> dict[str, Any]:
        return {} if self.diff is False else {"diff": 1}

    def read(self, value: Any) -> Discussion:
        if is_object(value) and "events" in value:  # one malformed event is dropped alone
            value = {**value, "events": objects_in(value["events"])}
        found = Discussion.of(value)
        return found.beginning_at(self.start) if self.start else found
