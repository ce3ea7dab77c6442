"""Calls of changing tools: passed through the gate, one or many, and announced to subscribers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from mcp.types import CallToolRequestParams, CallToolResult, InputRequiredResult

from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.fields.host_arguments import as_meant
from hub_mcp.client.hub import Hub
from hub_mcp.client.titles import with_slugs_in_all
from hub_mcp.gate.batch import Batch
from hub_mcp.gate.gate import Gate
from hub_mcp.server.answers.progress import Progress
from hub_mcp.server.confirm.batch_tool import batch_of, changed_many
from hub_mcp.server.confirm.change_tool import changed
from hub_mcp.server.confirm.elicitation import Context
from hub_mcp.server.confirm.view_answer import ViewAnswer
from hub_mcp.server.tools.catalogue_tools import CatalogueTools
from hub_mcp.server.tools.endpoint_tools import CONFIRM, DRY_RUN, taken
from hub_mcp.server.tools.operation_tools import MANY, tool_for

log = logging.getLogger("hub_mcp")


class Changing:
    """The changing tools of one server.

    Args:
        tell: notifies all subscribers of what a call changed.
    """

    def __init__(
        self, gate: Gate, tools: CatalogueTools, tell: Callable[[Change[Any, Any]], Awaitable[None]]
    ) -> None:
        self._gate = gate
        self._tools = tools
        self._tell = tell

    async def made(
        self,
        ctx: Context,
        params: CallToolRequestParams,
        call: Change[Any, Any],
        hub: Hub,
        progress: Progress,
        *,
        dry_run: bool,
        token: str | ViewAnswer,
    ) -> CallToolResult | InputRequiredResult:
        """The result of a call that makes one change, or several."""
        if len(parts := call.parts()) > 1:
            batch = Batch(tuple(parts), goes_on=True, of=params.name)
            return await self._batch_made(ctx, params, batch, hub, progress, dry_run=dry_run, token=token)
        result = await changed(
            self._gate, ctx, params, call, hub, dry_run=dry_run, confirm_token=token or None
        )
        if isinstance(result, CallToolResult) and not result.is_error:
            await self._notify(call)
        return result

    async def made_many(
        self,
        ctx: Context,
        params: CallToolRequestParams,
        arguments: dict[str, Any],
        hub: Hub,
        progress: Progress,
        answer: ViewAnswer | None,
    ) -> CallToolResult | InputRequiredResult:
        """The result of the calls given to `change_many`."""
        tools = self._tools
        dry_run, token = taken(arguments, DRY_RUN, bool, False), taken(arguments, CONFIRM, str, "")
        arguments = as_meant(tool_for(MANY).input_schema, arguments)
        calls = await with_slugs_in_all(hub, tools.change_named, arguments.get("calls"))
        arguments = {**arguments, "calls": calls}
        batch, skipped = batch_of(arguments, lambda tool, said: tools.change_read(tool, said, (hub.host,)))
        return await self._batch_made(
            ctx, params, batch, hub, progress, skipped=skipped, dry_run=dry_run, token=answer or token
        )

    async def _batch_made(
        self,
        ctx: Context,
        params: CallToolRequestParams,
        batch: Batch,
        hub: Hub,
        progress: Progress,
        *,
        skipped: int = 0,
        dry_run: bool,
        token: str | ViewAnswer,
    ) -> CallToolResult | InputRequiredResult:
        result, made = await changed_many(
            self._gate, ctx, params, batch, hub, progress.reached,
            skipped=skipped, dry_run=dry_run, confirm_token=token or None,
        )  # fmt: skip
        for one in made.made if made else ():
            if one.acted:
                await self._notify(one.call)
        return result

    async def _notify(self, call: Change[Any, Any]) -> None:
        """Notify all subscribers of what a call changed."""
        try:
            await self._tell(call)
        except Exception:  # the change was made anyway
            log.exception("subscribers were not told what %s changed", call.tool)
