"""Whatever can be read, read by its address: resources, templates, and pages that name the next one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from hub_mcp.catalogue.answers import Page
from hub_mcp.catalogue.listing import Listing
from hub_mcp.client.hub import Hub
from hub_mcp.errors import HubError
from hub_mcp.server.addresses import address_of, call_at, templates
from hub_mcp.server.wording import fields_of

Context = ServerRequestContext[Any, Any]


class Pages:
    """What can be read, for the Hub that a request acts on."""

    def __init__(self, hub_of: Callable[[Context], Hub]) -> None:
        self._hub_of = hub_of

    def handlers(self) -> dict[str, Any]:
        """The low-level server's handlers for resources."""
        return {
            "on_list_resources": self.list_resources,
            "on_list_resource_templates": self.list_templates,
            "on_read_resource": self.read,
        }

    async def list_resources(
        self, ctx: Context, params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        fixed = [(uri, endpoint) for uri, endpoint in templates() if "{" not in uri.partition("{?")[0]]
        return ListResourcesResult(
            resources=[
                Resource(
                    uri=uri.partition("{?")[0],
                    name=endpoint.tool,
                    title=endpoint.title,
                    mime_type="application/json",
                )
                for uri, endpoint in fixed
                if not endpoint.is_listing()
            ]
        )

    async def list_templates(
        self, ctx: Context, params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(
            resource_templates=[
                ResourceTemplate(
                    uri_template=uri,
                    name=endpoint.tool,
                    title=endpoint.title,
                    description=endpoint.__doc__,
                    mime_type="application/json",
                )
                for uri, endpoint in templates()
            ]
        )

    async def read(self, ctx: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        uri, hub = str(params.uri), self._hub_of(ctx)
        try:
            call = call_at(uri, (hub.host,))
            answer = await hub.send(call)
        except HubError as error:
            raise MCPError(INVALID_PARAMS, error.sentence(), {"uri": uri}) from None
        content = answer.content(fields_of(call))
        if isinstance(call, Listing) and isinstance(answer, Page):
            content.pop("next_cursor", None)
            if answer.next_cursor:
                content["next"] = address_of(call.after(answer.next_cursor))
        text = json.dumps(content, ensure_ascii=False)
        return ReadResourceResult(
            contents=[TextResourceContents(uri=uri, text=text, mime_type="application/json")]
        )
