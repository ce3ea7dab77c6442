"""`hub-mcp hub`: the local Hub alone, on a loopback port, with a page to look at."""

from __future__ import annotations

import sys

import click

from hub_mcp.cli.options import settings_behind
from hub_mcp.settings import Settings


@click.command()
@click.argument("file", required=False)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 picks a free one."
)
@click.option(
    "--models", type=click.IntRange(min=0), default=0, help="Add this many plain models, for measurements."
)
@settings_behind("faults")
@click.pass_obj
def hub(settings: Settings, file: str | None, port: int, models: int) -> None:
    """Serve the local Hub, kept in memory or in FILE, and print how to reach it."""
    from hub_mcp.localhub.app import create_app
    from hub_mcp.localhub.hub_file import StoreError
    from hub_mcp.localhub.serving import listen, run
    from hub_mcp.localhub.world.tokens import TOKENS

    try:
        app = create_app(file, faults=settings.faults, models=models)
        bound = listen(port)
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"port {port} cannot be used: {error.strerror}") from None
    address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    click.echo(f"The local Hub listens at {address} (this machine only); open it in a browser to watch.\n")
    click.echo("Its tokens, which work nowhere else:")
    for token in TOKENS:
        click.echo(f"  {token.token:<24} {token.about}")
    click.echo(f"\n  export HF_ENDPOINT={address} HF_TOKEN={TOKENS[0].token}\n")
    sys.stdout.flush()
    run(app, bound)
