"""The picture in README: what `hub-mcp try` really printed until a delete was refused, as SVG."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

WIDTH = 112  # characters


def recorded() -> str:
    """The first minute, run now, with its colours."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "hub_mcp", "try"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603  # our own
    said = done.stdout
    before, refusal, _ = said.partition("Nothing was changed.")
    return before + refusal


def drawn(text: str) -> bytes:
    """A terminal's text with its colours as an SVG that loads nothing from anywhere."""
    from rich.ansi import AnsiDecoder
    from rich.console import Console

    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for line in AnsiDecoder().decode(text.strip()):
        console.print(line, soft_wrap=False, overflow="ellipsis", no_wrap=True)
    svg = console.export_svg(title="hub-mcp try", unique_id="try")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).encode()
