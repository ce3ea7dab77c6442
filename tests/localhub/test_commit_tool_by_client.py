"""What our commit tool writes is read by `huggingface_hub`; nothing newer is overwritten, nothing guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from anyio import Path as AsyncPath
from huggingface_hub import HfApi, ModelCard, ModelCardData, hf_hub_download
from mcp import Client
from mcp.types import TextContent

from hub_mcp.catalogue.content.file_changes import MOST_BYTES

from .official import ADA, api, by_lfs, fresh
from .test_file_tools_by_client import told, tools_at

__all__ = ["api", "by_lfs", "fresh"]
pytestmark = pytest.mark.asyncio


async def content(api: HfApi, repo_id: str, path: str, place: Path, revision: str = "main") -> str:
    """A file as the client downloads it, byte for byte."""
    found = hf_hub_download(
        repo_id, path, revision=revision, endpoint=api.endpoint, token=ADA, cache_dir=place
    )
    return (await AsyncPath(found).read_bytes()).decode()


async def refusal(client: Client, **arguments: Any) -> str:
    """Why a commit was not made."""
    result = await client.call_tool("commit", arguments)
    assert result.is_error
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


async def test_what_is_added_changed_moved_and_deleted_is_what_the_client_downloads(
    hub_url: str, api: HfApi, fresh: str, tmp_path: Path
) -> None:
    repo = {"repo_id": fresh, "type": "model"}
    card = "---\nlicense: mit\n---\r\n# Title\r\n\r\nOld words.\r\n"
    async with tools_at(hub_url) as client:
        added = await told(
            client,
            "commit",
            **repo,
            summary="Begin",
            files=[
                {"path": "README.md", "content": card},
                {"path": "a/é.txt", "content": "åøå\n"},
                {"path": "gone.txt", "content": "x"},
            ],
        )
        changed = await told(
            client,
            "commit",
            **repo,
            summary="Go on",
            description="For *reasons*.",
            parent_commit=added["commitOid"],
            files=[
                {"path": "README.md", "old": "license: mit", "new": "license: apache-2.0"},
                {"path": "README.md", "old": "# Title\n\nOld", "new": "# Title\n\nNew"},
                {"path": "b/moved.txt", "old_path": "a/é.txt"},
                {"path": "gone.txt", "delete": True},
            ],
        )
    assert api.repo_info(fresh).sha == changed["commitOid"]
    assert set(api.list_repo_files(fresh)) == {".gitattributes", "README.md", "b/moved.txt"}
    assert await content(api, fresh, "README.md", tmp_path) == card.replace("mit", "apache-2.0").replace(
        "Old", "New"
    )
    assert await content(api, fresh, "b/moved.txt", tmp_path) == "åøå\n"
    newest, before, *_ = api.list_repo_commits(fresh)
    assert (newest.title, newest.message, before.commit_id) == ("Go on", "For *reasons*.", added["commitOid"])


async def test_a_card_that_the_client_pushed_is_changed_in_a_pull_request_and_main_stays(
    hub_url: str, api: HfApi, fresh: str, tmp_path: Path
) -> None:
    card = ModelCard(f"---\n{ModelCardData(license='mit', language='no').to_yaml()}\n---\n# Fjords\n")
    api.upload_file(path_or_fileobj=str(card).encode(), path_in_repo="README.md", repo_id=fresh)
    before = api.repo_info(fresh).sha
    async with tools_at(hub_url) as client:
        opened = await told(
            client,
            "commit",
            repo_id=fresh,
            type="model",
            summary="Fix the licence",
            files=[{"path": "README.md", "old": "license: mit", "new": "license: apache-2.0"}],
            create_pr=True,
        )
    num = int(opened["pullRequestUrl"].rpartition("/")[2])
    proposed = api.get_discussion_details(fresh, num)
    assert (proposed.title, proposed.is_pull_request, proposed.status) == ("Fix the licence", True, "open")
    assert api.repo_info(fresh).sha == before
    assert ModelCard(await content(api, fresh, "README.md", tmp_path, f"refs/pr/{num}")).data.license == (
        "apache-2.0"
    )


async def test_nothing_newer_is_overwritten_and_nothing_is_guessed(
    hub_url: str, api: HfApi, fresh: str
) -> None:
    repo: dict[str, Any] = {"repo_id": fresh, "type": "model", "summary": "x"}
    old = api.repo_info(fresh).sha
    api.upload_file(path_or_fileobj=b"one two one", path_in_repo="a.txt", repo_id=fresh)
    api.upload_file(path_or_fileobj=b"x", path_in_repo="folder/x.txt", repo_id=fresh)
    head = api.repo_info(fresh).sha
    files = [{"path": "a.txt", "content": "mine"}]
    async with tools_at(hub_url) as client:
        assert "It has changed since this was prepared" in await refusal(
            client, **repo, files=files, parent_commit=old
        )
        for change, why in (
            ({"old": "one", "new": "1"}, "`old` is 2 times in a.txt"),
            ({"old": "three", "new": "3"}, "`old` is nowhere in a.txt"),
            ({}, "a.txt exists: give `content`"),
            ({"content": "?", "encoding": "base64"}, "not base64"),
            ({"content": "x", "delete": True}, "do not go together"),
            ({"content": "å" * (MOST_BYTES // 2 + 1)}, "at most 1 MiB"),
        ):
            assert why in await refusal(client, **repo, files=[{"path": "a.txt", **change}])
        for change, why in (
            ({"path": "no.txt", "delete": True}, "There is no no.txt at main"),
            ({"path": "folder", "content": "x"}, "folder is a folder"),
            ({"path": "moved", "old_path": "folder"}, "folder is a folder"),
            ({"path": "../x", "content": "x"}, "empty or dotted part"),
            ({"path": ".git/config", "content": "x"}, "leads into .git"),
        ):
            assert why in await refusal(client, **repo, files=[change])
    assert api.repo_info(fresh).sha == head


async def test_a_branch_takes_commits_independently_of_main(hub_url: str, api: HfApi, fresh: str) -> None:
    api.create_branch(fresh, branch="dev/two")
    before = api.repo_info(fresh).sha
    async with tools_at(hub_url) as client:
        done = await told(
            client, "commit", repo_id=fresh, type="model", summary="x", revision="dev/two",
            files=[{"path": "only/here.txt", "content": "x"}],
        )  # fmt: skip
    assert api.repo_info(fresh, revision="dev/two").sha == done["commitOid"]
    assert api.repo_info(fresh).sha == before
