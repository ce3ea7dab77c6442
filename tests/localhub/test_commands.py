"""The local Hub as a program: where it listens, and whom it knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hub_mcp.localhub.world import TOKENS

ROOT = Path(__file__).parents[2]


def test_the_program_prints_where_it_listens_and_the_tokens_it_knows(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hub_mcp.localhub", "--port", "0", str(tmp_path / "hub.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline() for _ in range(1 + len(TOKENS))]
        program.terminate()
    assert lines[0].startswith("HF_ENDPOINT=http://127.0.0.1:")
    assert [line.split()[0] for line in lines[1:]] == [token.token for token in TOKENS]
    assert all(token.token.startswith("hf_") for token in TOKENS)
