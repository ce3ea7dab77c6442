"""Commits: adding, changing, moving or deleting several files at once, or proposing it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Self

from pydantic import Field, PrivateAttr, model_validator

from hub_mcp.catalogue.answers import Answer, Record
from hub_mcp.catalogue.change import Change, post, worded
from hub_mcp.catalogue.content.file_changes import (
    MOST_SHOWN,
    SHOWN_IN_ALL,
    ChangedFile,
    CommitDraft,
    ReadWholeFile,
    bodies_of,
    change_in_words,
    done_in_words,
    edited,
    lines_of,
)
from hub_mcp.catalogue.content.file_content import GetFile
from hub_mcp.catalogue.content.files import GetPathsInfo, ListTree
from hub_mcp.catalogue.content.lfs_upload import uploads
from hub_mcp.catalogue.content.refs import ListCommits
from hub_mcp.catalogue.discussions.comments import TOLD, readers_of
from hub_mcp.catalogue.discussions.discussions import ListDiscussions
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.identifiers import UNSEEN, may_be_main
from hub_mcp.catalogue.fields.vocabulary import CommitId, FreeText, RepoId, RepoType, Revision, Word
from hub_mcp.catalogue.http import Effect, HttpRequest
from hub_mcp.catalogue.repos.repository import Repository, repository_at
from hub_mcp.catalogue.repos.repository_change import ActsOnRepository
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.catalogue.steps import Steps
from hub_mcp.errors import BadInput, plain
from hub_mcp.text import quoted, shows_itself, spelled

MOST_FILES = 100
MAIN = ("main", "HEAD")
PROPOSED = "refs/pr/"
STAYS = "What it replaces or deletes stays in the history, and can be restored from there."


class Committed(Record):
    """A new commit, and the pull request it opened, if any."""

    named_by = ("commitOid",)
    noun = "commit"
    shown = ("commitOid", "commitUrl", "pullRequestUrl")

    commit_oid: str = Field(alias="commitOid")
    commit_url: str | None = Field(default=None, alias="commitUrl")
    pull_request_url: str | None = Field(default=None, alias="pullRequestUrl")


@post(
    "/api/{type}s/{repo_id}/commit/{revision}",
    permission="repo.write",
    effect=Effect.CHANGE,
    destructive=True,
)
class Commit(ActsOnRepository[Committed]):
    """Commit or propose changes to files. Asks unless it only adds."""

    in_area = "files"
    publishes = "files.propose"
    stated = ("files",)
    unlisted = frozenset({"parent_commit"})  # the current head is looked up, and used as the parent

    repo_id: RepoId
    type: RepoType
    summary: Word = Field(min_length=1, max_length=500)
    files: list[ChangedFile] = Field(
        min_length=1, max_length=MOST_FILES, description="content, exact old → new, old_path or delete"
    )
    description: FreeText | None = Field(default=None, max_length=65_536)
    revision: Revision = "main"
    create_pr: bool | None = None
    parent_commit: CommitId | None = None

    _draft: CommitDraft = PrivateAttr(default_factory=CommitDraft)

    @model_validator(mode="after")
    def _each_path_once(self) -> Self:
        whole = [one.path for one in self.files if one.old is None]
        whole += [one.old_path for one in self.files if one.old_path]
        whole += {one.path for one in self.files if one.old is not None}
        if twice := next((one for one in whole if whole.count(one) > 1), ""):
            raise ValueError(f"{twice} is in `files` twice")
        if self.create_pr and self.revision.startswith(PROPOSED):
            raise ValueError("without `create_pr` it is added to this pull request")
        return self

    # ── looked up beforehand ────────────────────────────────────────────────────────────────────────────

    def target(self) -> Endpoint[Repository]:
        return repository_at(self.type, self.repo_id, "" if self.revision in MAIN else self.revision)

    def _place(self) -> dict[str, Any]:
        return {"repo_id": self.repo_id, "type": self.type, "revision": self.revision}

    def _paths(self) -> GetPathsInfo:
        paths = [path for one in self.files for path in (one.path, one.old_path) if path]
        return GetPathsInfo.model_validate({**self._place(), "paths": list(dict.fromkeys(paths))})

    def _reading(self, path: str) -> ReadWholeFile:
        return ReadWholeFile.model_validate({**self._place(), "path": path})

    def _edited_paths(self) -> list[str]:
        return list(dict.fromkeys(one.path for one in self.files if one.old is not None))

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return (self._paths(), *map(self._reading, self._edited_paths()))

    def completed(self, before: Repository, known: Known) -> Self:
        """This commit on top of the current head.

        Raises:
            BadInput: it does not fit the current files.
        """
        there = known.of(self._paths())
        files = {path: known.of(self._reading(path)) for path in self._edited_paths()}
        parent = str(before.field("sha") or "")
        drafted = self._drafted(CommitDraft(parent, there, before.file_names, edited(self.files, files)))
        for change in self.files:
            gone = change.old_path or (change.path if change.delete else "")
            if gone and there and not there.at(gone):
                raise BadInput(f"There is no {plain(gone, 200)} at {self.revision} of {self.subject}.")
            for path in (change.path, change.old_path):
                if path and not change.delete and drafted._draft.is_folder(path):
                    raise BadInput(f"{plain(path, 200)} is a folder: name the files in it, one by one.")
            if change.puts and drafted._draft.is_new(change.path) and not shows_itself(change.path):
                name = plain(spelled(change.path), 200)
                raise BadInput(f"{name} {UNSEEN}.")
            if change.puts and change.content is None and not drafted._draft.is_new(change.path):
                raise BadInput(f"{change.path} exists: give `content`, `old` and `new`, or `delete`.")
        return drafted

    def _drafted(self, draft: CommitDraft) -> Self:
        drafted = self.model_copy()
        drafted._draft = draft
        return drafted

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        if self.create_pr:
            return (ListDiscussions(repo_id=self.repo_id, type=self.type),)
        paths = self._paths().paths
        folders = dict.fromkeys(["", *(path.rpartition("/")[0] for path in paths)])
        return (
            ListCommits.model_validate(self._place()),
            *(ListTree.model_validate({**self._place(), "path": folder or None}) for folder in folders),
            *(GetFile.model_validate({**self._place(), "path": path}) for path in paths),
        )

    # ── what it does ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def proposes(self) -> bool:
        """Whether it changes only a pull request."""
        return bool(self.create_pr) or self.revision.startswith(PROPOSED)

    @property
    def permission(self) -> str:
        return "discussion.write" if self.proposes else super().permission

    def _lines(self, *, added: bool) -> Iterator[str]:
        most = max(40, min(MOST_SHOWN, SHOWN_IN_ALL // (2 * len(self.files))))
        for change in self.files:
            if (change.puts and self._draft.is_new(change.path)) is added:
                yield change_in_words(change, self._draft, most)

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        if self.proposes:
            line = f"{readers_of(before)} can read it, under your name"
            yield Consequence(Impact.PUBLISHES, line, self.publishes)
            return
        for line in self._lines(added=False):
            yield Consequence(Impact.DESTROYS, line)
        if self.type == "space" and may_be_main(self.revision) and before.field("sdk") != "static":
            yield Consequence(Impact.RUNS, "the Space is rebuilt, and runs the new code with its secrets")

    def headline(self, before: Repository) -> str:
        where = f"the {self.type} {quoted(self.repo_id)}: {quoted(self.summary)}?"
        if self.create_pr:
            into = "" if self.revision in MAIN else f"into {quoted(self.revision)} of "
            return f"Open a pull request {into or 'on '}{where}"
        return f"Commit to {quoted(self.revision)} of {where}"

    def facts(self, before: Repository, known: Known) -> tuple[str, ...]:
        proposed = tuple(self._lines(added=False)) if self.proposes else ()
        return (*proposed, *self._lines(added=True), *before.facts())

    def cost(self, before: Repository) -> str:
        return TOLD if self.proposes else STAYS

    # ── to HTTP and back ────────────────────────────────────────────────────────────────────────────────────

    def steps(self) -> Steps[Self]:
        if not (files := bodies_of(self.files, self._draft)):
            return self
        large = yield from uploads(self._place(), files, bool(self.create_pr))
        return self._drafted(replace(self._draft, large=large))

    def to_http(self, base: str) -> HttpRequest:
        parent = self.parent_commit or self._draft.parent
        header = {
            "summary": self.summary,
            "description": self.description or "",
            **({"parentCommit": parent} if parent else {}),
        }
        lines = [{"key": "header", "value": header}, *lines_of(self.files, self._draft)]
        content = "".join(f"{json.dumps(one)}\n" for one in lines).encode()
        query = "?create_pr=1" if self.create_pr else ""
        url = f"{base}{self.real_path()}{query}"
        return HttpRequest("POST", url, content=content, content_type="application/x-ndjson")

    def outcome(self, before: Repository, after: Committed) -> str:
        what = f"{done_in_words(self.files, self._draft)}, commit {worded(after.commit_oid)}"
        if after.pull_request_url:
            return f"Opened {worded(after.pull_request_url, 300)}: {what}."
        return f"Committed to {plain(self.revision, 200)} of {self.subject}: {what}."

    def undo(self, before: Repository, after: Committed) -> Change[Any, Any] | None:
        if self.create_pr or not all(self._can_go_back(one) for one in self.files):
            return None
        back = [
            ChangedFile(path=one.path, old=one.new, new=one.old)
            if one.old is not None
            else ChangedFile(path=one.old_path, old_path=one.path)
            if one.old_path
            else ChangedFile(path=one.path, delete=True)
            for one in reversed(self.files)
        ]
        said = {"summary": f"Undo: {self.summary}"[:500], "files": back, "parent_commit": after.commit_oid}
        return Commit.model_validate({**self._place(), **said})

    def _can_go_back(self, change: ChangedFile) -> bool:
        if change.old is not None:
            return bool(change.new) and self._draft.edited.get(change.path, "").count(change.new or "") == 1
        return not change.delete and self._draft.is_new(change.path)
