"""The record of a change outlives the process that made it, and the caller who asked for it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from tests.gate.gates import ADA, refused, text_of
from tests.http.serving import client_of
from tests.judges.team import HUB_MCP, redis_at, run, server, within
from tests.waiting import PATIENCE

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")


class OnceDone:
    """Does something when the Hub has made a change, before anybody gets its answer."""

    def __init__(self, app: ASGIApp, method: str, then: Callable[[], None]) -> None:
        self._app = app
        self._method = method
        self._then = then

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != self._method:
            await self._app(scope, receive, send)
            return
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self._app(scope, receive, keep)
        await asyncio.to_thread(self._then)
        for message in kept:
            await send(message)


def told(journal: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("journal", "--json", "--journal", journal).stdout.splitlines()]


def test_a_kill_between_the_hubs_answer_and_the_record_leaves_a_change_of_unknown_outcome(
    tmp_path: Path,
) -> None:
    processes: list[subprocess.Popen[bytes]] = []
    app = create_app(quota=1_000_000)
    app.add_middleware(OnceDone, method="POST", then=lambda: processes[0].send_signal(signal.SIGKILL))
    with serving(app) as hub:
        journal = str(tmp_path / "journal.jsonl")
        environment = {**os.environ, "HF_ENDPOINT": hub, "HF_TOKEN": ADA, "HUB_MCP_JOURNAL": journal}
        create = ["call", "create_repo", "--repo-id", "ada/killed", "--type", "model"]
        processes.append(subprocess.Popen([*HUB_MCP, *create], env=environment))
        assert processes[0].wait(PATIENCE) == -signal.SIGKILL
        model = f"{hub}/api/models/ada/killed"
        found = httpx.get(
            model, headers={"Authorization": f"Bearer {ADA}"}, trust_env=False, timeout=PATIENCE
        )
        assert found.status_code == 200  # it was made
        (entry,) = told(journal)
        assert (entry["outcome"], entry["tool"]) == ("unknown", "create_repo")
        assert "no end was written" in entry["why"]
        undone = run("undo", "1", "--yes", "--journal", journal)
        assert undone.returncode == 1
        examined = run("doctor", "--json", HF_ENDPOINT=hub, HF_TOKEN=ADA, HUB_MCP_JOURNAL=journal)
        assert "1 of unknown outcome" in json.loads(examined.stdout)["journal"]


@pytest.mark.asyncio
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not here")
@pytest.mark.skipif(sys.platform != "linux", reason="workers are found in /proc")
async def test_callers_who_hang_up_while_the_hub_deletes_get_no_deletion_back(tmp_path: Path) -> None:
    deleting, answer = threading.Event(), threading.Event()

    def hold() -> None:
        deleting.set()
        answer.wait(PATIENCE)

    app = create_app(quota=90)  # few calls, which are counted with care
    app.add_middleware(OnceDone, method="DELETE", then=hold)
    flags = ("--confirm", "off", "--max-deletes", "1")
    with serving(app) as hub:
        async with (
            redis_at(tmp_path) as redis,
            server(hub, tmp_path, "--redis", redis.url, *flags) as one,
        ):
            impatient = asyncio.create_task(_delete(one.url, "ada/notes-to-self"))
            await asyncio.to_thread(deleting.wait, PATIENCE)
            impatient.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await impatient
            async with client_of(one.url) as other:  # by when this is answered, the server has heard it
                assert not (await other.call_tool("whoami", {})).is_error
            answer.set()
            await within(lambda: told(redis.url)[-1]["outcome"] == "done")
            second = await _delete(one.url, "ada/draft-tide-model")
            assert refused(second)
            assert "--max-deletes" in text_of(second)
            async with httpx.AsyncClient(
                base_url=hub, headers={"Authorization": f"Bearer {ADA}"}, timeout=PATIENCE
            ) as bare:
                assert (await bare.get("/api/models/ada/draft-tide-model")).status_code == 200


async def _delete(url: str, repo_id: str) -> Any:
    async with client_of(url) as client:
        return await client.call_tool("delete_repo", {"repo_id": repo_id, "type": "model"})
