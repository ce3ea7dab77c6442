"""The data of the Space view, in the result's `_meta`, which models do not get."""

from __future__ import annotations

from typing import Any

from mcp.types import CallToolResult

from hub_mcp.catalogue.answers import Answer, as_text, is_array, is_object
from hub_mcp.catalogue.endpoint import Endpoint

KEY = "hub_mcp/space"
STATES, LOGS = frozenset({"get_space", "get_space_runtime"}), "read_space_logs"
MOST_LINES = 500


def with_space(result: CallToolResult, call: Endpoint[Any], answer: Answer, read: str) -> CallToolResult:
    """A result with the state or the log of a Space in its `_meta`, if it has one.

    Args:
        read: the tool with which the view refreshes; "" if there is none.
    """
    shown: dict[str, Any] = {"repo_id": str(getattr(call, "repo_id", "")), "read": read}
    content = answer.content()
    if call.tool == LOGS:
        shown |= {"log_type": str(getattr(call, "log_type", "run")), "log": _lines(content)}
    elif call.tool in STATES:
        runtime = content.get("runtime") if call.tool == "get_space" else content
        shown["runtime"] = runtime if is_object(runtime) else {}
    else:
        return result
    return result.model_copy(update={"meta": {**(result.meta or {}), KEY: shown}})


def _lines(content: dict[str, Any]) -> list[str]:
    """The last lines of a log, from a text or from events."""
    text, items = content.get("text"), content.get("items")
    if isinstance(text, str):
        return text.split("\n")[-MOST_LINES:]
    events = items if is_array(items) else []
    return [as_text(one.get("data", one) if is_object(one) else one) for one in events][-MOST_LINES:]
