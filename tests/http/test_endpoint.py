"""The endpoint over HTTP: who is let in, with what token, and what others get."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import anyio
import httpx
import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.server.http.http_app import Http
from hub_mcp.server.tools.operation_tools import TOOLS
from tests.client.placeholders import UNFILLED
from tests.gate.gates import ADA, BASE, ERAS, EVE, World, text_of
from tests.http.serving import app_of, client_of, served
from tests.thoroughly import every_nth
from tests.waiting import PATIENCE, until

PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"Accept": "application/json, text/event-stream"}
pytestmark = pytest.mark.asyncio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def posted(world: World, http: Http, headers: dict[str, str] | list[tuple[str, str]]) -> httpx.Response:
    """What a bare request is answered."""
    app = app_of(world, http)
    async with served(app) as url, httpx.AsyncClient(timeout=PATIENCE) as client:
        return await client.post(url, json=PING, headers=[*ACCEPT.items(), *dict(headers).items()])


@pytest.mark.parametrize("era", ERAS)
async def test_each_request_acts_with_its_own_callers_token(world: World, era: str) -> None:
    async with served(app_of(world)) as url:
        for token, name in ((ADA, "ada"), (EVE, "eve")):
            async with client_of(url, era, token=token) as client:
                assert {tool.name for tool in (await client.list_tools()).tools} == {*ENDPOINTS, *TOOLS}
                me = await client.call_tool("whoami", {})
                assert f"name: {name}" in str(me.content)
        async with client_of(url, era, token="") as client:
            assert not (await client.call_tool("list_models", {"limit": 1})).is_error
            nobody = await client.call_tool("whoami", {})
            assert nobody.is_error
            assert "Authorization: Bearer" in text_of(nobody)
    sent = {request.headers.get("authorization") for request in world.spy.reads}
    assert sent == {f"Bearer {ADA}", f"Bearer {EVE}", None}


@pytest.mark.parametrize("name", ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
async def test_the_servers_own_token_is_never_used(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "hf_of_the_operator_alone")
    async with served(app_of(world)) as url, client_of(url, token="") as client:
        await client.call_tool("list_models", {"limit": 1})
        await client.call_tool("whoami", {})
    assert world.spy.reads
    assert not [one for one in world.spy.reads if "authorization" in one.headers]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic YTpi"},
        {"Authorization": "hf-without-a-scheme"},
        {"Authorization": "Bearer hf two words"},
    ],
)
async def test_an_authorization_that_cannot_be_read_is_refused_in_words(
    world: World, headers: dict[str, str]
) -> None:
    answer = await posted(world, Http(), headers)
    assert answer.status_code == 401
    assert "Bearer" in answer.json()["error"]
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert not world.spy.reads


UNFILLED_HEADERS = ["Bearer", *(f"Bearer {one}" for one in UNFILLED), *UNFILLED]


async def test_a_header_that_a_client_failed_to_fill_is_no_header(world: World) -> None:
    async with (
        served(app_of(world)) as url,
        served(app_of(world, Http(require_token=True))) as closed,
        httpx.AsyncClient(timeout=PATIENCE) as client,
    ):
        for given in every_nth(UNFILLED_HEADERS, 0):
            headers = {**ACCEPT, "Authorization": given.encode()}
            answer = await client.post(url, json=PING, headers=headers)
            assert answer.status_code == 200, (given, answer.text)
            answer = await client.post(closed, json=PING, headers=headers)
            assert "Send a Hugging Face token" in answer.json()["error"], given
    assert not world.spy.reads


@pytest.mark.parametrize(
    "form", ["Bearer {}", "bearer  {} ", "Bearer Bearer {}", 'Bearer "{}"', '"Bearer {}"', "{}", "'{}'"]
)
async def test_what_a_client_wrote_around_a_token_comes_off(world: World, form: str) -> None:
    async with (
        served(app_of(world)) as url,
        client_of(url, authorization=form.format(ADA).strip()) as client,
    ):
        assert "name: ada" in str((await client.call_tool("whoami", {})).content)
    assert {one.headers["authorization"] for one in world.spy.reads} == {f"Bearer {ADA}"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_a_host_or_origin_that_nobody_named_is_refused(
    world: World, headers: dict[str, str], status: int
) -> None:
    assert (await posted(world, Http(), headers)).status_code == status


async def test_named_hosts_and_origins_are_served(world: World) -> None:
    http = Http(hosts=("hub.example:*",), origins=("https://chat.example",))
    answer = await posted(world, http, {"Host": "hub.example:443", "Origin": "https://chat.example"})
    assert answer.status_code not in (401, 403, 421)
    assert answer.headers["access-control-allow-origin"] == "https://chat.example"


# ── --require-token ──────────────────────────────────────────────────────────────────────────────────


async def test_a_caller_who_must_sign_in_learns_where(world: World) -> None:
    app = app_of(world, Http(require_token=True))
    async with served(app) as url, httpx.AsyncClient(timeout=PATIENCE) as client:
        refused = await client.post(url, json=PING, headers=ACCEPT)
        assert refused.status_code == 401
        metadata = refused.headers["www-authenticate"].partition('resource_metadata="')[2].rstrip('"')
        told = (await client.get(metadata)).json()
        assert told["resource"] == url
        assert told["authorization_servers"] == [BASE]
        assert "read-repos" in told["scopes_supported"]


@pytest.mark.parametrize("era", ERAS)
async def test_a_token_is_verified_once_and_remembered(world: World, era: str) -> None:
    async with (
        served(app_of(world, Http(require_token=True))) as url,
        client_of(url, era) as client,
    ):
        for _ in range(3):
            assert not (await client.call_tool("list_models", {"limit": 1})).is_error
    asked = [one for one in world.spy.reads if one.url.path == "/api/whoami-v2"]
    assert len(asked) == 1


async def test_a_token_the_hub_does_not_know_is_refused_before_anything_is_done(world: World) -> None:
    answer = await posted(world, Http(require_token=True), bearer("hf_nobody_has_this_one"))
    assert answer.status_code == 401
    assert "hf_nobody" not in answer.text + str(answer.headers)
    assert {one.url.path for one in world.spy.reads} == {"/api/whoami-v2"}


async def test_behind_a_gateway_the_public_address_is_used(world: World) -> None:
    http = Http(require_token=True, public_url="https://hub.example/")
    challenge = (await posted(world, http, {})).headers["www-authenticate"]
    assert 'resource_metadata="https://hub.example/.well-known/oauth-protected-resource/mcp"' in challenge


# ── routes and logs ──────────────────────────────────────────────────────────────────────────────────


async def test_health_and_readiness_need_nothing(world: World) -> None:
    async with (
        served(app_of(world, Http(require_token=True))) as url,
        httpx.AsyncClient(base_url=url.removesuffix("/mcp"), timeout=PATIENCE) as client,
    ):
        assert (await client.get("/healthz")).json()["status"] == "ok"
        assert (await client.get("/readyz")).status_code == 200
        assert (await client.get("/elsewhere")).status_code == 404


@pytest.mark.parametrize("era", ERAS)
async def test_the_access_log_distinguishes_callers_and_has_no_token(
    world: World, era: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with served(app_of(world)) as url:
        for token in (ADA, EVE, ""):
            async with client_of(url, era, token=token) as client:
                await client.call_tool("whoami", {})
    lines = [record.getMessage() for record in caplog.records if record.name == "hub_mcp.access"]
    assert len({line.rpartition(" ")[2] for line in lines}) == 3
    everything = "\n".join(record.getMessage() for record in caplog.records)
    assert ADA not in everything
    assert EVE not in everything


def stopping(url: str) -> bool:
    """Whether a server takes no new connection any more."""
    try:
        socket.create_connection(("127.0.0.1", httpx.URL(url).port), PATIENCE).close()
    except ConnectionError:
        return True
    return False


async def test_a_running_call_is_finished_when_the_server_stops(world: World) -> None:
    begun, go_on = anyio.Event(), anyio.Event()

    async def slow(request: httpx.Request) -> None:
        begun.set()
        await go_on.wait()

    world.spy.before = slow
    arguments = {"repo_id": "ada/at-the-last-moment", "type": "model"}
    call = {**PING, "method": "tools/call", "params": {"name": "create_repo", "arguments": arguments}}
    answers: list[httpx.Response] = []

    async def create(url: str) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answers.append(await client.post(url, json=call, headers={**ACCEPT, **bearer(ADA)}))

    async def release(url: str) -> None:
        await until(lambda: stopping(url))
        go_on.set()

    async with anyio.create_task_group() as group, served(app_of(world)) as url:
        group.start_soon(create, url)
        await begun.wait()
        group.start_soon(release, url)
    assert '"isError":false' in answers[0].text.replace(" ", "")
    assert await world.exists("ada/at-the-last-moment")
