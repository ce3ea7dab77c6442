"""Renaming a repository, or moving it to another owner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, Done
from hub_mcp.catalogue.change import Change, post
from hub_mcp.catalogue.collections.collection_reads import in_collections
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import FullRepoId, RepoType
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.repos.repository import Repository, repository_weighed
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted


@post(
    "/api/repos/move",
    permission="repo.write",
    effect=Effect.CHANGE,
    destructive=True,
    retype="from_repo",
    label="Move or rename repository",
)
class MoveRepo(Change[Repository, Done]):
    """Rename a repository or give it to another owner. A person is asked to type its present name."""

    in_area = "repos"
    reversal = "Its address changes; the old one redirects to the new one until somebody takes it."

    from_repo: FullRepoId = Field(serialization_alias="fromRepo")
    to_repo: FullRepoId = Field(serialization_alias="toRepo")
    type: RepoType

    def target(self) -> Endpoint[Repository]:
        return repository_weighed(self.type, self.from_repo)

    def context(self) -> Sequence[Endpoint[Answer]]:
        return (in_collections(self.type, self.from_repo),)

    def settled(self, before: Repository) -> Self:
        return self.but(from_repo=before.id)

    def headline(self, before: Repository) -> str:
        return f"Move the {self.type} {quoted(self.from_repo)} to {quoted(self.to_repo)}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        yield Consequence(Impact.MOVES, "")
        owner, new_owner = self.from_repo.partition("/")[0], self.to_repo.partition("/")[0]
        if owner.lower() != new_owner.lower():
            given = f"it then belongs to {quoted(new_owner)}, whose members control it"
            yield Consequence(Impact.OPENS, given)
            lost = f"members of {quoted(owner)} reach it only as far as {quoted(new_owner)} lets them"
            yield Consequence(Impact.CLOSES_OUT, lost)

    def preview(self, before: Repository) -> dict[str, tuple[Any, Any]]:
        return {"id": (self.from_repo, self.to_repo)}

    def outcome(self, before: Repository, after: Done) -> str:
        same = self.from_repo.partition("/")[0] == self.to_repo.partition("/")[0]
        return f"{'Renamed' if same else 'Moved'}: {self.from_repo} is now {self.to_repo}."

    def undo(self, before: Repository, after: Done) -> Change[Any, Any] | None:
        return MoveRepo(from_repo=self.to_repo, to_repo=self.from_repo, type=self.type)
