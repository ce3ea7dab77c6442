"""What is retried, how long it waits, and what is not."""

from __future__ import annotations

import math

import httpx
import pytest

from hub_mcp.client.deadline import Deadline
from hub_mcp.client.transport.retry import TRIES, RetryTransport
from tests.client.scripts import FarSide, Step, Time, Told, rate, request

OK = httpx.Response(200, json={})
DOWN = httpx.Response(503)
REFUSED = httpx.ConnectError("refused")
CUT = httpx.ReadError("reset")
QUOTA = httpx.Response(429, headers={"RateLimit": '"api";r=40;t=9'}, json={"error": "300 a day"})
EDGE = httpx.Response(429, html="<h1>blocked</h1>")


async def outcome(
    method: str, *script: Step, seconds: float = math.inf, chance: float = 0.5, told: Told | None = None
) -> tuple[int | str, FarSide, Time]:
    """The final status or exception's name, the far side, and the time that passed."""
    far, time = FarSide(*script), Time()
    deadline = Deadline(seconds, clock=time, report=told)
    retrying = RetryTransport(far.transport, sleep=time.sleep, chance=lambda: chance)
    try:
        answer = await retrying.handle_async_request(request(method, deadline=deadline))
    except httpx.TransportError as trouble:
        return type(trouble).__name__, far, time
    return answer.status_code, far, time


@pytest.mark.asyncio
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "first",
    [
        REFUSED,
        CUT,
        httpx.ConnectTimeout("slow"),
        httpx.ReadTimeout("slow"),
        httpx.PoolTimeout("busy"),
        httpx.RemoteProtocolError("broke off"),
        httpx.Response(408),
        httpx.Response(500),
        httpx.Response(502),
        DOWN,
        httpx.Response(504),
        rate(0, status=429),
        httpx.Response(429, headers={"Retry-After": "2"}),
    ],
    ids=repr,
)
async def test_a_read_is_tried_again(method: str, first: Step) -> None:
    final, far, _ = await outcome(method, first, OK)
    assert (final, len(far.asked)) == (200, 2)


@pytest.mark.asyncio
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "first", [REFUSED, httpx.ConnectTimeout("slow"), httpx.PoolTimeout("busy"), rate(0, status=429)], ids=repr
)
async def test_a_change_is_tried_again_when_nothing_was_done(method: str, first: Step) -> None:
    final, far, _ = await outcome(method, first, OK)
    assert (final, len(far.asked)) == (200, 2)


@pytest.mark.asyncio
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "first",
    [
        CUT,
        httpx.ReadTimeout("slow"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("broke off"),
        httpx.Response(500),
        DOWN,
        QUOTA,
        EDGE,
        httpx.Response(429, headers={"Retry-After": "2"}),
    ],
    ids=repr,
)
async def test_a_change_that_may_have_been_done_is_not_repeated(method: str, first: Step) -> None:
    _, far, time = await outcome(method, first, OK)
    assert (len(far.asked), time.slept) == (1, [])


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "first",
    [
        QUOTA,
        EDGE,
        httpx.Response(404),
        httpx.Response(400),
        httpx.Response(501),
        httpx.LocalProtocolError("ours"),
    ],
    ids=repr,
)
async def test_a_read_is_not_repeated_when_that_cannot_help(first: Step) -> None:
    _, far, _ = await outcome("GET", first, OK)
    assert len(far.asked) == 1


@pytest.mark.asyncio
async def test_a_certificate_is_not_asked_for_twice() -> None:
    final, far, _ = await outcome(
        "GET", httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), OK
    )
    assert (final, len(far.asked)) == ("ConnectError", 1)


@pytest.mark.asyncio
async def test_five_tries_are_made_and_the_last_answer_is_given() -> None:
    final, far, time = await outcome("GET", DOWN)
    assert (final, len(far.asked)) == (503, TRIES)
    assert time.slept == [0.25, 0.5, 1.0, 2.0]


@pytest.mark.asyncio
@pytest.mark.parametrize(("chance", "slept"), [(0.0, 0.0), (0.999, 7.4925)])
async def test_pauses_are_drawn_from_nothing_to_a_bound_that_doubles(chance: float, slept: float) -> None:
    _, _, time = await outcome("GET", CUT, chance=chance)
    assert sum(time.slept) == pytest.approx(slept)


@pytest.mark.asyncio
async def test_retry_after_is_honoured() -> None:
    _, _, time = await outcome("GET", httpx.Response(503, headers={"Retry-After": "7"}), OK)
    assert time.slept == [7.0]


@pytest.mark.asyncio
@pytest.mark.parametrize("after", ["²", "9" * 400, "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"])
async def test_a_malformed_retry_after_is_ignored(after: str) -> None:
    first = httpx.Response(503, headers=[(b"Retry-After", after.encode("latin-1"))])
    final, _, time = await outcome("GET", first, OK)
    assert (final, time.slept) == (200, [0.25])


@pytest.mark.asyncio
async def test_no_try_is_begun_that_the_deadline_would_end() -> None:
    final, far, time = await outcome(
        "GET", httpx.Response(503, headers={"Retry-After": "31"}), OK, seconds=30
    )
    assert (final, len(far.asked), time.slept) == (503, 1, [])
    final, far, time = await outcome("GET", CUT, seconds=1.0)
    assert (final, time.slept) == ("ReadError", [0.25, 0.5])


@pytest.mark.asyncio
async def test_waits_are_reported() -> None:
    told = Told()
    await outcome("GET", httpx.Response(503, headers={"Retry-After": "7"}), CUT, OK, chance=1.0, told=told)
    assert told.lines == [
        "the Hub answered 503; trying again in 7 s (2 of 5)",
        "the Hub did not answer; trying again in 1 s (3 of 5)",
    ]
