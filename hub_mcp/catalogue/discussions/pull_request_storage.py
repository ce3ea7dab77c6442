"""The branch of a closed pull request: what it still stores, and deleting it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, Done, Record, size
from hub_mcp.catalogue.change import delete
from hub_mcp.catalogue.discussions.comments import PATH, ActsOnDiscussion
from hub_mcp.catalogue.discussions.discussions import Discussion, Number
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import RepoId, RepoType
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.catalogue.stakes import Consequence, Impact, Known


class PullRequestStorage(Record):
    """The storage that only a pull request uses."""

    noun: ClassVar[str] = "estimate of storage"
    shown: ClassVar[tuple[str, ...]] = ("estimatedStorage", "refDeleted")

    estimated_storage: int | None = Field(default=None, alias="estimatedStorage")
    ref_deleted: bool | None = Field(default=None, alias="refDeleted")

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {"estimatedStorage": self.estimated_storage, "refDeleted": bool(self.ref_deleted)}


@get(f"{PATH}/{{num}}/storage")
class GetPrStorage(Lookup[PullRequestStorage]):
    """Bytes of large files that only a pull request holds."""

    by_default = False
    unlisted = RARELY_CUT

    repo_id: RepoId
    type: RepoType
    num: Number


@delete(
    f"{PATH}/{{num}}/ref",
    permission="repo.write",
    destroys="the branch of the pull request {num} of the {type} {repo_id}",
)
class DeletePrRef(ActsOnDiscussion[Done]):
    """Delete the branch of a closed or merged pull request, to free what it stores. Asks first."""

    reversal = "It cannot be undone; the thread and its diff stay readable."

    def _storage(self) -> GetPrStorage:
        return GetPrStorage(repo_id=self.repo_id, type=self.type, num=self.num)

    def needs(self, before: Discussion) -> Sequence[Endpoint[Answer]]:
        return (self._storage(),)

    def headline(self, before: Discussion) -> str:
        return f"Delete the branch of {self.named(before)}?"

    def consequences(self, before: Discussion, known: Known) -> Iterator[Consequence]:
        found = known.of(self._storage())
        held = found.estimated_storage if found else None
        what = "an unknown amount" if held is None else size(held)
        yield Consequence(Impact.DESTROYS, f"{what} of large files that nothing else holds is lost")
