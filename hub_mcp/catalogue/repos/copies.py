"""Duplicating a repository: what is copied, who can see it, what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Record
from hub_mcp.catalogue.change import Change, linked, post
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import FullRepoId, ObjectId, RepoId, RepoType, Visibility, Word
from hub_mcp.catalogue.repos.repos import (
    WHO_SEES,
    DeleteRepo,
    Variable,
    refuse_what_spaces_have,
    without_what_spaces_have,
)
from hub_mcp.catalogue.repos.repository import Repository, repository_weighed
from hub_mcp.catalogue.repos.repository_change import ActsOnRepository
from hub_mcp.catalogue.space_runtime.hardware_costs import ListSpaceHardware, costs_of_new
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted


class Copied(Record):
    """A new repository created as a copy."""

    noun = "copy"
    shown = ("url", "filesCopyPending")

    url: str | None = None

    @property
    def identity(self) -> str:
        return self.url or self.noun  # the Hub does not return its id


@post("/api/{type}s/{repo_id}/duplicate", permission="repo.write", label="Duplicate repository")
class DuplicateRepo(ActsOnRepository[Copied]):
    """Copy a repository with its files. Without a visibility, the copy has the original's. May ask."""

    in_area = "repos"
    by_default = False
    reversal = "The copy can be deleted again; what was spent, run or read by then cannot be undone."

    repo_id: RepoId
    type: RepoType
    to_repo: FullRepoId = Field(serialization_alias="repository")
    visibility: Visibility | None = None
    resource_group_id: ObjectId | None = Field(default=None, serialization_alias="resourceGroupId")
    hardware: Word | None = Field(default=None, description="beyond cpu-basic costs money")
    sleep_time_seconds: int | None = Field(default=None, ge=-1, serialization_alias="sleepTimeSeconds")
    variables: list[Variable] | None = None

    _filled_in = model_validator(mode="before")(without_what_spaces_have)

    @model_validator(mode="after")
    def _fits_the_type(self) -> Self:
        if self.type != "space":
            refuse_what_spaces_have(self)
        if self.visibility == "protected" and self.type != "space":
            raise ValueError("only a space can be protected")
        return self

    def owned(self) -> tuple[tuple[str, str], ...]:
        return ((self.to_repo.partition("/")[0], ""),)  # because the original is only read

    def target(self) -> Endpoint[Repository]:
        return repository_weighed(self.type, self.repo_id)

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return (ListSpaceHardware(),) if self.hardware else ()

    def headline(self, before: Repository) -> str:
        return f"Copy the {self.type} {quoted(self.repo_id)} to {quoted(self.to_repo)}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        seen = self.visibility or before.visibility
        owner, new_owner = before.id.partition("/")[0], self.to_repo.partition("/")[0]
        if seen != "private":
            line = f"{WHO_SEES[seen]} can see the copy" if seen else "who can see the copy is not known"
            yield Consequence(Impact.OPENS, line)
            if before.gate != "false":
                yield Consequence(
                    Impact.OPENS, "people have to ask to read the original, but not to read the copy"
                )
        elif before.visibility != "public" and owner.lower() != new_owner.lower():
            yield Consequence(Impact.OPENS, f"members of {quoted(new_owner)} reach what is not public")
        if self.resource_group_id:
            group = quoted(self.resource_group_id)
            yield Consequence(Impact.OPENS, f"the users of the resource group {group} reach it")
        yield from costs_of_new(known, self.hardware, self.sleep_time_seconds)
        if self.variables and seen != "private":
            yield Consequence(Impact.OPENS, "everyone can read its variables")
        if self.type == "space" and before.field("sdk") != "static":
            yield Consequence(Impact.RUNS, "the original's code runs on the Hub's machines at once, as you")

    def outcome(self, before: Repository, after: Copied) -> str:
        seen = f", {self.visibility}," if self.visibility else ""
        files = f" with {len(before.siblings):,} files" if before.siblings is not None else ""
        pending = after.field("filesCopyPending") is True
        later = " Its large files are still being copied." if pending else ""
        return (
            f"Copied the {self.type} {self.repo_id} to {self.to_repo}{seen}{files}{linked(after.url)}.{later}"
        )

    def undo(self, before: Repository, after: Copied) -> Change[Any, Any] | None:
        return DeleteRepo(repo_id=self.to_repo, type=self.type)
