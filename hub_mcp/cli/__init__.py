"""The `hub-mcp` command: bare, it serves over stdio; its subcommands are imported when they are called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from hub_mcp import __version__
from hub_mcp.cli.options import bare_values, settings_from, with_settings
from hub_mcp.errors import HubError

# Each subcommand, and where it lies. None is imported before it is called or its help is asked for.
COMMANDS = {
    "serve": "serve:serve",
    "http": "http:http",
    "try": "try_:try_",
    "hub": "hub:hub",
    "tools": "tools:tools",
    "call": "call:call",
    "read": "read:read",
    "doctor": "doctor:doctor",
    "install": "install:install",
    "uninstall": "install:uninstall",
    "approve": "approve:approve",
    "journal": "journal:journal",
    "undo": "journal:undo",
    "completion": "completion:completion",
}
IGNORED: list[str] = []  # variables that held a blank or an unfilled placeholder


class Lazy(click.Group):
    """A group that imports a subcommand when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [
            name for name, place in COMMANDS.items() if find_spec(f"hub_mcp.cli.{place.partition(':')[0]}")
        ]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"hub_mcp.cli.{module}"), name)
        return command


@click.group(
    cls=Lazy,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples:  hub-mcp try  ·  hub-mcp --sandbox  ·  hub-mcp install claude-code  ·  hub-mcp doctor",
)
@with_settings
@click.version_option(__version__, prog_name="hub-mcp")
@click.pass_context
def cli(context: click.Context, /, **given: Any) -> None:
    """The Model Context Protocol server for the Hugging Face Hub. Without a command it serves over stdio."""
    context.obj = settings_from(given)
    if context.invoked_subcommand is None:
        from hub_mcp.cli.serve import serve

        context.invoke(serve)


def main(arguments: list[str] | None = None) -> None:
    """Run the command; blank and placeholder variables count as unset from here on."""
    from hub_mcp.client.token import junk

    for name, value in list(os.environ.items()):
        if name.startswith(("HF_", "HUB_MCP_", "HUGGING_FACE_", "TRANSFORMERS_OFFLINE")) and junk(value):
            del os.environ[name]
            IGNORED.append(name)
    given = sys.argv[1:] if arguments is None else arguments
    try:
        cli.main(bare_values(given, list(COMMANDS)), prog_name="hub-mcp")
    except HubError as error:
        click.echo(f"hub-mcp: {error.sentence()}", err=True)
        sys.exit(2)
