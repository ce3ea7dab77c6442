"""A snapshot of each tool, for `tests/snapshots`: what a model reads of it, and its cost in tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from mcp.types import Tool

from hub_mcp.dev.project import ROOT

PLACE = ROOT / "tests" / "snapshots"


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def tokens(tool: Tool) -> int:
    """What a model reads of a tool: its name, description and input schema, in o200k tokens."""
    parts = (tool.name, tool.description or "", compact(tool.input_schema))
    return sum(map(tokens_of, parts))


def tokens_of(text: str) -> int:
    """The number of o200k tokens in a text."""
    return len(_encoder()(text))


@cache
def _encoder() -> Callable[[str], list[int]]:
    from splintr import Tokenizer

    return Tokenizer.from_pretrained("o200k_base").encode


def snapshots() -> dict[Path, bytes]:
    """The snapshot of each tool that is listed by default."""
    from hub_mcp.server.tools.announced_tools import tools
    from hub_mcp.server.tools.operation_tools import TOOLS, tool_for

    return {
        PLACE / f"{tool.name}.txt": _snapshot(tool).encode() for tool in (*tools(), *map(tool_for, TOOLS))
    }


def _snapshot(tool: Tool) -> str:
    """One fact per line: tokens, texts, hints and each argument."""
    shown = tool.model_dump(mode="json", by_alias=True, exclude_none=True)
    schema = shown["inputSchema"]
    required = set(schema.get("required", ()))
    hints = [name for name, holds in shown.get("annotations", {}).items() if holds]
    return "\n".join(
        [
            f"{tool.name}: {tokens(tool)} tokens",
            f"{tool.title}: {tool.description}",
            f"hints: {', '.join(hints)}",
            f"meta: {compact(shown.get('_meta', {}))}",
            *(
                f"{name}{'' if name in required else '?'}: {compact(one)}"
                for name, one in schema["properties"].items()
            ),
            "",
        ]
    )
