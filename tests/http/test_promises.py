"""Guarantees only over HTTP: callers are isolated, and legacy callers cannot be asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client, MCPError

from hub_mcp.server.http.http_app import Http
from hub_mcp.server.http.sessions import EACH
from tests.gate.gates import ADA, ERAS, EVE, Asked, World, agreeing, refused, said, text_of
from tests.gate.test_gate_safety import DELETE, NAME, answered, question
from tests.http.serving import app_of, client_of, served
from tests.server.test_pages import text_at
from tests.waiting import PATIENCE, standing_clock, turns, until

pytestmark = pytest.mark.asyncio
PRIVATE = "ada/notes-to-self"
ADDRESS = f"hub://models/{PRIVATE}"
SETTINGS = {"repo_id": PRIVATE, "type": "model"}
EVERY = 0.5  # seconds between two looks, by the clock of the test
QUIET = 20  # times in a row that nothing was looked at


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@asynccontextmanager
async def both(world: World, era: str = "auto", **settings: Any) -> AsyncIterator[tuple[Client, Client]]:
    """Ada and Eve at one server."""
    async with (
        served(app_of(world, **settings)) as url,
        client_of(url, era, agreeing) as ada,
        client_of(url, era, agreeing, token=EVE) as eve,
    ):
        yield ada, eve


# ── legacy callers ───────────────────────────────────────────────────────────────────────────────────


async def test_a_legacy_caller_is_asked_in_a_session(world: World) -> None:
    asked = Asked()
    async with served(app_of(world)) as url, client_of(url, "legacy", asked) as client:
        answer = await client.call_tool("delete_repo", DELETE)
        assert not answer.is_error
    assert len(asked.questions) == len(world.spy.changes) == 1


async def test_without_sessions_a_legacy_caller_is_not_asked_and_nothing_is_changed(world: World) -> None:
    async with (
        served(app_of(world, Http(sessions=False))) as url,
        client_of(url, "legacy", agreeing) as client,
    ):
        answer = await client.call_tool("delete_repo", DELETE)
        assert refused(answer)
        assert "Without a session a client of this protocol version cannot be asked" in text_of(answer)
        assert "--confirm plan" in text_of(answer)  # a next step
    assert world.spy.changes == []
    assert world.outcomes() == ["asked", "refused"]


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.filterwarnings("ignore::mcp.shared.exceptions.MCPDeprecationWarning")  # of the legacy era
async def test_what_a_legacy_client_is_promised_is_kept(world: World, kept: bool) -> None:
    told = anyio.Event()

    async def heard(message: Any) -> None:
        if str(getattr(getattr(message, "params", None), "uri", "")) == ADDRESS:
            told.set()

    app = app_of(world, Http(sessions=kept), confirm="off", watch_every=3600.0)
    async with served(app) as url, client_of(url, "legacy", message_handler=heard) as client:
        resources = client.server_capabilities.resources
        assert resources
        assert bool(resources.subscribe) is kept
        if not kept:
            with pytest.raises(MCPError, match="keeps no sessions"):
                await client.subscribe_resource(ADDRESS)
            return
        await client.subscribe_resource(ADDRESS)
        await looked(world, 1)
        assert not (await client.call_tool("update_repo_settings", SETTINGS | {"gated": "auto"})).is_error
        with anyio.fail_after(PATIENCE):
            await told.wait()


async def test_a_session_is_its_callers_alone(world: World) -> None:
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    begin = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}

    def bearer(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"} if token else {}

    async with served(app_of(world)) as url, httpx.AsyncClient(headers=accept, timeout=PATIENCE) as client:
        for owner in (ADA, ""):
            session = (await client.post(url, json=begin, headers=bearer(owner))).headers["mcp-session-id"]
            for token in (ADA, EVE, ""):
                headers = {"Mcp-Session-Id": session, **bearer(token)}
                for method in ("POST", "DELETE") if token != owner else ("POST",):
                    answer = await client.request(method, url, json=listing, headers=headers)
                    assert (answer.status_code == 200) is (token == owner)


async def test_sessions_of_one_caller_are_bounded_and_the_rest_is_served_without(world: World) -> None:
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    begin = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    headers = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {ADA}"}
    async with served(app_of(world)) as url, httpx.AsyncClient(headers=headers, timeout=PATIENCE) as client:
        answers = [await client.post(url, json=begin) for _ in range(EACH + 3)]
        assert {one.status_code for one in answers} == {200}
        assert sum("mcp-session-id" in one.headers for one in answers) == EACH
        given_up = {"Mcp-Session-Id": answers[0].headers["mcp-session-id"]}
        assert (await client.delete(url, headers=given_up)).status_code == 200
        with anyio.fail_after(PATIENCE):
            while "mcp-session-id" not in (await client.post(url, json=begin)).headers:
                pass


MALFORMED = [
    (b"garbage", None, -32700),
    (b'{"jsonrpc":"2.0","id":4,"method":', 4, -32700),
    (b'{"id":4,"method":"ping",', 4, -32700),
    (b'[{"jsonrpc":"2.0","id":5,"method":"ping"}]', 5, -32600),
    (b"[]", None, -32600),
    (b'{"id":"six"}', "six", -32600),
    (b'{"jsonrpc":"2.0","id":7,"method":[]}', 7, -32600),
    (b"\xff\xfe", None, -32700),
]


async def test_what_is_no_message_gets_a_short_error_with_its_id_in_a_session_and_without(
    world: World,
) -> None:
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    begin = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    async with served(app_of(world)) as url, httpx.AsyncClient(headers=headers, timeout=PATIENCE) as client:
        session = {"Mcp-Session-Id": (await client.post(url, json=begin)).headers["mcp-session-id"]}
        for within in ({}, session):
            for body, id, code in MALFORMED:
                answer = await client.post(url, content=body, headers=within)
                said = answer.json()
                assert (answer.status_code, said["jsonrpc"]) == (400, "2.0"), body
                assert (said["id"], said["error"]["code"]) == (id, code), body
                assert len(answer.content) < 200


# ── callers and each other ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("era", ERAS)
async def test_no_answer_of_one_caller_is_remembered_for_another(world: World, era: str) -> None:
    async with both(world, era) as (ada, eve):
        for _ in range(2):
            assert said(await ada.call_tool("get_model", {"repo_id": PRIVATE}))["id"] == PRIVATE
            assert (await eve.call_tool("get_model", {"repo_id": PRIVATE})).is_error
            assert PRIVATE in await text_at(ada, "hub://models?author=ada")
            assert PRIVATE not in await text_at(eve, "hub://models?author=ada")
            for client, name in ((ada, "ada"), (eve, "eve")):
                assert said(await client.call_tool("whoami", {}))["name"] == name
                assert json.loads(await text_at(client, "hub://whoami-v2"))["name"] == name
            with pytest.raises(MCPError):
                await text_at(eve, ADDRESS)


async def test_a_stream_one_caller_walks_is_not_read_by_another(world: World) -> None:
    uri = "hub://stream/models?author=ada&limit=2"
    async with both(world) as (ada, eve):
        with anyio.fail_after(PATIENCE):
            async with ada.listen(resource_subscriptions=[uri]) as events:
                async for _ in events:
                    break  # a page of the walk has landed
                foreign, own = await text_at(eve, uri), await text_at(ada, uri)
                while '"next"' in own.splitlines()[-1]:
                    own = own.rpartition('{"next"')[0] + await text_at(ada, uri)
    assert foreign
    assert PRIVATE in own
    assert PRIVATE not in foreign


async def test_subscribers_who_may_see_a_change_are_notified(world: World) -> None:
    told: set[str] = set()

    async def listen(name: str, client: Client, ready: anyio.Event) -> None:
        async with client.listen(resource_subscriptions=[ADDRESS]) as events:
            ready.set()
            async for _ in events:
                told.add(name)

    async with (
        both(world, confirm="off", watch_every=3600.0) as (ada, eve),
        anyio.create_task_group() as group,
    ):
        for name, client in (("ada", ada), ("eve", eve)):
            ready = anyio.Event()
            group.start_soon(listen, name, client, ready)
            await ready.wait()
        before = looks(world, EVE)
        assert not (await ada.call_tool("update_repo_settings", SETTINGS | {"gated": "auto"})).is_error
        await until(lambda: told and looks(world, EVE) > before)
        await turns()
        group.cancel_scope.cancel()
    assert told == {"ada"}


def looks(world: World, token: str = "") -> int:
    """How often the watched thing was looked at, by anybody or by one caller."""
    return sum(
        request.url.path == f"/api/models/{PRIVATE}" and token in request.headers.get("authorization", "")
        for request in world.spy.reads
    )


async def looked(world: World, times: int) -> None:
    """Wait until the watched thing was looked at by each who watches it."""
    await until(lambda: looks(world) >= times)


async def test_an_answer_counts_for_the_caller_who_was_asked(world: World) -> None:
    async with both(world) as (ada, eve):
        state = await question(ada)
        foreign = await answered(eve, state, reply=NAME)
        assert foreign.is_error
        assert world.spy.changes == []
        assert not (await answered(ada, state, reply=NAME)).is_error
    assert len(world.spy.changes) == 1


@pytest.mark.parametrize("era", ERAS)
async def test_progress_goes_to_the_caller_whose_call_it_is(world: World, era: str) -> None:
    told: dict[str, list[str]] = {"ada": [], "eve": []}

    async def walk(name: str, client: Client, limit: int) -> None:
        async def heard(progress: float, total: float | None, message: str | None) -> None:
            told[name].append(str(message))

        await client.call_tool("list_models", {"sort": "id", "limit": limit}, progress_callback=heard)

    async with both(world, era) as (ada, eve), anyio.create_task_group() as group:
        group.start_soon(walk, "ada", ada, 3)
        group.start_soon(walk, "eve", eve, 60)
    assert not any(message.startswith("60") for message in told["ada"])
    assert not any(message.startswith("3 ") for message in told["eve"])


async def test_a_listener_that_leaves_is_no_longer_looked_for(world: World) -> None:
    async with served(app_of(world, watch_every=EVERY)) as url, client_of(url) as client:
        with standing_clock() as clock:
            async with client.listen(resource_subscriptions=[ADDRESS]):
                await until(lambda: clock.forward(EVERY) or looks(world) > 2)
            quiet = 0

            def is_quiet() -> bool:
                nonlocal quiet, seen
                quiet, seen = quiet + 1 if looks(world) == seen else 0, looks(world)
                clock.forward(EVERY)
                return quiet > QUIET

            seen = looks(world)
            await until(is_quiet)


async def test_one_look_serves_all_who_watch_with_the_same_token(world: World) -> None:
    async def listen(client: Client) -> None:
        async with client.listen(resource_subscriptions=[ADDRESS]) as events:
            async for _ in events:
                pass

    app = app_of(world, watch_every=EVERY)
    async with (
        served(app) as url,
        client_of(url) as one,
        client_of(url) as other,
        anyio.create_task_group() as group,
    ):
        for client in (one, other, one):
            group.start_soon(listen, client)
        await looked(world, 1)
        with standing_clock() as clock:
            before, times = looks(world), 0

            def several() -> bool:
                nonlocal times
                clock.forward(EVERY)
                times += 1
                return looks(world) - before >= 10

            await until(several)
            assert looks(world) - before <= times
        group.cancel_scope.cancel()


async def test_a_call_whose_caller_went_away_reads_no_further(world: World) -> None:
    begun, gone = anyio.Event(), anyio.Event()
    inner = world.spy.inner

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            begun.set()
            try:
                await anyio.sleep_forever()
            except BaseException:
                gone.set()
                raise
            return await inner.handle_async_request(request)

    world.spy.inner = Slow()  # type: ignore[assignment]  # any transport will do
    async with served(app_of(world)) as url, client_of(url) as client, anyio.create_task_group() as group:
        group.start_soon(client.call_tool, "list_models", {"limit": 1})
        await begun.wait()
        group.cancel_scope.cancel()
        with anyio.CancelScope(shield=True), anyio.fail_after(PATIENCE):
            await gone.wait()
