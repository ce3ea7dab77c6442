"""The files of a repository: as a tree, by path, their sizes and security scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from hub_mcp.catalogue.answers import TEXT_LIMIT, Answer, Record, clean
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.marks import RepoKind
from hub_mcp.catalogue.fields.vocabulary import FilePath, RepoId, RepoType, Revision
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.parts import Lookup
from hub_mcp.errors import UnexpectedAnswer
from hub_mcp.text import spelled

EXPANDED = {"lastCommit", "securityFileStatus"}  # the fields of an expanded listing
EXPANDED_PAGE = 100  # rows per page if each has its last commit
MOST_PATHS = 1_000  # that the Hub looks up in one request
WithBuckets = Annotated[Literal["model", "dataset", "space", "bucket"], RepoKind()]


def of_bucket(kind: str, name: str) -> bool:
    """Whether a part of a path does not apply to a bucket, which has no revisions."""
    return kind == "bucket" and name == "revision"


class TreeEntry(Record):
    """A file or folder; a folder's path ends with a slash."""

    noun: ClassVar[str] = "entry of a tree"
    shown: ClassVar[tuple[str, ...]] = (
        "path", "size", "lastCommit.date", "lastCommit.title", "securityFileStatus.status"
    )  # fmt: skip

    path: str
    type: str = "file"
    size: int | None = None
    oid: str | None = None
    lfs: dict[str, Any] | None = None

    @property
    def is_folder(self) -> bool:
        return self.type == "directory"

    @property
    def identity(self) -> str:
        """The id of its content: git's, or the SHA-256 of a large file."""
        return str((self.lfs or {}).get("oid") or self.oid or "")

    def picked(self, columns: Sequence[str], limit: int = TEXT_LIMIT) -> dict[str, Any]:
        picked = super().picked(columns, limit)
        if "path" in picked:
            picked["path"] = clean(spelled(self.path)) + "/" * self.is_folder
        if self.is_folder and picked.get("size") == 0:
            del picked["size"]
        return picked


@get("/api/{type}s/{repo_id}/tree[/{revision}][/{path}]")
class ListTree(Listing[TreeEntry]):
    """Files and folders."""

    at = "{type}s/{repo_id}/tree/{revision}[/{path}]"
    row = TreeEntry
    unlisted = frozenset({"columns", "count", "by", "expand"})

    repo_id: RepoId
    type: WithBuckets
    path: FilePath | None = None
    revision: Revision = "main"
    recursive: bool | None = None
    expand: bool | None = Field(default=None, description="last commits, scans")

    def _path_value(self, name: str) -> str | None:
        return None if of_bucket(self.type, name) else super()._path_value(name)

    @property
    def _expanded(self) -> bool:
        """Whether an expanded listing is requested, explicitly or by a column."""
        return bool(self.expand) or bool({one.partition(".")[0] for one in self.columns or ()} & EXPANDED)

    def payload(self) -> dict[str, Any]:
        return {**super().payload(), **({"expand": True} if self._expanded else {})}

    def page_size(self) -> int:
        return min(super().page_size(), EXPANDED_PAGE) if self._expanded else super().page_size()


@dataclass(frozen=True)
class PathsInfo(Answer):
    """Entries at some paths.

    Attributes:
        missing: the paths where nothing is.
    """

    entries: tuple[TreeEntry, ...]
    missing: tuple[str, ...] = ()

    def at(self, path: str) -> TreeEntry | None:
        """The entry at this path; None if there is none."""
        return next((one for one in self.entries if one.path == path), None)

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        rows = [one.content(fields) for one in self.entries]
        missing = clean([spelled(one) for one in self.missing])
        return {"items": rows, "missing": missing} if missing else {"items": rows}

    def standing(self) -> tuple[object, ...]:
        return tuple((one.path, one.identity) for one in self.entries)


@get("/api/{type}s/{repo_id}/paths-info[/{revision}]", by_post=True)
class GetPathsInfo(Lookup[PathsInfo]):
    """Sizes and ids of some paths; says which are missing."""

    in_area = "files"
    by_default = False
    at = "{type}s/{repo_id}/paths-info/{revision}"

    repo_id: RepoId
    type: WithBuckets
    paths: list[FilePath] = Field(min_length=1, max_length=MOST_PATHS)
    revision: Revision = "main"
    expand: bool = Field(default=False, description="last commits, scans")

    def _path_value(self, name: str) -> str | None:
        return None if of_bucket(self.type, name) else super()._path_value(name)

    def read(self, value: Any) -> PathsInfo:
        if not isinstance(value, list):
            raise UnexpectedAnswer("The Hub did not answer with a list of paths.")
        entries = tuple(TreeEntry.of(one) for one in value)
        there = {one.path for one in entries}
        return PathsInfo(entries, tuple(path for path in self.paths if path not in there))


class TreeSize(Record):
    """The bytes of all files below a folder."""

    noun: ClassVar[str] = "size of a tree"
    shown: ClassVar[tuple[str, ...]] = ("path", "size")

    path: str | None = None
    size: int


@get("/api/{type}s/{repo_id}/treesize/{revision}[/{path}]")
class GetTreeSize(Lookup[TreeSize]):
    """Bytes of all files of a repository, or below a folder."""

    in_area = "files"
    by_default = False

    repo_id: RepoId
    type: RepoType
    path: FilePath | None = None
    revision: Revision = "main"


class RepositoryScan(Record):
    """What the Hub's scanners say of a repository's files."""

    noun: ClassVar[str] = "scan"

    scans_done: bool | None = Field(default=None, alias="scansDone")
    files_with_issues: list[dict[str, Any]] | None = Field(default=None, alias="filesWithIssues")

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {
            "scansDone": bool(self.scans_done),
            "filesWithIssues": clean(self.files_with_issues) or "none",
        }


@get("/api/{type}s/{repo_id}/scan")
class GetScan(Lookup[RepositoryScan]):
    """Files that the Hub's malware and pickle scanners flag."""

    by_default = False

    repo_id: RepoId
    type: RepoType
