"""The result of a benchmark as one row, and the table of all results."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEAD = ("what", "ours", "against", "theirs", "ratio", "how")


@dataclass(frozen=True)
class Row:
    """One of our figures and one of somebody else's; `ratio` is ours to theirs, "" if not meaningful."""

    what: str
    ours: str
    against: str = ""
    theirs: str = ""
    ratio: str = ""
    how: str = ""

    def cells(self) -> tuple[str, ...]:
        return (self.what, self.ours, self.against, self.theirs, self.ratio, self.how)


def paired(
    what: str,
    ours: Sequence[float],
    against: str,
    theirs: Sequence[float],
    unit: Callable[[float], str],
    how: str,
) -> Row:
    """A row of two measurements that were taken in turns: medians, and the median of each pair's ratio."""
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    middle = statistics.median
    return Row(what, unit(middle(ours)), against, unit(middle(theirs)), f"{ratio:.2f}", how)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:,.0f} ms"


def mebibytes(kibibytes: float) -> str:
    return f"{kibibytes / 1024:.0f} MiB"


def per_second(rate: float) -> str:
    return f"{rate:,.0f}/s"


def plain(rows: Sequence[Row]) -> str:
    """Columns for a terminal."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(HEAD))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines)


def markdown(rows: Sequence[Row]) -> str:
    """A table for README: one line for each of our figures, with those of the others."""
    theirs: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        if row.what.startswith("·"):
            continue  # each task by itself is for a terminal
        said = f"{row.against} {row.theirs}" + (f" ({row.ratio})" if row.ratio else "")
        theirs.setdefault((row.what, row.ours, row.how), []).append(said.strip())
    lines = [(what, ours, "; ".join(filter(None, said)), how) for (what, ours, how), said in theirs.items()]
    cells = [("what", "ours", "theirs (ours to theirs)", "how"), ("---",) * 4, *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)
