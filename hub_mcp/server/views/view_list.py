"""Which tools have a view and who is told of it, without the SDK: the early answers need it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EXTENSION = "io.modelcontextprotocol/ui"
HTML = "text/html;profile=mcp-app"
PREFIX = "ui://hub-mcp/"
WITHOUT = frozenset({"find_operations"})  # its rows are signatures for a model
ROWS = "rows"
READERS = frozenset({"read_operation"})  # answers whatever is asked for, rows among it
VIEWS = (ROWS,)


def declares_views(capabilities: Any) -> bool:
    """Whether capabilities, as a client sends them, say that it shows views."""
    extensions = capabilities.get("extensions") if isinstance(capabilities, Mapping) else None
    one = extensions.get(EXTENSION) if isinstance(extensions, Mapping) else None
    kinds = one.get("mimeTypes") if isinstance(one, Mapping) else None
    return isinstance(kinds, list) and HTML in kinds


def view_of(name: str, *, lists: bool) -> str:
    """The view of a tool by its own name; "" where it has none."""
    if name in WITHOUT:
        return ""
    return ROWS if lists or name in READERS else ""


def with_view(meta: Mapping[str, Any] | None, view: str) -> dict[str, Any]:
    """What is said beside a tool, and where its view lies."""
    return {**(meta or {}), "ui": {"resourceUri": PREFIX + view}}
