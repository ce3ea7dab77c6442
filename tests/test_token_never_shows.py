"""One token is planted, and searched for everywhere it must not be."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from mcp import Client

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.catalogue.repos.models import GetModel
from hub_mcp.catalogue.repos.repos import CreateRepo
from hub_mcp.client.caller import Caller
from hub_mcp.client.hub import Hub
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.token import Token, find_token
from hub_mcp.errors import HubError
from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from hub_mcp.masking import MaskingFormatter, masked
from hub_mcp.settings import Settings
from hub_mcp.wiring import hub_of, server_of
from tests import samples
from tests.client.scripts import BASE, FarSide, Step, Time
from tests.thoroughly import a_quarter
from tests.written import EVERY_TOOL

PLANTED = "hf_sandbox_ada_write"  # a token the local Hub knows, so that calls go all the way
CALLS: list[Endpoint] = [  # type: ignore[type-arg]  # calls of any answer
    Whoami(),
    GetModel(repo_id="openai-community/gpt2"),
    GetModel(repo_id="ada/none"),
    CreateRepo(repo_id="eve/x", type="model"),
    CreateRepo(repo_id="ada/x", type="model"),
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, at the finest level, unmasked."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def planted() -> Token:
    return Token(PLANTED, "a test")


@pytest.mark.asyncio
async def test_it_is_in_no_log_of_real_traffic(log: io.StringIO) -> None:
    with serving(create_app()) as url:
        hub = Hub(url, planted())
        for call in CALLS:
            try:
                await hub.send(call)
            except HubError as error:
                logging.getLogger("hub_mcp").warning("failed", exc_info=error)
        await hub.aclose()
    said = log.getvalue()
    assert "send_request_headers" in said  # httpcore too, at its finest
    assert PLANTED not in said


def echo(asked: httpx.Request) -> httpx.Response:
    """A far side that sends back what it was sent, as debugging proxies do."""
    sent = asked.headers.get("authorization", "")
    body = {"id": f"a/{PLANTED}", "name": sent, "error": f"no {sent}", "tags": [PLANTED]}
    return httpx.Response(
        int(asked.url.params.get("status", 200)), json=body, headers={"X-Error-Message": sent}
    )


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "step",
    [
        echo,
        lambda asked: httpx.Response(403, json={"error": asked.headers["authorization"]}),
        lambda asked: httpx.Response(
            307, headers={"Location": f"https://evil.invalid/{asked.headers['authorization']}"}
        ),
        lambda asked: httpx.Response(409, json={"error": "x", "url": f"{BASE}/?t={PLANTED}"}),
        lambda asked: httpx.ConnectError(f"cannot connect with {PLANTED}"),
        lambda asked: httpx.LocalProtocolError(f"Illegal header value b'Bearer {PLANTED}'"),
        lambda asked: httpx.ReadTimeout(PLANTED),
    ],
)
async def test_it_is_in_no_answer_and_in_no_error(step: Callable[[httpx.Request], Step]) -> None:
    far = FarSide(step)
    hub = Hub(BASE, planted(), shared=SharedTransports(lambda: far.transport, sleep=Time().sleep))
    for call in CALLS:
        try:
            said = repr((await hub.send(call)).content(("tags", "name", "error")))
        except HubError as error:
            said = f"{error} {error!r} {vars(error)}"
        assert PLANTED not in said
    assert all(asked.headers["authorization"] == f"Bearer {PLANTED}" for asked in far.asked)


@pytest.mark.asyncio
async def test_it_is_in_no_traceback_and_in_no_local_variable_shown() -> None:
    far = FarSide(httpx.ReadTimeout("slow"))
    hub = Hub(BASE, planted(), shared=SharedTransports(lambda: far.transport, sleep=Time().sleep))
    with pytest.raises(HubError) as caught:
        await hub.send(CALLS[-1])
    lines = traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    assert PLANTED not in "".join(lines)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("mode", "confirm"),
    a_quarter([(mode, confirm) for mode in ("auto", "legacy") for confirm in ("plan", "off")]),
)
async def test_it_is_in_nothing_a_server_says_or_writes(
    mode: str, confirm: str, log: io.StringIO, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.jsonl"
    settings = Settings(sandbox="", confirm=confirm, journal=str(journal), **EVERY_TOOL)  # type: ignore[arg-type]  # a parameter
    hub = hub_of(settings)
    assert hub.token
    assert hub.token.secret == PLANTED
    said: list[str] = []
    async with Client(server_of(settings, hub), mode=mode) as client:  # type: ignore[arg-type]  # a parameter
        said.append((await client.list_tools()).model_dump_json())
        said.append((await client.list_resources()).model_dump_json())
        said.append((await client.list_resource_templates()).model_dump_json())
        for endpoint in ENDPOINTS.values():
            given = samples.forms(endpoint.tool)[0]
            said.append((await client.call_tool(endpoint.tool, given)).model_dump_json())
    assert len(said) > 40
    assert PLANTED not in "".join(said)
    assert PLANTED not in journal.read_text()
    assert PLANTED not in log.getvalue()


def test_it_is_in_no_repr() -> None:
    token = planted()
    hub = Hub(BASE, token)
    request = httpx.Request("GET", BASE, headers={"Authorization": f"Bearer {PLANTED}"})
    for thing in (
        token,
        hub,
        hub.asked_by(token),
        Settings(),
        request,
        request.headers,
        find_token({"HF_TOKEN": PLANTED}),
    ):
        assert PLANTED not in f"{thing!r} {thing}"


def test_the_name_of_a_caller_tells_nothing_and_differs_in_every_process() -> None:
    name = Caller.behind(f"Bearer {PLANTED}").id
    assert PLANTED not in name
    assert name == Caller.behind(f"Bearer {PLANTED}").id != Caller.behind("Bearer hf_other").id
    assert len(name) == 32


@pytest.mark.asyncio
async def test_it_goes_to_the_configured_hub_only() -> None:
    far = FarSide(httpx.Response(307, headers={"Location": "https://evil.invalid/api/models/a/b"}))
    hub = Hub(BASE, planted(), shared=SharedTransports(lambda: far.transport, sleep=Time().sleep))
    for call in CALLS:
        with pytest.raises(HubError):
            await hub.send(call)
    assert {asked.url.host for asked in far.asked} == {"hub.test"}
    assert not any(PLANTED in str(asked.url) for asked in far.asked)


@pytest.mark.parametrize(
    "line",
    [
        "token hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345 was",
        "headers {'authorization': 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc-_'}",
        "(b'Authorization', b'Bearer something-else')",
        "Authorization: Basic dXNlcjpwYXNz",
        "hf_oauth_eyJhbGciOi.J9.x-y_z0123456",
        "a secret of its own: swordfish",
    ],
)
def test_whatever_somebody_else_logs_is_masked(line: str) -> None:
    said = masked(line, ["swordfish"])
    assert "…" in said
    assert not any(part in said for part in ("AbCdEf", "eyJ", "something-else", "dXNl", "swordfish"))


def test_tracebacks_are_masked_and_ordinary_lines_are_not() -> None:
    formatter = MaskingFormatter("%(levelname)s %(message)s")
    try:
        raise ValueError(f"Illegal header value b'Bearer {PLANTED}'")
    except ValueError as error:
        record = logging.LogRecord(
            "x", 40, __file__, 1, "GET %s", (BASE,), (type(error), error, error.__traceback__)
        )
    assert PLANTED not in formatter.format(record)
    ordinary = (
        'HTTP Request: GET https://huggingface.co/api/models?search=hf_hub "HTTP/1.1 200 OK" bearer of news'
    )
    assert masked(ordinary) == ordinary
