"""`hub-mcp journal` and `hub-mcp undo`: showing changes, questions and refusals, and undoing a change."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import anyio
import click
from pydantic import ValidationError

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.answers import as_text, clean
from hub_mcp.catalogue.change import Change
from hub_mcp.cli.flags.options import ELSEWHERE, settings_behind
from hub_mcp.cli.output import table
from hub_mcp.cli.terminal import make_change, need_terminal
from hub_mcp.errors import HubError, Stopped, plain
from hub_mcp.gate.journal import Entry
from hub_mcp.gate.results import Rehearsal
from hub_mcp.settings import Settings
from hub_mcp.text import is_visible
from hub_mcp.wiring import gate_of, hub_of, journal_at

COLUMNS = ("n", "time", "outcome", "tool", "target", "back, or why")
_OBJECT_ID = re.compile(r"[0-9a-f]{24}")


@click.command(epilog=ELSEWHERE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line, with every detail.")
@click.option("--last", type=click.IntRange(min=1), help="Show only the last N entries.")
@settings_behind("journal")
@click.pass_obj
def journal(settings: Settings, as_json: bool, last: int | None) -> None:
    """Show what was changed, asked about and refused, oldest first; interrupted changes as unknown.

    `back` says whether undo can reverse it."""
    kept = journal_at(settings.journal)
    entries = kept.history()[-last if last else 0 :]
    if as_json:
        for entry in entries:
            click.echo(_seen(json.dumps(entry.as_json(), ensure_ascii=False)))
        return
    if not entries:
        click.echo("No journal is kept." if kept.place == "off" else f"There is nothing in {kept.place} yet.")
        return
    for line in table([COLUMNS, *(row_of(entry) for entry in entries)]):
        click.echo(line)


def _seen(line: str) -> str:
    """The same JSON, safe for a terminal: invisible and control characters are escaped."""
    return "".join(one if is_visible(one) else json.dumps(one)[1:-1] for one in line)


def row_of(entry: Entry) -> tuple[str, ...]:
    """An entry as a row of the table."""
    back = f"undo {entry.n}" if entry.undo else ""
    why = entry.no_undo or ("" if back else entry.why)
    said = "; ".join(part for part in (back, plain(why, 80)) if part)
    target = plain(entry.target, 60) + (f" ({plain(entry.identity, 60)})" if entry.identity else "")
    return (str(entry.n), plain(entry.time, 20), entry.outcome, plain(entry.tool, 40), target, said)


@click.command(epilog=ELSEWHERE)
@click.argument("which", metavar="N|CHANGE")
@click.option("--yes", is_flag=True, help="Do not ask, except where a name has to be typed.")
@settings_behind("journal", "sandbox")
@click.pass_obj
def undo(settings: Settings, which: str, yes: bool) -> None:
    """Undo entry N of the journal, or the CHANGE that an answer named, after showing what that does.

    What change_many made is undone together, the last change first."""
    settings = replace(settings, confirm="plan", dry_run=False)
    history = journal_at(settings.journal).history()
    entries = [one for one in history if which in (str(one.n), one.change)][:1]
    entries = entries or [one for one in reversed(history) if one.change.startswith(f"{which}-")]
    if not entries:
        raise click.ClickException(f"The journal has no entry {plain(which, 40)}. Nothing was changed.")
    left: list[HubError] = []
    for entry in entries:
        try:
            anyio.run(_taken_back, settings, entry, yes)
        except HubError as error:
            left.append(error)
            if len(entries) > 1:
                click.echo(f"Entry {entry.n} stays: {error.sentence()}", err=True)
    if len(entries) > 1:
        click.echo(f"{len(entries) - len(left)} of {len(entries)} changes undone.")
    if left:
        raise click.ClickException(left[0].sentence())


BY_HAND = "Look at what is there now, and change it by hand where it has to be."


def call_back(entry: Entry) -> Change[Any, Any]:
    """The call that undoes an entry.

    Raises:
        Stopped: there is none.
    """
    if entry.outcome != "done":
        raise Stopped(
            f"It is not known whether entry {entry.n} was made: it was {entry.outcome}.", advice=BY_HAND
        )
    if entry.undo is None:
        raise Stopped(f"Entry {entry.n} cannot be undone: {plain(entry.no_undo)}.", advice=BY_HAND)
    try:
        call = ENDPOINTS[entry.undo.tool].model_validate(dict(entry.undo.arguments))
    except (KeyError, ValidationError) as trouble:
        raise Stopped(f"What would undo entry {entry.n} cannot be read.", advice=BY_HAND) from trouble
    if not isinstance(call, Change):
        raise Stopped(f"What would undo entry {entry.n} changes nothing.", advice=BY_HAND)
    return call


async def _taken_back(settings: Settings, entry: Entry, yes: bool) -> None:
    call = call_back(entry)
    hub, gate = hub_of(settings), gate_of(settings)
    try:
        if entry.hub != hub.host:
            raise Stopped(
                f"Entry {entry.n} was made on {plain(entry.hub, 100)}, and this would act on {hub.host}.",
                advice="Name that Hub with --endpoint, or --sandbox with its file.",
            )
        async with gate.recording_refusals(call, hub):
            rehearsed = await gate.rehearse(call, hub)
        refuse_another(entry.identity, rehearsed)
        for line in rehearsal_lines(rehearsed):
            click.echo(line)
        if entry.no_undo:
            click.echo(f"  {plain(entry.no_undo)}")
        if rehearsed.question is None and not yes:
            need_terminal()
            if not click.confirm("Do it?"):
                raise Stopped("You said no.", advice="Run it again if you mean it.")
        await make_change(gate, call, hub, yes=yes)
        click.echo("Done, and recorded as a new entry.")
    finally:
        await hub.aclose()


def refuse_another(identity: str, rehearsed: Rehearsal) -> None:
    """Refuse an undo if another thing now has the same name.

    Raises:
        Stopped: the id has changed since.
    """
    then, now = (set(_OBJECT_ID.findall(one)) for one in (identity, rehearsed.assessment.identity))
    if then and now and not then & now:
        raise Stopped(
            f"Something else has taken the name of {rehearsed.assessment.call.subject} since then.",
            advice=BY_HAND,
        )


def rehearsal_lines(rehearsed: Rehearsal) -> list[str]:
    """What an undo would send and change."""
    call = rehearsed.assessment.call
    lines = [
        f"{type(call).label}: {plain(call.subject)}",
        f"  {rehearsed.request.method} {call.to_http('').url}",
    ]
    for name, (was, then) in rehearsed.changes.items():
        lines.append(f"  {name}: {as_text(clean(was)) or 'nothing'} → {as_text(clean(then)) or 'nothing'}")
    return lines
