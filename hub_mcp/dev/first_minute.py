"""The picture in README: the real output of `hub-mcp try` up to a refused delete, as SVG."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

WIDTH = 112  # characters


def recorded() -> str:
    """The output of a fresh run, with its colors."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "hub_mcp", "try"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603  # our own
    said = done.stdout
    before, refusal, _ = said.partition("Nothing was changed.")
    return before + refusal


def drawn(text: str) -> bytes:
    """Colored terminal text as an SVG that loads no external resources."""
    from rich.ansi import AnsiDecoder
    from rich.console import Console

    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for line in AnsiDecoder().decode(text.strip()):
        console.print(line, soft_wrap=False, overflow="ellipsis", no_wrap=True)
    svg = console.export_svg(title="hub-mcp try", unique_id="try")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL).encode()
