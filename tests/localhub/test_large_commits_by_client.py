"""What our commit tool uploads by LFS is what `huggingface_hub` downloads; the token stays with the Hub."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio import Path as AsyncPath
from huggingface_hub import HfApi, hf_hub_download
from mcp import Client
from mcp.types import TextContent

from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token
from hub_mcp.localhub.app import create_app
from hub_mcp.settings import Confirm, Settings
from hub_mcp.wiring import server_of
from tests.written import EVERY_TOOL

from .official import ADA, api, by_lfs, fresh
from .test_file_tools_by_client import PNG, told, tools_at

__all__ = ["api", "by_lfs", "fresh"]
pytestmark = pytest.mark.asyncio
BASE, STORAGE = "http://a.hub.localhost", "https://lfs-uploads.storage.example.org"


def binary(path: str, content: bytes = PNG) -> dict[str, Any]:
    """A file as the tool takes it."""
    return {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64"}


async def downloaded(api: HfApi, repo_id: str, path: str, place: Path) -> bytes:
    found = hf_hub_download(repo_id, path, endpoint=api.endpoint, token=ADA, cache_dir=place)
    return await AsyncPath(found).read_bytes()


async def test_what_is_binary_or_tracked_goes_to_lfs_and_the_rest_into_the_commit(
    hub_url: str, api: HfApi, fresh: str, tmp_path: Path
) -> None:
    api.upload_file(path_or_fileobj=b"*.csv filter=lfs\n", path_in_repo=".gitattributes", repo_id=fresh)
    async with tools_at(hub_url) as client:
        repo = {"repo_id": fresh, "type": "model"}
        files = [
            binary("a.png"),
            binary("copy.png"),
            {"path": "rows.csv", "content": "a,b\n"},
            {"path": "empty.csv"},
            {"path": "note.txt", "content": "å\n"},
        ]
        await told(client, "commit", **repo, summary="Rows and a picture", files=files)
        await told(
            client, "commit", **repo, summary="One more row",
            files=[{"path": "rows.csv", "old": "a,b\n", "new": "a,b\n1,2\n"}],
        )  # fmt: skip
    assert await downloaded(api, fresh, "a.png", tmp_path) == PNG
    assert await downloaded(api, fresh, "rows.csv", tmp_path) == b"a,b\n1,2\n"
    names = ["a.png", "copy.png", "rows.csv", "empty.csv", "note.txt"]
    large = {one.path: getattr(one, "lfs", None) is not None for one in api.get_paths_info(fresh, names)}
    assert large == {name: name in ("a.png", "copy.png", "rows.csv") for name in names}


async def test_a_picture_is_proposed_by_somebody_who_may_not_write(hub_url: str, api: HfApi) -> None:
    async with tools_at(hub_url) as client:
        opened = await told(
            client, "commit", **PICTURE | {"repo_id": "openai-community/gpt2"}, create_pr=True
        )
    num = opened["pullRequestUrl"].rpartition("/")[2]
    [entry] = api.get_paths_info("openai-community/gpt2", "a.png", revision=f"refs/pr/{num}")
    assert getattr(entry, "size", 0) == len(PNG)


class Elsewhere(httpx.AsyncBaseTransport):
    """A local Hub that names another host for uploads, and what that host was sent."""

    def __init__(self) -> None:
        self._hub = httpx.ASGITransport(create_app())
        self.uploads: list[httpx.Request] = []
        self.storage = STORAGE
        self.told: dict[str, Any] = {}
        self.paths: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(f"{request.method} {request.url.path}")
        if request.url.host != httpx.URL(BASE).host:
            self.uploads.append(request)
            if "body" in self.told:
                return httpx.Response(self.told["status"], text=self.told["body"])
            request = httpx.Request(
                "PUT",
                f"{BASE}{request.url.path}",
                content=await request.aread(),
                extensions=request.extensions,
            )
        answer = await self._hub.handle_async_request(request)
        told = (await answer.aread()).decode("utf-8", "replace")
        if request.url.path.endswith("/preupload/main"):
            told = told.replace('"lfs"', json.dumps(self.told.get("mode", "lfs")))
        if request.url.path.endswith("/batch"):
            told = told.replace(f"{BASE}/lfs-uploads", f"{self.storage}/lfs-uploads")
            if "check" in self.told:
                told = json.dumps(_with_check(json.loads(told), self.told["check"]))
            told = told.replace('"basic"', json.dumps(self.told.get("transfer", "basic")))
        return httpx.Response(answer.status_code, headers={"content-type": "application/json"}, text=told)


def _with_check(told: dict[str, Any], href: str) -> dict[str, Any]:
    for one in told["objects"]:
        one["actions"]["verify"]["href"] = href
    return told


@asynccontextmanager
async def tools_over(there: Elsewhere, confirm: Confirm = "off") -> AsyncGenerator[Client]:
    """Our tools over such a Hub."""
    hub = Hub(BASE, Token(ADA, "a test"), transport=lambda: there)
    settings = Settings(endpoint=BASE, confirm=confirm, journal="off", **EVERY_TOOL)
    async with Client(server_of(settings, hub)) as client:
        yield client
    await hub.aclose()


PICTURE = {"repo_id": "ada/fjord-names", "type": "model", "summary": "A picture", "files": [binary("a.png")]}


async def test_the_token_is_not_sent_to_where_the_bytes_go() -> None:
    there = Elsewhere()
    async with tools_over(there) as client:
        result = await client.call_tool("commit", PICTURE)
    assert not result.is_error, result.content
    [sent] = there.uploads
    assert (sent.method, sent.url.host) == ("PUT", httpx.URL(STORAGE).host)
    assert ADA not in str(sent.headers)
    assert "authorization" not in sent.headers
    assert STORAGE not in str(result.content)


@pytest.mark.parametrize(
    ("storage", "said", "why"),
    [
        ("http://lfs-uploads.storage.example.org", {}, "not one of its storage"),
        ("https://169.254.169.254", {}, "not one of its storage"),
        ("https://ada:pw@storage.example.org", {}, "not one of its storage"),
        ("https://metadata", {}, "not one of its storage"),
        (STORAGE, {"status": 403, "body": f"<Error>{STORAGE} no</Error>"}, "did not take a.png (status 403)"),
        (STORAGE, {"mode": "xet"}, "only by xet"),
        (STORAGE, {"transfer": "xet"}, "only by Xet or in parts"),
    ],
)
async def test_what_cannot_be_uploaded_is_refused_before_the_commit(
    storage: str, said: dict[str, Any], why: str
) -> None:
    there = Elsewhere()
    there.storage, there.told = storage, said
    async with tools_over(there) as client:
        result = await client.call_tool("commit", PICTURE)
    [text] = [block.text for block in result.content if isinstance(block, TextContent)]
    assert result.is_error
    assert why in text
    assert "Nothing was changed." in text
    assert "lfs-uploads" not in text
    assert not [path for path in there.paths if path.endswith("/commit/main")]


async def test_nothing_is_uploaded_before_a_person_says_yes() -> None:
    there = Elsewhere()
    async with tools_over(there, "deny") as client:
        result = await client.call_tool("commit", {**PICTURE, "create_pr": True})
    assert result.is_error
    assert not [path for path in there.paths if path.startswith(("POST", "PUT")) and "paths-info" not in path]


@pytest.mark.parametrize(
    "href",
    [
        f"{BASE}/api/models/ada/fjord-names/super-squash/main/info/lfs/",
        f"{BASE}/x/info/lfs/../../../api/models/ada/fjord-names/super-squash/main",
        f"{BASE}/ada/fjord-names.git/info/lfs/../../../../api/models/ada/fjord-names/super-squash/main",
        f"{BASE}/ada/fjord-names.git/info/lfs/%2e%2e/%2e%2e/api/repos/delete",
        f"{BASE}/nimbus-labs/storm-atlas-7b.git/info/lfs/objects/batch",
        "https://[",
    ],
)
async def test_the_check_of_an_upload_posts_nowhere_but_to_the_repositorys_own_large_files(href: str) -> None:
    there = Elsewhere()
    there.told = {"check": href}
    async with tools_over(there) as client:
        result = await client.call_tool("commit", PICTURE)
    assert result.is_error
    posted = [path for path in there.paths if path.startswith("POST")]
    asked = ("/paths-info/main", "/preupload/main", "/ada/fjord-names.git/info/lfs/objects/batch")
    assert [path for path in posted if not path.endswith(asked)] == []
