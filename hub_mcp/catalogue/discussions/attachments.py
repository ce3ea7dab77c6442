"""Uploading a picture, video or sound for a discussion, to an address everyone can open."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import field_validator

from hub_mcp.catalogue.answers import Answer, size
from hub_mcp.catalogue.change import Change, Nothing, post
from hub_mcp.catalogue.content.file_changes import MOST_SHOWN, Content, from_base64
from hub_mcp.catalogue.content.file_content import picture_in
from hub_mcp.catalogue.http import HttpRequest, HttpResponse
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import UnexpectedAnswer, plain
from hub_mcp.text import quoted

_ADDRESS = re.compile(r"https?://[!-~]{3,500}")


def media_in(body: bytes) -> str:
    """The media type of bytes that the Hub accepts as an attachment; "" for anything else."""
    if kind := picture_in(body):
        return kind
    if body[4:8] == b"ftyp":
        return "video/quicktime" if body[8:12] == b"qt  " else "video/mp4"
    if body[:4] == b"RIFF" and body[8:12] == b"WAVE":
        return "audio/wav"
    if body.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm"
    is_frame = len(body) > 1 and body[0] == 0xFF and body[1] & 0xE0 == 0xE0
    return "audio/mpeg" if body.startswith(b"ID3") or is_frame else ""


@dataclass(frozen=True)
class Attachment(Answer):
    """The address of an attachment."""

    url: str

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {"url": plain(self.url, 600)}


@post("/uploads", permission="discussion.write", of_caller=True)
class UploadAttachment(Change[Nothing, Attachment]):
    """Upload a small picture, video or sound, in base64; answers its address for a comment. Asks first."""

    by_default = False
    stated = ("content",)

    content: Content

    @field_validator("content")
    @classmethod
    def _is_seen_or_heard(cls, text: str) -> str:
        if not media_in(from_base64(text)):
            raise ValueError("it is not a PNG, JPEG, GIF, WebP, MP4, QuickTime, WebM, MP3 or WAV in base64")
        return text

    @property
    def body(self) -> bytes:
        return from_base64(self.content)

    def headline(self, before: Nothing) -> str:
        return f"Upload {media_in(self.body)}, {size(len(self.body))}, to where everyone can open it?"

    def consequences(self, before: Nothing, known: Known) -> Iterator[Consequence]:
        yield Consequence(Impact.OPENS, "anyone with its address can see it, and it cannot be deleted")

    def facts(self, before: Nothing, known: Known) -> tuple[str, ...]:
        digest = hashlib.sha256(self.body).hexdigest()
        return (f"it begins {quoted(self.content, MOST_SHOWN)}", f"its SHA-256 is {digest}")

    def to_http(self, base: str) -> HttpRequest:
        url = f"{base}{self.real_path()}"
        return HttpRequest("POST", url, content=self.body, content_type=media_in(self.body), accept="*/*")

    def from_http(self, response: HttpResponse) -> Attachment:
        self.refuse_errors(response)
        text = response.body[:1_000].decode("utf-8", "replace").strip()
        if not _ADDRESS.fullmatch(text):
            raise UnexpectedAnswer("The Hub accepted the attachment, but did not say where it is.")
        return Attachment(text)

    def outcome(self, before: Nothing, after: Attachment) -> str:
        return f"Uploaded {size(len(self.body))}: {plain(after.url, 600)}"
