"""The published tool list: what every client sees of the tools, as data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import anyio
from mcp.types import Tool
from mcp_types import methods
from mcp_types.version import LATEST_MODERN_VERSION

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.catalogue.declared import LISTED, PACKAGE
from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.catalogue.operations.endpoints import endpoint_of
from hub_mcp.cli.assistants.jsonc import Json
from hub_mcp.dev.early_eras import eras
from hub_mcp.dev.project import ROOT
from hub_mcp.server.early import early_answers
from hub_mcp.server.tools.announced_tools import tool_of, tools
from hub_mcp.server.tools.catalogue_tools import callable_operations
from hub_mcp.server.tools.operation_tools import CHANGING, FIND, TOOLS, tool_for
from hub_mcp.server.tools.tool_selection import AREA, FILE, NAMED_FILE
from hub_mcp.settings import Settings
from hub_mcp.wiring import sandbox, server_of

SERVER = ROOT / "hub_mcp" / "server"

PUBLISHED = {"name", "title", "description", "input_schema", "annotations"}


def published() -> list[dict[str, Json]]:
    """Every tool in the catalogue's order, with the protocol's own field names."""
    return [
        tool.model_dump(mode="json", by_alias=True, exclude_none=True, include=PUBLISHED)
        for tool in (*tools(), *(tool_for(name) for name in TOOLS))
    ]


def prepared() -> dict[Path, bytes]:
    """The files from which a server on stdio lists its tools."""
    names = [name for name in callable_operations() if name not in default_endpoints()]
    named = [made for name in names if (made := endpoint_of(name))]
    reaching: list[dict[str, Json]] = [
        {"area": AREA, "reads": name not in CHANGING, "lists": name == FIND, "tool": _dumped(tool_for(name))}
        for name in TOOLS
    ]
    return {
        SERVER / "tools" / FILE: _lines([*map(_listed, default_endpoints().values()), *reaching]),
        SERVER / "tools" / NAMED_FILE: _lines(map(_listed, named)),
    }


def by_file() -> dict[Path, bytes]:
    """The file that maps each tool to its module in the catalogue."""
    files: dict[str, list[str]] = {}
    for tool, endpoint in ENDPOINTS.items():
        files.setdefault(endpoint.__module__.removeprefix(f"{PACKAGE}."), []).append(tool)
    lines = (f"{json.dumps(file)}: {json.dumps(tools)}" for file, tools in files.items())
    return {LISTED: ("{\n" + ",\n".join(lines) + "\n}\n").encode()}


def early() -> dict[Path, bytes]:
    """The file with the first answers of a session over stdio."""
    settings = Settings(sandbox="", journal="off", structured=True)  # so that every field appears, in order
    written = anyio.run(eras, server_of(settings, sandbox(settings)))
    text = json.dumps(written, ensure_ascii=False, indent=1) + "\n"
    return {SERVER / "early" / early_answers.FILE: text.encode()}


def _listed(endpoint: type[Endpoint[Any]]) -> dict[str, Json]:
    return {
        "area": endpoint.area,
        "reads": not endpoint.changes,
        "lists": endpoint.is_listing(),
        "tool": _dumped(tool_of(endpoint)),
    }


def _dumped(tool: Tool) -> dict[str, Json]:
    """A tool with its fields in the order in which the SDK writes them."""
    dumped = tool.model_dump(mode="json", by_alias=True, exclude_none=True)
    result = {"tools": [dumped], "resultType": "complete", "ttlMs": 0, "cacheScope": "public"}
    written = methods.serialize_server_result("tools/list", LATEST_MODERN_VERSION, result)
    in_order: dict[str, Json] = written["tools"][0]
    return in_order


def _lines(listed: Iterable[Mapping[str, Json]]) -> bytes:
    """One tool per line, so that a diff shows which one changed."""
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in listed)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()
