"""Recording each change: durably before it is sent, and its outcome in any case."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import anyio.to_thread

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import Change
from hub_mcp.client.hub import Hub
from hub_mcp.errors import Stopped
from hub_mcp.gate.challenge import Assessment
from hub_mcp.gate.journal import Entry, Journal, Outcome, Undo

log = logging.getLogger("hub_mcp")


class Records:
    """The entries that a gate writes into its journal."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal

    async def conclude(
        self,
        outcome: Outcome,
        found: Assessment,
        hub: Hub,
        why: str,
        after: Answer | None = None,
        change: str = "",
    ) -> str:
        """Record what has already happened; returns a sentence for the caller if that fails."""
        try:
            await self.write(outcome, found, hub, why, after, change)
        except Stopped as stop:
            log.error("%s %s is not recorded: %s", outcome, found.call.tool, stop.what)
            return f"Its record is incomplete: {stop.what}"
        return ""

    async def write(
        self,
        outcome: Outcome,
        found: Assessment,
        hub: Hub,
        why: str = "",
        after: Answer | None = None,
        change: str = "",
    ) -> None:
        """Append an entry in a thread, since disks and Redis may be slow; it cannot be cancelled.

        Raises:
            Stopped: the journal cannot be written.
        """
        back = found.call.safe_undo(found.before, after) if outcome == "done" else None
        identity = found.identity or (after.identity if after else "")
        if back and after and back.target() != found.call.target():
            identity = after.identity or identity  # an undo acts on the result
        entry = Entry(
            outcome,
            found.call.tool,
            found.call.subject,
            hub.host,
            identity,
            found.call.as_arguments(),
            why,
            Undo(back.tool, back.as_arguments()) if back else None,
            left_over(found.call, back) if outcome == "done" else "",
            change,
        )
        masked = [hub.token.secret] if hub.token else []
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.journal.write, entry, masked)


def left_over(call: Change[Any, Any], back: Change[Any, Any] | None) -> str:
    """What an undo leaves, in words; "" if nothing."""
    if back is None:
        return "nothing undoes this"
    lost = call.as_arguments().keys() - back.as_arguments().keys() if back.tool == call.tool else ()
    return f"not undone: {', '.join(sorted(lost))}" if lost else ""
