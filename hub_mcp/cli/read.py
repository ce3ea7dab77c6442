"""`hub-mcp read ADDRESS`: what lies at a hub:// address, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys

import click

from hub_mcp.settings import Settings


@click.command()
@click.argument("address")
@click.pass_obj
def read(settings: Settings, address: str) -> None:
    """Read a hub:// address, e.g. hub://models/openai-community/gpt2 or hub://models?search=bert."""
    sys.exit(asyncio.run(_shown(settings, address)))


async def _shown(settings: Settings, address: str) -> int:
    from hub_mcp.catalogue.answers import Page
    from hub_mcp.catalogue.listing import Listing
    from hub_mcp.errors import HubError
    from hub_mcp.server.addresses import address_of, call_at
    from hub_mcp.server.wording import fields_of
    from hub_mcp.wiring import hub_of

    hub = hub_of(settings)
    try:
        wanted = call_at(address, (hub.host,))
        answer = await hub.send(wanted)
    except HubError as error:
        click.echo(error.sentence(), err=True)
        return 1
    finally:
        await hub.aclose()
    content = answer.content(fields_of(wanted))
    if isinstance(wanted, Listing) and isinstance(answer, Page) and content.pop("next_cursor", None):
        content["next"] = address_of(wanted.after(answer.next_cursor))
    click.echo(json.dumps(content, indent=1, ensure_ascii=False))
    return 0
