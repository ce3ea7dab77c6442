"""The large files that a repository stores, including those only its history refers to; and deleting them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, Page, Record, counted, size
from hub_mcp.catalogue.change import post
from hub_mcp.catalogue.content.files import ListTree
from hub_mcp.catalogue.content.ref_changes import ActsOnRefs
from hub_mcp.catalogue.content.refs import ListCommits
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import RepoId, RepoType
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted

PATH = "/api/{type}s/{repo_id}/lfs-files"
LOOKED_AT = 1_000  # large files to read for their names
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class StoredFile(Record):
    """A large file, with its current or a former path."""

    named_by = ("fileOid",)
    noun: ClassVar[str] = "large file"
    shown: ClassVar[tuple[str, ...]] = ("filename", "size", "ref", "pushedAt", "fileOid")

    file_oid: str = Field(alias="fileOid")
    size: int | None = None


@get(PATH, permission="repo.write")
class ListLfsFiles(Listing[StoredFile]):
    """Large files a repository stores, old versions too."""

    in_area = "files"
    by_default = False
    row = StoredFile

    repo_id: RepoId
    type: RepoType


@post(f"{PATH}/batch", permission="repo.write", effect=Effect.CHANGE, destructive=True, retype="repo_id")
class DeleteLfsFiles(ActsOnRefs):
    """Delete large files for good, from the history too. A person is asked to type the name."""

    in_area = "files"

    sha: list[Sha256] = Field(min_length=1, max_length=100, description="fileOid of list_lfs_files")
    rewrite_history: bool = Field(default=True, description="else only the bytes go, and old commits break")

    def payload(self) -> dict[str, Any]:
        return {"deletions": {"sha": self.sha, "rewriteHistory": self.rewrite_history}}

    def _stored(self) -> ListLfsFiles:
        return ListLfsFiles(repo_id=self.repo_id, type=self.type, limit=LOOKED_AT)

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return (self._stored(),)

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        place = {"repo_id": self.repo_id, "type": self.type}
        history = (ListTree.model_validate(place), ListCommits.model_validate(place))
        return (*super().shown_in(), self._stored(), *history)

    def headline(self, before: Repository) -> str:
        what = counted(len(self.sha), "large file")
        return f"Delete {what} of the {self.type} {quoted(self.repo_id)} for good, in every revision?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        page = known.of(self._stored())
        there = {one.file_oid: one for one in page.items} if isinstance(page, Page) else {}
        for oid in self.sha:
            found = there.get(oid)
            name = (
                quoted(str(found.field("filename") or "a file without a name"))
                if found
                else "an unknown file"
            )
            weight = f", {size(found.size)}" if found and found.size is not None else ""
            yield Consequence(Impact.DESTROYS, f"{name}{weight} is lost")
        yield Consequence(
            Impact.DESTROYS,
            "commits of all branches, tags and pull requests that hold them are rewritten under new ids"
            if self.rewrite_history
            else "revisions that name them stay, and can no longer be downloaded in full",
        )

    def outcome(self, before: Repository, after: Answer) -> str:
        history = "and the history was rewritten" if self.rewrite_history else "and the history was kept"
        return f"Deleted {counted(len(self.sha), 'large file')} of {self.subject}, {history}."
