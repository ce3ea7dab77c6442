"""`hub-mcp serve`, and `hub-mcp` alone: one client over standard input and output."""

from __future__ import annotations

import gc

import click

from hub_mcp.cli.flags.options import ELSEWHERE, settings_behind
from hub_mcp.settings import Settings


@click.command(epilog=ELSEWHERE)
@settings_behind()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Serve one client over stdin and stdout, until stdin ends."""
    gc.disable()  # imported objects are not garbage, and looking for some takes a tenth of the time
    from hub_mcp.wiring import run_stdio

    run_stdio(settings)
