"""Limits of the HTTP server: requests, bodies, connections and tokens, per caller and in total."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token
from hub_mcp.errors import TokenRejected
from hub_mcp.server.http import auth, connections, intake
from hub_mcp.server.http.auth import KnownTokens, TooManyRefused
from hub_mcp.server.http.http_app import Http
from hub_mcp.server.http.intake import EACH, LARGEST, Intake
from tests.gate.gates import ADA, EVE, World, text_of
from tests.http.serving import app_of, client_of, served
from tests.waiting import PATIENCE, standing_clock, turns, until

pytestmark = pytest.mark.asyncio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


# ── requests and bodies ──────────────────────────────────────────────────────────────────────────────


class Asked:
    """One request to an application, by hand: what it sends, and what it is answered."""

    def __init__(self, token: str = "", address: str = "192.0.2.1", **headers: str) -> None:
        named = {"authorization": f"Bearer {token}"} if token else {}
        raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in {**named, **headers}.items()]
        self.scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": "/mcp",
            "headers": raw,
            "client": (address, 1),
        }
        self._to, self._from = anyio.create_memory_object_stream[Message](1_000)
        self.status = 0

    def says(self, body: bytes, more: bool = False) -> Asked:
        self._to.send_nowait({"type": "http.request", "body": body, "more_body": more})
        return self

    async def of(self, app: Any) -> int:
        async def send(message: Message) -> None:
            self.status = message.get("status", self.status)

        await app(self.scope, self._from.receive, send)
        return self.status


class Slow:
    """An application that keeps each request until it may end."""

    def __init__(self) -> None:
        self.here: list[bytes] = []
        self.go = anyio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.here.append((await receive())["body"])
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def many_of_one(slow: Slow, app: Intake, **who: str) -> AsyncIterator[list[Asked]]:
    """As many requests of one caller as one can have, under way."""
    asked = [Asked(**who).says(b"{}") for _ in range(EACH)]
    async with anyio.create_task_group() as group:
        for one in asked:
            group.start_soon(one.of, app)
        while len(slow.here) < EACH:
            await anyio.lowlevel.checkpoint()
        yield asked
        slow.go.set()


@pytest.mark.parametrize("who", [{"token": "hf_a"}, {}, {"address": "2001:db8::1"}])
async def test_one_callers_many_requests_are_bounded_and_take_nothing_from_another(
    who: dict[str, str],
) -> None:
    slow = Slow()
    app = Intake(slow)
    async with many_of_one(slow, app, **who) as asked:
        assert await Asked(**who).says(b"{}").of(app) == 429
        if who.get("address"):  # another address of the same customer's
            assert await Asked(address="2001:db8::ffff").says(b"{}").of(app) == 429
        other = Asked(token="hf_b").says(b"{}")
        async with anyio.create_task_group() as group:
            group.start_soon(other.of, app)
            while len(slow.here) == EACH:
                await anyio.lowlevel.checkpoint()
            slow.go.set()
    assert {one.status for one in (*asked, other)} == {200}
    assert await Asked(**who).says(b"{}").of(app) == 200


async def test_a_body_is_bounded_before_it_is_kept() -> None:
    app = Intake(Slow())
    assert await Asked(content_length=str(LARGEST + 1)).of(app) == 413
    assert await Asked(content_length="9" * 5_000).of(app) == 413
    endless = Asked()
    for _ in range(LARGEST // 65_536 + 1):
        endless.says(bytes(65_536), more=True)
    assert await endless.of(app) == 413


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    app = Intake(Slow(), in_time=0.05)
    with anyio.fail_after(PATIENCE):
        assert await Asked().says(b"{", more=True).of(app) == 408


async def test_bodies_that_come_slowly_have_one_room_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "ROOM", 10 * 65_536)
    slow = Slow()
    app = Intake(slow)
    async with anyio.create_task_group() as group:
        for n in range(10):
            group.start_soon(Asked(token=f"hf_{n}").says(bytes(65_536), more=True).of, app)
        for _ in range(100):
            await anyio.lowlevel.checkpoint()
        assert await Asked(token="hf_late").says(b"{}").of(app) == 503
        group.cancel_scope.cancel()
    slow.go.set()
    assert await Asked(token="hf_late").says(b"{}").of(app) == 200  # room is given back


# ── connections ──────────────────────────────────────────────────────────────────────────────────────


async def closed(port: int, sent: bytes) -> None:
    """Wait until the server closes a connection that said this and no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    with anyio.fail_after(PATIENCE):
        try:
            while await reader.read(65_536):
                pass
        except ConnectionError:
            pass
    writer.close()


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])


WHOLE = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [b"", b"P", b"POST /mcp HTTP/1.1\r\n", b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ", WHOLE + b"GET /"],
)
async def test_a_connection_that_does_not_say_what_it_wants_is_closed(
    world: World,
    parser: str,
    sent: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "HEAD_IN_TIME", 0.1)
    monkeypatch.setattr(connections, "KEPT_ALIVE", 0)
    async with served(app_of(world)) as url:
        await closed(port_of(url), sent)


async def test_a_head_without_end_is_not_kept(world: World, parser: str) -> None:
    async with served(app_of(world)) as url:
        await closed(port_of(url), b"POST /mcp HTTP/1.1\r\n" + b"X-Filler: " + b"x" * 100_000)


async def test_more_connections_than_the_server_bears_are_closed_at_once(
    world: World,
    parser: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "MOST", 5)
    async with served(app_of(world)) as url:
        open_ones = [await asyncio.open_connection("127.0.0.1", port_of(url)) for _ in range(5)]
        for reader, writer in open_ones:
            writer.write(WHOLE)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        await closed(port_of(url), b"")
        for _, writer in open_ones:
            writer.close()
        with anyio.fail_after(PATIENCE):
            while True:
                try:
                    async with httpx.AsyncClient(timeout=PATIENCE) as client:
                        assert (await client.get(url.replace("/mcp", "/healthz"))).status_code == 200
                        break
                except httpx.TransportError:
                    await turns()


async def test_it_is_served_on_a_faster_loop_too(world: World) -> None:
    uvloop = pytest.importorskip("uvloop")  # whose transports are no subclass of asyncio's

    async def asked() -> int:
        async with served(app_of(world)) as url, httpx.AsyncClient(timeout=PATIENCE) as client:
            return (await client.get(url.replace("/mcp", "/healthz"))).status_code

    assert await asyncio.to_thread(uvloop.run, asked()) == 200


async def test_a_slow_call_outlives_the_time_for_a_head(world: World) -> None:
    inner = world.spy.inner

    class Late(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            with standing_clock() as clock:
                clock.forward(2 * connections.HEAD_IN_TIME)
                await turns()  # in which a connection whose time is up would be closed
            return await inner.handle_async_request(request)

    world.spy.inner = Late()  # type: ignore[assignment]  # any transport will do
    async with served(app_of(world)) as url, client_of(url, "legacy") as client:
        assert not (await client.call_tool("list_models", {"limit": 1})).is_error


# ── calls ────────────────────────────────────────────────────────────────────────────────────────────


async def test_another_callers_call_is_answered_while_many_calls_of_one_are_slow(world: World) -> None:
    go, inner = anyio.Event(), world.spy.inner
    held = 0

    class Held(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal held
            if request.headers.get("authorization") == f"Bearer {ADA}":
                held += 1
                await go.wait()
            return await inner.handle_async_request(request)

    world.spy.inner = Held()  # type: ignore[assignment]  # any transport will do
    async with served(app_of(world)) as url, anyio.create_task_group() as group:

        async def call(number: int) -> None:
            async with client_of(url) as client:
                await client.call_tool("list_models", {"limit": 1, "search": f"a{number}"})

        for number in range(24):  # of which 16 are let in
            group.start_soon(call, number)
        with anyio.fail_after(PATIENCE):
            await until(lambda: held == 16)
            async with client_of(url, token=EVE) as client:
                assert "eve" in text_of(await client.call_tool("whoami", {}))
        assert held == 16
        go.set()


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────


class Time:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def known(asked: list[str], time: Time) -> KnownTokens:
    """A memory of tokens before a Hub that knows those which end in `good`."""

    async def answer(request: httpx.Request) -> httpx.Response:
        await anyio.lowlevel.checkpoint()
        token = request.headers["authorization"]
        asked.append(token)
        if token.endswith("good"):
            return httpx.Response(200, json={"name": "ada", "type": "user"})
        return httpx.Response(401, json={"error": "Invalid credentials in Authorization header"})

    return KnownTokens(Hub("http://hub.test", transport=lambda: httpx.MockTransport(answer)), time)


async def test_a_burst_with_one_token_asks_the_hub_once() -> None:
    for token, errors in (("hf_good", 0), ("hf_bad", 40)):
        asked: list[str] = []
        tokens, refused = known(asked, Time()), 0

        async def check(tokens: KnownTokens = tokens, token: str = token) -> None:
            nonlocal refused
            try:
                await tokens.check(Token(token, "a test"), "192.0.2.1")
            except (TokenRejected, TooManyRefused):
                refused += 1

        async with anyio.create_task_group() as group:
            for _ in range(40):
                group.start_soon(check)
        assert (len(asked), refused) == (1, errors)


async def test_made_up_tokens_of_one_address_are_asked_about_now_and_then_and_no_other_address_suffers() -> (
    None
):
    asked: list[str] = []
    time = Time()
    tokens = known(asked, time)

    async def tried(secret: str, address: str = "192.0.2.1") -> str:
        try:
            await tokens.check(Token(secret, "a test"), address)
        except (TokenRejected, TooManyRefused) as no:
            return type(no).__name__
        return "known"

    assert await tried("hf_early_good") == "known"
    said = [await tried(f"hf_{n}") for n in range(200)]
    assert said.count("TokenRejected") == auth.MOST_REFUSED == len(asked) - 1
    assert await tried("hf_early_good") == "known"
    assert await tried("hf_good", "192.0.2.2") == "known"
    time.now += auth.FORGIVEN_AFTER + 0.1
    assert await tried("hf_good") == "known"


async def test_a_refused_token_is_asked_about_once_while_it_is_fresh_over_http(world: World) -> None:
    async with (
        served(app_of(world, Http(require_token=True))) as url,
        httpx.AsyncClient(timeout=PATIENCE) as client,
    ):
        headers = {"Authorization": "Bearer hf_made_up", "Accept": "application/json, text/event-stream"}
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        answers = [await client.post(url, content=body, headers=headers) for _ in range(10)]
    assert {one.status_code for one in answers} == {401}
    assert len(world.spy.reads) == 1
