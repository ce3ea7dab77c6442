"""Who can read and write which repositories of an organization, and why: by roles and resource groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Page, clean
from hub_mcp.catalogue.collections.collection_item import Item, read_item
from hub_mcp.catalogue.composed import Composed
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import Account, Owner, Word
from hub_mcp.catalogue.groups.resource_groups import ListResourceGroups, ResourceGroup, ResourceGroups
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.listing import Listing, next_link
from hub_mcp.catalogue.organizations.access_table import group_in, table_of
from hub_mcp.catalogue.organizations.organizations import ListOrganizationMembers, Person
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.catalogue.repos.datasets import ListDatasets
from hub_mcp.catalogue.repos.models import ListModels
from hub_mcp.catalogue.repos.repository import ListRepositories, Repository, repository
from hub_mcp.catalogue.repos.spaces import ListSpaces
from hub_mcp.catalogue.stakes import Known
from hub_mcp.errors import MissingRepository

MOST = 1_000  # members, and repositories of each type, to read
NAMED = 20  # people and repositories to name on a line
COLUMNS = ["private", "gated", "resourceGroup"]
MAY = {  # what roles allow, in decreasing order
    "admin": "write",
    "write": "write",
    "contributor": "write_what_they_made",
    "read": "read",
}
RULE = "Writers can also read. In a group, its roles replace the organization's, except admins'."


@dataclass(frozen=True)
class Access(Answer):
    """Members of an organization with their roles and, once everything is read, their access.

    Attributes:
        more: whether there are more members than were read.
        answer: the answer, once everything is read.
        table: the same as a table for people.
    """

    members: tuple[Person, ...]
    more: bool = False
    answer: Mapping[str, Any] = field(default_factory=dict[str, Any])
    table: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def roles(self) -> dict[str, str]:
        """The role of each member; "" if the Hub does not say."""
        return {one.user: one.role or "" for one in self.members}

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return dict(clean(self.answer or {"roles": self.roles}))


@get("/api/organizations/{organization}/members", permission="org.read")
class GetAccess(Composed[Access]):
    """Who can read and write an organization's repositories, or one of them, and why."""

    in_area = "organizations"
    at = "organizations/{organization}/access"

    organization: Owner
    repository: Annotated[Word | None, Field(description="only this one, as in models/name")] = None
    user: Account | None = Field(default=None, description="only what this person can do")

    @model_validator(mode="after")
    def _repository_of_it(self) -> Self:
        self.asked()
        return self

    def asked(self) -> Item | None:
        """The single requested repository; None for all.

        Raises:
            ValueError: it is not a repository of the organization.
        """
        if self.repository is None:
            return None
        item = Item.model_validate(read_item(self.repository))
        if item.type not in ("model", "dataset", "space"):
            raise ValueError(f"{self.repository[:60]!r} is not a model, dataset or Space")
        owner, _, name = item.id.rpartition("/")
        if owner.lower() not in ("", self.organization.lower()):
            raise ValueError(f"{self.repository[:60]!r} does not belong to {self.organization}")
        return item if owner else item.model_copy(update={"id": f"{self.organization}/{name}"})

    def payload(self) -> dict[str, Any]:
        return {"limit": MOST}

    def from_http(self, response: HttpResponse) -> Access:
        self.refuse_errors(response)
        page = ListOrganizationMembers.model_validate(self._whole()).from_http(response)
        return Access(page.items, bool(next_link(response.headers.get("link", ""))))

    def about(self) -> Endpoint[Repository] | None:
        """The call that reads the single repository; None for all."""
        if not (item := self.asked()):
            return None
        fields = [one for one in COLUMNS if item.type != "space" or one != "gated"]
        return repository(item.type, item.id, fields)

    def beside(self, answer: Access) -> Sequence[Endpoint[Answer]]:
        groups: Endpoint[Answer] = ListResourceGroups(organization=self.organization)
        if one := self.about():
            return (one, groups, Whoami())
        return (groups, Whoami(), *self._listings())

    def _listings(self) -> tuple[Listing[Any], ...]:
        kinds: tuple[type[ListRepositories[Any]], ...] = (ListModels, ListDatasets, ListSpaces)
        return tuple(
            kind.model_validate(
                {
                    "author": self.organization,
                    "columns": [one for one in COLUMNS if one in kind.expandable],
                    "limit": MOST,
                }
            )
            for kind in kinds
        )

    def _whole(self) -> dict[str, Any]:
        return {"organization": self.organization, "limit": MOST}

    def joined(self, answer: Access, known: Known) -> Access:
        groups = known.of(ListResourceGroups(organization=self.organization))
        seen = AccessFacts(self, answer, groups, known)
        said = seen.of_one(one) if (one := self.about()) else seen.of_all(self._listings())
        return Access(answer.members, answer.more, {**said, "rule": RULE, **seen.missing()}, seen.table())


class AccessFacts:
    """What was read about an organization, and the access that follows from it."""

    def __init__(self, call: GetAccess, access: Access, groups: ResourceGroups | None, known: Known) -> None:
        self._organization = call.organization
        self._user = (call.user or "").lower()
        self._roles = access.roles
        self._groups = groups.groups if groups else ()
        self._repositories: Sequence[Repository] = ()
        self._known = known
        self._unseen = [] if groups else ["resource groups (they could not be read)"]
        if access.more:
            self._unseen.append(f"members beyond the first {MOST:,}")
        if not any(self._roles.values()):
            self._unseen.append("roles of members, which are shown to members only")
        identity = known.of(Whoami())
        role = next(
            (
                one.get("roleInOrg")
                for one in (identity.orgs if identity else None) or ()
                if str(one.get("name")).lower() == call.organization.lower()
            ),
            None,
        )
        if role != "admin" and groups:
            self._unseen.append("resource groups that you are not in: only admins see all")

    def missing(self) -> dict[str, str]:
        """What could not be read, so that nobody takes the answer as complete."""
        return {"not_seen": "; ".join(self._unseen)} if self._unseen else {}

    def table(self) -> dict[str, Any]:
        """Everything by people and repositories."""
        return table_of(self._roles, self._repositories, self._groups)

    def of_one(self, call: Endpoint[Repository]) -> dict[str, Any]:
        """Who can do what with one repository.

        Raises:
            MissingRepository: it is missing or hidden.
        """
        found = self._known.of(call)
        if found is None:
            raise MissingRepository(f"T{call.subject[1:]} does not exist, or is hidden from you.")
        self._repositories = [found]
        group_id = group_in(found)
        group = next((one for one in self._groups if one.hub_id and one.hub_id == group_id), None)
        if group_id and group is None:
            self._unseen.append("the resource group that it is in")
        name = f", in the group {group.name}" if group else ", in a group" if group_id else ", in no group"
        said: dict[str, Any] = {"repository": f"{found.kind} {found.id}: {_shown(found)}{name}"}
        people = self._people(group, closed=bool(group_id), few=False)
        if self._user:
            said["user"] = self._who()
            people = people or {"may": "nothing beyond what everyone may"}
        return {**said, **people, **_outsiders([found])}

    def of_all(self, listings: Sequence[Listing[Any]]) -> dict[str, Any]:
        """Who can do what, in each group and outside groups."""
        found: list[Repository] = []
        for listing in listings:
            page = self._known.of(listing)
            if not isinstance(page, Page):
                self._unseen.append(f"its {type(listing).area}")
                continue
            found += page.items
            if page.next_cursor or page.left_out:
                self._unseen.append(f"some of its {type(listing).area}")
        self._repositories = found
        known = {one.hub_id for one in self._groups if one.hub_id}
        hidden = [one for one in found if (at := group_in(one)) and at not in known]
        if hidden:
            self._unseen.append(f"who reaches {_names(_named(one) for one in hidden)}")
        loose = [_named(one) for one in found if not group_in(one)]
        said: dict[str, Any] = {"organization": self._organization}
        if self._user:
            said["user"] = self._who()
        admins = [user for user in self._of("admin") if not self._user or user.lower() == self._user]
        if admins:
            said["admins"] = f"{_names(admins)}: write everything"
        places = [{"in": "no group", **self._holds(loose), **self._people(None)}]
        for group in self._groups:
            held = self._holds(group.named_resources)
            places.append({"in": f"group {group.name}", **held, **self._people(group)})
        said["places"] = [place for place in places if len(place) > 2 or not self._user]
        return {**said, **_outsiders(found)}

    def _holds(self, names: Sequence[str]) -> dict[str, str]:
        """The names of resources, without the organization's prefix."""
        if len(names) > NAMED:
            return {"holds": f"{len(names):,} repositories, buckets and collections"}
        own = f" {self._organization}/".lower()
        short = (
            one[: at + 1] + one[at + len(own) :] if (at := one.lower().find(own)) >= 0 else one
            for one in names
        )
        return {"holds": _names(short) or "nothing"}

    def _who(self) -> str:
        role = next((role for user, role in self._roles.items() if user.lower() == self._user), None)
        if role is None:
            near = ", ".join(get_close_matches(self._user, self._roles))
            return f"{self._user}: no member that is shown{f'; there are: {near}' if near else ''}"
        return f"{self._user}: {role or 'role not known'} in the organization"

    def _of(self, role: str) -> list[str]:
        return [user for user, one in self._roles.items() if one == role]

    def _people(
        self, group: ResourceGroup | None, *, closed: bool = False, few: bool = True
    ) -> dict[str, str]:
        """Who may do what in a group or outside groups, by role.

        Args:
            closed: whether it is in a group, visible or not, so that the organization's roles do not apply.
            few: leave out the organization's admins, who are listed elsewhere.
        """
        may: dict[str, list[str]] = {what: [] for what in MAY.values()}
        for user, role, why in self._rights(group, closed=closed):
            if role not in MAY or (few and why == "" and role == "admin"):
                continue
            if not self._user or user.lower() == self._user:
                by = f"{role} in {why}" if why else f"{role} of the organization"
                if few and not self._user:
                    by = role if role != MAY[role] and role == "admin" else ""
                may[MAY[role]].append(f"{user} ({by})" if by else user)
        return {what: _names(users) for what, users in may.items() if users}

    def _rights(self, group: ResourceGroup | None, *, closed: bool) -> Iterator[tuple[str, str, str]]:
        """Each person's role, and the group that gives it; "" for the organization."""
        for user in self._of("admin"):
            yield user, "admin", ""
        admins = {one.lower() for one in self._of("admin")}
        if group:
            for one in group.users or ():
                user = str(one.get("name") or "")
                if user and user.lower() not in admins:
                    yield user, str(one.get("role") or ""), group.name
        elif not closed:
            for user, role in self._roles.items():
                if role != "admin":
                    yield user, role, ""


def _shown(repo: Repository) -> str:
    gate = f", gated ({repo.gate})" if repo.gate in ("auto", "manual") else ""
    return f"{repo.visibility or ('visibility not known' if repo.private is None else 'not private')}{gate}"


def _named(repo: Repository) -> str:
    return f"{repo.kind} {repo.id}{' (private)' if repo.private else ''}"


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - NAMED:,} more" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more


def _outsiders(repos: Sequence[Repository]) -> dict[str, str]:
    """The repositories that everybody can read."""
    public = [one for one in repos if one.private is False]
    gated = [one.id for one in public if one.gate in ("auto", "manual")]
    if not public:
        return {"everyone": "nothing"}
    what = "reads it" if len(repos) == 1 else f"reads the {len(public):,} that are not private"
    return {"everyone": f"{what}{f'; these only on request: {_names(gated)}' if gated else ''}"}
