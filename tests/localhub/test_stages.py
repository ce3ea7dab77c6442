"""Spaces on the local Hub pass through their stages by the clock; failed ones fail again until changed."""

from __future__ import annotations

from typing import Any

import pytest

from hub_mcp.localhub.app import create_app

from .conftest import Ask

pytestmark = pytest.mark.asyncio
DESK = "/api/spaces/nimbus-labs/forecast-desk"
READER = "/api/spaces/ada/forecast-reader"
COMMIT = {"summary": "Change", "files": [{"path": "app.py", "content": "print('hello')\n"}]}


class Days:
    """A Hub whose clock is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.ask = Ask(create_app(quota=1_000_000, clock=lambda: self.now))

    async def stage(self, space: str, after: float = 0) -> str:
        self.now += after
        return str((await self.ask.get(f"{space}/runtime"))["stage"])

    async def post(self, path: str, body: Any = None, token: str | None = None) -> Any:
        answer = await self.ask("POST", path, *([token] if token else []), json=body or {})
        assert answer.status_code == 200, answer.text
        return answer.json()


async def test_a_restarted_space_is_built_starts_and_runs_and_every_answer_agrees() -> None:
    days = Days()
    assert (await days.post(f"{READER}/pause"))["stage"] == "PAUSED"
    assert await days.stage(READER, after=10_000_000) == "PAUSED"
    begun = await days.post(f"{READER}/restart")
    assert (begun["stage"], begun["hardware"]) == ("BUILDING", {"current": None, "requested": "cpu-basic"})
    assert await days.stage(READER, after=19) == "BUILDING"
    assert await days.stage(READER, after=2) == "APP_STARTING"
    assert await days.stage(READER, after=5) == "RUNNING"
    assert (await days.ask.get(READER))["runtime"]["stage"] == "RUNNING"
    listed = await days.ask.get("/api/spaces?author=ada&expand[]=runtime")
    assert {one["id"]: one["runtime"]["stage"] for one in listed}["ada/forecast-reader"] == "RUNNING"
    assert await days.stage(READER, after=172_800) == "SLEEPING"


async def test_a_rebuild_from_scratch_takes_longer() -> None:
    days = Days()
    await days.post(f"{READER}/restart?factory=true")
    assert await days.stage(READER, after=50) == "BUILDING"
    assert await days.stage(READER, after=20) == "RUNNING"


async def test_what_failed_fails_again_until_its_files_are_others() -> None:
    days = Days()
    eve, broken = "hf_sandbox_eve_write", "/api/spaces/eve/licence-reader"
    await days.post(f"{broken}/restart", token=eve)
    assert await days.stage(broken, after=22) == "APP_STARTING"
    assert await days.stage(broken, after=5) == "RUNTIME_ERROR"
    assert "No module named" in (await days.ask.get(f"{broken}/runtime"))["errorMessage"]
    await days.post(f"{broken}/commit/main", COMMIT, token=eve)
    assert await days.stage(broken) == "BUILDING"
    assert await days.stage(broken, after=30) == "RUNNING"
    assert "errorMessage" not in await days.ask.get(f"{broken}/runtime")


async def test_a_space_without_its_app_comes_to_nothing_until_it_has_one() -> None:
    days = Days()
    await days.post("/api/repos/create", {"name": "empty", "type": "space", "sdk": "gradio"})
    assert await days.stage("/api/spaces/ada/empty") == "BUILDING"
    assert await days.stage("/api/spaces/ada/empty", after=30) == "NO_APP_FILE"
    await days.post("/api/spaces/ada/empty/commit/main", COMMIT)
    assert await days.stage("/api/spaces/ada/empty", after=30) == "RUNNING"


async def test_other_hardware_is_asked_for_at_once_and_had_once_the_space_runs_again() -> None:
    days = Days()
    asked = await days.post(f"{DESK}/hardware", {"flavor": "t4-small"})
    assert (asked["stage"], asked["hardware"], asked["gcTimeout"]) == (
        "RUNNING_BUILDING",
        {"current": "cpu-upgrade", "requested": "t4-small"},
        None,
    )
    assert await days.stage(DESK, after=10_000_000) == "RUNNING"
    assert (await days.ask.get(f"{DESK}/runtime"))["hardware"]["current"] == "t4-small"
    back = await days.post(f"{DESK}/hardware", {"flavor": "cpu-basic", "sleepTimeSeconds": 60})
    assert back["gcTimeout"] == 172_800


@pytest.mark.parametrize(
    ("path", "body", "status", "token"),
    [
        ("/api/spaces/ada/portfolio/restart", {}, 400, None),
        (f"{DESK}/hardware", {"flavor": "abacus"}, 400, None),
        (f"{DESK}/hardware", {"flavor": "zero-a10g"}, 400, None),
        (f"{DESK}/sleeptime", {"seconds": 0}, 400, None),
        (f"{DESK}/dev-mode", {}, 400, None),
        (f"{DESK}/pause", {}, 403, "hf_sandbox_eve_write"),
        ("/api/spaces/eve/licence-reader/hardware", {"flavor": "t4-small"}, 402, "hf_sandbox_eve_write"),
        ("/api/spaces/eve/licence-reader/dev-mode", {"enabled": True}, 402, "hf_sandbox_eve_write"),
        ("/api/spaces/ada/scratchpad/restart", {}, 404, "hf_sandbox_eve_write"),
    ],
)
async def test_what_the_hub_would_not_do_is_refused(
    path: str, body: Any, status: int, token: str | None
) -> None:
    days = Days()
    answer = await days.ask("POST", path, *([token] if token else []), json=body)
    assert answer.status_code == status, answer.text
