"""Requests straight to a Hub: connections at rest, answers beside the answer, large bodies both ways, TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpx
import pytest
import pytest_asyncio
import trustme

from hub_mcp.client.hub import Hub
from hub_mcp.client.transport.direct import DirectTransport
from hub_mcp.errors import NoAnswer
from tests.client.test_network import ANSWER, CALL, CHANGE, head_of, hub_at, listening, polite, saying

LARGE = bytes(range(256)) * 2**14  # 4 MiB, more than any buffer on the way holds


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=DirectTransport()) as client:
        yield client


@pytest.mark.asyncio
async def test_a_connection_that_was_closed_at_rest_is_not_used_for_a_change() -> None:
    closed = anyio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await polite(reader, writer)
        writer.close()
        await writer.wait_closed()
        closed.set()

    async with listening(talk) as port:
        hub = Hub(f"http://127.0.0.1:{port}")
        await hub.send(CALL)
        await closed.wait()
        await hub.send(CHANGE)
        await hub.aclose()


@pytest.mark.asyncio
async def test_what_came_behind_an_answer_answers_nothing() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        writer.write(ANSWER + ANSWER.replace(b"ada/atlas", b"eve/atlas"))
        await reader.read()

    async with listening(talk) as port:
        hub = Hub(f"http://127.0.0.1:{port}")
        assert [(await hub.send(CALL)).id for _ in range(2)] == ["ada/atlas"] * 2
        await hub.aclose()


@pytest.mark.asyncio
async def test_a_hint_before_the_answer_is_not_the_answer() -> None:
    async with listening(saying(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", ANSWER)) as port:
        hub = Hub(f"http://127.0.0.1:{port}")
        assert (await hub.send(CALL)).id == "ada/atlas"
        await hub.aclose()


@pytest.mark.asyncio
async def test_a_head_without_end_is_not_read_to_it() -> None:
    head = b"HTTP/1.1 200 OK\r\n" + b"X-More: more\r\n" * 20_000
    async with listening(saying(head)) as port:
        hub = hub_at(f"http://127.0.0.1:{port}")
        with pytest.raises(NoAnswer):
            await hub.send(CALL)
        await hub.aclose()


@pytest.mark.asyncio
async def test_one_connection_serves_requests_of_all_kinds(client: httpx.AsyncClient) -> None:
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        for body in (b"", b"", b"more"):
            await head_of(reader)
            head = ANSWER.partition(b"\r\n\r\n")[0] if not body else b"HTTP/1.1 200 OK\r\nContent-Length: 4"
            writer.write(head + b"\r\n\r\n" + body)

    async with listening(talk) as port:
        for method in ("HEAD", "HEAD", "GET"):
            answer = await client.request(method, f"http://127.0.0.1:{port}/")
        await client.aclose()
    assert (answer.content, connections) == (b"more", 1)


@pytest.mark.asyncio
@pytest.mark.parametrize("secure", [False, True])
async def test_large_bodies_pass_whole_both_ways(
    secure: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = None
    if secure:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(tls)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        assert await reader.readexactly(len(LARGE)) == LARGE
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LARGE) + LARGE)
        await writer.drain()

    async with listening(talk, tls) as port, httpx.AsyncClient(transport=DirectTransport()) as client:
        address = f"{'https' if secure else 'http'}://127.0.0.1:{port}/"
        async with client.stream("POST", address, content=LARGE) as answer:
            assert b"".join([piece async for piece in answer.aiter_bytes()]) == LARGE
