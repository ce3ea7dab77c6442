"""Flags behind `--` of `hub-mcp install`, checked before they are written."""

from __future__ import annotations

import click

from hub_mcp.cli.flags import settings_from
from hub_mcp.cli.options import bare_values
from hub_mcp.errors import BadInput


def check_flags(words: tuple[str, ...]) -> None:
    """See that a server starts with these flags; variables of this terminal do not count.

    Raises:
        click.UsageError: it does not, and why.
    """
    from hub_mcp.cli.main import COMMANDS, cli
    from hub_mcp.cli.serve import serve

    louder = [one for one in cli.params if one.name == "verbose"]
    server = click.Command("hub-mcp", params=[*serve.params, *louder], add_help_option=False)
    try:
        context = server.make_context("hub-mcp", bare_values(words, [*COMMANDS]))
        settings_from(context.params)
    except click.UsageError as wrong:
        raise click.UsageError(f"Flags of the server, behind `--`: {wrong.format_message()}") from None
    except BadInput as wrong:
        raise click.UsageError(f"Flags of the server, behind `--`: {wrong.sentence()}") from None
