"""The real network: proxies, certificates, truncated and endless answers, cancelled callers."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import anyio
import httpx
import pytest
import trustme

from hub_mcp.catalogue.repos.models import GetModel
from hub_mcp.catalogue.repos.repos import CreateRepo
from hub_mcp.client.hub import Hub
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.token import Token
from hub_mcp.client.transport import inflated
from hub_mcp.errors import (
    UNCERTAIN,
    BadInput,
    CertificateTrouble,
    HubError,
    NoAnswer,
    NotAHub,
    ProxyTrouble,
    TimedOut,
    Unreachable,
)
from tests.client.scripts import Time
from tests.waiting import PATIENCE, LoopClock, standing_clock, turns

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
BODY = b'{"id":"ada/atlas","name":"ada/atlas"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)
LONG = 30.0  # seconds, by the clock of the test
CALL = GetModel(repo_id="ada/atlas")
CHANGE = CreateRepo(repo_id="ada/atlas", type="model")


@contextlib.asynccontextmanager
async def listening(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on a free port that talks to each connection."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def head_of(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


async def polite(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await head_of(reader)
    writer.write(ANSWER)
    await writer.drain()


def saying(*parts: bytes) -> Talk:
    """Talk that answers with these bytes and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()

    return talk


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("hub.test").configure_cert(tls)
    return tls


def tunnel(to: int, seen: list[bytes], refuse: bytes = b"") -> Talk:
    """A proxy that leads every CONNECT to one port."""

    async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await source.read(65536):
                sink.write(chunk)
                await sink.drain()
        sink.close()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await head_of(reader))
        if refuse:
            writer.write(refuse)
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", to)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pass_on(reader, far_writer), pass_on(far_reader, writer))

    return talk


def hub_at(base: str) -> Hub:
    """A Hub over the network whose pauses between two tries take no time."""
    return Hub(base, shared=SharedTransports(sleep=Time().sleep))


async def failure(hub: Hub, call: GetModel | CreateRepo) -> HubError:
    try:
        with pytest.raises(HubError) as caught:
            await hub.send(call)
    finally:
        await hub.aclose()
    return caught.value


# ── proxies and certificates ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
async def test_the_environments_proxy_and_certificates_are_used(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with listening(polite, server_tls(authority)) as port, listening(tunnel(port, seen)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy}")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        hub = Hub("https://hub.test", Token("hf_planted", "a test"))
        assert (await hub.send(CALL)).id == "ada/atlas"
        await hub.aclose()
    assert seen[0].startswith(b"CONNECT hub.test:443 ")
    assert b"hf_planted" not in seen[0]


@pytest.mark.asyncio
async def test_no_proxy_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(polite) as port:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        hub = Hub(f"http://127.0.0.1:{port}")
        assert (await hub.send(CALL)).id == "ada/atlas"
        await hub.aclose()


@pytest.mark.asyncio
async def test_a_private_certificate_has_its_own_error(authority: trustme.CA) -> None:
    async with listening(polite, server_tls(authority)) as port:
        trouble = await failure(hub_at(f"https://127.0.0.1:{port}"), CALL)
    assert type(trouble) is CertificateTrouble
    assert "SSL_CERT_FILE" in str(trouble)


@pytest.mark.asyncio
async def test_plain_http_in_place_of_tls_has_its_own_error() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(ANSWER)

    async with listening(talk) as port:
        trouble = await failure(hub_at(f"https://127.0.0.1:{port}"), CHANGE)
    assert "TLS" in trouble.what
    assert "HF_ENDPOINT" in trouble.next_step


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ("SSL_CERT_FILE", __file__),
        ("HTTPS_PROXY", "socks5://somebody:hf_planted@127.0.0.1:1"),
        ("HTTPS_PROXY", "nonsense://somebody:hf_planted@127.0.0.1"),
        ("ALL_PROXY", "http://[::1"),
    ],
)
async def test_unusable_proxies_and_certificates_are_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    trouble = await failure(hub_at("https://hub.test"), CALL)
    assert isinstance(trouble, CertificateTrouble if "CERT" in name else ProxyTrouble)
    assert name in str(trouble)
    assert "hf_planted" not in str(trouble)


@pytest.mark.asyncio
async def test_a_refusing_proxy_has_its_own_error(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with listening(tunnel(0, [], refusal)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://somebody:hf_planted@127.0.0.1:{proxy}")
        trouble = await failure(hub_at("https://hub.test"), CALL)
    assert type(trouble) is ProxyTrouble
    assert "HTTPS_PROXY" in str(trouble)
    assert "hf_planted" not in str(trouble)


@pytest.mark.asyncio
async def test_a_closed_port_is_unreachable_and_nothing_was_changed() -> None:
    async with listening(polite) as port:
        pass
    trouble = await failure(hub_at(f"http://127.0.0.1:{port}"), CHANGE)
    assert type(trouble) is Unreachable
    assert "Nothing was changed." in str(trouble)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "base",
    [
        "huggingface.co",
        "ftp://huggingface.co",
        "https://",
        "://",
        "https://b.test:x",
        "https://b .test",
        "https://a:hf_planted@b.test",
        "https://hf_planted@b.test",
        "https://b.test/?token=hf_planted",
        "https://b.test?hf_planted",
        "https://b.test/#hf_planted",
        "b.test/?hf_planted",
        "https://b.test/%40@hf_planted",
    ],
)
async def test_an_invalid_endpoint_is_reported_without_its_secrets(base: str) -> None:
    with pytest.raises(BadInput) as caught:
        Hub(base)
    assert "HF_ENDPOINT" in str(caught.value)
    assert "hf_planted" not in str(caught.value)


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "parts",
    [
        (b"",),
        (ANSWER[:-5],),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",),
        (b"220 ftp.hub.test ready\r\n",),
    ],
    ids=["nothing", "cut", "half a chunk", "another protocol"],
)
async def test_a_change_whose_answer_broke_off_is_of_unknown_outcome(parts: tuple[bytes, ...]) -> None:
    async with listening(saying(*parts)) as port:
        trouble = await failure(Hub(f"http://127.0.0.1:{port}"), CHANGE)
    assert type(trouble) is NoAnswer
    assert UNCERTAIN in str(trouble)


@pytest.mark.asyncio
async def test_a_read_whose_answer_broke_off_is_made_again() -> None:
    times = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal times
        times += 1
        await saying(ANSWER if times > 1 else ANSWER[:-5])(reader, writer)

    async with listening(talk) as port:
        hub = Hub(f"http://127.0.0.1:{port}")
        assert (await hub.send(CALL)).id == "ada/atlas"
        await hub.aclose()
    assert times == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
async def test_an_answer_whose_compression_cannot_be_read_is_no_hubs(encoding: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: 9\r\n\r\n".encode()
    async with listening(saying(head + b"not this!")) as port:
        trouble = await failure(Hub(f"http://127.0.0.1:{port}"), CALL)
    assert isinstance(trouble, NotAHub)


@pytest.mark.asyncio
@pytest.mark.parametrize("packed", [False, True])
async def test_an_endless_answer_is_not_read_to_its_end(
    packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inflated, "LARGEST", 2**20)
    body = gzip.compress(bytes(2**24)) if packed else bytes(2**21)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n" % (
        len(body),
        b"Content-Encoding: gzip\r\n" * packed,
    )
    async with listening(saying(head, body)) as port:
        trouble = await failure(Hub(f"http://127.0.0.1:{port}"), CALL)
    assert type(trouble) is NotAHub
    assert "1 MiB" in trouble.what


@pytest.mark.asyncio
async def test_cookies_are_not_kept() -> None:
    heads: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await head_of(reader))
        writer.write(
            ANSWER.replace(b"\r\n", b"\r\nSet-Cookie: token=followed; Path=/\r\nConnection: close\r\n", 1)
        )

    async with listening(talk) as port:
        hub = Hub(f"http://127.0.0.1:{port}")
        for _ in range(2):
            await hub.send(CALL)
        await hub.aclose()
    assert len(heads) == 2
    assert b"cookie" not in heads[1].lower()


# ── deadlines and cancelling ─────────────────────────────────────────────────────────────────────────────


class Silent:
    """Accepts the request and answers on command; `asked` and `gone` record what happened to it."""

    def __init__(self) -> None:
        self.asked, self.gone, self.answer = anyio.Event(), anyio.Event(), anyio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await head_of(reader)
        if b"content-length" in head.lower():
            await reader.readuntil(b"}")
        self.asked.set()
        async with anyio.create_task_group() as tasks:

            async def watch() -> None:
                with contextlib.suppress(ConnectionError):
                    await reader.read(1)
                self.gone.set()
                tasks.cancel_scope.cancel()

            tasks.start_soon(watch)
            await self.answer.wait()
            writer.write(ANSWER)
            await writer.drain()
            tasks.cancel_scope.cancel()


async def past_its_deadline(talk: Silent, call: GetModel | CreateRepo) -> HubError:
    """The error of a call whose deadline passes while the other side is silent."""
    async with listening(talk) as port, anyio.create_task_group() as tasks:

        async def pass_the_deadline(clock: LoopClock) -> None:
            await talk.asked.wait()
            clock.forward(LONG)

        with standing_clock() as clock:
            tasks.start_soon(pass_the_deadline, clock)
            return await failure(Hub(f"http://127.0.0.1:{port}", timeout=LONG), call)
    raise AssertionError


@pytest.mark.asyncio
async def test_the_deadline_ends_a_read() -> None:
    talk = Silent()
    trouble = await past_its_deadline(talk, CALL)
    with anyio.fail_after(PATIENCE):
        await talk.gone.wait()
    assert type(trouble) is TimedOut
    assert UNCERTAIN not in str(trouble)


@pytest.mark.asyncio
async def test_the_deadline_ends_a_change_and_says_that_its_outcome_is_unknown() -> None:
    trouble = await past_its_deadline(Silent(), CHANGE)
    assert type(trouble) is TimedOut
    assert UNCERTAIN in str(trouble)


@pytest.mark.asyncio
async def test_the_deadline_ends_a_change_that_its_caller_shields_too() -> None:
    with anyio.CancelScope(shield=True):
        trouble = await past_its_deadline(Silent(), CHANGE)
    assert type(trouble) is TimedOut


@pytest.mark.asyncio
async def test_a_drip_of_bytes_does_not_outlive_the_deadline() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            clock.forward(LONG / 100)  # far less than what a read waits for its next byte
            await anyio.lowlevel.checkpoint()

    async with listening(talk) as port:
        with standing_clock() as clock:
            trouble = await failure(Hub(f"http://127.0.0.1:{port}", timeout=LONG), CALL)
    assert type(trouble) is TimedOut


@pytest.mark.asyncio
async def test_the_deadline_does_not_count_what_it_takes_to_make_the_client() -> None:
    async def answered(request: httpx.Request) -> httpx.Response:
        await turns()  # in which a deadline that has passed would end this
        return httpx.Response(200, json={"id": "ada/atlas"})

    with standing_clock() as clock:

        def slowly() -> httpx.AsyncBaseTransport:
            clock.forward(2 * LONG)
            return httpx.MockTransport(answered)

        hub = Hub("https://hub.test", transport=slowly, timeout=LONG)
        assert (await hub.send(CALL)).id == "ada/atlas"


@pytest.mark.asyncio
async def test_a_cancelled_read_stops_its_request() -> None:
    talk = Silent()
    async with listening(talk) as port:
        hub = Hub(f"http://127.0.0.1:{port}")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(hub.send, CALL)
            await talk.asked.wait()
            tasks.cancel_scope.cancel()
        with anyio.fail_after(PATIENCE):
            await talk.gone.wait()
        await hub.aclose()


@pytest.mark.asyncio
async def test_a_cancelled_change_that_is_on_its_way_arrives() -> None:
    talk, outcome = Silent(), []

    async def change() -> None:
        outcome.append(await hub.send(CHANGE))

    async with listening(talk) as port:
        hub = Hub(f"http://127.0.0.1:{port}")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(change)
            await talk.asked.wait()
            tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                for _ in range(10):
                    await anyio.lowlevel.checkpoint()
                assert not talk.gone.is_set()
                talk.answer.set()
        await hub.aclose()
    assert len(outcome) == 1


@pytest.mark.asyncio
async def test_connections_are_kept_and_shared_by_callers() -> None:
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while not reader.at_eof():
            await polite(reader, writer)

    async with listening(talk) as port:
        hub = Hub(f"http://127.0.0.1:{port}")
        for name in ("hf_a", "hf_b"):
            await hub.asked_by(Token(name, "a test")).send(CALL)
        await hub.aclose()
    assert connections == 1


@pytest.mark.asyncio
async def test_calls_at_once_have_a_connection_each_and_later_ones_use_these() -> None:
    connections, at_once = 0, 5
    together = asyncio.Barrier(at_once)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while not reader.at_eof():
            head = await head_of(reader)
            if b"together" in head:
                await together.wait()
            writer.write(ANSWER)

    async with listening(talk) as port:
        hub = Hub(f"http://127.0.0.1:{port}")
        for name in ("ada/together", "ada/together", "ada/alone"):
            calls = [hub.send(GetModel(repo_id=name)) for _ in range(at_once)]
            await asyncio.gather(*calls)
        await hub.aclose()
    assert connections == at_once


def test_httpx_itself_is_not_needed_until_something_is_sent() -> None:
    import subprocess
    import sys

    script = (
        "import sys, hub_mcp.client.hub as h; h.Hub('https://hub.test'); sys.exit('httpx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
