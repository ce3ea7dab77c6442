"""Progress of one request as its client sees it: rows as they come, and waits; it only ever grows."""

from __future__ import annotations

from typing import Any

from mcp.server.context import ServerRequestContext

from hub_mcp.server.answers.revisions import MESSAGES_SINCE, knows

STEP = 0.001  # what a wait counts for: the protocol wants growth, and a wait is no row


class Progress:
    """Tells a request's client how far it is; called with a text, it tells of a wait."""

    def __init__(self, ctx: ServerRequestContext[Any, Any]) -> None:
        self._session = ctx.session
        self._with_words = knows(str(ctx.protocol_version), MESSAGES_SINCE)
        self._done = 0.0

    async def __call__(self, text: str) -> None:
        await self.reached(0, None, text)

    async def reached(self, done: float, total: float | None, text: str) -> None:
        """Tell that so much is done."""
        self._done = max(done, self._done + STEP)
        await self._session.report_progress(self._done, total, text if self._with_words else None)
