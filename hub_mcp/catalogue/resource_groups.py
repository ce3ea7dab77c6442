"""Resource groups of an organization: who can reach which of its repositories (Team plan or above)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Generic, Literal, Self, TypeVar, get_args

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Done, Record, clean, counted, is_object
from hub_mcp.catalogue.change import Change, Nothing, delete, patch, post, worded
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.http import Effect, HttpResponse
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.catalogue.repository import Repository, repository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.catalogue.vocabulary import (
    Account,
    FreeText,
    FullRepoId,
    GroupIdOrNone,
    Member,
    ObjectId,
    Owner,
    Part,
    RepoRef,
    RepoType,
    Role,
)
from hub_mcp.errors import Missing, UnexpectedAnswer
from hub_mcp.text import quoted

DOCUMENTED = "/api/organizations/{name}/resource-groups"
PLACE = "/api/organizations/{organization}/resource-groups"
SOME = 50  # users and repositories an answer names
NAMED = 100  # users and repositories of all groups together that a listing of groups names
FEW = 5  # of what it holds that a question names
NAME_SHOWN = 100  # characters of a name in a fact


class AutoJoin(Part):
    """Whether members of the organization join by themselves, and as what."""

    enabled: bool
    role: Role | None = None
    scope: Literal["all", "read_plus"] | None = Field(
        default=None, description="read_plus: no_access stays out"
    )

    @model_validator(mode="after")
    def _role_when_enabled(self) -> Self:
        if self.enabled and not self.role:
            raise ValueError("auto_join needs a role when it is enabled")
        if not self.enabled and (self.role or self.scope):
            raise ValueError("auto_join takes role and scope only when it is enabled")
        return self


class SpendLimits(Part):
    """Limits in cents; -1 removes one."""

    total: int | None = Field(default=None, ge=-1)
    inference_providers: int | None = Field(default=None, ge=-1, serialization_alias="inferenceProviders")
    spaces: int | None = Field(default=None, ge=-1)
    jobs: int | None = Field(default=None, ge=-1)
    endpoints: int | None = Field(default=None, ge=-1)


class ResourceGroup(Record):
    """A resource group with its users and what they can reach."""

    noun = "resource group"
    shown = ("id", "name", "description", "autoJoin", "spendLimits")

    hub_id: str | None = Field(default=None, alias="id")
    name: str
    description: str | None = None
    auto_join: dict[str, Any] | None = Field(default=None, alias="autoJoin")
    users: list[dict[str, Any]] | None = None
    resources: list[dict[str, Any]] | None = None
    repos: list[dict[str, Any]] | None = None  # what the documentation, and old answers, call the resources

    @property
    def joins_by_itself(self) -> bool:
        return bool((self.auto_join or {}).get("enabled"))

    def role_of(self, user: str) -> str:
        """The user's role in the group; "" for a stranger."""
        for one in self.users or ():
            if str(one.get("name", "")).lower() == user.lower():
                return str(one.get("role") or "")
        return ""

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        said: dict[str, Any] = dict(super().content(fields))
        for name, all_of_them in self._inside().items():
            said[name] = all_of_them[:SOME]
            if (more := len(all_of_them) - SOME) > 0:
                said[name].append(f"and {more:,} more: cursor {name}:{SOME}")
        return said

    def entire(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {**super().entire(fields), **self._inside()}

    def _inside(self) -> dict[str, list[str]]:
        """Its users and what is in it, each in words."""
        named = {"users": self.named_users, "resources": self.named_holdings}
        return {name: clean(one) for name, one in named.items() if one}

    @property
    def named_users(self) -> list[str]:
        """Its users with their roles."""
        return [f"{one.get('name')} ({one.get('role')})" for one in self.users or ()]

    @property
    def named_holdings(self) -> list[str]:
        """What is in it, each with its type, and whether it is private."""
        return [
            f"{one.get('type')} {_name_of(one)}{' (private)' if one.get('private') else ''}"
            for one in self.held_repos or ()
        ]

    @property
    def held_repos(self) -> list[dict[str, Any]] | None:
        """The repositories and collections in it; None where the Hub does not tell."""
        return self.resources if self.resources is not None else self.repos

    @property
    def limits(self) -> dict[str, Any]:
        """Spend limits by the Hub's names; what is not in it is not known."""
        said = self.field("spendLimits")
        return said if is_object(said) else {}

    def is_only_admin(self, user: str) -> bool | None:
        """Whether nobody else is an admin of it; None where the Hub does not tell."""
        if self.users is None or any(not isinstance(one.get("role"), str) for one in self.users):
            return None
        others = [one for one in self.users if str(one.get("name", "")).lower() != user.lower()]
        return not any(one["role"] == "admin" for one in others)

    def facts(self) -> tuple[str, ...]:
        held = self.held_repos or []
        names = ", ".join(quoted(_name_of(one), NAME_SHOWN) for one in held[:FEW])
        more = f" and {len(held) - FEW:,} more" if len(held) > FEW else ""
        closed = sum(1 for one in held if one.get("private") is not False)
        lines = [
            f"resource group {quoted(self.name, NAME_SHOWN)} ({quoted(self.identity)})",
            counted(len(self.users), "user") if self.users is not None else "users not known",
            f"{len(held):,} repositories and collections, {closed:,} not public: {names}{more}"
            if held
            else "nothing in it"
            if self.held_repos is not None
            else "what is in it is not known",
        ]
        if self.joins_by_itself:
            role = quoted(str((self.auto_join or {}).get("role")), NAME_SHOWN)
            lines.append(f"members join by themselves as {role}")
        return tuple(lines)

    def standing(self) -> tuple[object, ...]:
        held = sorted(f"{_name_of(one)} {one.get('private')}" for one in self.held_repos or ())
        users = sorted(f"{one.get('name')} {one.get('role')}" for one in self.users or ())
        return (self.held_repos is None, held, users, self.joins_by_itself)


def _name_of(held: dict[str, Any]) -> str:
    return str(held.get("name") or held.get("slug") or held.get("id"))


class ResourceGroups(Answer):
    """All resource groups of an organization that the caller may see."""

    def __init__(self, groups: Sequence[ResourceGroup]) -> None:
        self.groups = tuple(groups)

    @classmethod
    def of(cls, value: Any) -> Self:
        if not isinstance(value, list):
            raise UnexpectedAnswer("The Hub did not answer with a list of resource groups.")
        return cls([ResourceGroup.of(one) for one in value])

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        few = sum(len(one.users or ()) + len(one.held_repos or ()) for one in self.groups) <= NAMED
        rows: list[dict[str, Any]] = []
        for group in self.groups:
            row = {key: one for key, one in group.content().items() if key in ResourceGroup.shown}
            users, held = group.named_users, group.named_holdings
            inside = {
                name: named if few and named else len(named)
                for name, named in (("users", users), ("resources", held))
            }
            rows.append({**row, **clean(inside)})
        return {"items": rows}


@get(PLACE, permission="org.read", documented=f"GET {DOCUMENTED}")
class ListResourceGroups(Lookup[ResourceGroups]):
    """All resource groups that you may see, while few with their users, roles and repositories."""

    unannounced = RARELY_CUT

    organization: Owner


@get(
    f"{PLACE}/{{resource_group_id}}",
    permission="org.read",
    documented=f"GET {DOCUMENTED}/{{resourceGroupId}}",
)
class GetResourceGroup(Lookup[ResourceGroup]):
    """A resource group: users, roles, repositories. For these its roles replace the organization's."""

    organization: Owner
    resource_group_id: ObjectId


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


def without_admin(group: ResourceGroup, user: str) -> str:
    """That nobody would be left who can change the group; "" where somebody is, or the user is no admin."""
    if group.role_of(user) in get_args(Role) and group.role_of(user) != "admin":
        return ""
    alone = group.is_only_admin(user)
    if alone is None:
        return "whether the group keeps an admin is not known"
    return f"{quoted(user)} is its last admin: nobody in the group can change it then" if alone else ""


class ChangesGroup(ActsOnGroup[ResourceGroup]):
    """A change to one resource group that is answered with the group as it then is."""


def gains(member: Member) -> str:
    """What a user gets, in words."""
    what = "can change the group, its users and everything in it" if member.role == "admin" else "reaches it"
    return f"{quoted(member.user)} {what} as {member.role}"


def who_joins(auto_join: AutoJoin, organization: str) -> str:
    whom = "with at least the read role " if auto_join.scope == "read_plus" else ""
    every = f"every present and future member of {quoted(organization)} {whom}"
    return f"{every}joins at once as {auto_join.role}"


def moved_line(ref: RepoRef, known: Known) -> str:
    """What becomes of a repository that enters a new group."""
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
    """The call that tells in which group a repository is, and who can see it."""
    return repository(ref.type, ref.name, ["private", "resourceGroup"])


@post(PLACE, permission="org.write", documented=f"POST {DOCUMENTED}")
class CreateResourceGroup(Change[Nothing, ResourceGroup]):
    """Create a resource group. Auto-join or an admin among its users asks a person first."""

    offers = ("autoJoin",)

    organization: Owner
    name: FreeText = Field(min_length=1, max_length=200)
    description: FreeText | None = Field(default=None, max_length=500)
    users: list[Member] | None = None
    repos: list[RepoRef] | None = None
    auto_join: AutoJoin | None = Field(default=None, serialization_alias="autoJoin")

    def needs(self, before: Nothing) -> Sequence[Endpoint[Answer]]:
        return [placed_at(one) for one in self.repos or ()]

    def headline(self, before: Nothing) -> str:
        return f"Create the resource group {quoted(self.name)} of {quoted(self.organization)}?"

    def cost(self, before: Nothing) -> str:
        return "Deleting it puts nothing back into the groups it came from."

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        for one in self.repos or ():
            yield Consequence(Impact.MOVES, moved_line(one, known))
        for member in self.users or ():
            if member.role == "no_access":
                if self.repos:
                    shut = f"{quoted(member.user)} is kept out of what is in it"
                    yield Consequence(Impact.CLOSES_OUT, shut)
            elif self.repos or member.role == "admin":
                yield Consequence(Impact.OPENS, gains(member))
        if self.auto_join and self.auto_join.enabled:
            yield Consequence(Impact.OPENS, who_joins(self.auto_join, self.organization))

    def outcome(self, before: Nothing, after: ResourceGroup) -> str:
        return f"Created the resource group {worded(after.name)} ({after.identity}) in {self.organization}."

    def undo(self, before: Nothing, after: ResourceGroup) -> Change[Any, Any] | None:
        if self.auto_join and self.auto_join.enabled:
            return None
        return DeleteResourceGroup(organization=self.organization, resource_group_id=after.identity)


@patch(
    f"{PLACE}/{{resource_group_id}}",
    permission="org.write",
    documented=f"PATCH {DOCUMENTED}/{{resourceGroupId}}",
)
class UpdateResourceGroup(ChangesGroup):
    """Rename or describe a resource group, or set its spend limits."""

    offers = ("spendLimits",)

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

    def wire(self) -> dict[str, Any]:
        sent = super().wire()
        if self.spend_limits:
            sent["spendLimits"] = {
                key: None if cents == -1 else cents for key, cents in sent["spendLimits"].items()
            }
        return sent

    def headline(self, before: ResourceGroup) -> str:
        return f"Change what {quoted(before.name)} of {quoted(self.organization)} may spend?"

    def cost(self, before: ResourceGroup) -> str:
        return "It can be set back, but what was spent is gone, and what a limit stopped stays stopped."

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
        return {name: (before.field(name), value) for name, value in self.wire().items()}

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
    documented=f"POST {DOCUMENTED}/{{resourceGroupId}}/settings",
    effect=Effect.CHANGE,
    destructive=True,
    idempotent=True,
)
class UpdateResourceGroupSettings(ChangesGroup):
    """Turn auto-join on (asks a person: all members join at once) or off (removes nobody)."""

    offers = ("autoJoin",)

    auto_join: AutoJoin = Field(serialization_alias="autoJoin")

    def headline(self, before: ResourceGroup) -> str:
        return (
            f"Turn on auto-join in the resource group {quoted(before.name)} of {quoted(self.organization)}?"
        )

    def cost(self, before: ResourceGroup) -> str:
        return "Turning it off later removes nobody whom it brought in."

    def consequences(self, before: ResourceGroup, known: Known) -> Iterator[Consequence]:
        if self.auto_join.enabled:
            yield Consequence(Impact.OPENS, who_joins(self.auto_join, self.organization))

    def preview(self, before: ResourceGroup) -> dict[str, tuple[Any, Any]]:
        return {"autoJoin": (before.auto_join, self.wire()["autoJoin"])}

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
    documented=f"DELETE {DOCUMENTED}/{{resourceGroupId}}",
    destroys="the resource group {resource_group_id} of {organization}",
    retype="resource_group_id",
)
class DeleteResourceGroup(ActsOnGroup[Done]):
    """Delete a resource group; its repositories fall back to organization roles. A person types its name."""

    def headline(self, before: ResourceGroup) -> str:
        return f"Delete the resource group {quoted(before.name)} of {quoted(self.organization)}?"

    def cost(self, before: ResourceGroup) -> str:
        return (
            "This cannot be undone. Its users lose their roles; the organization's own roles decide who sees "
            "what was in it."
        )

    def retype(self, before: ResourceGroup) -> str:
        return before.name

    def unwrap(self, response: HttpResponse) -> Any:
        return None


@post(
    f"{PLACE}/{{resource_group_id}}/users",
    permission="org.write",
    documented=f"POST {DOCUMENTED}/{{resourceGroupId}}/users",
)
class AddResourceGroupUsers(ChangesGroup):
    """Add users to a resource group; fails whole if one is in it already. Granting admin asks a person."""

    users: list[Member] = Field(min_length=1)

    def headline(self, before: ResourceGroup) -> str:
        return f"Add users to the resource group {quoted(before.name)} of {quoted(self.organization)}?"

    def cost(self, before: ResourceGroup) -> str:
        return "They can be removed again, but what they read or changed meanwhile stays so."

    def consequences(self, before: ResourceGroup, known: Known) -> Iterator[Consequence]:
        is_empty = before.held_repos is not None and not before.held_repos
        for member in self.users:
            if member.role == "admin" or (not is_empty and member.role != "no_access"):
                yield Consequence(Impact.OPENS, gains(member))
            elif not is_empty:
                shut = f"{quoted(member.user)} is kept out of what is in it"
                yield Consequence(Impact.CLOSES_OUT, shut)

    def outcome(self, before: ResourceGroup, after: ResourceGroup) -> str:
        added = ", ".join(f"{member.user} ({member.role})" for member in self.users)
        return f"Added to the resource group {worded(before.name)}: {added}."

    def undo(self, before: ResourceGroup, after: ResourceGroup) -> Change[Any, Any] | None:
        if len(self.users) != 1:
            return None
        return RemoveResourceGroupUser(
            organization=self.organization,
            resource_group_id=self.resource_group_id,
            username=self.users[0].user,
        )


@delete(
    f"{PLACE}/{{resource_group_id}}/users/{{username}}",
    permission="org.write",
    documented=f"DELETE {DOCUMENTED}/{{resourceGroupId}}/users/{{username}}",
    destroys="the place of {username} in the resource group {resource_group_id} of {organization}",
)
class RemoveResourceGroupUser(ChangesGroup):
    """Remove a user from a resource group. Asks a person first."""

    username: Account

    def headline(self, before: ResourceGroup) -> str:
        role = before.role_of(self.username)
        was = f" ({role})" if role in get_args(Role) else ""
        group = f"the resource group {quoted(before.name)} of {quoted(self.organization)}"
        return f"Remove {quoted(self.username)}{was} from {group}?"

    def cost(self, before: ResourceGroup) -> str:
        return "They lose what the group gives; adding them again gives it back."

    def consequences(self, before: ResourceGroup, known: Known) -> Iterator[Consequence]:
        yield Consequence(Impact.DESTROYS, "")
        yield Consequence(Impact.CLOSES_OUT, without_admin(before, self.username))

    def outcome(self, before: ResourceGroup, after: ResourceGroup) -> str:
        return f"Removed {self.username} from the resource group {worded(before.name)}."

    def undo(self, before: ResourceGroup, after: ResourceGroup) -> Change[Any, Any] | None:
        role = before.role_of(self.username)
        if not role:
            return None
        return AddResourceGroupUsers.model_validate(
            {
                "organization": self.organization,
                "resource_group_id": self.resource_group_id,
                "users": [{"user": self.username, "role": role}],
            }
        )


@patch(
    f"{PLACE}/{{resource_group_id}}/users/{{username}}",
    permission="org.write",
    documented=f"PATCH {DOCUMENTED}/{{resourceGroupId}}/users/{{username}}",
    destructive=True,
)
class UpdateResourceGroupUserRole(ChangesGroup):
    """Change a user's role in a resource group. Granting admin asks a person."""

    username: Account
    role: Role

    def headline(self, before: ResourceGroup) -> str:
        group = f"the resource group {quoted(before.name)} of {quoted(self.organization)}"
        return f"Make {quoted(self.username)} {self.role} in {group}?"

    def cost(self, before: ResourceGroup) -> str:
        return "The role can be given back, but what was read or changed meanwhile stays so."

    def consequences(self, before: ResourceGroup, known: Known) -> Iterator[Consequence]:
        was, roles = before.role_of(self.username), get_args(Role)
        if was == self.role:
            return
        line = f"the role was {was if was in roles else 'not known'}"
        if was not in roles or roles.index(self.role) < roles.index(was):
            yield Consequence(Impact.OPENS, line)
        if was not in roles or roles.index(self.role) > roles.index(was):
            yield Consequence(Impact.CLOSES_OUT, line)
            yield Consequence(Impact.CLOSES_OUT, without_admin(before, self.username))
        if self.role == "no_access":
            yield Consequence(Impact.DESTROYS, f"{quoted(self.username)} loses everything the group gives")

    def preview(self, before: ResourceGroup) -> dict[str, tuple[Any, Any]]:
        return {f"role of {self.username}": (before.role_of(self.username), self.role)}

    def undo(self, before: ResourceGroup, after: ResourceGroup) -> Change[Any, Any] | None:
        role = before.role_of(self.username)
        return self.but(role=role) if role else None


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
    documented="POST /api/(models|spaces|datasets)/{namespace}/{repo}/resource-group",
    effect=Effect.CHANGE,
    destructive=True,
    idempotent=True,
    label="Set a repository's resource group",
)
class SetRepoResourceGroup(Change[Repository, PlacedRepository]):
    """Put a repository into a resource group, or take it out with "none". Asks a person: access changes."""

    offers = ("repo_type",)

    repo_id: FullRepoId
    type: RepoType
    resource_group_id: GroupIdOrNone = Field(serialization_alias="resourceGroupId")

    def wire(self) -> dict[str, Any]:
        return {"resourceGroupId": None if self.resource_group_id == "none" else self.resource_group_id}

    def unwrap(self, response: HttpResponse) -> Any:
        return response.json() or {}

    def target(self) -> Endpoint[Repository]:
        return repository(self.type, self.repo_id, fields=["resourceGroup"])

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        now = GetRepoResourceGroup(repo_id=self.repo_id, type=self.type)
        group = self._group()
        return (now, group) if group else (now,)

    def _group(self) -> GetResourceGroup | None:
        """The call that looks at the group it enters; None where it enters none."""
        if self.resource_group_id == "none":
            return None
        with suppress(ValueError):  # a name no organization can have
            owner = self.repo_id.partition("/")[0]
            return GetResourceGroup(organization=owner, resource_group_id=self.resource_group_id)
        return None

    def settled(self, before: Repository) -> Self:
        return self.but(repo_id=before.id)

    def headline(self, before: Repository) -> str:
        group = quoted(self.resource_group_id)
        where = "out of its resource group" if self.resource_group_id == "none" else f"into the group {group}"
        return f"Take the {self.type} {quoted(self.repo_id)} {where}?"

    def cost(self, before: Repository) -> str:
        return "Who can reach it changes at once. It can be put back, but what was read meanwhile stays so."

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        is_in = before.field("resourceGroup")
        if is_object(is_in) and is_in.get("id") == self.resource_group_id:
            return
        left = f"it leaves the group {quoted(str(is_in.get('name')), NAME_SHOWN)}" if is_object(is_in) else ""
        yield Consequence(Impact.MOVES, left)
        if self.resource_group_id == "none":
            yield Consequence(Impact.OPENS, "the organization's own roles decide who reaches it")
            yield Consequence(Impact.CLOSES_OUT, "whom only its group let in loses access")
        else:
            yield Consequence(Impact.OPENS, "all users of that group reach it, by their roles there")
            yield Consequence(Impact.CLOSES_OUT, "nobody else does, but admins of the organization")

    def facts(self, before: Repository, known: Known) -> tuple[str, ...]:
        now = known.of(GetRepoResourceGroup(repo_id=self.repo_id, type=self.type))
        group = self._group()
        enters = known.of(group) if group else None
        unknown = ("the group that it enters could not be looked at",) if group and not enters else ()
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
    "/api/{type}s/{repo_id}/resource-group",
    permission="org.read",
    documented="GET /api/(models|spaces|datasets)/{namespace}/{repo}/resource-group",
    label="Get a repository's resource group",
)
class GetRepoResourceGroup(Lookup[GroupOfRepository]):
    """The resource group a repository is in."""

    unannounced = RARELY_CUT

    offers = ("repo_type",)

    repo_id: FullRepoId
    type: RepoType

    def from_http(self, response: HttpResponse) -> GroupOfRepository:
        try:
            return super().from_http(response)
        except Missing as missing:
            if missing.status == 404 and "x-error-code" not in response.headers:
                return GroupOfRepository.of(None)
            raise
