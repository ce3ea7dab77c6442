"""`hub-mcp tools`: what a server with these settings would offer."""

from __future__ import annotations

import json
from typing import Any

import click

from hub_mcp.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The tools as a client sees them.")
@click.pass_obj
def tools(settings: Settings, as_json: bool) -> None:
    """List the tools, by area, with what each does to the Hub."""
    from hub_mcp.catalogue import ENDPOINTS
    from hub_mcp.server.surface import Surface, areas

    surface = Surface(settings)
    if as_json:
        shown: list[Any] = [tool.model_dump(by_alias=True, exclude_none=True) for tool in surface.tools]
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        return
    for area in areas():
        offered = [one for one in ENDPOINTS.values() if one.area == area and surface.endpoint(one.tool)]
        if offered:
            click.secho(f"\n{area.replace('_', ' ')}", bold=True)
        for endpoint in offered:
            mark = "asks" if endpoint.may_ask() else endpoint.line.effect
            first = " ".join((endpoint.__doc__ or "").split()).partition(". ")[0].rstrip(".")
            click.echo(f"  {endpoint.tool:<34} {mark:<8} {first}")
    click.echo("\nhub-mcp call TOOL --help tells the arguments.", err=True)
