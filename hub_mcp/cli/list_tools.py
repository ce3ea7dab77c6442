"""`hub-mcp tools`: what a server with these settings would offer."""

from __future__ import annotations

import json
from typing import Any

import click

from hub_mcp.cli.options import ELSEWHERE, settings_behind
from hub_mcp.cli.output import gist, hint, room, with_format, wrapped
from hub_mcp.settings import Settings


@click.command(epilog=ELSEWHERE)
@with_format
@settings_behind()
@click.pass_obj
def tools(settings: Settings, shape: str) -> None:
    """List the tools, by area, with what each does to the Hub. As JSON: what a client sees."""
    from hub_mcp.catalogue import ENDPOINTS
    from hub_mcp.server.catalogue_tools import CatalogueTools, areas

    surface = CatalogueTools(settings)
    if shape == "json":
        shown: list[Any] = [tool.model_dump(by_alias=True, exclude_none=True) for tool in surface.tools]
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        return
    for area in areas():
        offered = [one for one in ENDPOINTS.values() if one.area == area and surface.endpoint(one.tool)]
        if offered and shape != "quiet":
            click.secho(f"\n{area.replace('_', ' ')}", bold=True)
        for endpoint in offered:
            mark = "asks" if endpoint.may_ask() else endpoint.line.effect
            line = f"  {endpoint.tool:<32}{mark:<9}{gist(endpoint)}"
            for one in [endpoint.tool] if shape == "quiet" else wrapped(line, room(), " " * 43):
                click.echo(one)
    hint("\nhub-mcp call TOOL --help shows the arguments.")
