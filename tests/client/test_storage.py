"""Files in the Hub's storage: redirects are followed there without the token, and nowhere else."""

from __future__ import annotations

import httpx
import pytest

from hub_mcp.catalogue.content.file_content import BEGINNING, FileContent, GetFile
from hub_mcp.catalogue.repos.models import GetModel
from hub_mcp.client.hub import Hub
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.storage import is_storage
from hub_mcp.client.token import Token
from hub_mcp.errors import HubError, LedElsewhere
from tests.client.scripts import FarSide, Time

BASE = "https://huggingface.co"
SIGNED = "https://cdn-lfs.hf.co/repos/ab/cd?Signature=s3cret&Expires=1"
FILE = GetFile(repo_id="ada/atlas", type="model", path="data/words.txt")
COMMIT = "b53978ac06899cb8da0dba7505956805d3f1f6aa"
pytestmark = pytest.mark.asyncio


def led_to(where: str) -> httpx.Response:
    told = {"X-Repo-Commit": COMMIT, "X-Linked-Size": "12", "Location": where}
    return httpx.Response(302, headers=told)


def stored(text: str = "one\ntwo\n") -> httpx.Response:
    headers = {"Content-Range": f"bytes 0-{len(text) - 1}/{len(text)}", "Content-Type": "text/plain"}
    return httpx.Response(206, headers=headers, text=text)


async def read(far: FarSide, call: GetFile = FILE) -> FileContent:
    hub = Hub(
        BASE,
        Token("hf_planted", "a test"),
        shared=SharedTransports(lambda: far.transport, sleep=Time().sleep),
    )
    try:
        return await hub.send(call)
    finally:
        await hub.aclose()


async def test_storage_gets_no_token_and_its_signed_address_is_not_shown() -> None:
    far = FarSide(led_to(SIGNED), stored())
    file = await read(far)
    at_hub, at_storage = far.asked
    assert at_hub.headers["authorization"] == "Bearer hf_planted"
    assert str(at_storage.url) == SIGNED
    assert "authorization" not in at_storage.headers
    assert at_storage.headers["range"] == at_hub.headers["range"] == f"bytes=0-{BEGINNING - 1}"
    assert (file.text, file.commit) == ("one\ntwo\n", COMMIT)
    assert file.address == f"{BASE}/ada/atlas/resolve/main/data/words.txt"
    assert "s3cret" not in repr(file)


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.invalid/x",
        "http://cdn-lfs.hf.co/x",
        "https://cdn-lfs.hf.co:8443/x",
        "https://cdn-lfs.hf.co@evil.invalid/x",
        "https://user@cdn-lfs.hf.co/x",
        "https://evilhf.co/x",
        "https://hf.co.evil.invalid/x",
        "https://169.254.169.254/x",
        "ftp://cdn-lfs.hf.co/x",
        "//evil.invalid/x",
        "https://[::1",
    ],
)
async def test_a_file_redirect_is_followed_nowhere_else(where: str) -> None:
    far = FarSide(led_to(where), stored())
    with pytest.raises(LedElsewhere):
        await read(far)
    assert len(far.asked) == 1


async def test_storage_leads_nowhere_further() -> None:
    far = FarSide(led_to(SIGNED), led_to("https://cdn-lfs.hf.co/again"), stored())
    with pytest.raises(LedElsewhere):
        await read(far)
    assert len(far.asked) == 2


async def test_only_files_are_followed_to_storage() -> None:
    far = FarSide(led_to(SIGNED), stored())
    hub = Hub(BASE, shared=SharedTransports(lambda: far.transport, sleep=Time().sleep))
    with pytest.raises(HubError):
        await hub.send(GetModel(repo_id="ada/atlas"))
    await hub.aclose()
    assert len(far.asked) == 1


@pytest.mark.parametrize(
    ("base", "where", "is_it"),
    [
        (BASE, "https://cas-bridge.xethub.hf.co/xet/x", True),
        (BASE, "https://cdn-lfs-us-1.huggingface.co/x", True),
        ("https://hub.example.org", "https://files.hub.example.org/x", True),
        ("https://hub.example.org", "https://example.org/x", False),
        ("http://localhost:8000", "https://files.localhost/x", False),
        ("http://10.0.0.1", "https://1.10.0.0.1/x", False),
    ],
)
async def test_storage_is_recognized_by_the_host_name(base: str, where: str, is_it: bool) -> None:
    assert is_storage(base, where) is is_it
