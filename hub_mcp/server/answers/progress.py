"""Progress of one request, reported to its client: rows as they come, and waits; it only increases."""

from __future__ import annotations

from typing import Any

from mcp.server.context import ServerRequestContext

from hub_mcp.server.answers.revisions import MESSAGES_SINCE, knows

STEP = 0.001  # what a wait counts: the protocol requires an increase, and a wait is not a row


class Progress:
    """Reports a request's progress to its client; a call with a text reports a wait."""

    def __init__(self, ctx: ServerRequestContext[Any, Any]) -> None:
        self._session = ctx.session
        self._with_words = knows(str(ctx.protocol_version), MESSAGES_SINCE)
        self._done = 0.0

    async def __call__(self, text: str) -> None:
        await self.reached(0, None, text)

    async def reached(self, done: float, total: float | None, text: str) -> None:
        """Report how much is done."""
        self._done = max(done, self._done + STEP)
        await self._session.report_progress(self._done, total, text if self._with_words else None)
