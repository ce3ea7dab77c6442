"""Shell completion: the scripts, and bash running its script."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.cli.main import COMMANDS
from tests.cli.conftest import Run, own_environment
from tests.waiting import PATIENCE

BASH = shutil.which("bash")
IN_BASH = pytest.mark.skipif(not BASH or os.name == "nt", reason="there is no bash here")
FINDS = {"bash": "complete -o nosort -F", "zsh": "#compdef hub-mcp", "fish": "complete --no-files --command"}


@pytest.mark.parametrize("shell", FINDS)
def test_every_shell_gets_a_script_that_asks_the_command(run: Run, shell: str) -> None:
    told = run("completion", shell)
    assert (told.code, told.err) == (0, "")
    assert FINDS[shell] in told.out
    assert f"_HUB_MCP_COMPLETE={shell}_complete" in told.out


def test_another_shell_is_refused_with_those_there_are(run: Run) -> None:
    told = run("completion", "tcsh")
    assert (told.code, told.out) == (2, "")
    assert "'bash', 'zsh', 'fish'" in told.err


def completed(folder: Path, *lines: str) -> list[set[str]]:
    """What bash offers at the end of each line, after it has taken our script."""
    assert BASH
    command = folder / "hub-mcp"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m hub_mcp "$@"\n')
    command.chmod(0o755)
    script = ['eval "$(hub-mcp completion bash)"']
    for line in lines:
        words = shlex.split(line) + ([""] if line.endswith(" ") else [])
        script += [
            f"COMPREPLY=(); COMP_WORDS=({' '.join(map(shlex.quote, words))}); COMP_CWORD={len(words) - 1}",
            "_hub_mcp_completion hub-mcp",
            'echo "${COMPREPLY[@]}"',
        ]
    environment = own_environment(folder)
    environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        [BASH, "--norc", "-c", "\n".join(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return [set(offered.split()) for offered in done.stdout.splitlines()]


@pytest.mark.slow
@IN_BASH
def test_bash_completes_commands_tools_options_and_values(tmp_path: Path) -> None:
    commands, tools, options, values, behind, further = completed(
        tmp_path,
        "hub-mcp ",
        "hub-mcp call get_",
        "hub-mcp call get_model --re",
        "hub-mcp call create_repo --type ",
        "hub-mcp --sandbox do",
        "hub-mcp --sandbox call list_mo",
    )
    assert commands == set(COMMANDS)
    assert tools == {tool for tool in ENDPOINTS if tool.startswith("get_")}
    assert options == {"--repo-id", "--revision"}
    assert values == {"model", "dataset", "space"}
    assert behind == {"doctor"}
    assert further == {"list_models"}
