"""Git's objects as ids and bytes: how blobs, trees, commits and LFS pointers are named and written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git's id of the empty tree
NOBODY = "0" * 40  # stands for no blob in a diff

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (\d{1,16})\n?"
)


@dataclass(frozen=True, slots=True)
class GitEntry:
    """An entry of a tree: a file (perhaps a large one, stored separately by its SHA-256) or a folder.

    `size` is what a reader gets: for a large file its real size, for a folder the total of everything below.
    """

    oid: str
    size: int
    sha256: str | None = None
    is_folder: bool = False


def blob_id(content: bytes) -> str:
    """Git's id of a file's content."""
    return _named(b"blob", content)


def pointer(sha256: str, size: int) -> bytes:
    """What git stores in place of a large file."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()


def pointed(content: bytes) -> tuple[str, int] | None:
    """SHA-256 and size if the content is a pointer to a large file."""
    found = _POINTER.fullmatch(content) if len(content) < 200 else None
    return (found[1].decode(), int(found[2])) if found else None


def text_entry(content: bytes) -> GitEntry:
    """A file that git itself stores."""
    return GitEntry(blob_id(content), len(content))


def large_entry(sha256: str, size: int) -> GitEntry:
    """A Git LFS file; its blob in git is the pointer."""
    return GitEntry(blob_id(pointer(sha256, size)), size, sha256)


def tree_id(entries: Iterable[tuple[str, GitEntry]]) -> str:
    """Git's id of a folder; entries sort as if a folder's name ended with a slash."""
    ordered = sorted(entries, key=lambda pair: (f"{pair[0]}/" if pair[1].is_folder else pair[0]).encode())
    return _named(b"tree", b"".join(_line(name, entry) for name, entry in ordered))


def commit_id(tree: str, parent: str | None, author: str, moment: str, message: str) -> str:
    """Git's id of a commit; `moment` is a date as the Hub writes it."""
    who = (
        f"{author} <{author}@users.noreply.huggingface.co> {int(datetime.fromisoformat(moment).timestamp())}"
    )
    lines = [f"tree {tree}", *([f"parent {parent}"] if parent else []), f"author {who} +0000"]
    text = "\n".join([*lines, f"committer {who} +0000", "", message])
    return _named(b"commit", text.encode("utf-8", "surrogatepass"))


def _line(name: str, entry: GitEntry) -> bytes:
    mode = "40000" if entry.is_folder else "100644"
    return f"{mode} {name}".encode() + b"\0" + bytes.fromhex(entry.oid)


def _named(kind: bytes, content: bytes) -> str:
    head = kind + b" %d\0" % len(content)
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()
