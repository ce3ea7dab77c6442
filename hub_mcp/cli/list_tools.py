"""`hub-mcp tools`: what a server with these settings would offer."""

from __future__ import annotations

import json
from typing import Any

import click

from hub_mcp.cli.flags.options import ELSEWHERE, settings_behind
from hub_mcp.cli.output import gist, hint, terminal_width, with_format, wrapped
from hub_mcp.settings import Settings


@click.command(epilog=ELSEWHERE)
@with_format
@settings_behind()
@click.pass_obj
def tools(settings: Settings, shape: str) -> None:
    """List the tools, by area, with what each does to the Hub. As JSON: what a client sees."""
    from hub_mcp.server.tools.catalogue_tools import CatalogueTools
    from hub_mcp.server.tools.operation_tools import CHANGING, tool_for
    from hub_mcp.server.tools.tool_selection import AREA

    listed = CatalogueTools(settings)
    if shape == "json":
        shown: list[Any] = [tool.model_dump(by_alias=True, exclude_none=True) for tool in listed.tools]
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        return
    areas: dict[str, list[tuple[str, str, str]]] = {}
    for name, endpoint in listed.endpoints.items():
        mark = "asks" if endpoint.may_ask() else endpoint.line.effect
        areas.setdefault(endpoint.area, []).append((name, mark, gist(endpoint)))
    for name in listed.reaching:
        mark = "asks" if name in CHANGING else "read"
        areas.setdefault(AREA, []).append((name, mark, tool_for(name).description or ""))
    for area, offered in areas.items():
        if shape != "quiet":
            click.secho(f"\n{area.replace('_', ' ')}", bold=True)
        for name, mark, does in offered:
            line = f"  {name:<32}{mark:<9}{does}"
            for one in [name] if shape == "quiet" else wrapped(line, terminal_width(), " " * 43):
                click.echo(one)
    hint("\nhub-mcp call TOOL --help shows the arguments.")
