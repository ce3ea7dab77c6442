"""The body of a commit, NDJSON or JSON, read into the files it adds, removes and moves."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..store import Json
from ..web.hub_errors import ApiError, bad_request, invalid, issue
from .file_rules import MOST_TEXT, is_binary

MOST_OPERATIONS = 25_000
MOST_PATH = 1000
MOST_TITLE = 500
MOST_MESSAGE = 65_536


@dataclass(frozen=True, slots=True)
class PutTextFile:
    """A file that git itself keeps."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PutLargeFile:
    """An LFS file by its SHA-256; its size is known from the upload."""

    path: str
    sha256: str
    size: int | None


@dataclass(frozen=True, slots=True)
class RemovePath:
    """A file or folder that goes; of a folder all that is in it."""

    path: str
    is_folder: bool = False  # as the caller says: then a file of that name stays


@dataclass(frozen=True, slots=True)
class MovePath:
    """A file that moves to another path and keeps its content unless a new one is sent."""

    path: str
    old_path: str


Operation = PutTextFile | PutLargeFile | RemovePath | MovePath


@dataclass(slots=True)
class CommitRequest:
    """A commit as requested."""

    title: str = ""
    message: str = ""
    parent: str | None = None
    operations: list[Operation] = field(default_factory=list[Operation])


def read_commit(raw: bytes, ndjson: bool) -> CommitRequest:
    """The commit that a body describes; anything else is refused with 400."""
    lines = list(_lines(raw) if ndjson else _json_lines(_load(raw, "Invalid JSON in the request's body")))
    if len(lines) > MOST_OPERATIONS + 1:
        raise ApiError(413, f"A commit holds at most {MOST_OPERATIONS:,} operations")
    body, headers = CommitRequest(), 0
    for number, (key, value) in enumerate(lines):
        if key == "header":
            headers += 1
            _read_header(body, value, number)
        else:
            body.operations += _operations(key, value, number)
    if headers != 1:
        raise bad_request("Invalid commit: expected exactly one header line")
    return body


def path_problem(path: str) -> str | None:
    """What is wrong with a path in a repository."""
    parts = path.split("/")
    if not path or len(path) > MOST_PATH:
        return f"A path has 1 to {MOST_PATH:,} characters"
    if {"", ".", ".."} & {*parts, re.split(r"[/\\]", path)[0]}:
        return "Invalid path: empty, '.' and '..' segments are not allowed"
    if ".git" in (part.lower() for part in parts):
        return "Invalid path: cannot update files under a '.git' folder"
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", path):
        return "Invalid path: control characters are not allowed"
    return None


def _lines(raw: bytes) -> Iterator[tuple[str, dict[str, Json]]]:
    """Key and value of each NDJSON line."""
    for number, line in enumerate(raw.splitlines()):
        if not line.strip():
            continue
        value = _load(line, f"Invalid NDJSON at line {number + 1}")
        if not isinstance(value, dict) or not isinstance(value.get("value"), dict):
            raise bad_request(f'Invalid NDJSON at line {number + 1}: expected {{"key", "value"}}')
        inner = value["value"]
        assert isinstance(inner, dict)
        yield str(value.get("key")), inner


def _json_lines(value: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    """The older JSON form as the same lines."""
    if not isinstance(value, dict):
        raise bad_request("Invalid commit: expected object")
    yield "header", value
    for name, key in (("files", "file"), ("lfsFiles", "lfsFile"), ("deletedEntries", "deletedEntry"),
                      ("deletedFiles", "deletedFile"), ("deletedFolders", "deletedFolder")):  # fmt: skip
        rows = value.get(name, [])
        if not isinstance(rows, list):
            raise invalid("Invalid input: expected array", name)
        for row in rows:
            if not isinstance(row, dict):
                raise invalid("Invalid input: expected object", name)
            yield key, row


def _read_header(body: CommitRequest, value: dict[str, Json], line: int) -> None:
    body.title = _text(value, "summary", line)
    body.message = _text(value, "description", line, "")
    if not body.title.strip():
        raise invalid("Too small: expected string to have >=1 characters", line, "summary")
    if len(body.title) > MOST_TITLE or len(body.message) > MOST_MESSAGE:
        raise invalid("Too big: the commit's summary or description is too long", line)
    parent = value.get("parentCommit")
    if parent is not None and (not isinstance(parent, str) or not re.fullmatch(r"[0-9a-f]{40}", parent)):
        raise invalid("Invalid string: must match pattern /^[0-9a-f]{40}$/", line, "parentCommit")
    body.parent = parent


def _operations(key: str, value: dict[str, Json], line: int) -> list[Operation]:
    path = _path(value, "path", line, folder=key in ("deletedFolder", "deletedEntry"))
    if key in ("deletedFile", "deletedEntry", "deletedFolder"):
        return [RemovePath(path, is_folder=key == "deletedFolder")]
    if key not in ("file", "lfsFile"):
        raise invalid(f'Invalid option "{key[:40]}" for the key of a line', line, "key")
    old = _path(value, "oldPath", line) if value.get("oldPath") is not None else None
    moved: list[Operation] = [MovePath(path, old)] if old is not None else []
    if key == "file":
        return (
            moved if old is not None and "content" not in value else [*moved, _text_file(path, value, line)]
        )
    return moved if old is not None and "oid" not in value else [*moved, _large_file(path, value, line)]


def _text_file(path: str, value: dict[str, Json], line: int) -> PutTextFile:
    text, encoding = _text(value, "content", line), _text(value, "encoding", line, "utf-8")
    if encoding not in ("utf-8", "base64"):
        raise invalid('Invalid option: expected one of "utf-8"|"base64"', line, "encoding")
    try:
        content = base64.b64decode(text, validate=True) if encoding == "base64" else text.encode()
    except ValueError:
        raise invalid(
            "Invalid base64" if encoding == "base64" else "Invalid UTF-8", line, "content"
        ) from None
    if len(content) > MOST_TEXT:
        raise bad_request(
            f"Your push was rejected: {path} is larger than 10 MiB. Upload it as a large file (LFS)."
        )
    if is_binary(content):
        raise bad_request(
            "Your push was rejected because it contains binary files. Upload them as large files (LFS)."
            f" Offending files: {path}"
        )
    return PutTextFile(path, content)


def _large_file(path: str, value: dict[str, Json], line: int) -> PutLargeFile:
    oid, size = _text(value, "oid", line), value.get("size")
    if _text(value, "algo", line, "sha256") != "sha256":
        raise invalid('Invalid option: expected one of "sha256"', line, "algo")
    if not re.fullmatch(r"[0-9a-f]{64}", oid):
        raise invalid("Invalid string: must match pattern /^[0-9a-f]{64}$/", line, "oid")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise invalid("Invalid input: expected number", line, "size")
    return PutLargeFile(path, oid, size)


def _path(value: dict[str, Json], name: str, line: int, folder: bool = False) -> str:
    path = _text(value, name, line)
    path = path.rstrip("/") if folder else path
    problem = path_problem(path)
    if problem:
        raise ApiError(422, issue(problem, line, name))
    return path


def _text(value: dict[str, Json], name: str, line: int, otherwise: str | None = None) -> str:
    found = value.get(name, otherwise)
    if not isinstance(found, str):
        raise invalid("Invalid input: expected string", line, name)
    return found


def _load(raw: bytes, complaint: str) -> Json:
    try:
        value: Json = json.loads(raw)
        json.dumps(value, ensure_ascii=False).encode()  # half a character cannot be stored
    except (ValueError, RecursionError):
        raise bad_request(complaint) from None
    return value
