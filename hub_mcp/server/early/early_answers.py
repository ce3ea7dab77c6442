"""Answers that are the same for every client, from a prepared file: no SDK, no catalogue, no network.

    early = EarlyAnswers(settings)
    early.answer(line)  # the bytes the SDK's server would write, or None

Anything uncertain here - a message of another shape, a method that needs the Hub, a second handshake - is not
answered, and from then on the SDK's server has the session. `python -m hub_mcp.dev manifests` writes
`early_answers.json` from that server's answers (drift-checked); a test compares every answer with the SDK's,
byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub_mcp.server.tools.tool_selection import PreparedTool, output_schema, tools_for
from hub_mcp.server.views.view_list import ANSWER_TOOL, CONSENT, declares_views, view_of, with_view
from hub_mcp.settings import Settings

FILE = "early_answers.json"
VERSION = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
CLIENT = "io.modelcontextprotocol/clientInfo"
_PLAIN_ID = re.compile(r"[ !#-\[\]-~]{1,200}")  # the values that JSON writes directly


@dataclass(frozen=True)
class Era:
    """Protocol versions with the same lists.

    Attributes:
        modern: whether every request has its version, instead of a handshake.
        results: the result of each method; the tools are inserted.
        tool_keys: the keys of a tool in their order, and for schemas among them, theirs.
    """

    versions: Sequence[str]
    modern: bool
    results: Mapping[str, Mapping[str, Any]]
    tool_keys: Mapping[str, Sequence[str]]


def eras() -> tuple[Era, ...]:
    """The prepared eras; unknown versions are answered with the last one that has a handshake."""
    return tuple(Era(**one) for one in json.loads(Path(__file__).with_name(FILE).read_bytes()))


class EarlyAnswers:
    """The early answers in one session.

    Attributes:
        replayed: the lines that set up the session. The SDK's server has to read them first, and its answers
            to them are dropped.
    """

    def __init__(self, settings: Settings) -> None:
        self.replayed: list[bytes] = []
        self._settings = settings
        self._eras = eras()  # that the session can be of
        self._era: Era | None = None
        self._initialized = False
        self._views = False  # whether the client declared views in the handshake

    def answer(self, line: bytes) -> bytes | None:
        """The answer to a line; b"" if it needs none, None if it is for the SDK's server."""
        message = _message(line)
        if message is None:
            return None
        method, params = message["method"], message.get("params", {})
        if "id" not in message:
            return self._noted(line, method, params)
        result = (
            self._handshake(line, params) if method == "initialize" else self._reply(line, method, params)
        )
        if result is None:
            return None
        return b'{"jsonrpc":"2.0","id":' + _json(message["id"]) + b',"result":' + _json(result) + b"}\n"

    def _handshake(self, line: bytes, params: dict[str, Any]) -> Mapping[str, Any] | None:
        if self._era or not _is_handshake(params):
            return None
        handshakes = [era for era in self._eras if not era.modern]
        asked = params["protocolVersion"]
        era = self._settled(next((era for era in handshakes if asked in era.versions), handshakes[-1]))
        self._views = declares_views(params["capabilities"])
        self.replayed.append(line)
        version = asked if asked in era.versions else era.versions[-1]
        return {**era.results["initialize"], "protocolVersion": version}

    def _settled(self, era: Era) -> Era:
        """The era of the session; the others make room for what is imported meanwhile."""
        self._era, self._eras = era, (era,)
        return era

    def _noted(self, line: bytes, method: str, params: dict[str, Any]) -> bytes | None:
        shaken = self._era is not None and not self._era.modern and not self._initialized
        if method != "notifications/initialized" or params or not shaken:
            return None
        self._initialized = True
        self.replayed.append(line)
        return b""

    def _reply(self, line: bytes, method: str, params: dict[str, Any]) -> Mapping[str, Any] | None:
        era = _era_of_request(params, self._eras)
        if method == "server/discover":  # it has no effect on the connection
            return era.results[method] if era else None
        if era is None and not _carries_nothing(params):
            return None
        if era is not None and self._era is None:
            if method not in era.results:
                return None
            self._settled(era)
            self.replayed.append(line)
        if self._era is None or self._era.modern != (era is not None) or method not in self._era.results:
            return None
        result = self._era.results[method]
        if "tools" not in result:
            return result
        views = declares_views(params["_meta"][CAPABILITIES]) if era else self._views
        views = views and self._settings.views != "off" and "_meta" in self._era.tool_keys
        prepared = {**result, "tools": self._tools(self._era, views=views)}
        return {**prepared, "cacheScope": "private"} if views and "cacheScope" in prepared else prepared

    def _tools(self, era: Era, *, views: bool) -> list[dict[str, Any]]:
        prepared = tools_for(self._settings)
        shown = [
            view_of(one.name, one.tool["inputSchema"], lists=one.lists) if views else "" for one in prepared
        ]
        if CONSENT in shown:
            prepared, shown = [*prepared, PreparedTool("", False, False, ANSWER_TOOL)], [*shown, ""]
        return [
            {key: _in_order(whole[key], era.tool_keys[key]) for key in era.tool_keys if key in whole}
            for whole in map(self._whole, prepared, shown)
        ]

    def _whole(self, one: PreparedTool, view: str) -> dict[str, Any]:
        """A tool as it is listed, with its view."""
        whole: dict[str, Any] = {**one.tool, "name": self._settings.tool_prefix + one.name}
        if self._settings.structured:
            whole["outputSchema"] = output_schema(lists=one.lists)
        if view:
            whole["_meta"] = with_view(whole.get("_meta"), view)
        return whole


def _in_order(part: Any, keys: Sequence[str]) -> Any:
    return {key: part[key] for key in keys if key in part} if keys else part


class _Uncertain(ValueError):
    """A message that parsers may read in two ways."""


def _message(line: bytes) -> dict[str, Any] | None:
    """A request or notification that every parser reads the same way; None for anything else."""
    try:
        text = line.decode()
        if "\\u" in text:
            return None
        message = json.loads(
            text, parse_float=_refused, parse_constant=_refused, parse_int=_short, object_pairs_hook=_once
        )
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or not {"jsonrpc", "method"} <= message.keys():
        return None
    if message.keys() - {"jsonrpc", "id", "method", "params"} or message["jsonrpc"] != "2.0":
        return None
    if not isinstance(message["method"], str) or not isinstance(message.get("params", {}), dict):
        return None
    return message if "id" not in message or _is_id(message["id"]) else None


def _refused(text: str) -> None:
    raise _Uncertain(text)


def _short(digits: str) -> int:
    if len(digits) > 15:
        raise _Uncertain(digits)
    return int(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Uncertain
    return found


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _is_id(value: Any) -> bool:
    return type(value) is int or (isinstance(value, str) and _PLAIN_ID.fullmatch(value) is not None)


def _is_handshake(params: dict[str, Any]) -> bool:
    return (
        params.keys() == {"protocolVersion", "capabilities", "clientInfo"}
        and isinstance(params["protocolVersion"], str)
        and _is_capabilities(params["capabilities"])
        and _is_client(params["clientInfo"])
    )


def _era_of_request(params: dict[str, Any], eras: Sequence[Era]) -> Era | None:
    """The one of these eras whose version the request carries, with nothing unknown; None otherwise."""
    meta = params.get("_meta")
    if params.keys() != {"_meta"} or not isinstance(meta, dict) or not {VERSION, CAPABILITIES} <= meta.keys():
        return None
    known = meta.keys() <= {VERSION, CAPABILITIES, CLIENT, "progressToken"}
    if not known or not _is_id(meta.get("progressToken", 0)) or not _is_capabilities(meta[CAPABILITIES]):
        return None
    if CLIENT in meta and not _is_client(meta[CLIENT]):
        return None
    return next((era for era in eras if era.modern and meta[VERSION] in era.versions), None)


def _carries_nothing(params: dict[str, Any]) -> bool:
    """Whether a list's parameters request its first page, with at most a progress token."""
    if not params:
        return True
    meta = params.get("_meta")
    if params.keys() != {"_meta"} or not isinstance(meta, dict):
        return False
    return meta.keys() <= {"progressToken"} and _is_id(meta.get("progressToken", 0))


def _is_client(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {"name", "version"} <= value.keys() <= {"name", "version", "title", "description", "websiteUrl"}
        and all(isinstance(text, str) for text in value.values())
    )


def _is_capabilities(value: Any) -> bool:
    return isinstance(value, dict) and all(
        name in _CAPABILITIES and isinstance(one, dict) and _CAPABILITIES[name](one)
        for name, one in value.items()
    )


def _empty_objects(*known: str) -> Callable[[dict[str, Any]], bool]:
    def fits(one: dict[str, Any]) -> bool:
        return one.keys() <= {*known} and all(part == {} for part in one.values())

    return fits


def _objects(one: dict[str, Any]) -> bool:
    return all(isinstance(part, dict) for part in one.values())


def _roots(one: dict[str, Any]) -> bool:
    return one.keys() <= {"listChanged"} and all(isinstance(part, bool) for part in one.values())


_CAPABILITIES: Mapping[str, Callable[[dict[str, Any]], bool]] = {
    "roots": _roots,
    "sampling": _empty_objects("context", "tools"),
    "elicitation": _empty_objects("form", "url"),
    "experimental": _objects,
    "extensions": _objects,
}
