"""The same calls to others: to the official server over stdio, and to `hf` from a shell."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from hub_mcp.dev.snapshots import tokens_of
from tests.bench.measures import MODELS, a_hub, ids_at
from tests.bench.peers import ENVIRONMENT, Line, cpu_of, official, ours
from tests.bench.table import Row, milliseconds, paired

HF = str(Path(sys.executable).with_name("hf"))


def official_calls(rounds: int) -> list[Row]:
    """The same question to the official server in turns with ours, and what both spend on it."""
    command = official(preload=True)
    if command is None:
        return []
    taken: dict[str, list[float]] = {"ours": [], "theirs": []}
    with (
        a_hub(models=MODELS) as url,
        Line(ours("--endpoint", url, "--anonymous")) as line,
        Line(command, BENCH_HUB=url) as theirs,
    ):
        first, *ids = ids_at(url, rounds * 40 + 1)

        def ask(name: str, one: str) -> None:
            if name == "ours":
                line.call("get_model", repo_id=one)
            else:
                theirs.call("hub_repo_details", repo_ids=[one], repo_type="model")

        processes = {"ours": line.process.pid, "theirs": theirs.process.pid}
        for name in taken:
            ask(name, first)
        before = {name: cpu_of(pid) for name, pid in processes.items()}
        for one in ids:
            for name, times in taken.items():
                begun = time.perf_counter()
                ask(name, one)
                times.append(time.perf_counter() - begun)
        spent = {name: [(cpu_of(pid) - before[name]) / len(ids)] for name, pid in processes.items()}
    how = f"{len(ids)} calls in turns, the same local Hub"
    against = "official server, hub_repo_details"
    return [
        paired("get_model", taken["ours"], against, taken["theirs"], milliseconds, how),
        paired("get_model, CPU", spent["ours"], against, spent["theirs"], milliseconds, how),
    ]


def from_a_shell(rounds: int) -> list[Row]:
    """The same questions from a terminal, as commands: ours and `hf`."""
    questions = {
        "one model": (["call", "get-model", "--repo-id"], ["models", "info"]),
        "twenty models": (["call", "list-models", "--limit", "20"], ["models", "ls", "--limit", "20"]),
    }
    rows: list[Row] = []
    with a_hub() as url:
        one = ids_at(url, 1)
        for what, (mine, theirs) in questions.items():
            said = dict.fromkeys(("ours", "hf"), "")
            taken: dict[str, list[float]] = {name: [] for name in said}
            for turn in range(rounds + 1):
                for name, command in (("ours", ours(*mine)), ("hf", [HF, *theirs])):
                    begun = time.perf_counter()
                    said[name] = subprocess.run(
                        [*command, *(one if "one" in what else [])],
                        env={**ENVIRONMENT, "HF_ENDPOINT": url, "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
                        capture_output=True, text=True, check=True,
                    ).stdout  # fmt: skip
                    if turn:
                        taken[name].append(time.perf_counter() - begun)
            how = f"{rounds} commands in turns, output to a pipe"
            rows.append(paired(f"{what} from a shell", taken["ours"], "hf", taken["hf"], milliseconds, how))
            count = {name: tokens_of(text) for name, text in said.items()}
            share = f"{count['ours'] / count['hf']:.2f}"
            rows.append(
                Row(
                    f"{what} from a shell, tokens",
                    f"{count['ours']:,}",
                    "hf",
                    f"{count['hf']:,}",
                    share,
                    "o200k",
                )
            )
    return rows
