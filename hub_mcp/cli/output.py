"""Output formats: a table for people, lean text for assistants, JSON for programs, ids for pipes."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from textwrap import wrap
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import click

if TYPE_CHECKING:
    from hub_mcp.catalogue import Endpoint
    from hub_mcp.catalogue.answers import Answer
    from hub_mcp.gate.results import ChangeMade

FORMATS = ("auto", "human", "agent", "json", "quiet")
NAMES = ("id", "repo_id", "name", "user", "slug", "title", "url")  # what identifies a thing, best first
NARROWEST = 8  # characters of a narrowed column
NARROWEST_HEADING = 6
BAR = 24  # characters

OPTIONS = (
    click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="auto",
        help="auto: a table on a terminal, otherwise what an assistant reads.",
    ),
    click.option("--json", "as_json", is_flag=True, help="The same as --format json."),
    click.option("-q", "--quiet", "quiet", is_flag=True, help="Print ids only, one per line."),
)


def with_format(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --format, --json and -q; it is called with `shape`, one of FORMATS except auto."""

    @wraps(command)
    def run(*args: Any, form: str, as_json: bool, quiet: bool, **given: Any) -> Any:
        return command(*args, shape=shape_of(form, as_json=as_json, quiet=quiet), **given)

    made: Callable[..., Any] = run
    for option in reversed(OPTIONS):
        made = option(made)
    return made


def shape_of(form: str, *, as_json: bool, quiet: bool) -> str:
    """The requested format; auto is resolved by where the output goes."""
    if as_json or quiet:
        return "json" if as_json else "quiet"
    if form == "auto":
        return "human" if sys.stdout is not None and sys.stdout.isatty() else "agent"
    return form


def show(call: Endpoint[Any], answer: Answer, shape: str) -> None:
    """Print an answer on stdout, and hints on stderr."""
    from hub_mcp.catalogue.answers import Page
    from hub_mcp.server.answers.render import fields_of, lines_of, render

    content = answer.content(fields_of(call))
    if shape == "json":
        click.echo(json.dumps(content, ensure_ascii=False))
    elif shape == "quiet":
        rows: Any = content.get("items", [content])
        for row in rows:
            click.echo(_name(row))
    elif shape == "agent":
        click.echo(render(call, answer).text)
    elif isinstance(answer, Page) and answer.items:
        for line in _listing(call, answer):
            click.echo(line)
        if answer.next_cursor:
            hint(f"More: a larger --limit, or --cursor '{answer.next_cursor}'")
    elif isinstance(answer, Page):
        hint("Nothing found." if not getattr(call, "cursor", None) else "Nothing more.")
    else:
        for line in lines_of(content):
            name, colon, value = line.partition(":")
            click.echo(click.style(name + colon, bold=True) + value if colon else line)


def show_done(acted: ChangeMade, shape: str) -> None:
    """Print what a change did."""
    from hub_mcp.server.answers.render import render_done

    rendered = render_done(acted.answer, acted.sentences())
    if shape == "json":
        click.echo(json.dumps(rendered.content, ensure_ascii=False))
    elif shape == "quiet":
        click.echo(_name(rendered.content))
    else:
        click.echo(rendered.text)


def _name(row: Any) -> str:
    if not isinstance(row, dict):
        return str(row)
    return next((str(row[name]) for name in NAMES if row.get(name)), "")


def _listing(call: Endpoint[Any], page: Any) -> list[str]:
    """The rows of a page as columns that fit the terminal."""
    from hub_mcp.server.answers.render import ABSENT, cells_of

    columns, rows = cells_of(call, page)
    lines = table([columns, *rows], width=shutil.get_terminal_size((100, 24)).columns, absent=ABSENT)
    return [click.style(lines[0], bold=True), *lines[1:]]


def table(rows: Sequence[Sequence[str]], width: int = 0, absent: str = "") -> list[str]:
    """Rows as lines of plain columns, numbers right-aligned; headings shrink first, then the later columns.

    Args:
        width: the maximum width of a line; 0 for no limit.
    """
    widths = [max(map(wide, column)) for column in zip(*rows, strict=True)]
    cells = [max(map(wide, column[1:]), default=0) for column in zip(*rows, strict=True)]
    least = [max(cell, NARROWEST_HEADING) for cell in cells]
    while width and sum(widths) + 2 * (len(widths) - 1) > width:
        last = max(range(len(widths)), key=lambda n: (n > 0, widths[n] > least[n], widths[n]))
        if last == 0 or widths[last] <= min(least[last], NARROWEST):
            break  # the terminal wraps what still does not fit
        widths[last] -= 1
    right = [
        column[0] not in NAMES and all(_number(cell) or cell == absent for cell in column[1:])
        for column in zip(*rows, strict=True)
    ]
    return ["  ".join(_cell(*one) for one in zip(row, widths, right, strict=True)).rstrip() for row in rows]


def wrapped(text: str, width: int, further: str = "  ") -> list[str]:
    """A line wrapped to fit; continuation lines begin with `further`."""
    return wrap(text, width, subsequent_indent=further, break_on_hyphens=False) or [""]


def terminal_width() -> int:
    """The width of the terminal; 80 if there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def wide(text: str) -> int:
    """How many terminal columns a text takes."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def _number(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "", 1).isdigit()


def _cell(text: str, width: int, right: bool) -> str:
    while wide(text) > width:
        text = text[:-2] + "…"
    padding = " " * (width - wide(text))
    return padding + text if right else text + padding


def gist(endpoint: type[Endpoint[Any]]) -> str:
    """What a tool does, from the beginning of its description."""
    return re.split(r"[.:;](?: |$)| \(", " ".join((endpoint.__doc__ or "").split()), maxsplit=1)[0]


def hint(text: str) -> None:
    """Tell a person at the terminal what to do next."""
    if sys.stderr is not None and sys.stderr.isatty():
        click.secho(text, err=True, dim=True)


class ProgressLine:
    """A progress bar on stderr, if it is a terminal; it disappears at the end."""

    def __init__(self, total: int, *, shown: bool = True) -> None:
        self._total = total
        self._shown = shown and sys.stderr is not None and sys.stderr.isatty()
        self._drawn = False

    def at(self, rows: int) -> None:
        if not self._shown:
            return
        text = f"{rows:,} rows"
        if self._total:
            full = min(BAR, BAR * rows // self._total)
            text = f"[{'#' * full}{'.' * (BAR - full)}] {rows:,} of {self._total:,} rows"
        click.echo(f"\r{text}", nl=False, err=True)
        self._drawn = True

    def end(self) -> None:
        if self._drawn:
            click.echo("\r\x1b[K", nl=False, err=True)
