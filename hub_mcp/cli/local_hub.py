"""`hub-mcp hub`: only the local Hub, on a loopback port, with a page that shows its content."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import click

from hub_mcp.cli.flags.options import settings_behind
from hub_mcp.settings import Settings

if TYPE_CHECKING:
    from hub_mcp.localhub.tls import Certified


@click.command()
@click.argument("file", required=False)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 picks a free one."
)
@click.option(
    "--models", type=click.IntRange(min=0), default=0, help="Add this many plain models, for measurements."
)
@click.option("--tls", is_flag=True, help="Serve https with a certificate made now; needs hub-mcp[tls].")
@settings_behind("faults")
@click.pass_obj
def hub(settings: Settings, file: str | None, port: int, models: int, tls: bool) -> None:
    """Serve the local Hub, kept in memory or in FILE, and print how to reach it."""
    from hub_mcp.localhub.app import create_app
    from hub_mcp.localhub.hub_file import StoreError
    from hub_mcp.localhub.serving import listen, run
    from hub_mcp.localhub.tls import TlsError, certified

    with contextlib.ExitStack() as stack:
        try:
            made = stack.enter_context(certified()) if tls else None
            app = create_app(file, faults=settings.faults, models=models)
            bound = listen(port)
        except (StoreError, TlsError) as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            raise click.ClickException(f"port {port} cannot be used: {error.strerror}") from None
        _say(bound.getsockname()[1], made)
        run(app, bound, made.context if made else None)


def _say(port: int, made: Certified | None) -> None:
    """Print the Hub's address, its tokens, and how to trust its certificate."""
    from hub_mcp.localhub.world.tokens import TOKENS

    address = f"{'https' if made else 'http'}://127.0.0.1:{port}"
    click.echo(f"The local Hub listens at {address} (this machine only); open it in a browser to watch.\n")
    click.echo("Its tokens, which work nowhere else:")
    for token in TOKENS:
        click.echo(f"  {token.token:<24} {token.about}")
    click.echo(f"\n  export HF_ENDPOINT={address} HF_TOKEN={TOKENS[0].token}\n")
    if made:
        click.echo(f"Clients have to trust {made.authority}, which exists while this command runs:\n")
        click.echo(f"  export SSL_CERT_FILE={made.authority} NODE_EXTRA_CA_CERTS={made.authority}\n")
    sys.stdout.flush()
