"""A commit is checked against the files on the Hub, and a missing one is answered with similar names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gate.gates import World, agreeing, question_about, refused, text_of

pytestmark = pytest.mark.asyncio
FJORDS: dict[str, Any] = {"repo_id": "ada/fjord-names", "type": "model", "summary": "Words"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


NAMED = {"repo_id": "ada/fjord-names", "type": "model"}


def without(world: World, end: str, answer: Any) -> None:
    """Have the Hub answer so where an address ends so; a name of a field is left out of its own answer."""
    inner = world.spy.inner

    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if not request.url.path.endswith(end):
                return await inner.handle_async_request(request)
            if not isinstance(answer, str):
                return httpx.Response(200, json=answer)
            told = await inner.handle_async_request(request)
            return httpx.Response(200, json={**json.loads(await told.aread()), answer: None})

    world.spy.inner = Silent()  # type: ignore[assignment]  # what answers in its place


@pytest.mark.parametrize(("end", "answer"), [("/paths-info/main", []), ("/ada/fjord-names", "siblings")])
async def test_a_file_is_not_taken_for_new_if_the_hub_does_not_list_all_files(
    world: World, end: str, answer: Any
) -> None:
    without(world, end, answer)
    said = {**FJORDS, "files": [{"path": "README.md", "content": "Gone."}]}
    async with world.client(confirm="deny") as client:
        assert refused(await client.call_tool("commit", said))
    assert 'replaces all of "README.md"' in await question_about(world, "commit", said)
    assert world.spy.changes == []


@pytest.mark.parametrize(
    "path", ["README.md\u200b", "READ\u202eME.md", "app\ufe0f.py", "a.py ", "a  b", "o" + "\u0301" * 9]
)
async def test_nothing_new_gets_a_name_that_looks_like_another(world: World, path: str) -> None:
    calls: dict[str, dict[str, Any]] = {
        "commit": {**FJORDS, "files": [{"path": path, "content": "x"}]},
        "create_repo": {**FJORDS, "repo_id": "ada/fresh", "files": [{"path": path, "content": "x"}]},
    }
    if path == path.strip():  # blanks around the name of a branch are nobody's
        calls |= {"create_branch": {**NAMED, "branch": path}, "create_tag": {**NAMED, "tag": path}}
    async with world.client("auto", agreeing) as client:
        for tool, arguments in calls.items():
            assert "looks like another name" in text_of(await client.call_tool(tool, arguments))
    assert world.spy.changes == []


async def test_a_name_that_somebody_else_hid_in_a_listing_is_spelled(world: World) -> None:
    hidden = [{"path": name, "type": "file", "size": 1} for name in ("README.md\u200b", "README.md ")]
    without(world, "/tree/main", hidden)
    refs = {"branches": [{"name": "ma\u200bin", "targetCommit": "a" * 40}], "tags": []}
    async with world.client() as client:
        listed = text_of(await client.call_tool("list_tree", NAMED))
        without(world, "/refs", refs)
        branches = text_of(await client.call_tool("list_refs", NAMED))
    assert "README.md\\u200b\t" in listed
    assert "README.md\\x20\t" in listed
    assert "ma\\u200bin" in branches


async def test_a_text_that_is_not_in_a_file_is_answered_with_the_line_most_like_it(world: World) -> None:
    said = {**FJORDS, "files": [{"path": "README.md", "old": 'license: "cc0-1.0"', "new": "license: mit"}]}
    async with world.client() as client:
        text = text_of(await client.call_tool("commit", said))
    assert 'most like it is line 2, `license: "mit"`.' in text
