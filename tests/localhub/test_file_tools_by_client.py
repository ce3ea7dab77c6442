"""Our file tools and `huggingface_hub` on the same repositories of one Hub agree."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio import Path as AsyncPath
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.hf_api import RepoFile, RepoFolder
from mcp import Client
from mcp.types import CallToolResult, ImageContent

from hub_mcp.settings import Settings
from hub_mcp.text import visible
from hub_mcp.wiring import hub_of, server_of

from .official import ADA, api, by_lfs, fresh

__all__ = ["api", "by_lfs", "fresh"]

REPOS = [
    ("model", "ada/fjord-names"),
    ("model", "nimbus-labs/storm-atlas-7b"),
    ("dataset", "ada/weather-diaries"),
    ("space", "stabilityai/stable-diffusion"),
]
ALL = Settings(journal="off", structured=True, toolsets=("all",), confirm="off")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def tools_at(url: str, settings: Settings = ALL) -> AsyncIterator[Client]:
    """Our tools over this Hub, as ada uses them."""
    hub = hub_of(Settings(endpoint=url), {"HF_TOKEN": ADA})
    async with Client(server_of(settings, hub)) as client:
        yield client
    await hub.aclose()


async def told(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured answer of a tool."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content or {}


@pytest.mark.parametrize(("type", "repo_id"), REPOS)
async def test_a_tree_has_the_entries_that_the_client_lists(
    hub_url: str, api: HfApi, type: str, repo_id: str
) -> None:
    async with tools_at(hub_url) as client:
        repo = {"repo_id": repo_id, "type": type}
        found = (await told(client, "list_tree", **repo, recursive=True, expand=True, limit=1000))["items"]
        weight = await told(client, "get_tree_size", **repo)
        paths = [row["path"].rstrip("/") for row in found]
        known = await told(client, "get_paths_info", **repo, paths=[*paths, "no/such.file"])
    theirs = list(api.list_repo_tree(repo_id, repo_type=type, recursive=True, expand=True))
    assert [(row["path"], row.get("size"), row["lastCommit.title"]) for row in found] == [
        (f"{one.path}/", None, one.last_commit and one.last_commit.title)
        if isinstance(one, RepoFolder)
        else (one.path, one.size, one.last_commit and one.last_commit.title)
        for one in theirs
    ]
    assert weight["size"] == sum(one.size for one in theirs if isinstance(one, RepoFile))
    info = api.get_paths_info(repo_id, paths, repo_type=type)
    assert [row["path"].rstrip("/") for row in known["items"]] == [one.path for one in info]
    assert known["missing"] == ["no/such.file"]


@pytest.mark.slow
async def test_a_long_tree_comes_page_by_page(hub_url: str, api: HfApi) -> None:
    archive, seen, cursor = "nimbus-labs/checkpoint-archive", list[str](), None
    async with tools_at(hub_url) as client:
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = await told(
                client, "list_tree", repo_id=archive, type="model", limit=700, recursive=True, **more
            )
            seen += [row["path"] for row in page["items"] if not row["path"].endswith("/")]
            cursor = page.get("next_cursor")
            if not cursor:
                break
    assert seen == api.list_repo_files(archive)


@pytest.mark.parametrize(("type", "repo_id"), REPOS)
async def test_a_text_file_says_what_the_client_downloads(
    hub_url: str, tmp_path: Path, type: str, repo_id: str
) -> None:
    async with tools_at(hub_url) as client:
        file = await told(client, "get_file", repo_id=repo_id, type=type, path="README.md")
    theirs = hf_hub_download(
        repo_id, "README.md", repo_type=type, endpoint=hub_url, token=ADA, cache_dir=tmp_path
    )
    content = await AsyncPath(theirs).read_text(encoding="utf-8")
    assert file["text"] == visible(content).rstrip("\n")
    assert file["size"] == len(content.encode())
    assert f"/snapshots/{file['commit']}/" in theirs


async def test_a_picture_and_a_text_that_lfs_keeps_are_shown_as_they_were_uploaded(
    hub_url: str, api: HfApi, fresh: str
) -> None:
    lines = "".join(f"{n}\n" for n in range(20_000))
    api.upload_file(path_or_fileobj=PNG, path_in_repo="plots/a b.png", repo_id=fresh)
    api.upload_file(path_or_fileobj=lines.encode(), path_in_repo="numbers.model", repo_id=fresh)
    async with tools_at(hub_url) as client:
        shown = await client.call_tool(
            "get_file", {"repo_id": fresh, "type": "model", "path": "plots/a b.png"}
        )
        large = await told(
            client,
            "get_file",
            repo_id=fresh,
            type="model",
            path="numbers.model",
            start_line=9_000,
            end_line=9_001,
        )
        address = f"hub://models/{fresh}/file/main/plots/a%20b.png"
        [read] = (await client.read_resource(address)).contents
    assert isinstance(shown, CallToolResult)
    [picture] = [block for block in shown.content if isinstance(block, ImageContent)]
    assert base64.b64decode(picture.data) == PNG
    assert base64.b64decode(getattr(read, "blob", "")) == PNG
    assert large["size"] == len(lines)
    assert large["text"] == "8999\n9000"


async def test_a_file_is_a_resource_of_its_own_words(hub_url: str) -> None:
    async with tools_at(hub_url) as client:
        [text] = (await client.read_resource("hub://models/ada/fjord-names/file/main/config.json")).contents
        page = await client.read_resource("hub://models/ada/fjord-names/tree/main?limit=2")
    assert getattr(text, "text", "").startswith("{")
    assert text.mime_type == "text/plain"
    assert '"next": "hub://models/ada/fjord-names/tree/main?' in getattr(page.contents[0], "text", "")
