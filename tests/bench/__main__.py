"""`python -m tests.bench [WHAT …] [--quick] [--markdown] [--each]`: all benchmarks as one table, in one run.

Absolute times say little on a shared machine; each row is measured in turns with what it is held against.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

from hub_mcp.dev.snapshots import tokens_of
from tests.bench.compared import from_a_shell, official_calls
from tests.bench.measures import calls, memory, rows_of_text, start, tool_list
from tests.bench.table import Row, markdown, plain
from tests.bench.tasks import tasks
from tests.bench.team import http
from tests.bench.walks import walk
from tests.bench.workers import workers

# Each benchmark, with its rounds in a full and in a quick run.
ALL: dict[str, tuple[Callable[[int], list[Row]], int, int]] = {
    "start": (start, 15, 3),
    "list": (tool_list, 1, 1),
    "rows": (rows_of_text, 1, 1),
    "tasks": (tasks, 1, 1),
    "calls": (calls, 10, 3),
    "official": (official_calls, 10, 3),
    "shell": (from_a_shell, 5, 2),
    "memory": (memory, 10, 1),
    "walk": (walk, 5, 1),
    "http": (http, 3, 1),
    "workers": (workers, 5, 1),
}


def each() -> str:
    """Tokens of every tool: name, description, input schema."""
    from hub_mcp.server.tools.announced_tools import tools

    lines: list[str] = []
    for tool in tools():
        schema = json.dumps(tool.input_schema, separators=(",", ":"), ensure_ascii=False)
        parts = [tokens_of(tool.name), tokens_of(tool.description or ""), tokens_of(schema)]
        lines.append(f"{tool.name:<34} {sum(parts):>5}   {' + '.join(map(str, parts))}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("what", nargs="*", choices=[[], *ALL], default=[])
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument("--markdown", action="store_true", help="as README has it")
    parser.add_argument("--each", action="store_true", help="only the tokens of each tool")
    asked = parser.parse_args()
    if asked.each:
        print(each())
        return
    rows: list[Row] = []
    for name, (measure, rounds, few) in ALL.items():
        if not asked.what or name in asked.what:
            rows += measure(few if asked.quick else rounds)
    print((markdown if asked.markdown else plain)(rows))


if __name__ == "__main__":
    main()
