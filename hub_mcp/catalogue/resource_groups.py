"""Resource groups of an organization: who can reach which of its repositories (Team plan or above)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Done, Record, clean
from hub_mcp.catalogue.change import Change, Nothing, Stakes, delete, facts_of, patch, post, quoted
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.http import Effect, HttpResponse
from hub_mcp.catalogue.repository import Repository, repository
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

DOCUMENTED = "/api/organizations/{name}/resource-groups"
PLACE = "/api/organizations/{organization}/resource-groups"
SOME = 50  # users and repositories an answer names


class AutoJoin(Part):
    """Whether members of the organization join by themselves, and as what."""

    enabled: bool
    role: Role | None = None
    scope: Literal["all", "read_plus"] | None = None

    @model_validator(mode="after")
    def _role_when_enabled(self) -> Self:
        if self.enabled and not self.role:
            raise ValueError("auto_join needs a role when it is enabled")
        if not self.enabled and (self.role or self.scope):
            raise ValueError("auto_join takes role and scope only when it is enabled")
        return self


class SpendLimits(Part):
    """Limits in cents; -1 removes one."""

    total: int | None = Field(None, ge=-1)
    inference_providers: int | None = Field(None, ge=-1, serialization_alias="inferenceProviders")
    spaces: int | None = Field(None, ge=-1)
    jobs: int | None = Field(None, ge=-1)
    endpoints: int | None = Field(None, ge=-1)


class ResourceGroup(Record):
    """A resource group with its users and what they can reach."""

    noun = "resource group"
    shown = ("id", "name", "description", "autoJoin", "spendLimits")

    hub_id: str | None = Field(None, alias="id")
    name: str
    description: str | None = None
    auto_join: dict[str, Any] | None = Field(None, alias="autoJoin")
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
        users = [f"{one.get('name')} ({one.get('role')})" for one in self.users or ()]
        held = [
            f"{one.get('type')} {one.get('name') or one.get('slug') or one.get('id')}"
            f"{' (private)' if one.get('private') else ''}"
            for one in self.resources or self.repos or ()
        ]
        said: dict[str, Any] = dict(super().content(fields))
        for name, all_of_them in (("users", users), ("resources", held)):
            if all_of_them:
                said[name] = clean(all_of_them[:SOME])
            if len(all_of_them) > SOME:
                said[f"{name}_in_all"] = len(all_of_them)
        return said

    def facts(self) -> tuple[str, ...]:
        resources = self.resources or self.repos or []
        names = ", ".join(str(one.get("name") or one.get("slug") or one.get("id")) for one in resources[:5])
        held = f"{len(resources):,} repositories and collections: {names}" if resources else "nothing in it"
        joins = (
            f"members join by themselves as {(self.auto_join or {}).get('role')}"
            if self.joins_by_itself
            else ""
        )
        lines = (
            f"resource group {self.name} ({self.identity})",
            f"{len(self.users or ()):,} users",
            held,
            joins,
        )
        return tuple(clean(line, 300) for line in lines if line)


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
        rows = []
        for group in self.groups:
            row = {key: one for key, one in group.content().items() if key not in ("users", "resources")}
            counts = {"users": len(group.users or ()), "resources": len(group.resources or group.repos or ())}
            rows.append({**row, **counts})
        return {"items": rows}


@get(PLACE, permission="org.read", documented=f"GET {DOCUMENTED}")
class ListResourceGroups(Endpoint[ResourceGroups]):
    """All resource groups of an organization that you may see."""

    organization: Owner


@get(
    f"{PLACE}/{{resource_group_id}}",
    permission="org.read",
    documented=f"GET {DOCUMENTED}/{{resourceGroupId}}",
)
class GetResourceGroup(Endpoint[ResourceGroup]):
    """A resource group: users, roles, repositories, auto-join."""

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


class ChangesGroup(ActsOnGroup[ResourceGroup]):
    """A change to one resource group that is answered with the group as it then is."""


def grants_admin(users: Sequence[Member]) -> list[str]:
    return [member.user for member in users if member.role == "admin"]


def auto_join_lines(auto_join: AutoJoin, organization: str) -> str:
    whom = "with at least the read role " if auto_join.scope == "read_plus" else ""
    return f"every present and future member of {organization} {whom}joins at once as {auto_join.role}"


@post(PLACE, permission="org.write", documented=f"POST {DOCUMENTED}")
class CreateResourceGroup(Change[Nothing, ResourceGroup]):
    """Create a resource group. Auto-join or an admin among its users asks a person first."""

    offers = ("autoJoin",)

    organization: Owner
    name: FreeText = Field(min_length=1, max_length=200)
    description: FreeText | None = Field(None, max_length=500)
    users: list[Member] | None = None
    repos: list[RepoRef] | None = None
    auto_join: AutoJoin | None = Field(None, serialization_alias="autoJoin")

    def stakes(self, before: Nothing, context: Sequence[Answer] = ()) -> Stakes | None:
        admins = grants_admin(self.users or ())
        lines = [f"{', '.join(admins)} can then change the group and everything in it"] if admins else []
        if self.auto_join and self.auto_join.enabled:
            lines.append(auto_join_lines(self.auto_join, self.organization))
        if not lines:
            return None
        held = (
            [f"in it: {', '.join(f'{one.type} {one.name}' for one in self.repos[:5])}"] if self.repos else []
        )
        return Stakes(
            headline=f"Create the resource group {self.name!r} in {self.organization}?",
            facts=(*lines, *held),
            cost="The group can be deleted again; members whom auto-join brought in stay until then.",
        )

    def outcome(self, before: Nothing, after: ResourceGroup) -> str:
        return f"Created the resource group {quoted(after.name)} ({after.identity}) in {self.organization}."

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

    name: FreeText | None = Field(None, min_length=1, max_length=200)
    description: FreeText | None = Field(None, max_length=500)
    spend_limits: SpendLimits | None = Field(
        None, description="cents; -1 removes one", serialization_alias="spendLimits"
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

    def stakes(self, before: ResourceGroup, context: Sequence[Answer] = ()) -> Stakes | None:
        if not self.auto_join.enabled:
            return None
        return Stakes(
            headline=f"Turn on auto-join in {self.subject}: "
            f"{auto_join_lines(self.auto_join, self.organization)}?",
            facts=facts_of(before, context),
            cost="Turning it off later removes nobody whom it brought in.",
        )

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

    def stakes(self, before: ResourceGroup, context: Sequence[Answer] = ()) -> Stakes | None:
        name = before.name
        return Stakes(
            headline=f"Delete the resource group {name} of {self.organization}?",
            facts=facts_of(before, context),
            cost="Its users lose their roles; the organization's own roles decide who sees its repositories. "
            "This cannot be undone.",
            retype=name,
        )

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

    def stakes(self, before: ResourceGroup, context: Sequence[Answer] = ()) -> Stakes | None:
        admins = grants_admin(self.users)
        if not admins:
            return None
        return Stakes(
            headline=f"Make {', '.join(admins)} admin of {self.subject}?",
            facts=facts_of(before, context),
            cost="An admin can change the group, its users and everything in it.",
        )

    def outcome(self, before: ResourceGroup, after: ResourceGroup) -> str:
        added = ", ".join(f"{member.user} ({member.role})" for member in self.users)
        return f"Added to the resource group {quoted(before.name)}: {added}."

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
    destroys="{username}'s place in the resource group {resource_group_id} of {organization}",
)
class RemoveResourceGroupUser(ChangesGroup):
    """Remove a user from a resource group. Asks a person first."""

    username: Account

    def stakes(self, before: ResourceGroup, context: Sequence[Answer] = ()) -> Stakes | None:
        role = before.role_of(self.username)
        return Stakes(
            headline=f"Remove {self.username}{f' ({role})' if role else ''} from {self.subject}?",
            facts=facts_of(before, context),
            cost=f"{self.username} loses what the group gives; adding them again gives it back.",
        )

    def outcome(self, before: ResourceGroup, after: ResourceGroup) -> str:
        return f"Removed {self.username} from the resource group {quoted(before.name)}."

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

    def stakes(self, before: ResourceGroup, context: Sequence[Answer] = ()) -> Stakes | None:
        role = before.role_of(self.username)
        if self.role != "admin" or role == "admin":
            return None
        return Stakes(
            headline=f"Make {self.username}{f' ({role})' if role else ''} admin of {self.subject}?",
            facts=facts_of(before, context),
            cost="An admin can change the group, its users and everything in it.",
        )

    def preview(self, before: ResourceGroup) -> dict[str, tuple[Any, Any]]:
        return {f"role of {self.username}": (before.role_of(self.username), self.role)}

    def undo(self, before: ResourceGroup, after: ResourceGroup) -> Change[Any, Any] | None:
        role = before.role_of(self.username)
        return self.but(role=role) if role else None


class GroupOfRepository(Record):
    """The resource group a repository is in; an empty answer means none."""

    noun = "resource group of a repository"
    shown = ("id", "name", "numUsers")

    hub_id: str | None = Field(None, alias="id")
    name: str | None = None

    @classmethod
    def of(cls, value: Any) -> Self:
        return super().of(
            value or {}
        )  # the Hub's answer for "none" is not documented: 404, null and {} all mean it

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return super().content(fields) or {"resource_group": "none"}

    def facts(self) -> tuple[str, ...]:
        return (
            f"now in the resource group {clean(self.name)} ({self.hub_id})"
            if self.hub_id
            else "now in no resource group",
        )


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

    def context(self) -> Sequence[Endpoint[Answer]]:
        now = GetRepoResourceGroup(repo_id=self.repo_id, type=self.type)
        if self.resource_group_id == "none":
            return (now,)
        owner = self.repo_id.partition("/")[0]
        try:
            return (now, GetResourceGroup(organization=owner, resource_group_id=self.resource_group_id))
        except ValueError:
            return (now,)  # a name no organization can have

    def settled(self, before: Repository) -> Self:
        return self.but(repo_id=before.id)

    def stakes(self, before: Repository, context: Sequence[Answer] = ()) -> Stakes | None:
        leaving = self.resource_group_id == "none"
        what = "out of its resource group" if leaving else f"into the resource group {self.resource_group_id}"
        return Stakes(
            headline=f"Take the {self.type} {self.repo_id} {what}?",
            facts=(
                *before.facts(),
                *(fact for answer in context for fact in answer.facts()),
            ),
            cost="Who can reach it changes at once: "
            + (
                "the organization's own roles count again."
                if leaving
                else "only the users of that group, by their roles there."
            ),
        )

    def outcome(self, before: Repository, after: PlacedRepository) -> str:
        was = before.field("resourceGroup")
        group = quoted(was.get("name") or was.get("id")) if isinstance(was, dict) else "none"
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
class GetRepoResourceGroup(Endpoint[GroupOfRepository]):
    """The resource group a repository is in."""

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
