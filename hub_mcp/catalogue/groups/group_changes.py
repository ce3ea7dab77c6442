"""Creating, describing, limiting and deleting resource groups, and their auto-join."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Generic, Self, TypeVar

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Done, is_object
from hub_mcp.catalogue.change import Change, Nothing, delete, patch, post, worded
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import FreeText, Member, ObjectId, Owner, RepoRef
from hub_mcp.catalogue.groups.resource_groups import (
    NAME_SHOWN,
    PLACE,
    AutoJoin,
    GetResourceGroup,
    ResourceGroup,
    SpendLimits,
)
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.repos.repository import Repository, repository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted

G = TypeVar("G", bound=Answer)


class ActsOnGroup(Change[ResourceGroup, G], Generic[G]):
    """A change to one resource group, which is looked up first."""

    organization: Owner
    resource_group_id: ObjectId

    def target(self) -> Endpoint[ResourceGroup] | None:
        return GetResourceGroup(organization=self.organization, resource_group_id=self.resource_group_id)

    @property
    def subject(self) -> str:
        return f"the resource group {self.resource_group_id} of {self.organization}"


class ChangesGroup(ActsOnGroup[ResourceGroup]):
    """A change to one resource group that returns the updated group."""


def gains(member: Member) -> str:
    """What access a user gets, in words."""
    what = "can change the group, its users and everything in it" if member.role == "admin" else "reaches it"
    return f"{quoted(member.user)} {what} as {member.role}"


def who_joins(auto_join: AutoJoin, organization: str) -> str:
    whom = "with at least the read role " if auto_join.scope == "read_plus" else ""
    every = f"every present and future member of {quoted(organization)} {whom}"
    return f"{every}joins at once as {auto_join.role}"


def moved_line(ref: RepoRef, known: Known) -> str:
    """The consequence for a repository that enters a new group."""
    name = f"the {ref.type} {quoted(ref.name)}"
    seen = known.of(placed_at(ref))
    if seen is None:
        return f"{name} is then reached by this group alone; who reaches it now is not known"
    is_in = seen.field("resourceGroup")
    left = (
        f"leaves the resource group {quoted(str(is_in.get('name')), NAME_SHOWN)}" if is_object(is_in) else ""
    )
    shown = seen.visibility or "visibility not known"
    return f"{name} ({shown}) {left or 'enters the group'}: only this group's users reach it then"


def placed_at(ref: RepoRef) -> Endpoint[Repository]:
    """The call that shows which group a repository is in, and who can see it."""
    return repository(ref.type, ref.name, ["private", "resourceGroup"])


@post(PLACE, permission="org.write")
class CreateResourceGroup(Change[Nothing, ResourceGroup]):
    """Create a resource group. Auto-join or an admin among its users asks a person first."""

    covers = ("autoJoin",)
    reversal = "Deleting it does not put anything back into its former group."

    organization: Owner
    name: FreeText = Field(min_length=1, max_length=200)
    description: FreeText | None = Field(default=None, max_length=500)
    users: list[Member] | None = None
    repos: list[RepoRef] | None = None
    auto_join: AutoJoin | None = Field(default=None, serialization_alias="autoJoin")

    def needs(self, before: Nothing) -> Sequence[Endpoint[Answer]]:
        return [placed_at(one) for one in self.repos or ()]

    def must_be_there(self, before: Nothing) -> Sequence[Endpoint[Answer]]:
        return self.needs(before)

    def headline(self, before: Nothing) -> str:
        return f"Create the resource group {quoted(self.name)} of {quoted(self.organization)}?"

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        for one in self.repos or ():
            yield Consequence(Impact.MOVES, moved_line(one, known))
        for member in self.users or ():
            if member.role == "no_access":
                if self.repos:
                    shut = f"{quoted(member.user)} has no access to what is in it"
                    yield Consequence(Impact.CLOSES_OUT, shut)
            elif self.repos or member.role == "admin":
                yield Consequence(Impact.OPENS, gains(member))
        if self.auto_join and self.auto_join.enabled:
            yield Consequence(Impact.OPENS, who_joins(self.auto_join, self.organization))

    def outcome(self, before: Nothing, after: ResourceGroup) -> str:
        made = f"{worded(after.name)} ({worded(after.identity)})"
        return f"Created the resource group {made} in {self.organization}."

    def undo(self, before: Nothing, after: ResourceGroup) -> Change[Any, Any] | None:
        if self.auto_join and self.auto_join.enabled:
            return None
        return DeleteResourceGroup(organization=self.organization, resource_group_id=after.identity)


@patch(f"{PLACE}/{{resource_group_id}}", permission="org.write")
class UpdateResourceGroup(ChangesGroup):
    """Rename or describe a resource group, or set its spend limits."""

    covers = ("spendLimits",)
    reversal = "It can be changed back, but what was spent is gone, and what a limit stopped stays stopped."

    name: FreeText | None = Field(default=None, min_length=1, max_length=200)
    description: FreeText | None = Field(default=None, max_length=500)
    spend_limits: SpendLimits | None = Field(
        default=None, description="cents; -1 removes one", serialization_alias="spendLimits"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.name is None and self.description is None and self.spend_limits is None:
            raise ValueError("name at least one thing to change: name, description or spend_limits")
        return self

    def payload(self) -> dict[str, Any]:
        sent = super().payload()
        if self.spend_limits:
            sent["spendLimits"] = {
                key: None if cents == -1 else cents for key, cents in sent["spendLimits"].items()
            }
        return sent

    def headline(self, before: ResourceGroup) -> str:
        return f"Change what {quoted(before.name)} of {quoted(self.organization)} may spend?"

    def consequences(self, before: ResourceGroup, known: Known) -> Iterator[Consequence]:
        limits = self.spend_limits.model_dump(by_alias=True, exclude_none=True) if self.spend_limits else {}
        for product, cents in limits.items():
            if product in before.limits:
                now = before.limits[product]
                if now == (None if cents == -1 else cents):
                    continue
                was = "no limit" if now is None else f"{now:,} cents" if isinstance(now, int) else "not known"
            else:
                was = "not known"
            then = "no limit" if cents == -1 else f"{cents:,} cents"
            yield Consequence(Impact.SPENDS, f"spend limit of {_in_words(product)}: {was} → {then}")

    def preview(self, before: ResourceGroup) -> dict[str, tuple[Any, Any]]:
        return {name: (before.field(name), value) for name, value in self.payload().items()}

    def undo(self, before: ResourceGroup, after: ResourceGroup) -> Change[Any, Any] | None:
        if self.spend_limits:
            return None
        was = {"name": before.name if self.name else None}
        if self.description is not None:
            was["description"] = before.description or ""
        return UpdateResourceGroup.model_validate(
            {"organization": self.organization, "resource_group_id": self.resource_group_id, **was}
        )


def _in_words(product: str) -> str:
    return "everything together" if product == "total" else re.sub(r"(?=[A-Z])", " ", product).lower()


@post(
    f"{PLACE}/{{resource_group_id}}/settings",
    permission="org.write",
    effect=Effect.CHANGE,
    destructive=True,
    idempotent=True,
)
class UpdateResourceGroupSettings(ChangesGroup):
    """Turn auto-join on (asks a person: all members join at once) or off (removes nobody)."""

    covers = ("autoJoin",)
    reversal = "Turning it off later does not remove anybody it added."

    auto_join: AutoJoin = Field(serialization_alias="autoJoin")

    def headline(self, before: ResourceGroup) -> str:
        return (
            f"Turn on auto-join in the resource group {quoted(before.name)} of {quoted(self.organization)}?"
        )

    def consequences(self, before: ResourceGroup, known: Known) -> Iterator[Consequence]:
        if self.auto_join.enabled:
            yield Consequence(Impact.OPENS, who_joins(self.auto_join, self.organization))

    def preview(self, before: ResourceGroup) -> dict[str, tuple[Any, Any]]:
        return {"autoJoin": (before.auto_join, self.payload()["autoJoin"])}

    def undo(self, before: ResourceGroup, after: ResourceGroup) -> Change[Any, Any] | None:
        if self.auto_join.enabled or not before.joins_by_itself:
            return None
        return UpdateResourceGroupSettings.model_validate(
            {
                "organization": self.organization,
                "resource_group_id": self.resource_group_id,
                "auto_join": {
                    key: one for key, one in (before.auto_join or {}).items() if key in AutoJoin.model_fields
                },
            }
        )


@delete(
    f"{PLACE}/{{resource_group_id}}",
    permission="org.write",
    destroys="the resource group {resource_group_id} of {organization}",
    retype="resource_group_id",
)
class DeleteResourceGroup(ActsOnGroup[Done]):
    """Delete a resource group; its repositories fall back to organization roles. A person types its name."""

    reversal = (
        "This cannot be undone. Its users lose their roles; the organization's own roles decide who sees "
        "what was in it."
    )

    def headline(self, before: ResourceGroup) -> str:
        return f"Delete the resource group {quoted(before.name)} of {quoted(self.organization)}?"

    def retype(self, before: ResourceGroup) -> str:
        return before.name
