"""The tools for every operation of the Hub: find one, read with one, change with one, change many.

A host's permission for reading can be trusted: `read_operation` refuses changing operations, by name, before
anything is sent, and `change_operation` refuses reading ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp.types import Tool, ToolAnnotations

from hub_mcp.catalogue.change import CHANGE_MANY

FIND, READ, CHANGE = "find_operations", "read_operation", "change_operation"
MANY = CHANGE_MANY
CHANGING = frozenset({CHANGE, MANY})
DECLARED = {"repo_id": {"type": "string"}, "type": {"type": "string"}, "namespace": {"type": "string"}}
ARGUMENTS = {"type": "object", "properties": DECLARED, "description": "as the signature says"}
NAME = {"type": "string"}
ITS_ARGUMENTS = {"type": "object", "properties": {"repo_id": NAME}}
CALL = {"type": "object", "properties": {"tool": NAME, "arguments": ITS_ARGUMENTS}}
CHANGES = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=True
)


def tool_for(name: str) -> Tool:
    """One of the three as it is listed."""
    description, properties, required, hints, meta = TOOLS[name]
    schema = {"type": "object", "properties": properties, "required": required}
    return Tool(
        name=name,
        title=name.replace("_", " ").capitalize(),
        description=description,
        input_schema=schema,
        annotations=hints,
        _meta=meta or None,
    )


TOOLS: Mapping[str, tuple[str, dict[str, Any], list[str], ToolAnnotations, dict[str, Any]]] = {
    FIND: (
        "Find any operation of the Hub by what it does; a name alone returns its arguments.",
        {"query": {"type": "string"}},
        ["query"],
        ToolAnnotations(read_only_hint=True, open_world_hint=False),
        {"anthropic/alwaysLoad": True},
    ),
    READ: (
        "Make an operation that only reads.",
        {
            "operation": NAME,
            "arguments": ARGUMENTS,
            "fields": {"type": "array", "items": {"type": "string"}},
            "limit": {"type": "integer"},
            "cursor": {"type": "string"},
        },
        ["operation"],
        ToolAnnotations(read_only_hint=True, open_world_hint=True),
        {},
    ),
    CHANGE: (
        "Make an operation that changes something. Risky ones ask a person.",
        {
            "operation": NAME,
            "arguments": ARGUMENTS,
            "dry_run": {"type": "boolean"},
            "confirm_token": {"type": "string"},
        },
        ["operation"],
        CHANGES,
        {},
    ),
    MANY: (
        "Make up to 500 calls of changing tools, in order; a person is asked once.",
        {
            "calls": {"type": "array", "items": CALL},
            "on_error": {"type": "string", "enum": ["stop", "continue"]},
            "start_at": {"type": "integer"},
            "dry_run": {"type": "boolean"},
            "confirm_token": {"type": "string"},
        },
        ["calls"],
        CHANGES,
        {"anthropic/searchHint": "bulk batch all of them at once"},
    ),
}
