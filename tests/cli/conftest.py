"""The command in this process, with an environment, a state directory and a token directory of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from hub_mcp.cli import main as cli

OURS = ("HF_", "HUB_MCP_", "HUGGING_FACE_", "TRANSFORMERS_OFFLINE", "NO_COLOR", "FORCE_COLOR", "_HUB_MCP")


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `hub-mcp` with the given arguments, in an environment that says nothing but `env`."""
    for name in list(os.environ):
        if name.startswith(OURS):
            monkeypatch.delenv(name)
    for name, value in own_places(tmp_path).items():
        monkeypatch.setenv(name, value)

    def ran(*arguments: str, env: dict[str, str] | None = None) -> Ran:
        cli.IGNORED.clear()
        capsys.readouterr()
        with monkeypatch.context() as here:
            for name, value in (env or {}).items():
                here.setenv(name, value)
            with pytest.raises(SystemExit) as left:
                cli.main([*arguments])
        shown = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Ran(left.value.code, shown.out, shown.err)

    return ran


def own_environment(folder: Path) -> dict[str, str]:
    """The environment of a subprocess that says nothing about the Hub."""
    said = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**said, **own_places(folder)}


def own_places(folder: Path) -> dict[str, str]:
    """Variables that keep a command out of the home directory of the person running the tests."""
    places = ("HF_HOME", "XDG_STATE_HOME", "LOCALAPPDATA")
    return {"COLUMNS": "80", **{name: str(folder / name.lower()) for name in places}}
