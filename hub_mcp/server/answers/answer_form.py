"""The form of answers for a client: text alone, or text and an object for programs.

Hosts disagree about which of two forms their model reads, so there is only one by default. The operator adds
the other with `--structured`, a caller over HTTP with `?structured=1` in the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

from hub_mcp.server.answers.revisions import LINKS_SINCE, VIEWS_SINCE, knows
from hub_mcp.server.views.view_list import declares_views
from hub_mcp.settings import Settings

Context = ServerRequestContext[Any, Any]
TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True)
class AnswerForm:
    """The form of a result.

    Attributes:
        structured: with structured content in addition to the text.
        links: with resource links to the next page and to files.
        views: with the data for a view.
    """

    structured: bool = False
    links: bool = False
    views: bool = False


def is_modern(ctx: Context) -> bool:
    """Whether the client uses a protocol revision without a handshake."""
    return ctx.protocol_version in MODERN_PROTOCOL_VERSIONS


def asks_structured(ctx: Context) -> bool:
    """Whether this request's own address requests structured content."""
    query = getattr(ctx.request, "query_params", None)
    return query is not None and str(query.get("structured", "")).lower() in TRUE


def shows_views(ctx: Context, settings: Settings) -> bool:
    """Whether this client declares that it shows views, and they are enabled."""
    if settings.views == "off" or not knows(str(ctx.protocol_version), VIEWS_SINCE):
        return False
    capabilities = ctx.session.client_capabilities
    return capabilities is not None and declares_views({"extensions": capabilities.extensions})


def form_of(ctx: Context, settings: Settings) -> AnswerForm:
    """The form of this client's answers."""
    links = settings.resource_links == "on" or (settings.resource_links == "auto" and is_modern(ctx))
    return AnswerForm(
        settings.structured or asks_structured(ctx),
        links and knows(str(ctx.protocol_version), LINKS_SINCE),
        shows_views(ctx, settings),
    )
