"""Start, tool list, rows, calls and memory of the server over stdio, alternating with others."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from hub_mcp.dev.snapshots import tokens_of
from tests.bench.peers import Line, bare, cpu_of, fastmcp, official, ours
from tests.bench.table import Row, mebibytes, milliseconds, paired, per_second

AT_ONCE = 50
MODELS = 5_000
RAW = ("id", "pipeline_tag", "sdk", "downloads", "likes", "lastModified")


def start(rounds: int) -> list[Row]:
    """From the start of a process to the answer of its handshake, and to its tool list."""
    commands = {"ours": ours("--sandbox"), "bare SDK server": bare()}
    commands |= {name: one for name, one in (("fastmcp", fastmcp()), ("official server", official())) if one}
    taken: dict[str, dict[str, list[float]]] = {
        title: {name: [] for name in commands}
        for title in ("start, to initialize", "start, to tools/list", "start, to the first call's answer")
    }
    for turn in range(rounds + 1):
        for name, command in commands.items():
            begun = time.perf_counter()
            with Line(command) as line:
                times = [time.perf_counter() - begun]
                line.ask("tools/list", {})
                times.append(time.perf_counter() - begun)
                if name == "ours":
                    line.call("whoami")
                elif name in ("bare SDK server", "fastmcp"):
                    line.call("trivial")
                times.append(time.perf_counter() - begun)
            for title, took in zip(taken, times, strict=True):
                if turn:  # the first fills the disk's cache
                    taken[title][name].append(took)
    how = f"{rounds} starts in turns"
    return [
        paired(title, of["ours"], name, of[name], milliseconds, how)
        for title, of in taken.items()
        for name in of
        if name != "ours" and not (name == "official server" and "call" in title)
    ]


def tool_list(rounds: int) -> list[Row]:
    """What the tool list costs a model's context, and the wire."""

    def cost(command: list[str]) -> tuple[int, int, int]:
        with Line(command) as line:
            tools: list[dict[str, Any]] = line.ask("tools/list", {})["result"]["tools"]
        spent = sum(
            tokens_of(tool["name"])
            + tokens_of(tool.get("description", ""))
            + tokens_of(json.dumps(tool["inputSchema"], separators=(",", ":"), ensure_ascii=False))
            for tool in tools
        )
        return len(tools), spent, len(json.dumps(tools, separators=(",", ":"), ensure_ascii=False).encode())

    count, spent, size = cost(ours("--sandbox"))
    how = "name, description, input schema; o200k"
    rows = [Row(f"tokens of {count} tools", f"{spent:,}", how=how), Row("bytes of tools/list", f"{size:,}")]
    if peer := official():
        theirs, their_spent, their_size = cost(peer)
        each, their_each = spent / count, their_spent / theirs
        against = f"official server, {theirs} tools offline"
        rows = [
            Row(
                f"tokens a tool, of {count}",
                f"{each:.0f} ({spent:,} in all)",
                against,
                f"{their_each:.0f} ({their_spent:,} in all)",
                f"{each / their_each:.2f}",
                how,
            ),
            Row("bytes of tools/list", f"{size:,}", against, f"{their_size:,}"),
        ]
    return rows


def rows_of_text(rounds: int) -> list[Row]:
    """Tokens of fifty rows as a model reads them, against the Hub's own JSON of the same rows and fields."""
    found: list[Row] = []
    with a_hub() as url, Line(ours("--endpoint", url, "--anonymous")) as line:
        for tool, path in (
            ("list_models", "models"),
            ("list_datasets", "datasets"),
            ("list_spaces", "spaces"),
        ):
            answer = line.call(tool, limit=50)["result"]
            text = "\n".join(block["text"] for block in answer["content"] if block["type"] == "text")
            rows = httpx.get(
                f"{url}/api/{path}", params={"limit": 50, "full": "true"}, trust_env=False
            ).json()
            told = json.dumps(
                [{name: row[name] for name in RAW if name in row} for row in rows], separators=(",", ":")
            )
            found.append(
                Row(
                    f"tokens a row, {tool}",
                    f"{tokens_of(text) / 50:.1f}",
                    "the Hub's JSON, these fields alone",
                    f"{tokens_of(told) / 50:.1f}",
                    f"{tokens_of(text) / tokens_of(told):.2f}",
                    "50 rows, header and cursor included; o200k",
                )
            )
    return found


HUB = """
import sys
from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import listen, run
bound = listen()
print(f"http://127.0.0.1:{bound.getsockname()[1]}", flush=True)
run(create_app(quota=10_000_000, models=int(sys.argv[1])), bound)
"""


@contextmanager
def a_hub(models: int = 0) -> Iterator[str]:
    """A local Hub on a port, in a process of its own, that answers."""
    command = [sys.executable, "-c", HUB, str(models)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        httpx.get(f"{url}/api/models", params={"limit": 1}, timeout=120, trust_env=False).raise_for_status()
        try:
            yield url
        finally:
            process.kill()


def ids_at(url: str, count: int) -> list[str]:
    """So many models' ids."""
    found: list[str] = []
    address: str | None = f"{url}/api/models?limit=1000"
    while address and len(found) < count:
        page = httpx.get(address, trust_env=False)
        found += [row["id"] for row in page.json()]
        address = page.links.get("next", {}).get("url")
    return found[:count]


def calls(rounds: int) -> list[Row]:
    """One reading call at a time, and fifty at once; each for another model, so that none is remembered."""
    count, burst = rounds * 40, AT_ONCE * 8
    single: dict[str, list[float]] = {"ours": [], "trivial": [], "httpx": []}
    with a_hub(models=MODELS) as url:
        ids = ids_at(url, count + rounds * burst)
        with (
            Line(ours("--endpoint", url, "--anonymous")) as line,
            Line(bare(url)) as floor,
            httpx.Client(base_url=url, trust_env=False) as client,
        ):
            for turn, one in enumerate(ids[:count]):
                steps = (
                    ("ours", lambda one=one: line.call("get_model", repo_id=one)),
                    ("trivial", lambda: floor.call("trivial")),
                    ("httpx", lambda one=one: client.get(f"/api/models/{one}").raise_for_status()),
                )
                for name, step in steps:
                    begun = time.perf_counter()
                    step()
                    if turn >= 10:
                        single[name].append(time.perf_counter() - begun)
            sums = [a + b for a, b in zip(single["trivial"], single["httpx"], strict=True)]
            how = f"{len(sums)} calls in turns, each of another model, local Hub on a port"
            rows = [paired("get_model", single["ours"], "trivial tool + bare httpx", sums, milliseconds, how)]
            many: dict[str, list[float]] = {"ours": [], "theirs": []}
            spent: dict[str, list[float]] = {"ours": [], "theirs": []}
            for turn in range(rounds):
                wanted = ids[count + turn * burst :][:burst]  # others each time: a known one is only a 304
                for name, session, tool in (("ours", line, "get_model"), ("theirs", floor, "fetch")):
                    begun, before = time.perf_counter(), cpu_of(session.process.pid)
                    at_once(session, tool, wanted)
                    many[name].append(len(wanted) / (time.perf_counter() - begun))
                    spent[name].append((cpu_of(session.process.pid) - before) / len(wanted))
    how = f"{rounds} rounds of {burst} calls in turns, {AT_ONCE} under way at a time"
    against = "bare SDK server, a tool of bare httpx"
    title = f"{AT_ONCE} calls at once"
    return [
        *rows,
        paired(title, many["ours"], against, many["theirs"], per_second, how),
        paired(f"{title}, CPU a call", spent["ours"], against, spent["theirs"], milliseconds, how),
    ]


def at_once(line: Line, tool: str, ids: list[str]) -> None:
    """Call for each id, with a number of concurrent calls."""

    def send(one: str) -> None:
        arguments = {"repo_id": one} if tool == "get_model" else {"path": f"/api/models/{one}"}
        line.send("tools/call", {"name": tool, "arguments": arguments})

    for one in ids[:AT_ONCE]:
        send(one)
    for one in ids[AT_ONCE:]:
        line.answer()
        send(one)
    for _ in ids[:AT_ONCE]:
        line.answer()


def memory_at_rest(session: Line) -> int:
    """Resident memory in KiB once the process has nothing to do: an import may still run after an answer."""
    used, before = cpu_of(session.process.pid), -1.0
    while used != before:
        time.sleep(0.5)
        used, before = cpu_of(session.process.pid), used
    return session.memory()


def memory(rounds: int) -> list[Row]:
    """Resident memory after the tool list, and after thousands of calls."""
    count = 1_000 * rounds
    with a_hub(models=MODELS) as url:
        ids = ids_at(url, MODELS)
        with Line(ours("--endpoint", url, "--anonymous")) as line, Line(bare(url)) as floor:
            for session in (line, floor):
                session.ask("tools/list", {})
            begin = memory_at_rest(line), memory_at_rest(floor)
            for n in range(0, count, AT_ONCE * 4):
                part = [ids[k % len(ids)] for k in range(n, n + AT_ONCE * 4)]
                at_once(line, "get_model", part)
                at_once(floor, "fetch", part)
            end = memory_at_rest(line), memory_at_rest(floor)
    return [
        Row(
            f"memory {when}",
            mebibytes(mine),
            "bare SDK server",
            mebibytes(theirs),
            f"{mine / theirs:.2f}",
            "resident",
        )
        for when, (mine, theirs) in (("after tools/list", begin), (f"after {count:,} calls", end))
    ]
