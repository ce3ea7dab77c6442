"""Carrying out a commit: its operations applied to a tree, checked, written, and the branch moved to it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from ..git.git_objects import EMPTY_TREE, GitEntry, large_entry, pointed, text_entry
from ..git.history import MAIN, add_blob, add_commit, put_ref, sha_of, tree_of
from ..git.trees import changed_tree, entry_at, walk
from ..store import Store
from ..web.hub_errors import ApiError, bad_request
from .card_text import CardError, complaints, read_card
from .commit_body import CommitRequest, MovePath, Operation, PutLargeFile, PutTextFile, RemovePath
from .derived import main_changed, text_at
from .file_rules import tracked, with_tracked

ATTRIBUTES = ".gitattributes"


@dataclass(slots=True)
class _Draft:
    """A tree with the changes of the operations so far."""

    store: Store
    repo: int
    tree: str
    changes: dict[str, GitEntry | None] = field(default_factory=dict[str, GitEntry | None])
    texts: dict[str, bytes] = field(default_factory=dict[str, bytes])
    folders: set[str] = field(default_factory=set[str])  # those that were written to

    def file(self, path: str) -> GitEntry | None:
        """The file at a path, changes included."""
        found = self.changes[path] if path in self.changes else entry_at(self.store, self.tree, path)
        return None if found is None or found.is_folder else found

    def below(self, path: str) -> list[str]:
        """The paths of all files in a folder, changes included."""
        there = entry_at(self.store, self.tree, path)
        paths: dict[str, None] = {}
        if path in self.folders:
            put = (name for name, entry in self.changes.items() if entry and name.startswith(f"{path}/"))
            paths = dict.fromkeys(put)
        if there is not None and there.is_folder:
            old = walk(self.store, there.oid, f"{path}/")
            paths |= dict.fromkeys(name for name, entry in old if not entry.is_folder)
        return [name for name in paths if self.changes.get(name, there) is not None]

    def put(self, path: str, entry: GitEntry) -> None:
        """Write a file at a path; refused where a folder is, or below a file."""
        above = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 1)]
        if self.below(path) or any(self.file(folder) for folder in above):
            raise bad_request(
                f'"{path}" cannot be a file there: a file and a folder would have the same path'
            )
        self.changes[path] = entry
        self.folders.update(above)


def commit_to(
    store: Store, repo: sqlite3.Row, ref: str, author: str, body: CommitRequest, moment: str | None = None
) -> str:
    """Write the commit on top of the ref's and move the ref to it; inside a transaction."""
    head = sha_of(store, repo, ref)
    tree = tree_with(store, repo, tree_of(store, repo["key"], head), body.operations, author, ref)
    sha = add_commit(
        store,
        repo["key"],
        tree,
        head,
        author,
        moment or store.now(),
        body.title.strip(),
        body.message.strip(),
    )
    move_ref(store, repo, ref, sha)
    return sha


def move_ref(store: Store, repo: sqlite3.Row, ref: str, sha: str) -> None:
    """Move a ref to a commit; for main, also update what the repository shows of its content."""
    if ref == MAIN:
        main_changed(store, repo, sha)
    else:
        put_ref(store, repo["key"], ref, sha)


def tree_with(
    store: Store, repo: sqlite3.Row, tree: str, operations: list[Operation], author: str, ref: str
) -> str:
    """The tree after all operations in order; one that cannot be carried out refuses them all."""
    draft = _Draft(store, repo["key"], tree)
    large: list[str] = []
    for operation in operations:
        if isinstance(operation, PutTextFile):
            large += _put_text(draft, operation, author, ref)
        elif isinstance(operation, PutLargeFile):
            _put_large(draft, operation, author, ref)
            large.append(operation.path)
        elif isinstance(operation, RemovePath):
            _take(draft, operation)
        else:
            _move(draft, operation)
    _check_card(draft, repo["type"])
    _check_tracked(draft)
    if large:
        _track(draft, [path for path in large if draft.file(path)])
    for content in draft.texts.values():
        add_blob(store, content)
    return changed_tree(store, tree, draft.changes) if draft.changes else tree


def _put_text(draft: _Draft, operation: PutTextFile, author: str, ref: str) -> list[str]:
    """Add a text file; a pointer to a large file counts as that file."""
    points = pointed(operation.content)
    if points is not None:
        _put_large(draft, PutLargeFile(operation.path, *points), author, ref)
        return [operation.path]
    draft.put(operation.path, text_entry(operation.content))
    draft.texts[operation.path] = operation.content
    return []


def _put_large(draft: _Draft, operation: PutLargeFile, author: str, ref: str) -> None:
    row = draft.store.row(
        "select l.size, r.filename from repo_large_files r join large_files l on l.sha256 = r.sha256"
        " where r.repo = ? and r.sha256 = ?",
        draft.repo, operation.sha256,
    )  # fmt: skip
    if row is None:
        raise bad_request(
            "Your push was rejected because an LFS pointer pointed to a file that does not exist."
            f" Upload its content first. Offending file: {operation.path}"
        )
    if operation.size is not None and operation.size != row["size"]:
        raise bad_request(f"The size of {operation.path} is not that of the uploaded file")
    draft.put(operation.path, large_entry(operation.sha256, row["size"]))
    draft.texts.pop(operation.path, None)
    if row["filename"] is None:
        draft.store.update(
            "repo_large_files", {"repo": draft.repo, "sha256": operation.sha256}, filename=operation.path,
            ref=ref,
        )  # fmt: skip


def _take(draft: _Draft, operation: RemovePath) -> None:
    path = operation.path
    if not operation.is_folder and draft.file(path) is not None:
        draft.changes[path] = None
        draft.texts.pop(path, None)
        return
    inside = draft.below(path)
    if not inside:
        kind = "folder" if operation.is_folder else "file"
        raise ApiError(404, f"A {kind} with this name doesn't exist: {path}", code="EntryNotFound")
    for name in inside:
        draft.changes[name] = None
        draft.texts.pop(name, None)


def _move(draft: _Draft, operation: MovePath) -> None:
    entry = draft.file(operation.old_path)
    if entry is None:
        raise ApiError(
            404, f"A file with this name doesn't exist: {operation.old_path}", code="EntryNotFound"
        )
    draft.changes[operation.old_path] = None
    draft.put(operation.path, entry)
    if operation.old_path in draft.texts:
        draft.texts[operation.path] = draft.texts.pop(operation.old_path)


def _check_card(draft: _Draft, type: str) -> None:
    """Refuse a README whose card the Hub would not accept."""
    content = draft.texts.get("README.md")
    if content is None:
        return
    try:
        problems = complaints(read_card(content.decode("utf-8", "replace")), type)
    except CardError as error:
        problems = [str(error)]
    if problems:
        raise bad_request("Invalid metadata in README.md. " + "; ".join(problems))


def _check_tracked(draft: _Draft) -> None:
    """Refuse inline content for files that .gitattributes assigns to LFS."""
    rules = draft.texts.get(ATTRIBUTES)
    attributes = rules.decode("utf-8", "replace") if rules is not None else None
    for path, content in draft.texts.items():
        if attributes is None and content:
            attributes = text_at(draft.store, draft.tree, ATTRIBUTES) or ""
        if content and path != ATTRIBUTES and tracked(path, attributes or ""):
            raise bad_request(
                "Your push was rejected because .gitattributes gives some of its files to LFS. Upload them"
                f" as large files. Offending files: {path}"
            )


def _track(draft: _Draft, paths: list[str]) -> None:
    """Add large files to .gitattributes if it does not track them yet."""
    entry = draft.file(ATTRIBUTES)
    if ATTRIBUTES in draft.texts:
        written = draft.texts[ATTRIBUTES].decode("utf-8", "replace")
    else:
        written = (text_at(draft.store, draft.tree, ATTRIBUTES) or "") if entry is not None else ""
    wanted = with_tracked(written, paths)
    if wanted != written:
        draft.texts[ATTRIBUTES] = wanted.encode()
        draft.changes[ATTRIBUTES] = text_entry(draft.texts[ATTRIBUTES])


def first_commit(
    store: Store, repo: sqlite3.Row, author: str, operations: list[Operation], title: str
) -> str:
    """The first commit of a new repository."""
    tree = tree_with(store, repo, EMPTY_TREE, operations, author, MAIN)
    sha = add_commit(store, repo["key"], tree, None, author, store.now(), title)
    main_changed(store, repo, sha)
    return sha
