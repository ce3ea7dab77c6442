"""A person at a terminal: how they are asked what a client would show in a form."""

from __future__ import annotations

import sys

import click

from hub_mcp.errors import Stopped
from hub_mcp.gate.question import Check, Pending, Question, Reply, reply_to


def is_terminal() -> bool:
    """Whether a person can be asked here: input and output are a terminal's, no pipe's or file's."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def need_terminal() -> None:
    """Refuse to go on where there is no terminal.

    Raises:
        Stopped: input or output is a pipe or a file.
    """
    if not is_terminal():
        raise Stopped("This asks a person, so it needs a terminal.")


def typed_exactly(name: str) -> str:
    """What a person types when asked for a name; it is for the caller to compare."""
    asked = f"To go ahead, type {name}"
    answer: str = click.prompt(asked, default="", show_default=False, prompt_suffix="\n> ")
    return answer


class AtTerminal:
    """A person before this terminal.

    Args:
        yes: a plain yes was given on the command line; a name still has to be typed.
    """

    def __init__(self, *, yes: bool = False) -> None:
        self._yes = yes

    async def given(self, fits: Check) -> Reply | None:
        return None

    async def ask(self, question: Question) -> Reply | Pending:
        shown = question.shown
        click.echo(f"\n{question.consequence}\n")
        if not shown.retype and self._yes:
            return Reply(shown, True)
        if not is_terminal():
            return Reply(shown, False, "This needs a person at a terminal, and there is none here.")
        try:
            if shown.retype:
                return reply_to(shown, "accept", {"name": typed_exactly(shown.retype)})
            return reply_to(shown, "accept" if click.confirm("Do it?") else "decline", {"confirm": True})
        except click.Abort:
            return reply_to(shown, "cancel", {})
