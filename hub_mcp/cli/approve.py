"""`hub-mcp approve`: a person reads what a plan would do and types the name of its target."""

from __future__ import annotations

import time
from pathlib import Path

import click

from hub_mcp.cli.terminal import need_terminal, typed_exactly
from hub_mcp.errors import Stopped
from hub_mcp.gate.approvals import Approvals, Waiting
from hub_mcp.gate.journal import state_directory


@click.command()
@click.argument("id", required=False)
@click.option("--list", "listed", is_flag=True, help="List the plans that wait for approval.")
@click.option(
    "--state-dir", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where the server keeps its plans, as its answer says; your own state directory by default.",
)  # fmt: skip
def approve(id: str | None, listed: bool, state_dir: Path | None) -> None:
    """Approve a plan: read what would be lost, and type the name of it.

    It is carried out when the assistant calls again, within ten minutes of the plan, and only on what the
    plan names. Approval proves that someone at this machine typed the name; an assistant that can run
    commands as you could type it too.
    """
    approvals = Approvals(state_dir or state_directory())
    try:
        waiting = [plan for plan in approvals.waiting() if not approvals.has_approved(plan)]
    except Stopped as stop:
        raise click.ClickException(stop.sentence()) from stop
    if listed or not id:
        for plan in waiting:
            click.echo(f"{plan.id}  {_left(plan)}  {plan.consequence.splitlines()[0]}")
        if not waiting:
            click.echo("No plan is waiting for approval.")
        return
    try:
        need_terminal()
        found = approvals.find(id.lower())
        found = None if found and approvals.has_approved(found) else found
        if found is None:
            raise Stopped(
                f"No plan {id!r} is waiting: it has expired, was approved already, or never existed.",
                advice="Run the command as the assistant shows it, within ten minutes.",
            )
        click.echo(
            f"\n{found.consequence}\n\nAn assistant asked for it by {found.tool}; {_left(found)} left.\n"
        )
        if typed_exactly(found.retype) != found.retype:
            raise Stopped(
                "That is not exactly the name, so nothing was approved.",
                advice="Run the command again and type the name as it is shown.",
            )
        if found.until <= time.time():
            raise Stopped("The plan has expired in the meantime.", advice="Ask the assistant for it again.")
        approvals.approve(found)
    except Stopped as stop:
        raise click.ClickException(stop.sentence()) from stop
    click.echo(
        f"Approved. It will be done when the assistant calls {found.tool} again, within {_left(found)}."
    )


def _left(plan: Waiting) -> str:
    seconds = max(int(plan.until - time.time()), 0)
    return f"{seconds // 60}:{seconds % 60:02d} min"
