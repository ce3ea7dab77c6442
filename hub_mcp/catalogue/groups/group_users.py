"""The users of a resource group: adding, removing, and their roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import Field

from hub_mcp.catalogue.change import Change, delete, patch, post, worded
from hub_mcp.catalogue.fields.vocabulary import Account, Member, Role
from hub_mcp.catalogue.groups.group_changes import ChangesGroup, gains
from hub_mcp.catalogue.groups.resource_groups import PLACE, ResourceGroup
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted


def without_admin(group: ResourceGroup, user: str) -> str:
    """The warning that the group would have no admin left; "" if one is left, or the user is not an admin."""
    if group.role_of(user) in get_args(Role) and group.role_of(user) != "admin":
        return ""
    alone = group.is_only_admin(user)
    if alone is None:
        return "whether the group keeps an admin is not known"
    return f"{quoted(user)} is its last admin: nobody in the group can change it then" if alone else ""


@post(f"{PLACE}/{{resource_group_id}}/users", permission="org.write")
class AddResourceGroupUsers(ChangesGroup):
    """Add users to a resource group; fails whole if one is in it already. Granting admin asks a person."""

    reversal = "They can be removed again, but what they read or changed by then cannot be undone."

    users: list[Member] = Field(min_length=1)

    def headline(self, before: ResourceGroup) -> str:
        return f"Add users to the resource group {quoted(before.name)} of {quoted(self.organization)}?"

    def consequences(self, before: ResourceGroup, known: Known) -> Iterator[Consequence]:
        is_empty = before.held_repos is not None and not before.held_repos
        for member in self.users:
            if member.role == "admin" or (not is_empty and member.role != "no_access"):
                yield Consequence(Impact.OPENS, gains(member))
            elif not is_empty:
                shut = f"{quoted(member.user)} has no access to what is in it"
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
    destroys="the place of {username} in the resource group {resource_group_id} of {organization}",
)
class RemoveResourceGroupUser(ChangesGroup):
    """Remove a user from a resource group. Asks a person first."""

    reversal = "They lose what the group gives; adding them again gives it back."

    username: Account

    def headline(self, before: ResourceGroup) -> str:
        role = before.role_of(self.username)
        was = f" ({role})" if role in get_args(Role) else ""
        group = f"the resource group {quoted(before.name)} of {quoted(self.organization)}"
        return f"Remove {quoted(self.username)}{was} from {group}?"

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


@patch(f"{PLACE}/{{resource_group_id}}/users/{{username}}", permission="org.write", destructive=True)
class UpdateResourceGroupUserRole(ChangesGroup):
    """Change a user's role in a resource group. Granting admin asks a person."""

    reversal = "The role can be restored, but what was read or changed by then cannot be undone."

    username: Account
    role: Role

    def headline(self, before: ResourceGroup) -> str:
        group = f"the resource group {quoted(before.name)} of {quoted(self.organization)}"
        return f"Make {quoted(self.username)} {self.role} in {group}?"

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
