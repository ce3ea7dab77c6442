"""Nobody bypasses the sign-in: every spelling of a path, a method or a host, as bytes, with both parsers."""
# ruff: noqa: E501  # tables read better uncut

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from hub_mcp.server.http.hosts import HostAndPort
from hub_mcp.server.http.http_app import Http
from tests.gate.gates import ADA, World
from tests.http.serving import app_of, served
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio
CALL = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                   "params": {"name": "list_models", "arguments": {"limit": 1}}}).encode()  # fmt: skip
PATHS = [
    "/mcp", "/mcp%0A", "/mcp%0a", "/mcp\x0b", "/mcp%0D", "/mcp%0D%0A", "/mcp%00", "/mcp%20", "/mcp/", "//mcp", "/mcp//",
    "///mcp", "/./mcp", "/x/../mcp", "/%2e/mcp", "/x/%2e%2e/mcp", "/%6dcp", "/m%63p", "/%6D%63%70", "/MCP", "/Mcp",
    "/mcp;x=1", "/mcp%3Bx", "/mcp?", "/mcp?x=1", "/mcp#x", "/mcp%23", "/mcp%3F", "/mcp%2F", "/mcp/%0A", "/%2Fmcp", "mcp",
    "*", "/mcp%E2%80%A8", "/mcp%C2%85", "/mcp.", "/mcp%5C", "\\mcp", "/mcp%0A%0A", "/healthz", "/healthz%0A", "/readyz%0A",
    "/healthz/../mcp", "/healthz%2F..%2Fmcp", "http://127.0.0.1/mcp", "http://evil.example/mcp", "http://127.0.0.1/mcp%0A",
    "https://evil.example//mcp", "//evil.example/mcp", "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-protected-resource/mcp%0A", "/.well-known/../mcp",
]  # fmt: skip
METHODS = [
    "POST", "GET", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH", "TRACE", "CONNECT", "post", "PROPFIND", "QUERY",
]  # fmt: skip
KNOWN_TO_ALL = "/.well-known/oauth-protected-resource/mcp"
OPEN = {"/healthz", "/healthz%0A", "/readyz%0A", KNOWN_TO_ALL, f"{KNOWN_TO_ALL}%0A"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@asynccontextmanager
async def raw(world: World, http: Http) -> AsyncIterator[int]:
    async with served(app_of(world, http)) as url:
        yield int(url.rpartition(":")[2].partition("/")[0])


def request(method: str, path: str, headers: Iterable[tuple[str, str]] = (), version: str = "1.1") -> bytes:
    said = [("Host", "127.0.0.1"), *headers] if not any(name == "Host" for name, _ in headers) else [*headers]
    lines = [f"{method} {path} HTTP/{version}", *(f"{name}: {value}" for name, value in said)]
    lines += [
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
        "Connection: close",
    ]
    return "\r\n".join([*lines, f"Content-Length: {len(CALL)}", "", ""]).encode("latin-1") + CALL


async def answered(port: int, sent: bytes) -> tuple[int, bytes]:
    """The status and the complete answer; 0 if the connection was closed without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with anyio.fail_after(PATIENCE):
            writer.write(sent)
            await writer.drain()
            head = b""
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                status = int(head.split(b" ", 2)[1])
            except (asyncio.IncompleteReadError, ConnectionError):
                return 0, head
            length = [one for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:")]
            body = b""
            if length and not sent.startswith(b"HEAD"):
                body = await reader.readexactly(int(length[0].partition(b":")[2]))
            return status, head + body
    except ConnectionError:
        return 0, b""
    finally:
        writer.close()


def may_pass(path: str, status: int) -> bool:
    """What somebody without a token may get: a refusal, or what everybody gets."""
    return status != 200 or path in OPEN


async def test_whatever_the_path_and_the_method_nothing_is_done_without_a_token(
    world: World, parser: str
) -> None:
    lines = [*((method, "1.1") for method in METHODS), ("POST", "1.0"), ("GET", "1.0")]
    async with raw(world, Http(require_token=True)) as port:
        for (method, version), path in itertools.product(lines, PATHS):
            status, answer = await answered(port, request(method, path, version=version))
            assert may_pass(path, status), (method, path, version, answer)
            assert b"result" not in answer, (method, path, version, answer)
    assert world.spy.reads == []
    assert world.spy.changes == []


HEADERS = [
    [("Authorization", "")], [("Authorization", "Bearer")], [("Authorization", f"Basic {ADA}")], [("Authorization", f"X{ADA}")],
    [("Authorization", f"Bearer {ADA}"), ("Authorization", "Bearer hf_other")], [("X-Authorization", f"Bearer {ADA}")],
    [("Authorization", f"Bearer {ADA} {ADA}")], [("Authorization ", f"Bearer {ADA}")], [("Cookie", f"token={ADA}")],
    [("Authorization", f"Bearer\x0b{ADA}")], [("Authorization", "Bearer \xe9")],
]  # fmt: skip


async def test_anything_in_place_of_a_token_is_refused(world: World, parser: str) -> None:
    async with raw(world, Http(require_token=True)) as port:
        for headers in HEADERS:
            status, answer = await answered(port, request("POST", "/mcp", headers))
            assert status in (0, 400, 401), (headers, answer)
        assert (await answered(port, request("POST", "/mcp", [("Authorization", f"Bearer {ADA}")])))[0] == 200
    assert {one.url.path for one in world.spy.reads} == {"/api/whoami-v2", "/api/models"}


FOREIGN_HOSTS = [
    "evil.example", "127.0.0.1.evil.example", "127.0.0.1:80.evil.example", "127.0.0.1:x", "127.0.0.1@evil.example",
    "evil.example:127.0.0.1", "localhost.evil.example", "xlocalhost", "[::2]", "", " ", "127.0.0.1:80:80", "127.0.0.1, evil",
    "127.0.0.1:*", "*", "hub.example:8444", "hub.example.", "https://hub.example:8443", "hub.example:8443/", "hub.example:",
]  # fmt: skip
OWN_HOSTS = ["127.0.0.1", "127.0.0.1:9", "LOCALHOST", "LocalHost:1234", "[::1]:80", "hub.example:8443", "HUB.Example:8443",
             "any.example:1", "any.example", "plain.example", "plain.example:443", "PLAIN.example:80"]  # fmt: skip
SERVED = Http(
    hosts=("Hub.example:8443", "any.example:*", "plain.example"),
    origins=("https://Chat.example", "http://dev.example:*"),
)


async def test_only_hosts_that_were_named_are_answered_whatever_the_path(world: World, parser: str) -> None:
    paths = ["/mcp", "/mcp%0A", "/.well-known/oauth-protected-resource", "/elsewhere", "/healthz%0A"]
    two = [("Host", "127.0.0.1"), ("Host", "evil.example")]
    async with raw(world, SERVED) as port:
        for path in paths:
            for method, host in itertools.product(METHODS, FOREIGN_HOSTS):
                status, answer = await answered(port, request(method, path, [("Host", host)]))
                assert status in (0, 400, 404, 421), (path, method, host, answer)
                assert status != 404 or method == "CONNECT", (path, method, host)
            assert (await answered(port, request("POST", path, two)))[0] in (0, 400, 421), path
    assert world.spy.reads == []


async def test_host_names_compare_without_regard_to_case_and_with_their_port(
    world: World, parser: str
) -> None:
    async with raw(world, SERVED) as port:
        for host in OWN_HOSTS:
            assert (await answered(port, request("POST", "/mcp", [("Host", host)])))[0] == 200, host


ORIGINS = [
    ("https://chat.example", 200), ("HTTPS://CHAT.EXAMPLE", 200), ("https://chat.example:443", 200),
    ("http://dev.example:5173", 200), ("http://localhost:3000", 200), ("https://chat.example:8443", 403),
    ("http://chat.example", 403), ("https://chat.example.evil", 403), ("null", 403), ("", 403), ("https://evil.example", 403),
    ("http://dev.example:80@evil", 403), ("https://chat.example/", 403), ("http://127.0.0.1.evil.example", 403),
]  # fmt: skip


async def test_origins_compare_alike(world: World, parser: str) -> None:
    async with raw(world, SERVED) as port:
        for origin, status in ORIGINS:
            answer = await answered(port, request("POST", "/mcp", [("Origin", origin)]))
            assert answer[0] == status, origin


async def test_blanks_around_the_value_of_a_header_are_no_part_of_it(world: World, parser: str) -> None:
    """RFC 9110, 5.5: neither of a host, an origin or a token, nor of what names the call."""
    named = [("Host", "127.0.0.1"), ("Origin", "https://chat.example"), ("Authorization", f"Bearer {ADA}"),
             ("MCP-Protocol-Version", "2025-11-25")]  # fmt: skip
    async with raw(world, replace(SERVED, require_token=True)) as port:
        for before, behind in itertools.product(("", " ", "\t "), repeat=2):
            given = [(name, f"{before}{value}{behind}") for name, value in named]
            status, answer = await answered(port, request("POST", "/mcp", given))
            assert status == 200, (before, behind, answer)


async def test_a_redirect_never_leads_where_a_request_says(world: World, parser: str) -> None:
    async with raw(world, SERVED) as port:
        for path in PATHS:
            _, answer = await answered(port, request("POST", path))
            assert b"location:" not in answer.lower()


async def test_a_place_without_a_name_is_none() -> None:
    assert [HostAndPort.read(text) for text in ("", ":80", "http://", "a b", "a\n")] == [None] * 5
