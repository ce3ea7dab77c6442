"""The state of a job, which depends on the clock alone, since nothing is run here.

A job waits a few seconds for its machine and then runs for as long as its command says (`sleep 90`), or for
about half a minute. It fails if the command says so (`exit 2`, `false`), and when it reaches its timeout.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..store import moment

WAITS = 4.0  # seconds of waiting for a machine
STEP = 5.0  # seconds between two lines of a job's log
MOST_STEPS = 2_000  # how many of these lines are kept
ENDED = ("COMPLETED", "CANCELED", "ERROR", "DELETED")


@dataclass(frozen=True, slots=True)
class JobState:
    """The state of a job; times are seconds of the epoch, None for what has not happened yet."""

    stage: str
    message: str | None
    created: float
    now: float
    started: float | None
    finished: float | None

    def durations(self) -> dict[str, object]:
        """How long it waited and ran, in whole seconds."""
        end = self.finished if self.finished is not None else self.now
        durations: dict[str, object] = {"totalSecs": round(max(0.0, end - self.created))}
        if self.started is not None:
            durations["schedulingSecs"] = round(self.started - self.created)
            durations["runningSecs"] = round(max(0.0, end - self.started))
        return durations


def state_of(row: sqlite3.Row, now: float) -> JobState:
    """The state of a job at a moment."""
    created = seconds_of(row["created_at"])
    started = created + WAITS
    ends: list[tuple[float, str, str | None]] = []
    if row["timeout"] is not None:
        ends.append((started + row["timeout"], "ERROR", "Job timeout"))
    if row["runs"] is not None:
        code = row["exit_code"]
        failed = f"Job failed with exit code: {code}. Reason: Error"
        times = row["attempts"] if code else 1
        end = started + row["runs"] * times
        ends.append((end, "ERROR" if code else "COMPLETED", failed if code else None))
    if row["canceled_at"] is not None:
        ends.append((seconds_of(row["canceled_at"]), "CANCELED", None))
    finished, stage, message = min(ends, key=lambda end: end[0], default=(now + 1, "", None))
    if finished > now:
        if now < started:
            return JobState("SCHEDULING", None, created, now, None, None)
        return JobState("RUNNING", None, created, now, started, None)
    return JobState(stage, message, created, now, started if finished >= started else None, finished)


def seconds_of(text: str) -> float:
    """A moment as the Hub writes it, in seconds of the epoch."""
    return datetime.fromisoformat(text).timestamp()


def words_of(spec: Mapping[str, object]) -> str:
    """The command with its arguments, on one line."""
    words = [one for name in ("command", "arguments") for one in _list(spec.get(name))]
    return " ".join(str(one) for one in words)


def running_time(spec: Mapping[str, object]) -> tuple[int, int]:
    """How long a command would run, in seconds, and how it would end."""
    words = words_of(spec)
    slept = re.search(r"\bsleep[ (](\d{1,6})\b", words)
    ended = re.search(r"\bexit[ (](\d{1,3})\b", words)
    code = int(ended[1]) if ended else int(bool(re.search(r"(^|[;& ])false\b", words)))
    return int(slept[1]) if slept else 20 + len(words) % 20, code


def log_of(row: sqlite3.Row, state: JobState) -> list[tuple[float, str]]:
    """The job's log so far, with the moment of each line."""
    if state.started is None:
        return []
    spec: dict[str, object] = json.loads(row["spec"])
    words = words_of(spec)
    begun = moment(state.started)[:19].replace("T", " ")
    lines = [
        (state.started, f"===== Job started at {begun} ====="),
        (state.started, f"This local Hub runs nothing. It was asked for: {words or 'what its image does'}"),
    ]
    lines += [(state.started, said) for said in _printed(words)]
    end = state.finished if state.finished is not None else state.now
    steps = int((end - state.started) // STEP)
    shown_steps = range(max(1, steps - MOST_STEPS), steps + 1)
    lines += [(state.started + n * STEP, f"{int(n * STEP)} s") for n in shown_steps]
    if state.finished is not None:
        lines.append((state.finished, state.message or state.stage.lower()))
    return lines


def _printed(words: str) -> list[str]:
    """What a simple command would print."""
    if words.startswith("echo "):
        return [words.removeprefix("echo ")]
    return [said for _, said in re.findall(r"print\((['\"])(.*?)\1\)", words)]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
