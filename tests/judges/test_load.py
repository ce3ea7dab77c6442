"""Load with faults on one stdio session, for minutes: each call answered once, nothing leaked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench" / "load.py"


@pytest.mark.skipif(os.name == "nt", reason="the server's tasks are counted on a POSIX signal")
def test_fifty_calls_at_once_are_each_answered_once_and_leave_nothing_behind() -> None:
    command = [sys.executable, str(BENCH), "--seconds", "150", "--at-once", "50"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
