"""Servers over HTTP as a team runs them: several processes and a real Redis, killed in the middle."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import MCPError

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from tests.gate.gates import ADA, ERAS, refused, said, text_of
from tests.gate.test_gate_safety import YES, answered, question
from tests.http.serving import client_of
from tests.judges.team import KEYS, redis_at, run, server, within
from tests.waiting import PATIENCE

Client = pytest.importorskip("redis").Redis
if shutil.which("redis-server") is None:
    pytest.skip("redis-server is not here", allow_module_level=True)
if not Path("/proc/self/stat").exists():
    pytest.skip("workers are found in /proc", allow_module_level=True)

MANY = 24
TOOL = "update_repo_settings"
pytestmark = pytest.mark.asyncio


@pytest.fixture
def hub() -> Iterator[str]:
    with serving(create_app(quota=1_000_000)) as address:
        yield address


async def hidden(hub: str, names: list[str]) -> dict[str, bool]:
    """Which of ada's models are private."""
    async with httpx.AsyncClient(
        base_url=hub, headers={"Authorization": f"Bearer {ADA}"}, timeout=PATIENCE
    ) as client:
        rows = [await client.get(f"/api/models/ada/{name}") for name in names]
    return {name: row.json()["private"] for name, row in zip(names, rows, strict=True)}


async def make(hub: str, count: int) -> list[str]:
    """Private models to be published."""
    names = [f"waiting-{n}" for n in range(count)]
    async with httpx.AsyncClient(
        base_url=hub, headers={"Authorization": f"Bearer {ADA}"}, timeout=PATIENCE
    ) as client:
        for name in names:
            body = {"name": name, "type": "model", "private": True}
            assert (await client.post("/api/repos/create", json=body)).is_success
    return names


def publishing(name: str) -> dict[str, Any]:
    return {"repo_id": f"ada/{name}", "type": "model", "visibility": "public"}


async def test_what_one_server_asks_another_takes_the_answer_to_once(hub: str, tmp_path: Path) -> None:
    names = await make(hub, MANY)
    async with (
        redis_at(tmp_path) as redis,
        server(hub, tmp_path, "--redis", redis.url) as one,
        server(hub, tmp_path, "--redis", redis.url) as other,
        client_of(one.url, answer=lambda params: None) as asks,
        client_of(other.url, answer=lambda params: None) as takes,
    ):
        states = {name: await question(asks, TOOL, publishing(name)) for name in names}
        for name, state in states.items():
            assert not (await answered(takes, state, TOOL, publishing(name), YES)).is_error
        for client in (asks, takes):
            for name, state in states.items():
                assert refused(again := await answered(client, state, TOOL, publishing(name), YES))
                assert "already been used" in text_of(again)
        raced = await question(asks, TOOL, publishing("notes-to-self"))
        both = [answered(client, raced, TOOL, publishing("notes-to-self"), YES) for client in (asks, takes)]
        results = await asyncio.gather(*both)
        assert sorted(bool(one.is_error) for one in results) == [False, True]
        told = run("journal", "--json", "--journal", redis.url).stdout.splitlines()
    assert not any((await hidden(hub, names)).values())
    outcomes = [json.loads(line)["outcome"] for line in told]
    assert outcomes.count("done") == MANY + 1
    assert ADA not in "".join(told)


async def test_an_answer_counts_only_with_the_redis_that_it_was_asked_for_with(
    hub: str, tmp_path: Path
) -> None:
    names = await make(hub, 2)
    (tmp_path / "other").mkdir()
    async with (
        redis_at(tmp_path) as redis,
        redis_at(tmp_path / "other") as elsewhere,
        server(hub, tmp_path, "--redis", redis.url) as one,
        server(hub, tmp_path, "--redis", elsewhere.url) as copy,
        client_of(one.url, answer=lambda params: None) as asks,
        client_of(copy.url, answer=lambda params: None) as takes,
    ):
        states = {name: await question(asks, TOOL, publishing(name)) for name in names}
        first, last = names
        assert refused(await answered(takes, states[first], TOOL, publishing(first), YES))
        assert not (await answered(asks, states[first], TOOL, publishing(first), YES)).is_error
        Client.from_url(redis.url).flushall()  # so that nobody remembers what was used
        for name in names:
            assert refused(again := await answered(asks, states[name], TOOL, publishing(name), YES))
            assert "asked for elsewhere" in text_of(again)
    assert await hidden(hub, names) == {first: False, last: True}


@pytest.mark.parametrize("era", ERAS)
async def test_a_worker_that_is_killed_takes_no_confirmation_with_it(
    hub: str, tmp_path: Path, era: str
) -> None:
    names = await make(hub, MANY)
    policy = ("--confirm", "plan") if era == "legacy" else ()
    async with (
        redis_at(tmp_path) as redis,
        server(hub, tmp_path, "--redis", redis.url, "--workers", "2", *policy) as two,
    ):
        await within(lambda: len(two.workers()) == 2)

        async def first(name: str) -> Any:
            async with client_of(two.url, era, None if era == "legacy" else lambda params: None) as client:
                if era == "legacy":
                    return said(await client.call_tool(TOOL, publishing(name)))["confirm_token"]
                return await question(client, TOOL, publishing(name))

        async def second(name: str, held: Any) -> Any:
            async with client_of(two.url, era, None if era == "legacy" else lambda params: None) as client:
                if era == "legacy":
                    return await client.call_tool(TOOL, publishing(name) | {"confirm_token": held})
                return await answered(client, held, TOOL, publishing(name), YES)

        held = {name: await first(name) for name in names}
        victim = two.workers()[0]
        os.kill(victim, signal.SIGKILL)
        for name, one in held.items():
            with anyio.fail_after(PATIENCE):
                while True:  # a connection to the dead worker breaks, and the caller retries
                    try:
                        result = await second(name, one)
                    except Exception:
                        await anyio.lowlevel.checkpoint()
                    else:
                        assert not result.is_error or "already been used" in text_of(result)
                        break
        await within(lambda: len(two.workers()) == 2 and victim not in two.workers())
        two.process.terminate()
        assert await asyncio.to_thread(two.process.wait, PATIENCE) == 0
    assert not any((await hidden(hub, names)).values())


async def test_while_redis_is_away_no_confirmation_counts_and_reads_go_on(hub: str, tmp_path: Path) -> None:
    (name,) = await make(hub, 1)
    async with (
        redis_at(tmp_path) as redis,
        server(hub, tmp_path, "--redis", redis.url) as one,
        client_of(one.url, answer=lambda params: None) as client,
        httpx.AsyncClient(base_url=one.url.removesuffix("/mcp"), trust_env=False, timeout=PATIENCE) as bare,
    ):
        state = await question(client, TOOL, publishing(name))
        redis.stop()
        assert refused(away := await answered(client, state, TOOL, publishing(name), YES))
        assert "Redis" in text_of(away) or "journal" in text_of(away)
        assert not (await client.call_tool("get_model", {"repo_id": f"ada/{name}"})).is_error
        assert (await bare.get("/readyz")).status_code == 503
        assert (await bare.get("/healthz")).status_code == 200
        assert await hidden(hub, [name]) == {name: True}
        await redis.start()
        assert (await bare.get("/readyz")).status_code == 200
        assert not (await answered(client, state, TOOL, publishing(name), YES)).is_error
        assert refused(await answered(client, state, TOOL, publishing(name), YES))
    assert await hidden(hub, [name]) == {name: False}


async def test_a_change_at_one_server_is_announced_at_another(hub: str, tmp_path: Path) -> None:
    flags = ("--watch-every", "3600", "--confirm", "off")
    (name,) = await make(hub, 1)
    address = f"hub://models/ada/{name}"
    async with (
        redis_at(tmp_path) as redis,
        server(hub, tmp_path, "--redis", redis.url, *flags) as one,
        server(hub, tmp_path, "--redis", redis.url, *flags) as other,
        client_of(one.url) as hears,
        client_of(other.url) as changes,
    ):
        with anyio.fail_after(PATIENCE):
            async with hears.listen(resource_subscriptions=[address]) as events:
                while not await looked_at(hub, name):  # later looks are held against the first
                    pass
                assert not (await changes.call_tool(TOOL, publishing(name))).is_error
                async for event in events:
                    assert str(getattr(event, "uri", "")) == address
                    break
            with pytest.raises(MCPError, match="several processes"):
                async with hears.listen(resource_subscriptions=["hub://stream/models"]):
                    pass


async def seen(hub: str) -> list[dict[str, Any]]:
    """The requests that the local Hub received, as its page shows them."""
    async with httpx.AsyncClient(base_url=hub, trust_env=False, timeout=PATIENCE) as client:
        rows: list[dict[str, Any]] = (await client.get("/_view/state")).json()["requests"]
        return rows


async def looked_at(hub: str, name: str) -> bool:
    """Whether somebody has read this model."""
    return any(row["method"] == "GET" and row["path"] == f"/api/models/ada/{name}" for row in await seen(hub))


async def test_workers_count_the_changes_of_a_run_together(hub: str, tmp_path: Path) -> None:
    names = await make(hub, 8)
    flags = ("--workers", "2", "--confirm", "off", "--max-writes", "3")
    async with redis_at(tmp_path) as redis, server(hub, tmp_path, "--redis", redis.url, *flags) as two:

        async def publish(name: str) -> bool:
            async with client_of(two.url) as client:
                return not (await client.call_tool(TOOL, publishing(name))).is_error

        done = await asyncio.gather(*map(publish, names))
    assert sum(done) == 3
    assert list((await hidden(hub, names)).values()).count(False) == 3


@pytest.mark.parametrize(
    ("flags", "keys", "why"),
    [
        (("--workers", "2"), KEYS, "--redis"),
        (("--redis", "redis://127.0.0.1:1/0"), "", "HUB_MCP_KEYS"),
        (("--redis", "redis://127.0.0.1:1/0"), "short", "32"),
        (("--workers", "2", "--redis", "redis://127.0.0.1:1/0", "--sandbox"), KEYS, "local Hub"),
    ],
)
async def test_what_could_not_keep_its_promises_is_not_started(
    flags: tuple[str, ...], keys: str, why: str
) -> None:
    refusal = run("http", "--port", "0", *flags, HUB_MCP_KEYS=keys)
    assert refusal.returncode
    assert why in refusal.stderr
