"""No test depends on the speed of the machine, checked in the source of the tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

TESTS = Path(__file__).parent
WAITING = TESTS / "waiting.py"  # the one place that looks at a clock
# What is measured is measured in `bench`.
FILES = [
    file
    for file in sorted(TESTS.rglob("*.py"))
    if file != WAITING and not {"bench", "node_modules"} & {*file.parts}
]
SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep"}
CLOCKS = {"time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.process_time"}
# The first argument of these is a bound in seconds.
BOUNDS = {"fail_after", "move_on_after", "wait", "join", "communicate", "settimeout"}
# These have a default limit of five seconds, unless another is given or they use no socket.
IMPATIENT = {f"{module}.{name}" for module in ("httpx", "httpx2") for name in (
    "AsyncClient", "Client", "get", "post", "put", "patch", "delete", "head", "request", "stream",
)}  # fmt: skip
# A time of these is a setting of ours that is under test.
OURS = {"Settings", "Deadline", "Hub"}


def haste(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The lines at which a test sleeps, looks at a clock, or gives a slow machine too little time."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in CLOCKS:
            yield node.lineno, f"{ast.unparse(node)} is looked at"
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        last = name.rpartition(".")[2]
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        if name in SLEEPS and not (node.args and number(node.args[0]) == 0):
            yield node.lineno, f"{name} waits for time, not for an event"
        if name in IMPATIENT and not {"timeout", "transport", None} & set(named):
            yield node.lineno, f"{name} gives up after five seconds: timeout=PATIENCE"
        bounds = [value for arg, value in named.items() if arg == "timeout" and last not in OURS]
        bounds += node.args[:1] if last in BOUNDS else []
        bounds += node.args[1:2] if name == "asyncio.wait_for" else []
        if any((seconds := number(bound)) is not None and seconds < PATIENCE for bound in bounds):
            yield node.lineno, f"{name} has a bound that a slow machine reaches: PATIENCE"


def number(node: ast.expr) -> float | None:
    is_number = isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    return float(node.value) if is_number else None  # type: ignore[attr-defined,arg-type]  # seen above


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(TESTS)))
def test_no_test_depends_on_the_speed_of_the_machine(file: Path) -> None:
    assert [f"{line}: {why}" for line, why in haste(ast.parse(file.read_text()))] == []


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(1)",
        "await anyio.sleep(0.05)",
        "await asyncio.sleep(seconds)",
        "until = time.monotonic() + 20",
        "process.wait(5)",
        "anyio.fail_after(30)",
        "subprocess.run(command, timeout=60)",
        "await asyncio.wait_for(asked, 1)",
        "httpx.get(url)",
        "httpx.AsyncClient(base_url=url)",
    ],
)
def test_what_depends_on_it_is_found(line: str) -> None:
    assert list(haste(ast.parse(f"async def test() -> None:\n    {line}")))


@pytest.mark.parametrize(
    "line",
    [
        "await asyncio.sleep(0)",
        "await anyio.sleep_forever()",
        "process.wait(PATIENCE)",
        "httpx.get(url, timeout=PATIENCE)",
        "httpx.AsyncClient(transport=transport)",
        "Hub(BASE, timeout=0.1)",
        "', '.join(['a'])",
    ],
)
def test_what_does_not_is_left_alone(line: str) -> None:
    assert not list(haste(ast.parse(f"async def test() -> None:\n    {line}")))
