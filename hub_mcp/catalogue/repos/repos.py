"""Creating and deleting repositories, and changing their settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from hub_mcp.catalogue.answers import Answer, Done, Record, counted
from hub_mcp.catalogue.change import Change, Nothing, delete, linked, post, put, worded
from hub_mcp.catalogue.collections.collection_reads import in_collections
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.identifiers import refuse_unseen
from hub_mcp.catalogue.fields.vocabulary import FullRepoId, ObjectId, Part, RepoId, RepoType, Visibility, Word
from hub_mcp.catalogue.http import HttpRequest
from hub_mcp.catalogue.repos.repository import Repository, repository_weighed
from hub_mcp.catalogue.repos.repository_change import ActsOnRepository
from hub_mcp.catalogue.space_runtime.hardware_costs import ListSpaceHardware, costs_of_new
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted

WIDER = ("private", "protected", "public")  # who can see it, in increasing order
WHO_SEES = {
    "private": "only its owner and those let in",
    "protected": "everyone can use the app, but its files stay hidden",
    "public": "everyone",
}


def split(repo_id: str) -> dict[str, str]:
    """The id as in the Hub's bodies: name, and organization (which may be the user), if any."""
    owner, _, name = repo_id.rpartition("/")
    return {"name": name, **({"organization": owner} if owner else {})}


class Created(Record):
    """A new repository."""

    noun = "new repository"
    shown = ("id", "url")

    name: str
    url: str | None = None

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {"repo_id": self.name, **super().content(("url",))}


class File(Part):
    """A small text file to begin with."""

    path: Annotated[Word, AfterValidator(refuse_unseen)]
    content: str
    encoding: Literal["utf-8", "base64"] | None = None


class Variable(Part):
    """A public variable of a Space."""

    key: str = Field(pattern=r"^[a-zA-Z][_a-zA-Z0-9]*$")
    value: str
    description: str | None = None


OF_SPACES = (
    "sdk", "template", "short_description", "sdk_version", "dev_mode_enabled", "hardware",
    "sleep_time_seconds", "variables",
)  # fmt: skip


def without_what_spaces_have(values: Any, info: ValidationInfo) -> Any:
    """Drop arguments only for Spaces if they are zero or false, or if the host filled in every argument.

    A host with strict schemas always fills in every argument, so it has to pick an `sdk` for a model too.
    """
    if not isinstance(values, dict) or values.get("type") == "space":
        return values
    filled_in = (info.context or {}).get("filled_in")
    return {
        name: one
        for name, one in values.items()
        if name not in OF_SPACES or not (filled_in or one in (0, False))
    }


def refuse_what_spaces_have(call: Endpoint[Any]) -> None:
    """Raise a ValueError that names the arguments only for Spaces, for a call on another repository."""
    odd = [f"`{name}`" for name in OF_SPACES if getattr(call, name, None) is not None]
    if odd:
        it = "it is" if len(odd) == 1 else "they are"
        raise ValueError(f"leave out {' and '.join(odd)}: {it} for a space, or say `type`: space")


@post("/api/repos/create", permission="repo.write", label="Create repository")
class CreateRepo(Change[Nothing, Created]):
    """Create a repository, yours unless repo_id names an owner. Public unless you say private."""

    covers = ("name", "organization", "private")  # covered by repo_id and visibility
    reversal = "It can be deleted again; what was spent, run or read by then cannot be undone."

    repo_id: RepoId
    type: RepoType
    visibility: Visibility | None = None
    sdk: Literal["gradio", "docker", "static"] | None = Field(default=None, description="needed for a space")
    license: Word | None = None
    license_name: Word | None = None
    license_link: Word | None = None
    region: Literal["us", "eu"] | None = None
    resource_group_id: ObjectId | None = Field(default=None, serialization_alias="resourceGroupId")
    files: list[File] | None = None
    template: Word | None = None
    short_description: Word | None = Field(default=None, max_length=60)
    sdk_version: Word | None = Field(default=None, serialization_alias="sdkVersion")
    dev_mode_enabled: bool | None = Field(default=None, serialization_alias="devModeEnabled")
    hardware: Word | None = Field(default=None, description="beyond cpu-basic costs money")
    sleep_time_seconds: int | None = Field(default=None, ge=-1, serialization_alias="sleepTimeSeconds")
    variables: list[Variable] | None = None

    _filled_in = model_validator(mode="before")(without_what_spaces_have)

    @model_validator(mode="after")
    def _fits_the_type(self) -> Self:
        if self.type == "space" and not self.sdk:
            raise ValueError("a space needs `sdk`: gradio, docker or static")
        if self.type != "space":
            refuse_what_spaces_have(self)
        if self.visibility == "protected" and self.type != "space":
            raise ValueError("only a space can be protected")
        return self

    def payload(self) -> dict[str, Any]:
        sent = super().payload()
        return {**split(sent.pop("repo_id")), **sent}

    def needs(self, before: Nothing) -> Sequence[Endpoint[Answer]]:
        return (ListSpaceHardware(),) if self.hardware else ()

    def headline(self, before: Nothing) -> str:
        return f"Create the {self.type} {quoted(self.repo_id)}?"

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        yield from costs_of_new(known, self.hardware, self.sleep_time_seconds)
        if self.files and self.visibility != "private":
            yield Consequence(Impact.OPENS, f"everyone can read its {counted(len(self.files), 'file')}")
        if self.variables and self.visibility != "private":
            yield Consequence(Impact.OPENS, "everyone can read its variables")
        if self.resource_group_id:
            group = quoted(self.resource_group_id)
            yield Consequence(Impact.OPENS, f"the users of the resource group {group} reach it")
        if self.type == "space" and self.sdk != "static" and (self.files or self.template):
            yield Consequence(Impact.RUNS, "its code runs on the Hub's machines at once")
        if self.dev_mode_enabled:
            yield Consequence(Impact.RUNS, "whoever may write to it can run commands in it (dev mode)")

    def outcome(self, before: Nothing, after: Created) -> str:
        kind = f"{self.visibility or 'public'} {self.type}"
        return f"Created the {kind} {worded(after.name, 200)}{linked(after.url)}."

    def undo(self, before: Nothing, after: Created) -> Change[Any, Any] | None:
        return DeleteRepo(repo_id=after.name, type=self.type)


@delete(
    "/api/repos/delete",
    permission="repo.write",
    destroys="the {type} {repo_id}, with all its files, discussions and history",
    retype="repo_id",
    label="Delete repository",
)
class DeleteRepo(ActsOnRepository[Done]):
    """Delete a repository for good. A person is asked to type its name."""

    covers = ("name", "organization")

    def to_http(self, base: str) -> HttpRequest:
        return HttpRequest("DELETE", base + self.real_path(), {"type": self.type, **split(self.repo_id)})

    def target(self) -> Endpoint[Repository]:
        return repository_weighed(self.type, self.repo_id)

    def context(self) -> Sequence[Endpoint[Answer]]:
        return (in_collections(self.type, self.repo_id),)


@put(
    "/api/{type}s/{repo_id}/settings",
    permission="repo.write",
    documented="PUT /api/repos/{repo_type}/{repo_id}/settings",
    destructive=True,
    label="Update repository settings",
)
class UpdateRepoSettings(ActsOnRepository[Done]):
    """Change who can see a repository, gating, discussions. Making it more public asks a person."""

    covers = ("repo_type", "private", "gated")
    reversal = "It can be changed back, but what was read, copied or sent by then cannot be taken back."

    repo_id: FullRepoId
    visibility: Visibility | None = None
    gated: Literal["auto", "manual", "false"] | None = Field(default=None, description="false: open to all")
    org_members_gated: bool | None = Field(default=None, serialization_alias="orgMembersGated")
    gated_notifications_email: Word | None = Field(
        default=None, serialization_alias="gatedNotificationsEmail"
    )
    gated_notifications_mode: Literal["bulk", "real-time"] | None = Field(
        default=None, serialization_alias="gatedNotificationsMode"
    )
    discussions_disabled: bool | None = Field(default=None, serialization_alias="discussionsDisabled")
    discussions_sorting: Literal["recently-created", "trending", "reactions"] | None = Field(
        default=None, serialization_alias="discussionsSorting"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set - {"repo_id", "type"}:
            raise ValueError("name at least one setting to change")
        if self.visibility == "protected" and self.type != "space":
            raise ValueError("only a space can be protected")
        return self

    def payload(self) -> dict[str, Any]:
        sent = super().payload()
        if self.gated == "false":
            sent["gated"] = False
        return sent

    def headline(self, before: Repository) -> str:
        return f"Change who can reach, or is told of, the {self.type} {quoted(self.repo_id)}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        """What the Hub does not say counts as whatever makes the setting matter most."""
        if self.visibility and self.visibility != before.visibility:
            seen = before.visibility or "not known"
            line = f"{seen} → {self.visibility}: {WHO_SEES[self.visibility]} can see it"
            at = [WIDER.index(one) for one in ([before.visibility] if before.visibility else WIDER)]
            if max(at) > WIDER.index(self.visibility):
                yield Consequence(Impact.CLOSES_OUT, line)
            if min(at) < WIDER.index(self.visibility):
                yield Consequence(Impact.OPENS, line)
        yield from self._gate(before.gate)
        if self.org_members_gated is not None and self.org_members_gated is not before.field(
            "orgMembersGated"
        ):
            yield (
                Consequence(Impact.CLOSES_OUT, "members of the organization have to ask for access too")
                if self.org_members_gated
                else Consequence(Impact.OPENS, "members of the organization no longer have to ask for access")
            )
        email = self.gated_notifications_email
        if email and email != before.field("gatedNotificationsEmail"):
            yield Consequence(
                Impact.SENDS_OUT, f"requests for access, with what people wrote, are sent to {quoted(email)}"
            )
        if self.discussions_disabled is not None and self.discussions_disabled is not before.field(
            "discussionsDisabled"
        ):
            yield (
                Consequence(Impact.CLOSES_OUT, "nobody can open or read discussions of it any more")
                if self.discussions_disabled
                else Consequence(Impact.OPENS, "everyone who can see it can write discussions")
            )

    def _gate(self, now: str) -> Iterator[Consequence]:
        if not self.gated or self.gated == now:
            return
        seen = {"false": "open", "": "not known"}.get(now, f"gated ({now})")
        if self.gated == "false":
            yield Consequence(Impact.OPENS, f"{seen} → open: whoever sees it can download its files")
        elif now in ("false", ""):
            yield Consequence(
                Impact.CLOSES_OUT,
                f"{seen} → gated ({self.gated}): people have to ask before they read its files",
            )
        if self.gated == "auto" and now != "false":
            line = f"{seen} → gated (auto): requests are granted without review"
            yield Consequence(Impact.OPENS, line)

    def preview(self, before: Repository) -> dict[str, tuple[Any, Any]]:
        was = {"visibility": before.visibility, "gated": before.gated}
        return {name: (was.get(name, before.field(name)), value) for name, value in self.payload().items()}

    def outcome(self, before: Repository, after: Done) -> str:
        now = self.preview(before)
        if "gated" in now:
            was, then = now["gated"]
            now["gated"] = (was or "open", then or "open")
        parts = (f"{name} {worded(then)} (was {worded(was)})" for name, (was, then) in now.items())
        return f"{self.repo_id}: {'; '.join(parts)}."

    def undo(self, before: Repository, after: Done) -> Change[Any, Any] | None:
        was: dict[str, Any] = {"repo_id": before.id, "type": self.type}
        if self.visibility and before.visibility:
            was["visibility"] = before.visibility
        if self.gated and before.gate:
            was["gated"] = before.gate
        return UpdateRepoSettings.model_validate(was) if len(was) > 2 else None
