"""Listing and comparing branches, tags and commits of a repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from hub_mcp.catalogue.answers import Answer, Record, clean, is_array, is_object, objects_in
from hub_mcp.catalogue.bounds import BUDGET
from hub_mcp.catalogue.discussions.discussions import files_in, fitting_lines
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.identifiers import check_revision, refuse_unseen, shorten
from hub_mcp.catalogue.fields.marks import RevisionName
from hub_mcp.catalogue.fields.vocabulary import RepoId, RepoType, Revision
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.errors import UnexpectedAnswer
from hub_mcp.text import spelled, visible

MOST_NAMES = 500  # branches, tags or pull requests to show
MOST_FILES = 200  # files of a diff to name
ROOM = 4_000  # tokens reserved for the names of its files
GROUPS = ("branches", "tags", "converts", "pullRequests")


def _name(text: str) -> str:
    """A branch, a tag or a commit by git's own rules, which make it separable from the text around it."""
    if ".." in text or text.startswith((".", "-")) or text.endswith((".", ".lock")):
        raise ValueError(f"{shorten(text)} is not the name of a branch, a tag or a commit")
    return text


_Ref = Annotated[str, AfterValidator(check_revision), AfterValidator(_name)]
RefName = Annotated[_Ref, RevisionName()]
NewRefName = Annotated[_Ref, AfterValidator(refuse_unseen)]


@dataclass(frozen=True)
class Refs(Answer):
    """The branches and tags of a repository.

    Attributes:
        groups: by the Hub's name of a group, the commit that each name in it points to.
        partly: groups in which something was not a name with its commit.
    """

    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    partly: frozenset[str] = frozenset()

    @classmethod
    def of(cls, value: Any) -> Refs:
        if not is_object(value):
            raise UnexpectedAnswer("The Hub did not answer with branches and tags.")
        rows = {group: objects_in(value[group]) for group in GROUPS if is_array(value.get(group))}
        named = {
            group: {str(one.get("name")): str(one.get("targetCommit", "")) for one in found}
            for group, found in rows.items()
        }
        odd = {group for group in rows if not all(map(_is_ref, value[group]))}
        return cls(named, frozenset(odd))

    def tells(self, group: str) -> bool:
        """Whether the Hub listed a group completely."""
        return group in self.groups and group not in self.partly

    def commit_of(self, group: str, name: str) -> str:
        """The commit that a name points to; "" if there is none."""
        return self.groups.get(group, {}).get(name, "")

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {
            group: clean({spelled(name): commit for name, commit in names.items()})
            for group, names in self.groups.items()
            if names
        }

    def standing(self) -> tuple[object, ...]:
        return tuple(sorted(self.groups.get("branches", {}).items()))


def _is_ref(row: Any) -> bool:
    told = [row.get("name"), row.get("targetCommit")] if is_object(row) else [None]
    return all(one and isinstance(one, str) for one in told)


@get("/api/{type}s/{repo_id}/refs")
class ListRefs(Lookup[Refs]):
    """Branches and tags with commits."""

    unlisted = RARELY_CUT | {"include_prs"}  # list_discussions lists them

    repo_id: RepoId
    type: RepoType
    include_prs: bool | None = None


class CommitRow(Record):
    """A commit as an entry of a history."""

    noun: ClassVar[str] = "commit"
    shown: ClassVar[tuple[str, ...]] = ("id", "date", "author", "title", "message")

    id: str
    title: str | None = None
    authors: list[dict[str, Any]] | None = None

    def at(self, path: str) -> Any:
        if path == "author":
            return ", ".join(str(one.get("user", "")) for one in self.authors or [])
        return super().at(path)


@get("/api/{type}s/{repo_id}/commits/{revision}")
class ListCommits(Listing[CommitRow]):
    """The history of a branch, the newest first."""

    by_default = False
    at = "{type}s/{repo_id}/commits[/{revision}]"
    row = CommitRow
    numbered = "p"

    repo_id: RepoId
    type: RepoType
    revision: Revision = "main"


@dataclass(frozen=True)
class Difference(Answer):
    """The diff between two revisions, in git's format."""

    verbatim: ClassVar[str] = "diff"

    text: str

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        files = files_in(self.text)
        said: dict[str, Any] = {"changed": clean(files[:MOST_FILES]) or "nothing"}
        if len(files) > MOST_FILES:
            said["left_out"] = f"{len(files) - MOST_FILES:,} more files"
        shown, rest = fitting_lines(self.text, BUDGET - ROOM)
        if rest:
            said["cut"] = f"{rest:,} more lines; get_file reads the files"
        return {**said, "diff": visible(shown)} if shown else said


@get("/api/{type}s/{repo_id}/compare/{base}..{head}")
class CompareRevisions(Endpoint[Difference]):
    """What changed between two revisions."""

    in_area = "refs"
    by_default = False

    repo_id: RepoId
    type: RepoType
    base: RefName
    head: RefName = Field(default="main")

    def read(self, value: Any) -> Difference:
        if not isinstance(value, str):
            raise UnexpectedAnswer("The Hub did not answer with a difference.")
        return Difference(value)
