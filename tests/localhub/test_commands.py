"""The local Hub as a program, and the commands of others run against it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub_mcp.localhub.world import TOKENS

ROOT = Path(__file__).parents[2]
HF = Path(sys.executable).with_name("hf")


def test_the_program_prints_where_it_listens_and_the_tokens_it_knows(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hub_mcp.localhub", "--port", "0", str(tmp_path / "hub.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline() for _ in range(1 + len(TOKENS))]
        program.terminate()
    assert lines[0].startswith("HF_ENDPOINT=http://127.0.0.1:")
    assert [line.split()[0] for line in lines[1:]] == [token.token for token in TOKENS]
    assert all(token.token.startswith("hf_") for token in TOKENS)


@pytest.mark.skipif(not HF.exists(), reason="the hf command is not installed beside this Python")
def test_the_hf_command_works_unchanged(hub_url: str, tmp_path: Path) -> None:
    environment = os.environ | {
        "HF_ENDPOINT": hub_url,
        "HF_TOKEN": "hf_sandbox_ada_write",
        "HF_HOME": str(tmp_path),
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }

    def hf(*words: str) -> str:
        run = subprocess.run(
            [HF, *words], env=environment, capture_output=True, text=True, check=True, timeout=60
        )
        return run.stdout

    assert "user=ada" in hf("auth", "whoami", "--format", "quiet") or "ada" in hf("auth", "whoami")
    hf("repos", "create", "ada/by-hand", "--private")
    hf("repos", "settings", "ada/by-hand", "--gated", "manual")
    hf("repos", "move", "ada/by-hand", "nimbus-labs/by-hand")
    assert '"gated": "manual"' in hf("models", "info", "nimbus-labs/by-hand")
    assert "nowcast-2b" in hf("models", "ls", "--author", "nimbus-labs", "--format", "json")
    hf("repos", "delete", "nimbus-labs/by-hand", "--yes")
