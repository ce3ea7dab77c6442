"""Asking a person at a terminal what a client would show in a form."""

from __future__ import annotations

import sys
from typing import Any

import click

from hub_mcp.catalogue.change import Change
from hub_mcp.client.hub import Hub
from hub_mcp.errors import Stopped
from hub_mcp.gate.gate import Gate
from hub_mcp.gate.question import Decision, Question, decision_of
from hub_mcp.gate.results import ChangeMade


def is_terminal() -> bool:
    """Whether a person can be asked here: input and output are a terminal, not a pipe or a file."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def need_terminal() -> None:
    """Refuse to go on without a terminal.

    Raises:
        Stopped: input or output is a pipe or a file.
    """
    if not is_terminal():
        raise Stopped(
            "A person has to be asked, so this needs a terminal.",
            advice="Run it in one, without a pipe or a file for its input and output.",
        )


def typed_exactly(name: str) -> str:
    """The name that a person types; the caller compares it."""
    asked = f"To go ahead, type {name}"
    answer: str = click.prompt(asked, default="", show_default=False, prompt_suffix="\n> ")
    return answer


async def make_change(gate: Gate, call: Change[Any, Any], hub: Hub, *, yes: bool = False) -> ChangeMade:
    """Pass a changing call through the gate, asking the person at this terminal if needed.

    Args:
        yes: whether a plain yes was given on the command line; a name still has to be typed.

    Raises:
        Stopped: a no, or a limit; nothing was changed.
        HubError: anything else that went wrong.
    """
    async with gate.recording_refusals(call, hub):
        found = await gate.assess(call, hub)
        if gate.lets_pass(found):
            return await gate.act(found, hub)
        return await gate.act_confirmed(call, hub, decided(await gate.ask(call, found, hub), yes=yes))


def decided(question: Question, *, yes: bool = False) -> Decision:
    """The answer of the person at this terminal."""
    challenge = question.challenge
    click.echo(f"\n{question.consequence}\n")
    if not challenge.retype and yes:
        return Decision(challenge, True, by="by --yes")
    if not is_terminal():
        return Decision(challenge, False, "This needs a person at a terminal, and there is none here.")
    try:
        if challenge.retype:
            return decision_of(challenge, "accept", {"name": typed_exactly(challenge.retype)})
        return decision_of(challenge, "accept" if click.confirm("Do it?") else "decline", {"confirm": True})
    except click.Abort:
        return decision_of(challenge, "cancel", {})
