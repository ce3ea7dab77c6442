"""One budget for all calls of a caller: calls are sent at once, and the last tenth is spaced out."""

from __future__ import annotations

import anyio
import httpx
import pytest

from hub_mcp.catalogue.refusals import Window
from hub_mcp.client.deadline import Deadline
from hub_mcp.client.transport.rate_limit import LONGEST_SPACING, Budget, RateLimitTransport, window_in
from hub_mcp.client.transport.retry import RetryTransport
from hub_mcp.errors import RateLimited
from tests.client.scripts import FarSide, Step, Time, Told, rate, request


def paced(*script: Step) -> tuple[RateLimitTransport, FarSide, Time]:
    far, time = FarSide(*script), Time()
    return RateLimitTransport(far.transport, clock=time, sleep=time.sleep), far, time


async def ask(transport: httpx.AsyncBaseTransport, time: Time, max_wait: float = 60, **said: str) -> int:
    deadline = Deadline(max_wait=max_wait, clock=time)
    return (await transport.handle_async_request(request(**said, deadline=deadline))).status_code


@pytest.mark.asyncio
async def test_calls_go_at_once_while_there_is_plenty() -> None:
    transport, far, time = paced(rate(400))
    for _ in range(100):
        await ask(transport, time)
    assert (len(far.asked), time.slept) == (100, [])


@pytest.mark.asyncio
async def test_a_used_up_window_is_waited_for() -> None:
    transport, _, time = paced(rate(0, reset=12), rate(499))
    await ask(transport, time)
    await ask(transport, time)
    assert sum(time.slept) == pytest.approx(12)


@pytest.mark.asyncio
async def test_a_wait_beyond_max_wait_is_refused_and_named() -> None:
    transport, far, time = paced(rate(0, reset=200))
    await ask(transport, time)
    with pytest.raises(RateLimited, match="Call again in 3 min") as refused:
        await ask(transport, time)
    assert (refused.value.wait, len(far.asked), time.slept) == (200, 1, [])


@pytest.mark.asyncio
async def test_all_waits_of_a_call_together_stay_within_max_wait() -> None:
    transport, _, time = paced(rate(0, reset=39, status=429))
    deadline = Deadline(max_wait=60, clock=time)
    with pytest.raises(RateLimited):
        await RetryTransport(transport, sleep=time.sleep).handle_async_request(request(deadline=deadline))
    assert sum(time.slept) == pytest.approx(40)


@pytest.mark.asyncio
async def test_the_window_of_a_429_is_waited_for_and_the_call_made_again() -> None:
    transport, far, time = paced(rate(0, reset=9, status=429), rate(499))
    assert await ask(RetryTransport(transport, sleep=time.sleep), time, method="POST") == 200
    assert len(far.asked) == 2
    assert sum(time.slept) == pytest.approx(10)  # t, and the second the Hub's own client adds


@pytest.mark.asyncio
async def test_the_last_tenth_is_spaced_out_more_and_more_and_never_stops_dead() -> None:
    left = 60

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal left
        left -= 1
        return rate(max(left, 0), reset=round(1_300 - time.now))

    far, time = FarSide(answer), Time()
    transport = RateLimitTransport(far.transport, clock=time, sleep=time.sleep)
    for _ in range(59):
        await ask(transport, time)
    waits = time.slept
    assert 30 < len(waits) < 59  # the first ones, and the first of the last tenth, went at once
    assert max(waits) <= LONGEST_SPACING
    thirds = [sum(waits[: len(waits) // 3]), sum(waits[-len(waits) // 3 :])]
    assert thirds[0] < thirds[1]
    assert time.now < 1_300  # all of them within the window


@pytest.mark.asyncio
async def test_a_lone_call_is_not_slowed_down() -> None:
    transport, _, time = paced(rate(5, reset=200))
    await ask(transport, time)
    time.now += 120
    await ask(transport, time)
    assert time.slept == []


@pytest.mark.asyncio
async def test_calls_at_once_share_one_budget() -> None:
    transport, far, time = paced(rate(20, reset=30), rate(0, reset=30))
    await ask(transport, time)
    refused = 0
    for _ in range(30):
        budget = transport.budget_of(request())
        budget.reserve(time.now)  # as calls on their way do
    try:
        await ask(transport, time, max_wait=5)
    except RateLimited:
        refused = 1
    assert (refused, len(far.asked)) == (1, 1)


@pytest.mark.asyncio
async def test_callers_classes_and_hubs_have_budgets_of_their_own() -> None:
    transport, far, time = paced(rate(0, reset=200))
    for said in (
        {},
        {"token": "hf_a"},
        {"token": "hf_b"},
        {"path": "/datasets/a/b/resolve/main/x"},
        {"path": "/x"},
    ):
        await ask(transport, time, **said)
    assert (len(far.asked), time.slept) == (5, [])


@pytest.mark.asyncio
async def test_an_action_quota_and_an_edge_block_close_nothing() -> None:
    quota = httpx.Response(429, headers={"RateLimit": '"api";r=40;t=100', "Retry-After": "9"}, json={})
    transport, _, time = paced(quota, httpx.Response(429, html="<h1>no</h1>"), rate(39))
    assert [await ask(transport, time) for _ in range(3)] == [429, 429, 200]
    assert sum(time.slept) < 10


@pytest.mark.asyncio
async def test_a_wait_is_reported_every_ten_seconds() -> None:
    transport, _, time = paced(rate(0, reset=25), rate(499))
    told = Told()
    await ask(transport, time)
    await transport.handle_async_request(request(deadline=Deadline(clock=time, report=told)))
    assert told.lines == [f"waiting {n} s for the Hub's rate limit" for n in (25, 15, 5)]


@pytest.mark.asyncio
async def test_a_wait_moves_the_deadline() -> None:
    transport, _, time = paced(rate(0, reset=25), rate(499))
    await ask(transport, time)
    deadline = Deadline(timeout=30, clock=time)
    await transport.handle_async_request(request(deadline=deadline))
    assert deadline.left == pytest.approx(30)


@pytest.mark.asyncio
async def test_a_wait_can_be_cancelled() -> None:
    far = FarSide(rate(0, reset=3600))
    transport = RateLimitTransport(far.transport)
    waiting = request(deadline=Deadline(max_wait=9_999))
    await transport.handle_async_request(request())
    async with anyio.create_task_group() as group:
        group.start_soon(transport.handle_async_request, waiting)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    assert len(far.asked) == 1


def test_a_new_window_is_recognised_and_an_older_answer_is_not_believed() -> None:
    budget = Budget()
    budget.heed(Window(400, 100), 0)
    budget.heed(Window(402, 100), 0)  # overtaken on its way
    assert budget.left == 400
    budget.heed(Window(499, 300), 101)
    assert budget.left == 499


@pytest.mark.parametrize(
    "said", ["", "r=5;t=", '"api";r=²;t=3', '"api";r=' + "9" * 99 + ";t=1", '"api"', "\xff"]
)
def test_malformed_headers_are_ignored(said: str) -> None:
    assert window_in(httpx.Response(200, headers=[(b"RateLimit", said.encode("latin-1"))])) is None
