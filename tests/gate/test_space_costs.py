"""What the question states before a Space costs money, stops or restarts, and what does not ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.gate.gates import World
from tests.gate.test_effects import assessed, impacts, question_about

pytestmark = pytest.mark.asyncio
DESK: dict[str, Any] = {"repo_id": "nimbus-labs/forecast-desk"}  # on cpu-upgrade, which costs $0.03 an hour
READER: dict[str, Any] = {"repo_id": "ada/forecast-reader"}  # on cpu-basic


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_the_question_about_hardware_states_its_hourly_price_and_the_cost_of_never_sleeping(
    world: World,
) -> None:
    asked = await question_about(world, "set_space_hardware", {**READER, "flavor": "t4-small"})
    assert '"t4-small": $0.40 an hour while it runs (now: free)' in asked
    assert "it never sleeps, about $292 a month" in asked
    assert "what is on its disk is lost" in asked


async def test_the_question_about_sleep_time_states_the_price_and_the_current_time(world: World) -> None:
    asked = await question_about(world, "set_space_sleep_time", {**DESK, "seconds": 604_800})
    assert "it sleeps only after 604,800 s without a visit (now: 172,800 s)" in asked
    assert "$0.03 an hour" in asked


async def test_hardware_with_an_unknown_price_asks_too(world: World) -> None:
    asked = await question_about(world, "set_space_hardware", {**READER, "flavor": "h200"})
    assert "at a price that the Hub does not give" in asked


async def test_creating_or_copying_a_space_with_paid_hardware_states_its_price(world: World) -> None:
    made = {"repo_id": "ada/made", "type": "space", "sdk": "gradio", "visibility": "private"}
    copied = {**READER, "type": "space", "to_repo": "ada/made", "visibility": "private"}
    for tool, said in (("create_repo", made), ("duplicate_repo", copied)):
        asked = await question_about(world, tool, {**said, "hardware": "t4-small"})
        assert 'it runs on "t4-small": $0.40 an hour' in asked
        assert "it never sleeps, about $292 a month" in asked


async def test_a_restart_on_paid_hardware_states_its_cost_from_then_on(world: World) -> None:
    assert '"cpu-upgrade": $0.03 an hour from then on' in await question_about(world, "restart_space", DESK)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("set_space_hardware", {**READER, "flavor": "cpu-basic"}),
        ("set_space_hardware", {**DESK, "flavor": "cpu-upgrade", "sleep_time_seconds": 172_800}),
        ("set_space_sleep_time", {**DESK, "seconds": 600}),
        ("set_space_sleep_time", {**DESK, "seconds": 172_800}),
        ("set_space_sleep_time", {**READER, "seconds": -1}),
        ("set_space_dev_mode", {**READER, "enabled": False}),
        ("pause_space", {"repo_id": "ada/scratchpad"}),
    ],
)
async def test_what_is_so_already_or_costs_less_asks_nobody(
    world: World, tool: str, arguments: dict[str, Any]
) -> None:
    assert await impacts(world, tool, arguments) == frozenset()


async def test_what_cannot_be_looked_up_counts_as_the_worst(world: World) -> None:
    inner = world.spy.inner

    async def without_runtime(request: Any) -> Any:
        if request.url.path.endswith(("/runtime", "/hardware")):
            request.url = request.url.copy_with(path="/api/nowhere")
        return await inner.handle_async_request(request)

    world.spy.inner = type("Blind", (), {"handle_async_request": staticmethod(without_runtime)})()  # type: ignore[assignment]  # a transport in all that is asked of it
    for tool, arguments in (
        ("set_space_hardware", {**READER, "flavor": "cpu-upgrade", "sleep_time_seconds": 600}),
        ("set_space_sleep_time", {**READER, "seconds": 600}),
        ("set_space_dev_mode", {**READER, "enabled": False}),
        ("pause_space", READER),
        ("restart_space", READER),
    ):
        assert (await assessed(world, tool, arguments)).stakes, tool


async def test_replacing_volumes_lists_those_no_longer_mounted_and_who_sees_the_rest(
    world: World,
) -> None:
    gpt2 = {"type": "model", "source": "openai-community/gpt2", "mount_path": "/models"}
    radar = {"type": "bucket", "source": "nimbus-labs/radar-frames", "mount_path": "/data"}
    async with world.client(confirm="off") as client:
        await client.call_tool("set_space_volumes", {**READER, "volumes": [gpt2]})
    asked = await question_about(world, "set_space_volumes", {**READER, "volumes": [radar]})
    assert 'no longer mounted as it is: the model "openai-community/gpt2" at "/models"' in asked
    assert 'its code can change and delete what is in the bucket "nimbus-labs/radar-frames"' in asked
    same = await impacts(world, "set_space_volumes", {**READER, "volumes": [{**gpt2, "revision": "main"}]})
    assert same == frozenset()
