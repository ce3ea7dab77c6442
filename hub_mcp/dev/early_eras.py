"""The SDK server's answers that are the same for every client, recorded for the start of a session."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import anyio
from mcp.server.lowlevel import Server
from mcp.shared.message import SessionMessage
from mcp.types import jsonrpc_message_adapter
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, LATEST_HANDSHAKE_VERSION, MODERN_PROTOCOL_VERSIONS

from hub_mcp.server.early.early_answers import CAPABILITIES, CLIENT, VERSION
from hub_mcp.server.relay import Relay

LIST_TOOLS = "tools/list"
LISTS = (LIST_TOOLS, "prompts/list", "resources/list", "resources/templates/list")
SCHEMAS = ("inputSchema", "outputSchema")
CLIENT_INFO = {"name": "hub-mcp", "version": "0"}


def requests(version: str, capabilities: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The first requests that a client of a version, with these capabilities, may send, in order."""
    if version in MODERN_PROTOCOL_VERSIONS:
        meta = {VERSION: version, CAPABILITIES: capabilities or {}, CLIENT: CLIENT_INFO}
        return [_request(method, {"_meta": meta}) for method in ("server/discover", *LISTS)]
    hello = {"protocolVersion": version, "capabilities": capabilities or {}, "clientInfo": CLIENT_INFO}
    begun = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    return [_request("initialize", hello), begun, *(_request(method, {}) for method in ("ping", *LISTS))]


def _request(method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": method, "method": method, "params": params}


async def answers(server: Server[Any], messages: Iterable[Mapping[str, Any] | bytes]) -> list[bytes]:
    """What a server sends, line by line; each answer is awaited before the next message is sent."""
    to_relay, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](1)
    outgoing, from_relay = anyio.create_memory_object_stream[SessionMessage](1)
    lines: list[bytes] = []
    async with from_relay, anyio.create_task_group() as group:
        group.start_soon(Relay(server).run, incoming, outgoing)
        async with to_relay:
            for message in messages:
                line = message if isinstance(message, bytes) else json.dumps(message).encode()
                read = jsonrpc_message_adapter.validate_json(line, by_name=False)
                await to_relay.send(SessionMessage(read))
                waited_for = getattr(read, "id", None)
                while waited_for is not None:
                    said = (await from_relay.receive()).message
                    lines.append(said.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
                    if getattr(said, "id", None) == waited_for:
                        break
    return lines


def _keys(objects: Iterable[Mapping[str, Any]]) -> list[str]:
    """The keys of similar objects, in the order of the object that has most of them."""
    return list(dict.fromkeys(key for one in sorted(objects, key=len, reverse=True) for key in one))


async def eras(server: Server[Any]) -> list[dict[str, Any]]:
    """Every version's answers, equal ones grouped; the newest with a handshake is last in its group."""
    found: list[dict[str, Any]] = []
    for version in (*sorted(HANDSHAKE_PROTOCOL_VERSIONS), *sorted(MODERN_PROTOCOL_VERSIONS)):
        read = [json.loads(line) for line in await answers(server, requests(version))]
        results: dict[str, dict[str, Any]] = {one["id"]: one["result"] for one in read}
        tools = results[LIST_TOOLS]["tools"]
        keys = {
            key: _keys(tool[key] for tool in tools if key in tool) if key in SCHEMAS else []
            for key in _keys(tools)
        }
        results[LIST_TOOLS]["tools"] = []
        if "initialize" in results:
            results["initialize"]["protocolVersion"] = ""
        era = {"modern": version in MODERN_PROTOCOL_VERSIONS, "results": results, "tool_keys": keys}
        alike = next((one for one in found if {**one, "versions": 0} == {**era, "versions": 0}), None)
        if alike is None:
            found.append({"versions": [version], **era})
        else:
            alike["versions"].append(version)
    assert [one for one in found if not one["modern"]][-1]["versions"][-1] == LATEST_HANDSHAKE_VERSION
    return found
