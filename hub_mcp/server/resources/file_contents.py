"""File contents: what is at a file's address, and the blocks that accompany the text of an answer."""

from __future__ import annotations

import base64
import json
from typing import Any

from mcp.types import (
    BlobResourceContents,
    ContentBlock,
    ImageContent,
    ReadResourceResult,
    ResourceLink,
    TextResourceContents,
)

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.content.file_content import FileContent
from hub_mcp.catalogue.operations.found import FoundFile
from hub_mcp.catalogue.repos.datasets import ReadDatasetParquetShard, Shard
from hub_mcp.client.hub import Hub
from hub_mcp.server.resources.addresses import address_of
from hub_mcp.server.resources.text_contents import JSON, META, text_at

LARGEST_BLOB = 190_000  # bytes of a file sent as such; in base64 it stays within the budget


async def file_at(hub: Hub, call: Endpoint[Any], uri: str) -> ReadResourceResult:
    """The file that a call reads."""
    answer = await hub.send(call)
    if isinstance(answer, FileContent):
        return _content(uri, answer)
    if isinstance(answer, Shard):
        return await _shard(hub, call, answer, uri)
    said = answer.content()
    if isinstance(answer, FoundFile) and 0 < len(answer.body) <= LARGEST_BLOB:
        beside = {**META, **{f"hub_mcp/{name}": one for name, one in said.items()}}
        return _blob(uri, answer.body, answer.media_type, beside)
    return text_at(uri, json.dumps(said, ensure_ascii=False), JSON)


async def _shard(hub: Hub, call: Endpoint[Any], shard: Shard, uri: str) -> ReadResourceResult:
    """A parquet file's bytes if they are few and on the Hub itself; otherwise its address."""
    if shard.bytes is None or shard.bytes > LARGEST_BLOB or not shard.url.startswith(f"{hub.base}/"):
        return text_at(uri, json.dumps(shard.content()), JSON)
    response = await hub.exchange(ReadDatasetParquetShard.model_validate(call.as_arguments()))
    kind = shard.media_type or "application/vnd.apache.parquet"
    return _blob(uri, response.body, kind, META)


def _content(uri: str, file: FileContent) -> ReadResourceResult:
    """A file's content if it is text or a small picture, otherwise its facts; the rest is in `meta`."""
    said = file.content()
    beside = {**META, **{f"hub_mcp/{name}": one for name, one in said.items() if name != "text"}}
    if file.image:
        kind, body = file.image
        return _blob(uri, body, kind, beside)
    if "text" not in said:
        return text_at(uri, json.dumps(said, ensure_ascii=False), JSON)
    text = TextResourceContents(uri=uri, text=said["text"], mime_type="text/plain", _meta=beside)
    return ReadResourceResult(contents=[text])


def _blob(uri: str, body: bytes, kind: str, meta: dict[str, Any]) -> ReadResourceResult:
    blob = base64.b64encode(body).decode()
    return ReadResourceResult(contents=[BlobResourceContents(uri=uri, blob=blob, mime_type=kind, _meta=meta)])


def blocks_beside(call: Endpoint[Any], answer: Answer, *, links: bool) -> list[ContentBlock]:
    """The blocks that accompany the text about a file: its picture, or a link to it.

    Args:
        links: whether the client supports resource links.
    """
    if isinstance(answer, FileContent) and (image := answer.image):
        kind, body = image
        return [ImageContent(data=base64.b64encode(body).decode(), mime_type=kind)]
    if isinstance(answer, Shard) and links:
        where = address_of(call)
        return [ResourceLink(uri=where, name="parquet file", mime_type=answer.media_type or None)]
    return []
