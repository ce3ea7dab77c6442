"""`hub-mcp read ADDRESS`: the content of a hub:// address as JSON; a stream of rows as NDJSON."""

from __future__ import annotations

import asyncio
import sys

import click

from hub_mcp.cli.flags.options import ELSEWHERE, settings_behind
from hub_mcp.settings import Settings


@click.command(epilog=ELSEWHERE)
@click.argument("address", required=False)
@click.option("--list", "listed", is_flag=True, help="List the addresses.")
@settings_behind()
@click.pass_obj
def read(settings: Settings, address: str | None, listed: bool) -> None:
    """Read a hub:// address.

    \b
    hub-mcp read hub://models/openai-community/gpt2
    hub-mcp read 'hub://models?search=bert&limit=50'
    hub-mcp read 'hub://stream/datasets?author=google' > rows.ndjson
    """
    if listed:
        from hub_mcp.server.resources.addresses import templates

        for template, _ in templates():
            click.echo(template)
    elif address is None:
        raise click.UsageError("Name an address; `hub-mcp read --list` shows what there is.")
    else:
        sys.exit(asyncio.run(_shown(settings, address)))


async def _shown(settings: Settings, address: str) -> int:
    from hub_mcp.cli.output import ProgressLine
    from hub_mcp.errors import BadInput, HubError
    from hub_mcp.log_output import set_up_logging
    from hub_mcp.server.resources.addresses import call_at
    from hub_mcp.server.resources.reading import whole
    from hub_mcp.server.resources.streams import STREAM, listing_at, read_stream
    from hub_mcp.wiring import hub_of

    set_up_logging(settings)
    hub = hub_of(settings)
    progress = ProgressLine(0)

    async def landed(pages: int, text: str) -> None:
        progress.at(int(text.partition(" ")[0].replace(",", "")))

    try:
        if address.startswith(STREAM):
            text = await read_stream(hub, listing_at(address, (hub.host,)), landed)
        else:
            wanted = call_at(address, (hub.host,))
            text = whole(wanted, await hub.send(wanted)) + "\n"
    except HubError as error:
        progress.end()
        click.echo(f"hub-mcp: {error.of_a_read().sentence()}", err=True)
        return 2 if isinstance(error, BadInput) else 1
    finally:
        await hub.aclose()
    progress.end()
    click.echo(text, nl=False)
    return 0
