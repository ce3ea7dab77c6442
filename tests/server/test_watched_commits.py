"""A commit through our server is announced at once to subscribers of the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.server.subscriptions import ResourceUpdated

from tests.gate.gates import World
from tests.server.test_pages import text_at
from tests.waiting import PATIENCE

REPO = "hub://models/ada/fjord-names"
NOTE = {"repo_id": "ada/fjord-names", "type": "model", "summary": "A note",
        "files": [{"path": "NOTES.md", "content": "Names of fjords.\n"}]}  # fmt: skip
pytestmark = pytest.mark.asyncio


async def announced(world: World, watched: set[str], **more: Any) -> None:
    """Hold that a commit announces each of these addresses."""
    async with world.client(allow=("files.propose",)) as client:
        with anyio.fail_after(PATIENCE):
            async with client.listen(resource_subscriptions=sorted(watched)) as events:
                assert not (await client.call_tool("commit", {**NOTE, **more})).is_error
                async for event in events:
                    assert isinstance(event, ResourceUpdated)
                    watched.discard(str(event.uri))
                    if not watched:
                        break
        if not more.get("create_pr"):
            assert "NOTES.md" in await text_at(client, f"{REPO}/tree/main")
            assert "A note" in await text_at(client, f"{REPO}/commits/main")


async def test_subscribers_of_a_repository_its_tree_or_its_history_are_notified_of_a_commit(
    tmp_path: Path,
) -> None:
    await announced(World(tmp_path), {REPO, f"{REPO}/tree/main", f"{REPO}/commits/main"})


async def test_subscribers_of_a_file_its_folder_or_another_spelling_of_an_address_are_notified_of_a_commit(
    tmp_path: Path,
) -> None:
    watched = {f"{REPO}/file/main/NOTES.md", f"{REPO}/commits", f"{REPO}/tree/main/names"}
    files = [*NOTE["files"], {"path": "names/more.md", "content": "Sogn.\n"}]
    await announced(World(tmp_path), watched, files=files)


async def test_subscribers_of_the_discussions_are_notified_of_a_proposed_commit(tmp_path: Path) -> None:
    await announced(World(tmp_path), {f"{REPO}/discussions"}, create_pr=True)
