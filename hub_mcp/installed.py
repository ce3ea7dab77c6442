"""The command that runs this installation from a terminal on the same machine, with full paths."""

from __future__ import annotations

import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path


def command() -> tuple[str, ...]:
    """The installed script, or without one the interpreter with the package."""
    script = Path(sysconfig.get_path("scripts")) / ("hub-mcp.exe" if sys.platform == "win32" else "hub-mcp")
    return (str(script),) if script.is_file() else (sys.executable, "-m", "hub_mcp")


def command_line(*words: str) -> str:
    """The command with these arguments, quoted for a shell of this system."""
    whole = [*command(), *words]
    return subprocess.list2cmdline(whole) if sys.platform == "win32" else shlex.join(whole)
