"""Resource groups of an organization: who can reach which of its repositories (Team plan or above)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Record, clean, counted, is_object
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import ObjectId, Owner, Part, Role
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.errors import UnexpectedAnswer
from hub_mcp.text import quoted

PLACE = "/api/organizations/{organization}/resource-groups"
SOME = 50  # users and repositories to name in an answer
NAMED = 100  # users and repositories to name in a listing, for all groups together
FEW = 5  # resources to name in a question
NAME_SHOWN = 100  # characters of a name in a fact


class AutoJoin(Part):
    """Whether members of the organization join automatically, and with which role."""

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
    """A resource group with its users and resources."""

    noun = "resource group"
    shown = ("id", "name", "description", "autoJoin", "spendLimits")

    hub_id: str | None = Field(default=None, alias="id")
    name: str
    description: str | None = None
    auto_join: dict[str, Any] | None = Field(default=None, alias="autoJoin")
    users: list[dict[str, Any]] | None = None
    resources: list[dict[str, Any]] | None = None
    repos: list[dict[str, Any]] | None = None  # the documented and former name of the resources

    @property
    def joins_by_itself(self) -> bool:
        return bool((self.auto_join or {}).get("enabled"))

    def role_of(self, user: str) -> str:
        """The user's role in the group; "" for a non-member."""
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
        """Its users and resources, in words."""
        named = {"users": self.named_users, "resources": self.named_resources}
        return {name: clean(one) for name, one in named.items() if one}

    @property
    def named_users(self) -> list[str]:
        """Its users with their roles."""
        return [f"{one.get('name')} ({one.get('role')})" for one in self.users or ()]

    @property
    def named_resources(self) -> list[str]:
        """Its resources, each with its type and whether it is private."""
        return [
            f"{one.get('type')} {_name_of(one)}{' (private)' if one.get('private') else ''}"
            for one in self.held_repos or ()
        ]

    @property
    def held_repos(self) -> list[dict[str, Any]] | None:
        """The repositories and collections in it; None if the Hub does not say."""
        return self.resources if self.resources is not None else self.repos

    @property
    def limits(self) -> dict[str, Any]:
        """Spend limits by the Hub's names; missing ones are unknown."""
        said = self.field("spendLimits")
        return said if is_object(said) else {}

    def is_only_admin(self, user: str) -> bool | None:
        """Whether nobody else is an admin of it; None if the Hub does not say."""
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
            lines.append(f"members join automatically as {role}")
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
            users, held = group.named_users, group.named_resources
            inside = {
                name: named if few and named else len(named)
                for name, named in (("users", users), ("resources", held))
            }
            rows.append({**row, **clean(inside)})
        return {"items": rows}


@get(PLACE, permission="org.read")
class ListResourceGroups(Lookup[ResourceGroups]):
    """All resource groups you may see; when few, with their users, roles and repositories."""

    unlisted = RARELY_CUT

    organization: Owner


@get(f"{PLACE}/{{resource_group_id}}", permission="org.read")
class GetResourceGroup(Lookup[ResourceGroup]):
    """A resource group: users, roles, repositories. For these its roles replace the organization's."""

    organization: Owner
    resource_group_id: ObjectId
