"""The result of a call at the gate: a change made, or a rehearsal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.http import HttpRequest
from hub_mcp.gate.challenge import Assessment
from hub_mcp.gate.question import Question

NOBODY = "Nobody was asked."


@dataclass(frozen=True)
class ChangeMade:
    """A change that was made.

    Attributes:
        outcome: what changed, in a sentence.
        by: who approved it; "" if nobody had to.
        change: its id in the journal; "" without a journal.
        undo_command: the command that undoes it, and what that leaves; "" if nothing does.
        unasked: why nobody was asked, in a sentence, if something was at stake.
        note: further remarks.
    """

    call: Change[Any, Any]
    answer: Answer
    outcome: str
    by: str = ""
    change: str = ""
    undo_command: str = ""
    unasked: str = ""
    note: str = ""

    def sentences(self) -> str:
        """What was done, who agreed to it, and how to undo it."""
        agreed = f"Confirmed {self.by}." if self.by else "" if self.unasked else NOBODY
        final = self.call.line.destroys or self.call.line.retype
        never = "It cannot be undone" if final else "`hub-mcp undo` cannot undo it"
        back = f"To undo: {self.undo_command}." if self.undo_command else f"{never} (journal: {self.change})."
        said = (self.outcome.rstrip(), agreed, back if self.change else "", self.unasked, self.note)
        return " ".join(part for part in said if part)


@dataclass(frozen=True)
class Rehearsal:
    """What would be sent, what it would change, and what a person would be asked."""

    assessment: Assessment
    request: HttpRequest
    changes: dict[str, tuple[Any, Any]]
    question: Question | None = None
