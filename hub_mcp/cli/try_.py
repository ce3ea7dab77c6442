"""`hub-mcp try`: a first demonstration, with a real client talking to a real server on the local Hub."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from hub_mcp.cli.output import table, terminal_width, wrapped

if TYPE_CHECKING:
    from mcp.types import CallToolResult

NAME = "ada/first-minute"
MOST_LINES = 14
LONGEST_VALUE = 40  # characters per argument


class UnexpectedResult(Exception):
    """A step did not have the expected result."""


READING = 1.0  # seconds; an immediate answer would not count as a person's


class FirstMinute:
    """One short conversation, with scripted answers to the questions."""

    def __init__(self) -> None:
        self.answers: list[str] = []

    async def person(self, context: Any, params: Any) -> Any:
        """Show the question, and answer as scripted."""
        from mcp.types import ElicitResult

        typed = self.answers.pop(0)
        click.secho("\n  the person is asked:", fg="yellow")
        click.echo(_indented(params.message, "  │ ", ""))
        await asyncio.sleep(READING)
        if not typed:
            click.secho("  the person says no\n", fg="yellow")
            return ElicitResult(action="decline")
        click.secho(f"  the person types: {typed}\n", fg="yellow")
        return ElicitResult(action="accept", content={"name": typed})

    async def play(self) -> None:
        from mcp import Client, StdioServerParameters
        from mcp.client.stdio import stdio_client

        server = StdioServerParameters(
            command=sys.executable, args=["-m", "hub_mcp", "--sandbox", "--journal", "off"]
        )
        async with Client(stdio_client(server), elicitation_callback=self.person) as client:
            offered = await client.list_tools()
            click.echo(
                f"The server runs as a subprocess on the local Hub and offers {len(offered.tools)} tools."
            )
            first = await _call(client, "list_models", search="bert", sort="downloads", limit=3)
            ids = _ids(first)
            second = await _call(
                client, "list_models", search="bert", sort="downloads", limit=3, cursor=_cursor(first)
            )
            _expect(not set(ids) & set(_ids(second)), "the pages overlap")
            await _call(client, "get_model", repo_id=ids[0])
            await _call(client, "create_repo", repo_id=NAME, type="model", visibility="private")
            self.answers = [""]
            refused = await _call(client, "delete_repo", fails=True, repo_id=NAME, type="model")
            _expect(
                "Nothing was changed" in _text(refused), "a refused delete must say that nothing was changed"
            )
            await _call(client, "get_model", repo_id=NAME)
            self.answers = [NAME]
            await _call(client, "delete_repo", repo_id=NAME, type="model")
            await _call(client, "get_model", fails=True, repo_id=NAME)
        _expect(not self.answers, "nobody was asked before the delete")


async def _call(client: Any, tool: str, *, fails: bool = False, **arguments: Any) -> CallToolResult:
    """Call a tool, and show the call and the text for a model."""
    shown = ", ".join(f"{name}={_brief(json.dumps(value))}" for name, value in arguments.items())
    click.echo()
    for line in wrapped(f"→ {tool}({shown})", terminal_width(), "    "):
        click.secho(line, fg="cyan", bold=True)
    result: CallToolResult = await client.call_tool(tool, arguments)
    click.echo(_indented(_text(result), "  "))
    _expect(bool(result.is_error) is fails, f"{tool} {'should have failed' if fails else 'failed'}")
    return result


def _text(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if block.type == "text")


def _ids(result: CallToolResult) -> list[str]:
    """The first column of a listing."""
    ids = [line.partition("\t")[0] for line in _text(result).splitlines()[1:] if "\t" in line]
    _expect(bool(ids), "a listing is empty")
    return ids


def _cursor(result: CallToolResult) -> str:
    found = re.search(r"^More: cursor (\S+)", _text(result), re.MULTILINE)
    return found[1] if found else ""


def _brief(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f'{value[: LONGEST_VALUE - 2]}…"'


def _indented(text: str, margin: str, further: str = "  ") -> str:
    """The text for a model, formatted for a person: columns instead of tabs, lines that fit."""
    width = terminal_width() - len(margin)
    lines: list[str] = []
    for in_columns, group in groupby(text.splitlines(), lambda line: "\t" in line):
        if in_columns:
            head, *rows = group
            columns, note, words = head.partition(" (")
            lines += [(note + words).strip()] if note else []
            lines += table([one.split("\t") for one in (columns, *rows)], width)
        else:
            lines += [part for line in group for part in wrapped(line, width, further)]
    more = [f"… {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    return "\n".join(margin + line for line in [*lines[:MOST_LINES], *more])


def _expect(held: bool, otherwise: str) -> None:
    if not held:
        raise UnexpectedResult(otherwise)


@click.command("try")
def try_() -> None:
    """Run a short session on the local Hub and show what an assistant would see."""
    try:
        asyncio.run(FirstMinute().play())
    except UnexpectedResult as surprise:
        raise click.ClickException(str(surprise)) from None
    click.secho("\nEverything worked. Next: hub-mcp install --list", fg="green")
