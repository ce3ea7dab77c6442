"""The resource group of a repository."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Self

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, Record, is_object
from hub_mcp.catalogue.change import Change, post, worded
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import FullRepoId, GroupIdOrNone, RepoType
from hub_mcp.catalogue.groups.resource_groups import NAME_SHOWN, GetResourceGroup
from hub_mcp.catalogue.http import Effect, HttpResponse
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.catalogue.repos.repository import Repository, repository
from hub_mcp.catalogue.repos.repository_change import ActsOnRepository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import Missing
from hub_mcp.text import quoted


class GroupOfRepository(Record):
    """The resource group a repository is in; an empty answer means none."""

    noun = "resource group of a repository"
    shown = ("id", "name", "numUsers")

    hub_id: str | None = Field(default=None, alias="id")
    name: str | None = None

    @classmethod
    def of(cls, value: Any) -> Self:
        return super().of(
            value or {}
        )  # the Hub's answer for "none" is not documented: 404, null and {} all mean it

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return super().content(fields) or {"resource_group": "none"}

    def facts(self) -> tuple[str, ...]:
        if not self.hub_id:
            return ("now in no resource group",)
        return (f"now in the resource group {quoted(self.name or '', NAME_SHOWN)} ({quoted(self.hub_id)})",)

    def standing(self) -> tuple[object, ...]:
        return (self.hub_id,)


class PlacedRepository(Record):
    """A repository as its resource group lists it."""

    noun = "placed repository"
    shown = ("type", "name", "private", "addedBy")


@post(
    "/api/{type}s/{repo_id}/resource-group",
    permission="org.write",
    effect=Effect.CHANGE,
    destructive=True,
    idempotent=True,
    label="Set a repository's resource group",
)
class SetRepoResourceGroup(ActsOnRepository[PlacedRepository]):
    """Put a repository into a resource group, or take it out with "none". Asks a person: access changes."""

    covers = ("repo_type",)
    reversal = "Who can reach it changes at once. It can be put back, but what was read meanwhile stays so."

    repo_id: FullRepoId
    type: RepoType
    resource_group_id: GroupIdOrNone = Field(serialization_alias="resourceGroupId")

    def payload(self) -> dict[str, Any]:
        return {"resourceGroupId": None if self.resource_group_id == "none" else self.resource_group_id}

    def unwrap(self, response: HttpResponse) -> Any:
        return response.json() or {}

    def target(self) -> Endpoint[Repository]:
        return repository(self.type, self.repo_id, fields=["resourceGroup"])

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        now = GetRepoResourceGroup(repo_id=self.repo_id, type=self.type)
        group = self._group()
        return (now, group) if group else (now,)

    def must_be_there(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return (group,) if (group := self._group()) else ()

    def _group(self) -> GetResourceGroup | None:
        """The call that reads the group it enters; None if it enters none."""
        if self.resource_group_id == "none":
            return None
        with suppress(ValueError):  # a name that no organization can have
            owner = self.repo_id.partition("/")[0]
            return GetResourceGroup(organization=owner, resource_group_id=self.resource_group_id)
        return None

    def headline(self, before: Repository) -> str:
        group = quoted(self.resource_group_id)
        where = "out of its resource group" if self.resource_group_id == "none" else f"into the group {group}"
        return f"Take the {self.type} {quoted(self.repo_id)} {where}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        is_in = before.field("resourceGroup")
        if is_object(is_in) and is_in.get("id") == self.resource_group_id:
            return
        left = f"it leaves the group {quoted(str(is_in.get('name')), NAME_SHOWN)}" if is_object(is_in) else ""
        yield Consequence(Impact.MOVES, left)
        if self.resource_group_id == "none":
            yield Consequence(Impact.OPENS, "the organization's own roles decide who reaches it")
            yield Consequence(Impact.CLOSES_OUT, "people whom only its group let in lose access")
        else:
            yield Consequence(Impact.OPENS, "all users of that group reach it, by their roles there")
            yield Consequence(Impact.CLOSES_OUT, "nobody else does, except admins of the organization")

    def facts(self, before: Repository, known: Known) -> tuple[str, ...]:
        now = known.of(GetRepoResourceGroup(repo_id=self.repo_id, type=self.type))
        group = self._group()
        enters = known.of(group) if group else None
        unknown = ("the group that it enters could not be looked up",) if group and not enters else ()
        seen = (now, enters)
        return (*before.facts(), *(fact for one in seen if one for fact in one.facts()), *unknown)

    def outcome(self, before: Repository, after: PlacedRepository) -> str:
        was = before.field("resourceGroup")
        group = worded(was.get("name") or was.get("id")) if isinstance(was, dict) else "none"
        return f"{self.repo_id}: resource group {self.resource_group_id} (was {group})."

    def undo(self, before: Repository, after: PlacedRepository) -> Change[Any, Any] | None:
        group = before.field("resourceGroup")
        was = str(group["id"]) if isinstance(group, dict) and group.get("id") else "none"
        return self.but(resource_group_id=was) if was != self.resource_group_id else None


@get(
    "/api/{type}s/{repo_id}/resource-group", permission="org.read", label="Get a repository's resource group"
)
class GetRepoResourceGroup(Lookup[GroupOfRepository]):
    """The resource group a repository is in."""

    unlisted = RARELY_CUT
    covers = ("repo_type",)

    repo_id: FullRepoId
    type: RepoType

    def from_http(self, response: HttpResponse) -> GroupOfRepository:
        try:
            return super().from_http(response)
        except Missing as missing:
            if missing.status == 404 and "x-error-code" not in response.headers:
                return GroupOfRepository.of(None)
            raise
