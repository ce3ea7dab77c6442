"""Proxies as machines really configure them: exceptions in every spelling, unsupported kinds, passwords."""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub_mcp.catalogue.repos.models import GetModel
from hub_mcp.client.hub import Hub
from hub_mcp.client.transport import retry
from hub_mcp.client.transport.proxies import proxy_for
from hub_mcp.errors import HubError, ProxyTrouble
from tests.client.test_network import CALL, listening, polite, saying

PROXY = "http://me:hush@proxy.test:3128"


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("entries", "address", "straight"),
    [
        ("*", "https://hub.test", True),
        ("hub.test", "https://hub.test", True),
        ("HUB.test", "https://hub.TEST", True),
        (".test", "https://hub.test", True),
        ("*.test", "https://hub.test", True),
        ("ub.test", "https://hub.test", False),
        ("hub.test:443", "https://hub.test", True),
        ("hub.test:8443", "https://hub.test", False),
        ("https://hub.test", "https://hub.test", True),
        ("[::1]", "http://[::1]:8000", True),
        ("::1", "http://[::1]:8000", True),
        ("[::1]:8000", "http://[::1]:8000", True),
        ("[::1]:9", "http://[::1]:8000", False),
        ("fd00::/8", "http://[fd12::1]", True),
        ("[fd00::]/8, ::1", "http://[fe80::1]", False),
        ("10.0.0.0/8", "http://10.1.2.3:8000", True),
        ("10.0.0.1/8", "http://10.1.2.3", True),
        ("10.0.0.0/8", "http://11.1.2.3", False),
        ("127.0.0.1", "http://127.0.0.1:1", True),
        ("localhost 127.0.0.1", "http://127.0.0.1:1", True),
        ("[::1, 300.1.1.1/99, ://, a:b:c", "https://hub.test", False),
        ("[::1],10.0.0.0/8,,hub.test", "https://hub.test", True),
    ],
)
def test_exceptions_are_read_in_every_spelling(entries: str, address: str, straight: bool) -> None:
    named = {"all": PROXY, "no": entries}
    assert (proxy_for(address, named) is None) == straight


def test_a_proxy_of_the_scheme_goes_before_the_one_for_all() -> None:
    named = {"http": "http://a:1", "https": "b:2", "all": "socks://c:3"}
    assert str(proxy_for("http://hub.test", named)) == "http://a:1 (HTTP_PROXY)"
    assert str(proxy_for("https://hub.test", named)) == "http://b:2 (HTTPS_PROXY)"
    assert str(proxy_for("https://hub.test", {"all": "socks://c:3"})) == "socks5h://c:3 (ALL_PROXY)"
    assert proxy_for("https://hub.test", {"https": "${HTTPS_PROXY}", "no": "$NO_PROXY"}) is None


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "other", ["socks://127.0.0.1:9", "socks5h://127.0.0.1:9", "nonsense", "http://[::1", "://"]
)
async def test_a_call_ignores_proxy_variables_it_does_not_need(
    monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    async with listening(polite) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("HTTPS_PROXY", other)
        monkeypatch.setenv("ALL_PROXY", other)
        monkeypatch.setenv("NO_PROXY", "[::1],fd00::/8,10.0.0.0/8,300.300.0.0/99")
        hub = Hub("http://hub.test")
        assert (await hub.send(CALL)).id == "ada/atlas"
        await hub.aclose()
        monkeypatch.setenv("HTTP_PROXY", other)
        monkeypatch.setenv("NO_PROXY", "[::1],127.0.0.0/8")
        hub = Hub(f"http://127.0.0.1:{port}")
        assert (await hub.send(CALL)).id == "ada/atlas"
        await hub.aclose()


@contextlib.asynccontextmanager
async def socks(seen: list[bytes]) -> AsyncIterator[int]:
    """A SOCKS 5 proxy that answers in place of any target."""

    async def talk(reader: Any, writer: Any) -> None:
        seen.append(await reader.read(64))
        writer.write(b"\x05\x00")
        seen.append(await reader.read(300))
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await polite(reader, writer)

    async with listening(talk) as port:
        yield port


@pytest.mark.asyncio
@pytest.mark.parametrize("scheme", ["socks", "socks5", "socks5h"])
async def test_a_socks_proxy_is_used_where_the_extra_is_there(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    pytest.importorskip("socksio", reason="socksio (extra `socks`) is not installed")
    seen: list[bytes] = []
    async with socks(seen) as port:
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{port}/")
        hub = Hub("http://hub.test")
        assert (await hub.send(CALL)).id == "ada/atlas"
        await hub.aclose()
    assert b"hub.test" in seen[1]  # the name is looked up by the proxy


@pytest.mark.asyncio
async def test_a_socks_proxy_without_the_extra_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("socksio") or name.endswith("socks_proxy"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setenv("ALL_PROXY", "socks5://me:hush@127.0.0.1:9")
    said = await refusal(Hub("https://hub.test"))
    assert "hub-mcp[socks]" in said
    assert "socks5://127.0.0.1:9 (ALL_PROXY)" in said
    assert "hush" not in said


@pytest.mark.asyncio
@pytest.mark.parametrize("password", ["hush", "hu@sh", "hush/sh", "hush%40"])
async def test_the_proxy_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setattr(retry, "LONGEST_PAUSE", 0.0)
    refusing = saying(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    async with listening(refusing) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:{password}@127.0.0.1:{port}")
        refused = await refusal(Hub("https://hub.test"))
    closed = await refusal(Hub("https://hub.test"))
    for said in (refused, closed):
        assert f"127.0.0.1:{port} (HTTPS_PROXY)" in said or "cannot be used" in said
        assert "hu" not in said.replace("hub", "")


async def refusal(hub: Hub) -> str:
    with pytest.raises(HubError) as caught:
        await hub.send(GetModel(repo_id="ada/atlas"))
    await hub.aclose()
    assert isinstance(caught.value, ProxyTrouble)
    return str(caught.value)
