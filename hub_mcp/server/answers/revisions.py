"""What each protocol revision added: a client gets nothing newer than the revision it negotiated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.types import SERVER_INFO_META_KEY

LINKS_SINCE: Final = "2025-06-18"  # resource links among the blocks of a result
VIEWS_SINCE: Final = "2025-06-18"  # `_meta` of a tool, which marks tools for a view only
MESSAGES_SINCE: Final = "2025-03-26"  # the text of a progress notification
_TITLED: Final = "2025-06-18"


@dataclass(frozen=True)
class Added:
    """Names that a revision added to the results of a method.

    Attributes:
        path: the objects that contain them; a list on the way means each of its entries.
    """

    since: str
    method: str
    path: tuple[str, ...]
    names: frozenset[str]


def _added(since: str, method: str, path: str, names: str) -> Added:
    return Added(since, method, tuple(path.split()), frozenset(names.split()))


ADDED: Final = (
    _added("2025-03-26", "initialize", "capabilities", "completions"),
    _added("2025-03-26", "tools/list", "tools", "annotations"),
    _added(_TITLED, "initialize", "serverInfo", "title"),
    _added(_TITLED, "tools/list", "tools", "title outputSchema _meta"),
    _added(_TITLED, "tools/call", "", "structuredContent"),
    _added(_TITLED, "resources/list", "resources", "title _meta"),
    _added(_TITLED, "resources/templates/list", "resourceTemplates", "title _meta"),
    _added(_TITLED, "resources/read", "contents", "_meta"),
    _added(_TITLED, "prompts/list", "prompts", "title _meta"),
    _added(_TITLED, "prompts/list", "prompts arguments", "title"),
    _added("2025-11-25", "initialize", "serverInfo", "description icons"),
    _added("2026-07-28", "tools/call", "", "resultType"),
)


def knows(version: str, since: str) -> bool:
    """Whether a revision includes what another one added; revisions are named by dates."""
    return version >= since


class RevisionFilter(ServerMiddleware[Any]):
    """Removes from each result what the negotiated revision does not know.

    The server's icon appears only where the server introduces itself: all answers of the modern era name the
    server, and the icon would add 1.6 kB to each.
    """

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        result = await call_next(ctx)
        if not isinstance(result, dict):
            return result
        version = str(result.get("protocolVersion") or ctx.protocol_version)
        for one in ADDED:
            if one.method == ctx.method and not knows(version, one.since):
                result = _without(result, one.path, one.names)
        return result if ctx.method == "server/discover" else _without(result, _STAMP, frozenset({"icons"}))


_STAMP: Final = ("_meta", SERVER_INFO_META_KEY)


def _without(part: Any, path: Sequence[str], names: frozenset[str]) -> Any:
    """The same without these names; missing parts and other shapes are left alone."""
    if isinstance(part, list):
        return [_without(one, path, names) for one in part]
    if not isinstance(part, Mapping):
        return part
    if path:
        return {**part, path[0]: _without(part[path[0]], path[1:], names)} if path[0] in part else part
    return {name: one for name, one in part.items() if name not in names}
