"""The `hub-mcp` command: it serves over stdio by default; subcommands are imported on use."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import click

from hub_mcp import __version__
from hub_mcp.cli.flags.flag_table import settings_from
from hub_mcp.cli.flags.options import bare_values, with_settings
from hub_mcp.cli.groups import LazyGroup
from hub_mcp.errors import HubError, plain

# Each subcommand with its location and menu text. None is imported before it is called or completed.
COMMANDS = {
    "try": ("try_:try_", "Show a short session on the local Hub, as an assistant sees it."),
    "install": ("assistants.install:install", "Connect an assistant to this server."),
    "uninstall": ("assistants.install:uninstall", "Remove the entry that install wrote."),
    "doctor": ("doctor:doctor", "Check the set-up: token, Hub, network, tools, and anything that is wrong."),
    "tools": ("list_tools:tools", "List the tools."),
    "call": ("call:call", "Call a tool."),
    "read": ("read:read", "Read a hub:// address."),
    "approve": ("approve:approve", "Approve a plan that an assistant cannot carry out without you."),
    "journal": ("journal_commands:journal", "Show the changes that were made, asked about and refused."),
    "undo": ("journal_commands:undo", "Undo a change."),
    "serve": ("serve:serve", "Serve one client over stdin and stdout (the default)."),
    "http": ("serve_http:http", "Serve a team over Streamable HTTP."),
    "hub": ("local_hub:hub", "Serve the local Hub on a port, with a page that shows what happens on it."),
    "completion": ("completion:completion", "Print the completion script of a shell."),
}
EXAMPLES = ("hub-mcp try", "hub-mcp --sandbox", "hub-mcp install claude-code", "hub-mcp doctor")
IGNORED: list[str] = []  # variables that were blank or had an unfilled placeholder


class Commands(LazyGroup):
    """The subcommands of `hub-mcp`."""

    menu = COMMANDS

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words, including those of a completing shell."""
        return super().parse_args(ctx, bare_values(args, list(COMMANDS)))


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\n  ".join(["\b\nExamples:", *EXAMPLES]),
)
@with_settings
@click.option("-v", "--verbose", count=True, help="Log more to stderr: -v is --log-level info, -vv debug.")
@click.version_option(__version__, prog_name="hub-mcp")
@click.pass_context
def cli(context: click.Context, /, verbose: int, **given: Any) -> None:
    """The Model Context Protocol server for the Hugging Face Hub. Without a command it serves over stdio.

    Server options can come before or after a command; each has an environment variable. Exit codes:
    0 success, 1 failure, 2 wrong usage or settings.
    """
    if verbose:
        given["log_level"] = "debug" if verbose > 1 else "info"
    bare = context.invoked_subcommand is None
    context.obj = settings_from(given, checked=bare)
    if bare:
        from hub_mcp.cli.serve import serve

        context.invoke(serve)


def main(arguments: list[str] | None = None) -> None:
    """Run the command; blank and placeholder variables count as unset from here on."""
    from hub_mcp.client.placeholders import filled, read_by_us

    for name, value in list(os.environ.items()):
        if not read_by_us(name) or value == (meant := filled(value)):
            continue
        os.environ[name] = meant
        if not meant:
            del os.environ[name]
            IGNORED.append(name)
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = cli.main([*given], prog_name="hub-mcp", standalone_mode=False, color=_wants_color())
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "hub-mcp"
        _leave(f"{_sentence(error.format_message())} `{path} --help` lists what there is.", 2)
    except click.ClickException as error:
        _leave(error.format_message(), error.exit_code)
    except click.Abort:
        _leave("Stopped.", 1)
    except HubError as error:
        _leave(error.sentence(), 2)
    sys.exit(code if isinstance(code, int) else 0)


def _wants_color() -> bool | None:
    """Whether to use colors, by NO_COLOR and FORCE_COLOR; None means only on a terminal."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def _sentence(text: str) -> str:
    """A message from click, on one line and with a full stop."""
    flat = plain(text, 1_000)
    return flat if flat.endswith((".", "?", "!")) else f"{flat}."


def _leave(said: str, code: int) -> NoReturn:
    click.echo(f"hub-mcp: {said}", err=True)
    sys.exit(code)
