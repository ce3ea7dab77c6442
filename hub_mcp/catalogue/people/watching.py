"""Watching: whose discussions notify the caller, by name or by the Hub's own id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from hub_mcp.catalogue.answers import Answer, Done, Record
from hub_mcp.catalogue.change import Change, Nothing, patch, worded
from hub_mcp.catalogue.collections.collection_item import OBJECT_ID, Item, read_item
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.identifiers import read_owner
from hub_mcp.catalogue.fields.vocabulary import Part, Word
from hub_mcp.catalogue.organizations.organizations import GetOrganizationOverview
from hub_mcp.catalogue.people.people import GetUserOverview
from hub_mcp.catalogue.repos.repository import repository
from hub_mcp.catalogue.stakes import Known
from hub_mcp.errors import UnexpectedAnswer

MOST_NAMED = 10  # things to name in an outcome


class WatchItem(Part):
    """A repository (`models/ns/name`), a user or an organization, by name or by the Hub's own id."""

    type: Literal["repo", "user", "org"]
    id: Word

    _name: str = PrivateAttr("")  # the given name, after the id was looked up

    @model_validator(mode="after")
    def _readable(self) -> Self:
        self.lookup()
        return self

    def lookup(self) -> Endpoint[Answer] | None:
        """The call that looks up its id on the Hub; None if the id was given."""
        if OBJECT_ID.fullmatch(self.id):
            return None
        if self.type == "user":
            return GetUserOverview(username=read_owner(self.id))
        if self.type == "org":
            return GetOrganizationOverview(organization=read_owner(self.id))
        item = Item.model_validate(read_item(self.id))
        if item.type not in ("model", "dataset", "space"):
            raise ValueError(f"`id` names a {item.type}, which nobody can watch")
        return repository(item.type, item.id)

    def found(self, known: Known) -> WatchItem:
        """The same by the Hub's own id.

        Raises:
            UnexpectedAnswer: the Hub does not tell it.
        """
        call = self.lookup()
        if call is None:
            return self
        answer = known.of(call)
        if not isinstance(answer, Record) or not OBJECT_ID.fullmatch(answer.identity):
            raise UnexpectedAnswer(f"The Hub does not tell the id of {worded(self.id)}.")
        one = WatchItem(type=self.type, id=answer.identity)
        one._name = self.id
        return one

    @property
    def name(self) -> str:
        return f"{self.type} {worded(self._name or self.id)}"


@patch("/api/settings/watch", permission="discussion.write", of_caller=True)
class UpdateWatch(Change[Nothing, Done]):
    """Watch repositories, users or organizations, or no longer: whether their discussions notify you."""

    in_area = "notifications"
    by_default = False
    covers = ("delete",)
    harmless = "it decides only what the caller is notified about, and can be changed back"

    add: list[WatchItem] | None = Field(
        default=None, max_length=500, description="id: ada, models/ns/name or the Hub's own"
    )
    remove: list[WatchItem] | None = Field(default=None, max_length=500, serialization_alias="delete")

    @model_validator(mode="before")
    @classmethod
    def _as_the_hub_says_it(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and "delete" in given and "remove" not in given:
            return {("remove" if name == "delete" else name): one for name, one in given.items()}
        return given

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.add and not self.remove:
            raise ValueError("say what to `add` or to `remove`")
        return self

    def needs(self, before: Nothing) -> Sequence[Endpoint[Answer]]:
        items = (*(self.add or ()), *(self.remove or ()))
        return [call for one in items if (call := one.lookup())]

    def must_be_there(self, before: Nothing) -> Sequence[Endpoint[Answer]]:
        return self.needs(before)

    def completed(self, before: Nothing, known: Known) -> Self:
        if not self.needs(before):
            return self
        found = {
            name: [one.found(known) for one in items]
            for name, items in (("add", self.add), ("remove", self.remove))
            if items
        }
        return self.model_copy(update=found)

    def outcome(self, before: Nothing, after: Done) -> str:
        more = f"Now watched: {_named(self.add)}." if self.add else ""
        less = f"No longer watched: {_named(self.remove)}." if self.remove else ""
        return " ".join(part for part in (more, less) if part)

    def undo(self, before: Nothing, after: Done) -> Change[Any, Any] | None:
        said = self.as_arguments()
        return type(self).model_validate(
            {name: said[other] for name, other in (("add", "remove"), ("remove", "add")) if other in said}
        )


def _named(items: Sequence[WatchItem]) -> str:
    more = f" and {len(items) - MOST_NAMED:,} more" if len(items) > MOST_NAMED else ""
    return ", ".join(one.name for one in items[:MOST_NAMED]) + more
