"""The type of an attachment, from its first bytes; anything else is refused before anybody is asked."""

from __future__ import annotations

import base64

import pytest

from hub_mcp.catalogue.discussions.attachments import UploadAttachment, media_in
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.errors import UnexpectedAnswer

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def of(body: bytes) -> UploadAttachment:
    return UploadAttachment(content=base64.b64encode(body).decode())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PNG, "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"GIF89a", "image/gif"),
        (b"RIFF1234WEBPVP8 ", "image/webp"), (b"RIFF1234WAVEfmt ", "audio/wav"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"), (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3", "video/webm"), (b"ID3\x04", "audio/mpeg"), (b"\xff\xfb\x90", "audio/mpeg"),
    ],
)  # fmt: skip
def test_its_media_type_is_detected_from_its_first_bytes_and_sent(body: bytes, kind: str) -> None:
    assert media_in(body) == kind
    sent = of(body).to_http("https://hub.test")
    assert (sent.method, sent.url, sent.content_type, sent.content) == (
        "POST", "https://hub.test/uploads", kind, body,
    )  # fmt: skip


@pytest.mark.parametrize("body", [b"", b"<svg/>", b"%PDF-1.7", b"MZ\x90", b"hf_token", b"\xff"])
def test_a_file_that_is_not_a_picture_video_or_sound_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="it is not a PNG"):
        of(body)


@pytest.mark.parametrize("answer", [b"", b"ok", b"javascript:alert(1)", b"https://a b"])
def test_an_answer_that_is_no_address_is_not_passed_on(answer: bytes) -> None:
    with pytest.raises(UnexpectedAnswer):
        of(PNG).from_http(
            HttpResponse(200, {"content-type": "text/plain"}, answer, "https://hub.test/uploads")
        )
