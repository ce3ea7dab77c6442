"""Notifications: listing, marking, deleting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, model_validator

from hub_mcp.catalogue.answers import Answer, Done, Page, Record, clean, counted, is_array, is_object
from hub_mcp.catalogue.change import Change, Nothing, post, withdraw
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import ObjectId, Word
from hub_mcp.catalogue.http import Effect, HttpRequest, HttpResponse, encode_query
from hub_mcp.catalogue.listing import Listing, Place
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import UnexpectedAnswer
from hub_mcp.text import quoted

NOTIFICATIONS = "/api/notifications"
ABOUT = ("discussion", "paperDiscussion", "post", "blog", "paper")  # the subject of a notification
NAMED = 5  # notifications whose titles a question lists


class NotificationRow(Record):
    """A notification in a listing: its subject, and whether it was read."""

    noun = "notification"
    shown: ClassVar[tuple[str, ...]] = (
        "type", "read", "updatedAt", "title", "repo.type", "repo.name", "discussion.num", "discussion_id",
    )  # fmt: skip

    def field(self, name: str) -> Any:
        if name not in ("title", "discussion_id"):
            return super().field(name)
        kind = "title" if name == "title" else "id"
        found = (
            self.at(f"{about}.{kind}") for about in ("discussion", "paperDiscussion", "post", "blog", "paper")
        )
        return next((one for one in found if one), None)

    @property
    def identity(self) -> str:
        return str(self.field("discussion_id") or "")


class Filters(BaseModel):
    """Which notifications are meant."""

    read_status: Literal["all", "unread"] | None = Field(default=None, serialization_alias="readStatus")
    repo_type: Literal["model", "dataset", "space", "bucket", "kernel"] | None = Field(
        default=None, serialization_alias="repoType"
    )
    repo_name: Word | None = Field(default=None, serialization_alias="repoName")
    post_author: Word | None = Field(default=None, serialization_alias="postAuthor")
    paper_id: Word | None = Field(default=None, serialization_alias="paperId")
    article_id: Word | None = Field(default=None, serialization_alias="articleId")
    mention: Literal["all", "participating", "mentions"] | None = None
    last_update: Word | None = Field(default=None, serialization_alias="lastUpdate")

    def filters(self) -> dict[str, Any]:
        """The filters by the Hub's names."""
        return self.model_dump(
            mode="json", by_alias=True, exclude_none=True, include=set(Filters.model_fields)
        )


@get(NOTIFICATIONS)
class ListNotifications(Listing[NotificationRow], Filters):
    """Your notifications, the newest first."""

    row = NotificationRow
    by_default = False
    unlisted = frozenset({"columns", "count", "by"})
    numbered = "p"
    takes_limit = False
    covers = ("p",)

    def rows(self, value: Any) -> list[Any]:
        found = value.get("notifications") if is_object(value) else None
        if not is_array(found):
            raise UnexpectedAnswer("The Hub did not answer with a page of notifications.")
        return found

    def _next_page(self, response: HttpResponse, rows: int, size: int, given: int) -> str:
        value = response.json()
        count, start = value.get("count"), value.get("start")
        total = count.get("view") if is_object(count) else None
        if not rows or not isinstance(total, int) or not isinstance(start, int) or start + rows >= total:
            return ""
        return str(Place(0, size, str(int(self.place.at or 0) + 1)))


class ActsOnNotifications(Change[Nothing, Done], Filters):
    """A change to some notifications: those that are named, or all that filters leave."""

    in_area = "notifications"
    by_default = False
    covers: ClassVar[tuple[str, ...]] = ("p",)

    discussion_ids: list[ObjectId] | None = Field(
        default=None, min_length=1, max_length=500, serialization_alias="discussionIds"
    )
    apply_to_all: bool | None = Field(
        default=None, serialization_alias="applyToAll", description="all that match the filters"
    )

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if bool(self.discussion_ids) == bool(self.apply_to_all):
            raise ValueError("say which: `discussion_ids`, or `apply_to_all`: true, perhaps with filters")
        if self.discussion_ids and self.filters():
            raise ValueError("filters go with `apply_to_all`")
        return self

    def body(self) -> dict[str, Any]:
        """The request's body."""
        return {"discussionIds": self.discussion_ids} if self.discussion_ids else {}

    def to_http(self, base: str) -> HttpRequest:
        query = encode_query({**self.filters(), **({"applyToAll": True} if self.apply_to_all else {})})
        url = f"{base}{self.real_path()}{f'?{query}' if query else ''}"
        return HttpRequest(self.line.method, url, self.body())

    def which(self) -> str:
        """Which notifications are meant, in words."""
        if self.discussion_ids:
            return counted(len(self.discussion_ids), "notification")
        return "all notifications that match" if self.filters() else "all your notifications"

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (ListNotifications(),)


@post(
    f"{NOTIFICATIONS}/mark-as-read",
    permission="discussion.write",
    effect=Effect.CHANGE,
    idempotent=True,
    of_caller=True,
)
class MarkNotifications(ActsOnNotifications):
    """Mark notifications as read, or as unread."""

    harmless = "it is a mark that only the caller sees, and can be changed back"

    covers = ("p", "read")

    unread: bool | None = Field(default=None, description="as unread")

    def body(self) -> dict[str, Any]:
        return {**super().body(), "read": not self.unread}

    def outcome(self, before: Nothing, after: Done) -> str:
        return f"Marked {self.which()} as {'unread' if self.unread else 'read'}."


@withdraw(NOTIFICATIONS, permission="discussion.write", of_caller=True)
class DeleteNotifications(ActsOnNotifications):
    """Delete notifications for good: some, or all that match. Asks first."""

    def _there(self) -> ListNotifications:
        said = {name: one for name, one in self.model_dump().items() if name in Filters.model_fields and one}
        return ListNotifications.model_validate({**said, "limit": NAMED})

    def needs(self, before: Nothing) -> Sequence[Endpoint[Answer]]:
        return (self._there(),) if self.apply_to_all else ()

    def headline(self, before: Nothing) -> str:
        return f"Delete {self.which()}?"

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        yield Consequence(Impact.DESTROYS, "")

    def facts(self, before: Nothing, known: Known) -> tuple[str, ...]:
        page: Page[NotificationRow] | None = known.of(self._there())
        if not self.apply_to_all:
            return ()
        if page is None:
            return ("which they are is not known",)
        titles = ", ".join(quoted(str(clean(row.field("title") or "")), 80) for row in page.items)
        return (
            f"among them: {titles}{' and more' if page.next_cursor else ''}" if titles else "there are none",
        )

    def outcome(self, before: Nothing, after: Done) -> str:
        return f"Deleted {self.which()}."
