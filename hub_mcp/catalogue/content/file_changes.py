"""What a commit does to one file: write, edit, move or delete it; and how that is sent."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema, model_validator

from hub_mcp.catalogue.answers import counted, size
from hub_mcp.catalogue.content.file_content import FileContent, GetFile
from hub_mcp.catalogue.content.files import PathsInfo, TreeEntry
from hub_mcp.catalogue.content.lfs_upload import FileBody
from hub_mcp.catalogue.fields.vocabulary import FilePath, Part
from hub_mcp.errors import BadInput, plain
from hub_mcp.text import quoted, spelled

MOST_BYTES = 2**20  # of one file's content, and of a file to edit
MOST_SHOWN = 300  # characters of a content in a question
SHOWN_IN_ALL = 1_600
MOST_LINES = 2_000  # of a file compared with a text that is not in it
READ_AGAIN = "Read it again with get_file: it must be exact."
MOST_NAMED = 10  # files that an answer names
NAME = 200  # characters of one
MASKED = "hf_…"  # replaces the caller's own token in answers
TOO_LARGE = "a file's content has at most 1 MiB here; `hf upload` takes larger ones"


def _bounded(text: str) -> str:
    if len(text) > MOST_BYTES * 4 // 3 + 4:
        raise ValueError(TOO_LARGE)
    return text


def from_base64(text: str) -> bytes:
    """The decoded bytes of base64 text, which may have line breaks.

    Raises:
        ValueError: it is not base64.
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise ValueError("`content` is not base64") from None


def _unless_text(encoding: Any) -> Any:
    """The encoding, or None for plain text."""
    return None if encoding in ("utf-8", "utf8") else encoding


Content = Annotated[str, AfterValidator(_bounded)]


class ChangedFile(Part):
    """One file: `content` is the whole of it; `old` must occur in it exactly once and becomes `new`."""

    path: FilePath
    content: Content | None = None
    encoding: Annotated[
        Literal["base64"] | None,
        BeforeValidator(_unless_text),
        WithJsonSchema({"type": "string", "description": "base64"}),  # one choice would have to be taken
    ] = None
    old: Content | None = None
    new: Content | None = None
    old_path: FilePath | None = None
    delete: bool | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        done = {
            "content": self.content is not None,
            "old": self.old is not None,
            "old_path": self.old_path is not None,
            "delete": bool(self.delete),
        }
        if sum(done.values()) > 1:
            raise ValueError(f"{' and '.join(name for name, one in done.items() if one)} do not go together")
        if self.new is not None and not self.old:
            raise ValueError("leave out `new`, or say with it `old`, the text that it replaces")
        if self.old == "":
            raise ValueError("`old` is empty")
        if self.content is not None:
            self.body  # noqa: B018  # refused here where it is no base64
        return self

    @property
    def puts(self) -> bool:
        """Whether it gives the complete content of a file; only a path means an empty file."""
        return self.old is None and self.old_path is None and not self.delete

    @property
    def body(self) -> bytes:
        """The complete content that it writes."""
        body = from_base64(self.content or "") if self.encoding == "base64" else (self.content or "").encode()
        if len(body) > MOST_BYTES:
            raise ValueError(TOO_LARGE)
        return body


class ReadWholeFile(GetFile):
    """The complete content of a file to edit; not a tool."""

    def reach(self) -> int:
        return MOST_BYTES


@dataclass(frozen=True)
class CommitDraft:
    """What a commit would do, given the current files.

    Attributes:
        parent: the commit it is made on.
        there: what is known of the paths; None if the Hub did not say.
        listed: every file of the repository; None if the Hub did not say.
        edited: the edited files with their new content.
        large: paths whose content was uploaded through LFS.
    """

    parent: str = ""
    there: PathsInfo | None = None
    listed: frozenset[str] | None = None
    edited: Mapping[str, str] = field(default_factory=dict[str, str])
    large: frozenset[str] = frozenset()

    def at(self, path: str) -> TreeEntry | None:
        return self.there.at(path) if self.there else None

    def is_new(self, path: str) -> bool:
        """Whether both sources agree that nothing is at a path; without one of them, it counts as taken."""
        if self.there is None or self.listed is None or self.there.at(path):
            return False
        return path not in self.listed and not any(one.startswith(f"{path}/") for one in self.listed)

    def is_folder(self, path: str) -> bool:
        """Whether a folder is known to exist at a path."""
        return (there := self.at(path)) is not None and there.is_folder


def edited(changes: Sequence[ChangedFile], files: Mapping[str, FileContent | None]) -> dict[str, str]:
    """The edited files with their new content.

    Raises:
        BadInput: one is not text, or an old text does not occur in it exactly once.
    """
    texts: dict[str, str] = {}
    for change in changes:
        if change.old is None:
            continue
        if change.path not in texts:
            texts[change.path] = _text_of(change.path, files.get(change.path))
        texts[change.path] = _replaced(texts[change.path], change)
    return texts


def _text_of(path: str, file: FileContent | None) -> str:
    if file is None or not file.whole:
        what = "cannot be read" if file is None else f"is larger than {size(MOST_BYTES)}"
        raise BadInput(f"{path} {what}, so parts of it cannot be replaced.")
    try:
        text = file.body.decode()
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text, so parts of it cannot be replaced.") from None
    if MASKED in text:
        raise BadInput(
            f"{path} seems to hold a token, and tokens are never passed on; so it is not changed here."
        )
    return text


def _replaced(text: str, change: ChangedFile) -> str:
    old, new = change.old or "", change.new or ""
    if "\r\n" in text and "\r\n" not in old:  # lines are shown with plain line ends
        old, new = old.replace("\n", "\r\n"), new.replace("\r\n", "\n").replace("\n", "\r\n")
    if (found := text.count(old)) != 1:
        times = f"{found:,} times" if found else "nowhere"
        advice = "Include more of the text around it." if found else _most_like(old, text)
        raise BadInput(f"`old` is {times} in {change.path}: {quoted(change.old or '', 80)}.", advice=advice)
    return text.replace(old, new)


def _most_like(old: str, text: str) -> str:
    """The line of a file that was probably meant, if none matches exactly."""
    first = next(iter(old.strip().splitlines()), "")
    lines = [line for line in text.splitlines()[:MOST_LINES] if len(line) <= MOST_SHOWN]
    if not (near := get_close_matches(first, lines, 1)):
        return READ_AGAIN
    number = text.splitlines().index(near[0]) + 1
    plainly = f'"{near[0].replace(chr(34), chr(39))}"' == quoted(near[0]) and "`" not in near[0]
    exact = f", `{near[0]}`" if plainly else ""
    return f"It must be exact; most like it is line {number:,}{exact}."


def lines_of(changes: Sequence[ChangedFile], draft: CommitDraft) -> Iterator[dict[str, Any]]:
    """The lines of a commit's body for its file operations."""
    done: set[str] = set()
    for change in changes:
        if change.delete:
            yield {"key": "deletedEntry", "value": {"path": change.path}}
        elif change.old_path:
            moved = draft.at(change.old_path)
            lfs = moved.lfs if moved else None
            more = {"algo": "sha256", "oid": lfs.get("oid"), "size": lfs.get("size")} if lfs else {}
            key = "lfsFile" if lfs else "file"
            yield {"key": key, "value": {"path": change.path, "oldPath": change.old_path, **more}}
        elif change.old is None:
            yield _put(FileBody(change.path, change.body), draft)
        elif change.path not in done:
            done.add(change.path)
            text = draft.edited.get(change.path)
            if text is None:  # not looked up yet: a line that the Hub refuses
                yield {
                    "key": "file",
                    "value": {"path": change.path, "old": change.old, "new": change.new or ""},
                }
            else:
                yield _put(FileBody(change.path, text.encode()), draft)


def bodies_of(changes: Sequence[ChangedFile], draft: CommitDraft) -> list[FileBody]:
    """The files that a commit writes or edits, with their new content."""
    whole = [FileBody(one.path, one.body) for one in changes if one.puts]
    return [*whole, *(FileBody(path, text.encode()) for path, text in draft.edited.items())]


def _put(file: FileBody, draft: CommitDraft) -> dict[str, Any]:
    if file.path in draft.large:
        return file.line_by_lfs()
    try:
        text, encoding = file.content.decode(), "utf-8"
    except UnicodeDecodeError:
        text, encoding = base64.b64encode(file.content).decode(), "base64"
    return {"key": "file", "value": {"path": file.path, "content": text, "encoding": encoding}}


# ── in words ────────────────────────────────────────────────────────────────────────────────────────────────


def change_in_words(change: ChangedFile, draft: CommitDraft, most: int = MOST_SHOWN) -> str:
    """The change of a file, on one line, with the beginning of its new content."""
    path, there = quoted(change.path), draft.at(change.path)
    known = f" ({size(there.size)})" if there and there.size is not None and not there.is_folder else ""
    if change.delete:
        folder = "the folder " if there and there.is_folder else ""
        inside = " and everything in it" if folder else ""
        return f"deletes {folder}{path}{inside}{known}"
    if change.old_path:
        over = "" if draft.is_new(change.path) else f", in place of what is there{known}"
        return f"moves {quoted(change.old_path)} to {path}{over}"
    if change.old is not None:
        return f"in {path}: {quoted(change.old, most)} becomes {quoted(change.new or '', most)}"
    shown = _shown(change.body, most)
    if draft.is_new(change.path):
        return f"adds {path}, {size(len(change.body))}{shown}"
    return f"replaces all of {path}{known} with {size(len(change.body))}{shown}"


def done_in_words(changes: Sequence[ChangedFile], draft: CommitDraft) -> str:
    """The changes of the files, with names if there are few: "added a.txt; deleted b.txt"."""
    if len(changes) > MOST_NAMED:
        return counted(len({one.path for one in changes}), "file")
    done: dict[str, list[str]] = {}
    for one in changes:
        new = draft.is_new(one.path)
        what = (
            "deleted" if one.delete else "moved" if one.old_path else "changed" if one.old is not None
            else "added" if new else "replaced"
        )  # fmt: skip
        name = (
            f"{plain(spelled(one.old_path), NAME)} to {plain(spelled(one.path), NAME)}"
            if one.old_path
            else plain(spelled(one.path), NAME)
        )
        done.setdefault(what, []).append(name)
    return "; ".join(f"{what} {', '.join(dict.fromkeys(names))}" for what, names in done.items())


def _shown(body: bytes, most: int) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return " that are not text"
    return f": {quoted(text, most)}" if text else ""
