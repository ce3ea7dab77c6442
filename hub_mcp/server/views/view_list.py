"""Which tools have a view, and which clients get it; without the SDK, since early answers need it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EXTENSION = "io.modelcontextprotocol/ui"
HTML = "text/html;profile=mcp-app"
PREFIX = "ui://hub-mcp/"
ROWS, CONSENT, ACCESS, SPACE = "rows", "consent", "access", "space"
VIEWS = (ROWS, CONSENT, ACCESS, SPACE)
WITHOUT = frozenset({"find_operations"})  # its rows are signatures for a model
OWN = {  # reading tools with a view for any answer
    "read_operation": ROWS,
    "get_access": ACCESS,
    "get_space": SPACE,
    "get_space_runtime": SPACE,
    "read_space_logs": SPACE,
}

ANSWER = "answer_question"
_TEXT = {"type": "string"}
ANSWER_TOOL: Mapping[str, Any] = {
    "name": ANSWER,
    "title": "Answer a question",
    "description": "For the view that asks a person; a model's call is refused.",
    "inputSchema": {
        "type": "object",
        "properties": {
            "token": _TEXT,
            "key": _TEXT,
            "tool": _TEXT,
            "arguments": {"type": "object", "properties": {"repo_id": _TEXT}},
            "yes": {"type": "boolean"},
            "name": _TEXT,
        },
        "required": ["token", "key", "tool", "arguments", "yes"],
    },
    "annotations": {  # as the SDK orders them
        "destructiveHint": True,
        "idempotentHint": False,
        "openWorldHint": True,
        "readOnlyHint": False,
    },
    "_meta": {"ui": {"visibility": ["app"]}},
}


def declares_views(capabilities: Any) -> bool:
    """Whether a client's capabilities declare that it shows views."""
    extensions = capabilities.get("extensions") if isinstance(capabilities, Mapping) else None
    one = extensions.get(EXTENSION) if isinstance(extensions, Mapping) else None
    kinds = one.get("mimeTypes") if isinstance(one, Mapping) else None
    return isinstance(kinds, list) and HTML in kinds


def view_of(name: str, schema: Mapping[str, Any], *, lists: bool) -> str:
    """The view of a tool, by its own name and its schema; "" if it has none."""
    if name in WITHOUT:
        return ""
    if lists or name in OWN:
        return OWN.get(name, ROWS)
    return CONSENT if "confirm_token" in schema["properties"] else ""


def with_view(meta: Mapping[str, Any] | None, view: str) -> dict[str, Any]:
    """A tool's `_meta` with the address of its view."""
    return {**(meta or {}), "ui": {"resourceUri": PREFIX + view}}
