"""A client gets only what its negotiated protocol revision knows, and nothing newer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

from hub_mcp.dev.early_eras import answers, requests
from hub_mcp.server.early.early_answers import EarlyAnswers
from hub_mcp.settings import Settings
from hub_mcp.wiring import sandbox, server_of

VERSIONS = [*HANDSHAKE_PROTOCOL_VERSIONS, *MODERN_PROTOCOL_VERSIONS]
STAMP = "io.modelcontextprotocol/serverInfo"
OPEN = frozenset({"inputSchema", "outputSchema", "structuredContent", "_meta", "experimental"})
# What the published schemas of the revisions know of the objects this server sends, each with its first day.
FIRST, SECOND, THIRD, FOURTH, MODERN = "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"
NAMED = {"name": FIRST, "description": FIRST, "title": THIRD, "_meta": THIRD, "icons": FOURTH}
RESOURCE = {**NAMED, "mimeType": FIRST, "annotations": FIRST}
BLOCK = {"type": FIRST, "text": FIRST, "annotations": FIRST, "_meta": THIRD}
LINK = {**RESOURCE, "type": FIRST, "uri": FIRST, "size": FIRST}
RESULT = {"_meta": FIRST, "nextCursor": FIRST, "resultType": MODERN, "ttlMs": MODERN, "cacheScope": MODERN}
CAPABILITY = {"listChanged": FIRST, "subscribe": FIRST}
KNOWN: Mapping[str, Mapping[str, str]] = {
    "result": {**RESULT, "protocolVersion": FIRST, "supportedVersions": MODERN, "capabilities": FIRST,
               "serverInfo": FIRST, "instructions": FIRST, "tools": FIRST, "prompts": FIRST,
               "resources": FIRST, "resourceTemplates": FIRST, "content": FIRST, "isError": FIRST,
               "structuredContent": THIRD, "contents": FIRST, "description": FIRST, "messages": FIRST,
               "completion": FIRST},
    "serverInfo": {"name": FIRST, "version": FIRST, "title": THIRD, "description": FOURTH,
                   "icons": FOURTH, "websiteUrl": FOURTH},
    "icons": {"src": FOURTH, "mimeType": FOURTH, "sizes": FOURTH},
    "capabilities": {"tools": FIRST, "prompts": FIRST, "resources": FIRST, "experimental": FIRST,
                     "logging": FIRST, "completions": SECOND, "extensions": MODERN},
    "capability": CAPABILITY,
    "tools": {**NAMED, "inputSchema": FIRST, "annotations": SECOND, "outputSchema": THIRD},
    "annotations": {"title": SECOND, "readOnlyHint": SECOND, "destructiveHint": SECOND,
                    "idempotentHint": SECOND, "openWorldHint": SECOND},
    "prompts": {**NAMED, "arguments": FIRST},
    "arguments": {"name": FIRST, "description": FIRST, "required": FIRST, "title": THIRD},
    "messages": {"role": FIRST, "content": FIRST},
    "resources": {**RESOURCE, "uri": FIRST, "size": FIRST},
    "resourceTemplates": {**RESOURCE, "uriTemplate": FIRST},
    "contents": {"uri": FIRST, "mimeType": FIRST, "text": FIRST, "blob": FIRST, "_meta": THIRD},
    "completion": {"values": FIRST, "total": FIRST, "hasMore": FIRST},
    "text": BLOCK,
    "resource_link": dict.fromkeys(LINK, THIRD),
    "params": {"progressToken": FIRST, "progress": FIRST, "total": FIRST, "message": SECOND, "_meta": FIRST},
}  # fmt: skip
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("tools/call", {"name": "list_models", "arguments": {"limit": 1}}),
    ("tools/call", {"name": "list_models", "arguments": {"count": True, "author": "nimbus-labs"}}),
    ("tools/call", {"name": "get_model", "arguments": {"repo_id": "openai-community/gpt2"}}),
    ("tools/call", {"name": "get_model", "arguments": {"repo_id": "nobody/nothing"}}),
    ("tools/call", {"name": "find_operations", "arguments": {"query": "delete a branch"}}),
    ("resources/read", {"uri": "hub://models/openai-community/gpt2"}),
    ("completion/complete", {"ref": {"type": "ref/resource", "uri": "hub://models"},
                             "argument": {"name": "sort", "value": "l"}}),
)  # fmt: skip
pytestmark = [pytest.mark.asyncio, pytest.mark.parametrize("version", VERSIONS)]


def newer(part: Any, kind: str, version: str) -> Iterator[str]:
    """The names in an object of some kind that a revision does not know."""
    if isinstance(part, list):
        for one in part:
            yield from newer(one, kind, version)
    if not isinstance(part, dict):
        return
    kind = part["type"] if kind == "content" and "type" in part else kind
    for name, one in part.items():
        if not version >= KNOWN[kind].get(name, "none of them"):
            yield f"{kind}.{name}"
        elif name not in OPEN:
            yield from newer(one, "capability" if kind == "capabilities" else name, version)


async def session(version: str, **settings: Any) -> list[dict[str, Any]]:
    """Everything a server sends to a client that asks for a bit of everything."""
    made = Settings(sandbox="", journal="off", **settings)
    messages = requests(version)
    of_request = messages[0]["params"].get("_meta", {})
    for number, (method, params) in enumerate(ASKED):
        meta = {**of_request, "progressToken": number}
        asked = {"method": method, "params": {**params, "_meta": meta}}
        messages.append({"jsonrpc": "2.0", "id": number, **asked})
    return [json.loads(line) for line in await answers(server_of(made, sandbox(made)), messages)]


@pytest.mark.parametrize("structured", [False, True])
async def test_no_revision_is_sent_what_it_does_not_know(version: str, structured: bool) -> None:
    sent = await session(version, structured=structured, resource_links="on")
    assert {one["id"] for one in sent if "result" in one} >= {*range(len(ASKED))}
    found = [name for one in sent if "result" in one for name in newer(one["result"], "result", version)]
    told = [name for one in sent if "params" in one for name in newer(one["params"], "params", version)]
    assert found == told == []


async def test_a_revision_is_sent_what_it_does_know(version: str) -> None:
    sent = {one.get("id"): one.get("result", {}) for one in await session(version, structured=True)}
    tool = sent["tools/list"]["tools"][0]
    assert ("annotations" in tool) == (version >= SECOND)
    assert ("title" in tool and "outputSchema" in tool and "_meta" in tool) == (version >= THIRD)
    assert ("structuredContent" in sent[0]) == (version >= THIRD)
    assert all(one["content"][0]["text"] for one in (sent[0], sent[2]))


async def test_the_icon_travels_once_where_the_server_introduces_itself(version: str) -> None:
    sent = {one.get("id"): one.get("result", {}) for one in await session(version)}
    introduced = sent.get("initialize", {}).get("serverInfo") or sent["server/discover"]["_meta"][STAMP]
    assert ("icons" in introduced) == (version >= FOURTH)
    others = [one for method, one in sent.items() if method not in ("initialize", "server/discover", None)]
    assert [one for one in others if "icons" in one.get("_meta", {}).get(STAMP, {})] == []
    if version in MODERN_PROTOCOL_VERSIONS:
        assert [one for one in others if one["_meta"][STAMP]["name"] != "hub-mcp"] == []


async def test_what_is_answered_before_the_sdk_is_there_holds_to_it_too(version: str) -> None:
    early = EarlyAnswers(Settings(sandbox="", journal="off", structured=True))
    lines = [early.answer(json.dumps(message).encode()) for message in requests(version)]
    assert all(line is not None for line in lines)
    results = [json.loads(line)["result"] for line in lines if line]
    assert [name for one in results for name in newer(one, "result", version)] == []
