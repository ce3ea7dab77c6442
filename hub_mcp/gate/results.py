"""The result of a call at the gate: a change that was made, or what one would do."""

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
    """The change was made.

    Attributes:
        outcome: what changed, in a sentence.
        by: who said yes to it; "" where nobody had to.
        change: its id in the journal; "" where none is kept.
        undo_command: the command that undoes it, and what that leaves; "" where nothing does.
        unasked: why nobody was asked, in a sentence, where something was at stake.
        note: what else is to be said.
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
        """What was done, who agreed to it, and the way back."""
        agreed = f"Confirmed {self.by}." if self.by else "" if self.unasked else NOBODY
        final = self.call.line.destroys or self.call.line.retype
        never = "It cannot be undone" if final else "`hub-mcp undo` cannot undo it"
        back = f"To undo: {self.undo_command}." if self.undo_command else f"{never} (journal: {self.change})."
        said = (self.outcome.rstrip(), agreed, back if self.change else "", self.unasked, self.note)
        return " ".join(part for part in said if part)


@dataclass(frozen=True)
class Rehearsal:
    """What would have been sent, what it would have changed, and what a person would have been asked."""

    assessment: Assessment
    request: HttpRequest
    changes: dict[str, tuple[Any, Any]]
    question: Question | None = None
