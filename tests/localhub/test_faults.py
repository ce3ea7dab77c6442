"""Injected faults: each kind as a client sees it, and whether the Hub acted."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.faults.fault_plan import FaultsError, parse
from hub_mcp.localhub.serving import serving
from tests.waiting import PATIENCE, standing_clock, turns

from .conftest import Ask

WHOAMI = "/api/whoami-v2"
NEW = {"title": "Made in spite of faults", "namespace": "ada"}


def hub(faults: str, **how: Any) -> Ask:
    """A Hub in this process that fails as the plan says."""
    return Ask(create_app(faults=faults, **how))


async def collections_of_ada(ask: Ask) -> list[str]:
    """The titles of ada's collections, read from the store: no request, so no fault."""
    rows = ask.app.state.store.rows("select title from collections where namespace = 'ada'")
    return [row["title"] for row in rows]


async def log(ask: Ask) -> list[tuple[str, int, str | None]]:
    """Method, status and fault of every request that was noted."""
    rows = ask.app.state.store.rows("select method, status, fault from requests order by id")
    return [(row["method"], row["status"], row["fault"]) for row in rows]


STEP = 0.005  # seconds


async def seconds_of(answer: Coroutine[Any, Any, httpx.Response]) -> float:
    """How long a good answer takes by the clock of the loop, to a step."""
    with standing_clock() as clock:
        began, waited = clock.now, asyncio.create_task(answer)
        while not waited.done():
            await turns()
            clock.forward(STEP)
        assert waited.result().status_code == 200
        return clock.now - began


@pytest.mark.asyncio
async def test_a_used_up_window_says_so_and_when_the_next_one_begins() -> None:
    ask = hub("429=1:3s")
    answer = await ask("GET", WHOAMI)
    assert answer.status_code == 429
    assert answer.headers["RateLimit"] == '"api";r=0;t=3'
    assert answer.headers["RateLimit-Policy"] == '"fixed window";"api";q=3000;w=300'
    assert "window" in answer.json()["error"]


@pytest.mark.asyncio
async def test_without_a_time_the_window_ends_when_the_real_one_does() -> None:
    answer = await hub("429=1", clock=lambda: 1_790_000_010.0)("GET", WHOAMI)
    assert answer.headers["RateLimit"] == f'"api";r=0;t={300 - 1_790_000_010 % 300}'


@pytest.mark.asyncio
async def test_an_action_quota_leaves_the_window_open_and_gives_its_reason_in_the_body() -> None:
    ask = hub("quota=1")
    answer = await ask("POST", "/api/collections", json=NEW)
    assert answer.status_code == 429
    assert answer.headers["RateLimit"].startswith('"api";r=2999;')
    assert "limit of this action" in answer.json()["error"]
    assert NEW["title"] not in await collections_of_ada(ask)


@pytest.mark.asyncio
async def test_the_edge_blocks_without_any_header_of_the_hub() -> None:
    answer = await hub("edge429=1")("GET", WHOAMI)
    assert answer.status_code == 429
    assert answer.headers["content-type"].startswith("text/html")
    assert not {"ratelimit", "ratelimit-policy", "x-request-id", "x-powered-by"} & set(answer.headers)


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_answers_as_the_hub_does(status: int) -> None:
    answer = await hub(f"{status}=1")("GET", WHOAMI)
    assert answer.status_code == status
    assert answer.json()["error"] == answer.headers["X-Error-Message"]
    assert "RateLimit" in answer.headers


@pytest.mark.asyncio
async def test_server_errors_vary_and_a_seed_repeats_them() -> None:
    async def statuses() -> list[int]:
        ask = hub("5xx=0.5,seed=7")
        return [(await ask("GET", WHOAMI)).status_code for _ in range(60)]

    first = await statuses()
    assert {200, 500, 502, 503, 504} == set(first)
    assert await statuses() == first


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", ["503", "html", "reset"])
async def test_a_write_that_is_struck_was_not_done(fault: str) -> None:
    ask = hub(f"{fault}=1")
    if fault == "reset":
        with pytest.raises(httpx.ReadError):
            await ask("POST", "/api/collections", json=NEW)
    else:
        await ask("POST", "/api/collections", json=NEW)
    assert NEW["title"] not in await collections_of_ada(ask)


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", ["503", "html", "reset", "truncate", "content-type", "slow"])
async def test_struck_afterwards_it_was_done(fault: str) -> None:
    ask = hub(f"{fault}-after=1" + (":10ms" if fault == "slow" else ""))
    if fault in ("reset", "truncate"):
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await ask("POST", "/api/collections", json=NEW)
    else:
        await ask("POST", "/api/collections", json=NEW)
    assert NEW["title"] in await collections_of_ada(ask)
    assert await log(ask) == [("POST", 200, f"{fault}-after")]


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", ["truncate", "slow", "content-type"])
async def test_faults_of_the_answer_leave_writes_alone_unless_asked(fault: str) -> None:
    ask = hub(f"{fault}=1")
    answer = await ask("POST", "/api/collections", json=NEW)
    assert answer.json()["title"] == NEW["title"]
    assert await log(ask) == [("POST", 200, None)]


@pytest.mark.asyncio
async def test_html_comes_with_status_200_as_from_a_captive_portal() -> None:
    answer = await hub("html=1")("GET", WHOAMI)
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.asyncio
async def test_the_content_type_is_wrong_and_the_body_right() -> None:
    answer = await hub("content-type=1")("GET", WHOAMI)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.json()["name"] == "ada"


@pytest.mark.asyncio
async def test_a_redirect_loop_never_ends() -> None:
    ask = hub("redirect-loop=1,times=1")
    with pytest.raises(httpx.TooManyRedirects):
        await ask("GET", "/api/models?limit=3", follow_redirects=True)


@pytest.mark.asyncio
async def test_a_redirect_leads_to_another_host_with_path_and_query() -> None:
    answer = await hub("redirect-away=1:http://127.0.0.1:9")("GET", "/api/models?limit=3")
    assert answer.status_code == 307
    assert answer.headers["location"] == "http://127.0.0.1:9/api/models?limit=3"


@pytest.mark.asyncio
async def test_latency_delays_every_request() -> None:
    ask = hub("latency=60ms")
    assert [await seconds_of(ask("GET", WHOAMI)) for _ in range(2)] == pytest.approx(
        [0.06, 0.06], abs=2 * STEP
    )


@pytest.mark.asyncio
async def test_a_slow_body_takes_its_time() -> None:
    ask = hub("slow=1:100ms")
    assert await seconds_of(ask("GET", "/api/models?limit=5")) == pytest.approx(0.1, abs=6 * STEP)


@pytest.mark.asyncio
async def test_a_path_and_a_kind_of_request_can_be_singled_out_and_faults_can_run_out() -> None:
    ask = hub("503=1,path=/api/collections,only=writes,times=1")
    assert (await ask("GET", "/api/collections")).status_code == 200
    assert (await ask("PUT", WHOAMI)).status_code == 405
    assert [(await ask("POST", "/api/collections", json=NEW)).status_code for _ in range(2)] == [503, 200]


@pytest.mark.asyncio
async def test_the_log_names_the_fault_beside_the_request() -> None:
    ask = hub("reset=1,times=1")
    with pytest.raises(httpx.ReadError):
        await ask("GET", WHOAMI)
    await ask("GET", WHOAMI)
    assert await log(ask) == [("GET", 0, "reset"), ("GET", 200, None)]


@pytest.mark.parametrize(
    ("fault", "error"),
    [("reset", httpx.ReadError), ("truncate", httpx.RemoteProtocolError)],
)
def test_on_a_port_the_connection_really_breaks_and_the_next_one_works(
    fault: str, error: type[Exception], capfd: pytest.CaptureFixture[str]
) -> None:
    with (
        serving(create_app(faults=f"{fault}=1,times=1")) as url,
        httpx.Client(base_url=url, timeout=PATIENCE) as client,
    ):
        with pytest.raises(error):
            client.get("/api/models?limit=5")
        assert client.get("/api/models?limit=5").status_code == 200
    assert capfd.readouterr().err == ""


def test_on_a_port_a_slow_body_arrives_completely() -> None:
    with (
        serving(create_app(faults="slow=1:100ms")) as url,
        httpx.Client(base_url=url, timeout=PATIENCE) as client,
    ):
        assert len(client.get("/api/models?limit=5").json()) == 5


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ("flood=0.1", "there is no fault 'flood'"),
        ("reset", "'reset' is not NAME=VALUE"),
        ("reset=often", "'often' is not a chance between 0 and 1"),
        ("reset=2", "'2' is not a chance"),
        ("reset=nan", "'nan' is not a chance"),
        ("reset=0.6,5xx=0.6", "add up to more than 1"),
        ("latency=fast", "'fast' is not a time such as 200ms or 1.5s"),
        ("429-after=0.1", "429 strikes before the Hub acts"),
        ("quota=0.1:3s", "quota takes a chance and nothing else"),
        ("redirect-away=1:elsewhere", "is not an address such as http://127.0.0.1:9999"),
        ("times=some", "'some' is not a whole number"),
        ("only=puts", "only=reads or only=writes"),
    ],
)
def test_a_plan_that_cannot_be_read_says_what_is_wrong_with_it(plan: str, words: str) -> None:
    with pytest.raises(FaultsError) as refused:
        parse(plan)
    assert words in str(refused.value)


def test_a_percentage_is_a_chance() -> None:
    assert parse("5xx=5%").faults[0].chance == 0.05
