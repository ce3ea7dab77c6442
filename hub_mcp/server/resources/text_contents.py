"""A text as the content of a resource."""

from __future__ import annotations

from mcp.types import ReadResourceResult, TextResourceContents

from hub_mcp.server.answers.render import HUB_SAYS

JSON = "application/json"
META = {"hub_mcp/provenance": HUB_SAYS}


def text_at(uri: str, text: str, media_type: str) -> ReadResourceResult:
    contents = TextResourceContents(uri=uri, text=text, mime_type=media_type, _meta=META)
    return ReadResourceResult(contents=[contents])
