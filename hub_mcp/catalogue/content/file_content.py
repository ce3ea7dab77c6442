"""The content of one file: lines of text, a small picture, or otherwise size and address."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from hub_mcp.catalogue.answers import EMPTY, Answer, clean, size
from hub_mcp.catalogue.bounds import BUDGET, cut_text, weight
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import FilePath, RepoId, RepoType, Revision
from hub_mcp.catalogue.http import HttpRequest, HttpResponse
from hub_mcp.text import spelled, visible

BEGINNING = 256 * 1024  # bytes to read of a file if no lines are requested
FURTHEST = 4 * 2**20  # bytes to search for requested lines
LARGEST_IMAGE = 512 * 1024  # bytes of a picture to show
MOST_TEXT = 56 * 1024  # bytes of text in an answer
ROOM = 600  # tokens reserved for the facts about the text
PICTURES = {  # by the first bytes of a file
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
OTHERS = 4_096  # bytes to read of a file whose name is not that of text
NO_TEXT = frozenset(
    [
        "7z", "arrow", "avif", "bin", "bz2", "ckpt", "duckdb", "flac", "gguf", "gz", "h5", "joblib", "mp3",
        "mp4", "msgpack", "npy", "npz", "ogg", "onnx", "ot", "parquet", "pdf", "pickle", "pkl", "pt", "pth",
        "safetensors", "sqlite", "tar", "tflite", "tgz", "wav", "webm", "xz", "zip", "zst",
    ]
)  # fmt: skip
SHOWN_AS = ("png", "jpg", "jpeg", "gif", "webp")
MARKS = (  # the longer ones first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
WESTERN = "windows-1252"  # a superset of latin-1, as on the Web
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


def picture_in(body: bytes) -> str:
    """The media type of a picture, from its first bytes; "" if it is not one to show."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for mark, kind in PICTURES.items() if body.startswith(mark)), "")


@dataclass(frozen=True)
class FileContent(Answer):
    """A file, or the part of it that was read.

    Attributes:
        address: its address on the Hub; a signed storage address is never shown.
        commit: the commit it was read at; "" if the Hub does not say.
        body: the bytes read, from the first on.
        total: its size in bytes; None if the Hub does not say.
        media_type: its type according to the Hub or its first bytes.
        first, last: the requested lines, counted from 1; `last` 0 for as many as fit.
    """

    verbatim: ClassVar[str] = "text"
    is_file: ClassVar[bool] = True

    path: str
    address: str
    body: bytes
    commit: str = ""
    total: int | None = None
    media_type: str = ""
    first: int = 1
    last: int = 0

    @property
    def whole(self) -> bool:
        """Whether all of it was read."""
        return self.total is None or len(self.body) >= self.total

    @property
    def text(self) -> str | None:
        """The part read, as text with plain line ends; None if it is not text."""
        return self._decoded()[0]

    def _decoded(self) -> tuple[str | None, str]:
        """Its text, and its encoding if that is not UTF-8."""
        name = next((name for mark, name in MARKS if self.body.startswith(mark)), "utf-8")
        if name.startswith("utf-8") and b"\0" in self.body:
            return None, ""
        text: str | None
        try:
            text = codecs.getincrementaldecoder(name)().decode(self.body, final=self.whole)
        except UnicodeDecodeError:
            text = self._western() if name == "utf-8" else None
            name = f"{WESTERN}, a guess: it is not UTF-8"
        if text is None:
            return None, ""
        return text.replace("\r\n", "\n"), "" if name.startswith("utf-8") else name

    def _western(self) -> str | None:
        """Text in a one-byte encoding; None if its characters make that unlikely."""
        if _CONTROL.search(self.body) or 4 * len(_BEYOND_ASCII.findall(self.body)) > len(self.body):
            return None
        try:
            return self.body.decode(WESTERN)
        except UnicodeDecodeError:
            return None

    @property
    def image(self) -> tuple[str, bytes] | None:
        """Its media type and bytes, if it is a picture that was read completely."""
        kind = picture_in(self.body)
        return (kind, self.body) if kind and self.whole and len(self.body) <= LARGEST_IMAGE else None

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        said: dict[str, Any] = {"path": clean(spelled(self.path)), "size": self.total, "commit": self.commit}
        text, encoding = self._decoded()
        if text is None:
            kind = self.image[0] if self.image else self.media_type or "application/octet-stream"
            said |= {"media_type": clean(kind, 100), "address": clean(self.address), "content": "not text"}
            if self.image:
                said["content"] = "a picture"
        else:
            said |= {"encoding": encoding, **self._lines(text)}
        return {name: one for name, one in said.items() if one not in EMPTY or name == "size"}

    def _lines(self, text: str) -> dict[str, Any]:
        """The requested lines that fit, and how to continue."""
        lines = text.split("\n")
        if not lines[-1] or not (self.whole or len(lines) == 1):
            lines.pop()  # the text after the last line end, or a line that was only partly read
        wanted = lines[self.first - 1 : self.last or None]
        if not wanted:
            there = f"{len(lines):,}" if self.whole else f"more than {len(lines):,}"
            return {"lines": f"none: it has {there}"} if lines else {"lines": "none: it is empty"}
        room, left, shown = BUDGET - ROOM, MOST_TEXT, list[str]()
        for line in wanted:
            room, left = room - weight(line) - 1, left - len(line.encode("utf-8", "replace")) - 1
            if shown and (room < 0 or left < 0):
                break
            shown.append(line)
        if room < 0 or left < 0:
            shown[0] = cut_text(shown[0], min(MOST_TEXT // 4, BUDGET - ROOM)) if len(shown) == 1 else shown[0]
        end = self.first + len(shown) - 1
        of = f"{len(lines):,}" if self.whole else f"more than {len(lines):,}"
        said = {"lines": f"{self.first:,} to {end:,} of {of}"}
        if self.last and end >= self.last:
            pass  # that is everything requested
        elif end < len(lines):
            said["more"] = f"start_line {end + 1}"
        elif not self.whole:
            said["more"] = self._beyond(end)
        raw = "\n".join(shown)
        seen = visible(raw)
        if len(seen) < len(raw):
            said["hidden"] = f"{len(raw) - len(seen):,} invisible characters are left out"
        return {**said, "text": seen}

    def _beyond(self, end: int) -> str:
        if len(self.body) < FURTHEST:
            return f"start_line {end + 1}"
        return f"only the first {size(len(self.body))} are read here; the rest is at {clean(self.address)}"


@get("/[{type}s/]{repo_id}/resolve/{revision}/{path}")
class GetFile(Endpoint[FileContent]):
    """Text by lines, small pictures; else size and address."""

    in_area = "files"
    at = "{type}s/{repo_id}/file/{revision}/{path}"
    may_lie_in_storage = True

    repo_id: RepoId
    type: RepoType
    path: FilePath
    revision: Revision = "main"
    start_line: int | None = Field(default=None, ge=1)
    end_line: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_line and self.end_line < (self.start_line or 1):
            raise ValueError("`end_line` is before `start_line`")
        return self

    def reach(self) -> int:
        """How many bytes to request, from the first on."""
        kind = self.path.rpartition(".")[2].lower()
        if kind in SHOWN_AS or kind in NO_TEXT:
            return LARGEST_IMAGE if kind in SHOWN_AS else OTHERS
        return FURTHEST if (self.start_line or 1) > 1 else BEGINNING

    def to_http(self, base: str) -> HttpRequest:
        return HttpRequest("GET", base + self.real_path(), accept="*/*", first=self.reach())

    def from_http(self, response: HttpResponse) -> FileContent:
        headers, empty = response.headers, response.headers.get("content-range", "") == "bytes */0"
        of_the_hub = "x-repo-commit" in headers
        if not (response.status in (200, 206) and of_the_hub) and not (response.status == 416 and empty):
            self.refuse_errors(response)
        whole_size = re.fullmatch(r"bytes 0-\d+/(\d{1,15})", headers.get("content-range", ""))
        body = b"" if empty else response.body[: self.reach()]
        count = (
            int(whole_size[1])
            if whole_size and response.status == 206
            else None
            if response.status == 206
            else len(response.body)
        )
        commit = headers.get("x-repo-commit", "")
        return FileContent(
            self.path,
            response.url.partition("?")[0],
            body,
            commit if re.fullmatch(r"[0-9a-f]{40}", commit) else "",
            0 if empty else count,
            headers.get("content-type", "").partition(";")[0],
            self.start_line or 1,
            self.end_line or 0,
        )
