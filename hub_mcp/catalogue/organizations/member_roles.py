"""Setting the role of a member of an organization without losing their resource groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self, get_args

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Done, Page, is_array, objects_in
from hub_mcp.catalogue.change import Change, put
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import Account, ObjectId, Owner, Part, Role
from hub_mcp.catalogue.groups.resource_groups import ListResourceGroups
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.organizations.organizations import ListOrganizationMembers, Person
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import Missing, UnexpectedAnswer
from hub_mcp.text import quoted, word

MOST = 1_000  # members to request in a search by name
RANKS = ("no_access", "read", "contributor", "write", "admin")  # in increasing order


class GroupRole(Part):
    """A resource group and a role in it."""

    id: ObjectId
    role: Role


@dataclass(frozen=True)
class Membership(Answer):
    """One member's role in an organization and in its resource groups.

    Attributes:
        groups: the role in each group, by the group's id; None if the Hub does not say.
        names: the names of the groups, by id.
    """

    member: Person
    groups: Mapping[str, str] | None
    names: Mapping[str, str]

    @property
    def role(self) -> str:
        return self.member.role or ""

    @property
    def identity(self) -> str:
        return self.member.identity

    def facts(self) -> tuple[str, ...]:
        now = word(self.role) if self.role else "not known"
        if self.groups is None:
            return (f"now: {now}",)
        held = self.groups.items()
        listed = ", ".join(f"{quoted(self.names[id])} ({word(role)})" for id, role in held)
        return (f"now: {now}", f"in the resource groups, and kept there: {listed or 'none'}")

    def standing(self) -> tuple[object, ...]:
        return (self.role, sorted((self.groups or {}).items()))


@get("/api/organizations/{organization}/members", permission="org.read", is_tool=False)
class GetMembership(Endpoint[Membership]):
    """One member's role in an organization and in its resource groups."""

    at = "organizations/{organization}/member"

    organization: Owner
    username: Account

    def payload(self) -> dict[str, Any]:
        return {"search": self.username, "limit": MOST}

    def from_http(self, response: HttpResponse) -> Membership:
        asked = {"organization": self.organization, "search": self.username, "limit": MOST}
        page: Page[Person] = ListOrganizationMembers.model_validate(asked).from_http(response)
        found = (one for one in page.items if one.user.lower() == self.username.lower())
        if not (member := next(found, None)):
            raise Missing(
                f"{self.username} is not a member of {self.organization}, as far as the Hub shows.",
                advice="list_organization_members shows who is.",
            )
        reported = member.field("resourceGroups")
        groups = objects_in(reported)
        names = {str(one.get("id")): str(one.get("name") or one.get("id")) for one in groups}
        roles = {str(one.get("id")): str(one.get("role") or "") for one in groups}
        return Membership(member, roles if is_array(reported) else None, names)


@put("/api/organizations/{organization}/members/{username}/role", permission="org.write", destructive=True)
class SetMemberRole(Change[Membership, Done]):
    """Set a member's role in an organization; places in resource groups are kept. Asks first."""

    in_area = "organization_admin"
    by_default = False
    keeps = frozenset({"resourceGroups"})
    reversal = "The role can be restored, but what was read or changed by then cannot be undone."

    organization: Owner
    username: Account
    role: Role
    resource_groups: Annotated[list[GroupRole] | None, Field(min_length=1)] = Field(
        default=None, serialization_alias="resourceGroups", description="roles in groups; the others are kept"
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [one.id for one in self.resource_groups or ()]
        if len(set(ids)) < len(ids):
            raise ValueError("`resource_groups` names a group twice")
        return self

    @property
    def subject(self) -> str:
        return f"{self.username} in {self.organization}"

    def target(self) -> Endpoint[Membership]:
        return GetMembership(organization=self.organization, username=self.username)

    def settled(self, before: Membership) -> Self:
        return self.but(username=before.member.user)

    def needs(self, before: Membership) -> Sequence[Endpoint[Answer]]:
        return (ListResourceGroups(organization=self.organization),) if before.groups is None else ()

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (ListOrganizationMembers(organization=self.organization),)

    def _present(self, before: Membership, known: Known) -> Mapping[str, str] | None:
        """The member's role in each of their groups; None if unknown."""
        if before.groups is not None:
            return before.groups
        listed = known.of(ListResourceGroups(organization=self.organization))
        if listed is None:
            return None
        roles = {one.identity: one.role_of(before.member.user) for one in listed.groups}
        return {id: role for id, role in roles.items() if role}

    def completed(self, before: Membership, known: Known) -> Self:
        present = self._present(before, known)
        if present is None:
            raise UnexpectedAnswer(
                f"The Hub does not tell in which resource groups {self.username} is; a role that is set "
                "without them would take the person out of every one."
            )
        asked = {one.id: one.role for one in self.resource_groups or ()}
        if odd := [role for role in present.values() if role not in get_args(Role)]:
            raise UnexpectedAnswer(f"The Hub names an unknown role: {quoted(odd[0], 40)}.")
        whole = [{"id": id, "role": role} for id, role in {**present, **asked}.items()]
        return self.but(resource_groups=whole or None)

    def headline(self, before: Membership) -> str:
        return f"Make {quoted(self.username)} {quoted(self.role)} in {quoted(self.organization)}?"

    def consequences(self, before: Membership, known: Known) -> Iterator[Consequence]:
        yield from _shifted(quoted(self.username), before.role, self.role, f"in {quoted(self.organization)}")
        present = self._present(before, known) or {}
        for one in self.resource_groups or ():
            where = f"in the resource group {quoted(before.names.get(one.id, one.id))}"
            yield from _shifted(quoted(self.username), present.get(one.id, "no_access"), one.role, where)

    def preview(self, before: Membership) -> dict[str, tuple[Any, Any]]:
        return {"role": (before.role or "not known", self.role)}

    def undo(self, before: Membership, after: Done) -> Change[Any, Any] | None:
        if before.role not in get_args(Role) or before.groups is None:
            return None
        if any(one.id not in before.groups for one in self.resource_groups or ()):
            return None  # the membership of that group would stay
        was = [{"id": id, "role": role} for id, role in before.groups.items()]
        before_it = {"role": before.role, "resource_groups": was or None}
        return type(self).model_validate({**self.as_arguments(), **before_it})


def _shifted(who: str, was: str, then: Role, where: str) -> Iterator[Consequence]:
    """The consequences of another role; an unknown one counts as both more and less."""
    if was == then:
        return
    rank = RANKS.index(was) if was in RANKS else None
    if rank is None or rank < RANKS.index(then):
        what = "can do everything" if then == "admin" else f"can do more ({then})"
        yield Consequence(Impact.OPENS, f"{who} {what} {where}")
    if rank is None or rank > RANKS.index(then):
        what = "loses all access" if then == "no_access" else f"can do less ({then})"
        yield Consequence(Impact.CLOSES_OUT, f"{who} {what} {where}")
