"""A question to a person, what it showed, and the answer: plain values, independent of how it is asked.

    question = await gate.ask(assessment, hub)       # for a form, a plan or a terminal
    decision = decision_of(question.challenge, "accept", {"name": "ada/notes"})

An answer is valid for exactly what was shown: its `Challenge` comes with it (sealed if a client carries it),
and the gate compares it with the current state immediately before acting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.fields.marks import RepoKind
from hub_mcp.catalogue.stakes import Stakes
from hub_mcp.errors import Stopped
from hub_mcp.gate.challenge import Assessment, Challenge
from hub_mcp.text import one_line, quoted, without_markup, word

LONGEST = 3_500  # characters of a question that a person still reads to the end
SPLIT = "Split it into several calls."


@dataclass(frozen=True)
class Question:
    """A question to a person: everything the call would do, and all its arguments; nothing is cut.

    Attributes:
        headline: the question, followed by what cannot be undone, since hosts fold later text.
        facts: one line each: what the call does, what its target is, its other arguments.
    """

    challenge: Challenge
    headline: str
    facts: tuple[str, ...]
    cost: str

    @classmethod
    def about(cls, found: Assessment, challenge: Challenge) -> Question:
        """The question about a call.

        Raises:
            Stopped: it would be too long for a person to read.
        """
        assert found.stakes
        question = cls.of(found.stakes, challenge, other_arguments(found.call, found.stakes.headline))
        if len(question.message) > LONGEST:
            raise Stopped(
                f"This would ask a person to agree to {len(question.message):,} characters at once, which "
                "nobody reads.",
                advice=SPLIT,
            )
        return question

    @classmethod
    def of(cls, stakes: Stakes | None, challenge: Challenge, others: Sequence[str] = ()) -> Question:
        """The question about the stakes, with the call's other arguments."""
        assert stakes
        lines = (*stakes.lines, *stakes.facts, *others)
        return cls(
            challenge, _fit(stakes.headline), tuple(_fit(one) for one in lines if one), _fit(stakes.cost)
        )

    @property
    def consequence(self) -> str:
        """The question as text: what, what cannot be undone, then the facts line by line."""
        facts = "\n".join(f"- {fact}" for fact in self.facts)
        first = "\n".join(part for part in (self.headline, self.cost) if part)
        return "\n\n".join(part for part in (first, facts) if part)

    @property
    def message(self) -> str:
        """The question with instructions, for a person with a form."""
        if self.challenge.retype:
            return f"{self.consequence}\n\nTo go ahead, type exactly: {self.challenge.retype}"
        return self.consequence


def other_arguments(call: Change[Any, Any], headline: str) -> list[str]:
    """The arguments that neither the headline nor the call's own lines mention, one line each, in full."""
    kinds = call.marked(RepoKind)
    return [
        f"{name}: {_in_words(value)}"
        for name, value in call.as_arguments().items()
        if name not in call.stated
        and not (isinstance(value, str) and (quoted(value) in headline or name in kinds))
    ]


def _in_words(value: Any) -> str:
    """An argument in words, with nothing left out."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{word(str(key))} {_in_words(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "; ".join(_in_words(one) for one in value) or "none"
    return json.dumps(value)


def _fit(line: str) -> str:
    """A line that is safe to show to a person, whatever part of it came from the Hub."""
    return without_markup(one_line(line))


@dataclass(frozen=True)
class Decision:
    """A person's decision about what they were shown.

    Attributes:
        why: the reason of a no, in a sentence.
        by: how the yes was given, such as "by a person in a form".
    """

    challenge: Challenge
    agreed: bool
    why: str = ""
    by: str = "by a person in a form"


def decision_of(challenge: Challenge, action: str, content: Mapping[str, Any]) -> Decision:
    """The decision in a submitted form: only a plain yes, or exactly the text to type, is approval."""

    def no(why: str) -> Decision:
        return Decision(challenge, False, why)

    if action == "decline":
        return no("The person said no.")
    if action != "accept":
        return no("The question was closed without an answer.")
    if not challenge.retype:
        if content.get("confirm") is True:
            return Decision(challenge, True)
        return no("The person did not tick the box that confirms it.")
    if not (typed := content.get("name")):
        return no("The name was not typed.")
    if typed != challenge.retype:
        return no("What was typed is not exactly the name that was asked for.")
    return Decision(challenge, True)
