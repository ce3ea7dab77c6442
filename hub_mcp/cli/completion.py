"""`hub-mcp completion SHELL`: the script that completes commands and flags in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell, e.g. for bash: eval "$(hub-mcp completion bash)"."""
    from hub_mcp.cli.main import cli

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(cli, {}, "hub-mcp", "_HUB_MCP_COMPLETE").source())
