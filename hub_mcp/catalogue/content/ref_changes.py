"""Creating and deleting branches and tags, and squashing a history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import Answer, Done
from hub_mcp.catalogue.change import Change, delete, post, worded
from hub_mcp.catalogue.content.refs import ListCommits, ListRefs, NewRefName, RefName
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import FreeText
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.repos.repository_change import ActsOnRepository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import plain
from hub_mcp.text import quoted

PATH = "/api/{type}s/{repo_id}"


def _place(revision: str, before: Repository) -> str:
    """A revision with its commit, if known: the one that was looked up."""
    commit = before.field("sha") if revision == "main" else None
    return plain(revision, 200) + (f", commit {worded(commit)}" if commit else "")


class ActsOnRefs(ActsOnRepository[Done]):
    """A change to the branches or tags of a repository."""

    in_area = "refs"
    by_default = False

    def _refs(self) -> ListRefs:
        return ListRefs.model_validate({"repo_id": self.repo_id, "type": self.type})

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return (self._refs(),)

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (self._refs(),)


@post(f"{PATH}/branch/{{branch}}", permission="repo.write")
class CreateBranch(ActsOnRefs):
    """Create a branch. `overwrite` resets an existing one, which asks."""

    branch: NewRefName
    starting_point: RefName | None = Field(default=None, serialization_alias="startingPoint")
    empty_branch: bool | None = Field(default=None, serialization_alias="emptyBranch")
    overwrite: bool | None = None

    @model_validator(mode="after")
    def _starts_somewhere(self) -> CreateBranch:
        if self.empty_branch and self.starting_point:
            raise ValueError("an `empty_branch` has no `starting_point`")
        return self

    def headline(self, before: Repository) -> str:
        return f"Reset the branch {quoted(self.branch)} of the {self.type} {quoted(self.repo_id)}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        refs = known.of(self._refs())
        is_plain = not self.branch.startswith("refs/") and self.branch != "HEAD"
        known_refs = refs if refs and is_plain and refs.tells("branches") else None
        commit = known_refs.commit_of("branches", self.branch) if known_refs else "a commit that is not known"
        if self.overwrite and commit:
            line = f"it points to {quoted(commit)} now; what only it holds is lost"
            yield Consequence(Impact.DESTROYS, line)

    def outcome(self, before: Repository, after: Done) -> str:
        where = "is empty" if self.empty_branch else f"is at {_place(self.starting_point or 'main', before)}"
        return f"The branch {plain(self.branch, 200)} of the {self.type} {self.repo_id} {where}."

    def undo(self, before: Repository, after: Done) -> Change[Any, Any] | None:
        if self.overwrite:
            return None
        return DeleteBranch(repo_id=self.repo_id, type=self.type, branch=self.branch)


@delete(
    f"{PATH}/branch/{{branch}}",
    permission="repo.write",
    destroys="the branch {branch} of the {type} {repo_id}, with the commits that only it holds",
    retype="branch",
)
class DeleteBranch(ActsOnRefs):
    """Delete a branch for good. A person is asked to type its name."""

    branch: RefName


@post(f"{PATH}/tag/{{revision}}", permission="repo.write")
class CreateTag(ActsOnRefs):
    """Give a revision a name that stays."""

    harmless = "it adds a name to what is there, and can be deleted again"

    revision: RefName = "main"
    tag: NewRefName
    message: FreeText | None = None

    def outcome(self, before: Repository, after: Done) -> str:
        where = _place(self.revision, before)
        return f"The tag {plain(self.tag, 200)} of the {self.type} {self.repo_id} is at {where}."

    def undo(self, before: Repository, after: Done) -> Change[Any, Any] | None:
        return DeleteTag(repo_id=self.repo_id, type=self.type, tag=self.tag)


@delete(f"{PATH}/tag/{{tag}}", permission="repo.write", destroys="the tag {tag} of the {type} {repo_id}")
class DeleteTag(ActsOnRefs):
    """Delete a tag. Asks first."""

    reversal = "Nobody can find it by this name any more; its commit stays while a branch holds it."

    tag: RefName

    def facts(self, before: Repository, known: Known) -> tuple[str, ...]:
        refs = known.of(self._refs())
        commit = refs.commit_of("tags", self.tag) if refs else ""
        return (*([f"it points to {quoted(commit)}"] if commit else []), *before.facts())


@post(
    f"{PATH}/super-squash/{{revision}}",
    permission="repo.write",
    effect=Effect.CHANGE,
    destructive=True,
    retype="repo_id",
)
class SuperSquash(ActsOnRefs):
    """Squash a branch's history into one commit, for good. A person is asked to type the name."""

    revision: RefName
    message: FreeText | None = Field(default=None, max_length=500)

    def headline(self, before: Repository) -> str:
        where = f"{quoted(self.revision)} of the {self.type} {quoted(self.repo_id)}"
        return f"Squash the whole history of {where} into one commit?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        yield Consequence(Impact.DESTROYS, "every earlier commit and version of a file is lost")

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        history = {"repo_id": self.repo_id, "type": self.type, "revision": self.revision}
        return (self._refs(), ListCommits.model_validate(history))

    def outcome(self, before: Repository, after: Done) -> str:
        return (
            f"The history of {plain(self.revision, 200)} of the {self.type} {self.repo_id} is one commit now."
        )
