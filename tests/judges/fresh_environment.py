"""A fresh environment of Python, and what a command says where nothing of the machine is set."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

from hub_mcp.dev.project import ROOT

PATIENCE = 600


def output(*command: str | Path, cwd: Path = ROOT) -> str:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "HUB_MCP_", "PYTHON"))
    }
    run = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=clean,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4_000:] + run.stderr[-4_000:]
    return run.stdout


def python_with(folder: Path, *requirements: str | Path) -> Path:
    """The interpreter of a new environment in a folder, with packages and their dependencies."""
    venv.create(folder, with_pip=True)
    interpreter = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    output(interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements)
    return interpreter
