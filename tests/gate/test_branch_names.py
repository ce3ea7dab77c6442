"""However a branch is spelled, it is the branch that is looked up, shown and asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.content.commits import Commit
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.stakes import NOTHING_KNOWN, Impact
from tests.gate.gates import World, question_about, refused
from tests.samples import forms

FJORDS = {"repo_id": "ada/fjord-names", "type": "model"}
SPACE = {"repo_id": "nimbus-labs/will-it-rain", "type": "space"}
WHOLE = "refs/heads/"
BRANCHES = [
    (tool, name)
    for tool, endpoint in ENDPOINTS.items()
    for name in ("revision", "branch", "starting_point", "base", "head")
    if name in endpoint.model_fields
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize(("tool", "name"), BRANCHES)
def test_a_branch_by_its_full_ref_is_the_branch_with_the_short_name(tool: str, name: str) -> None:
    said = {key: one for key, one in forms(tool)[0].items() if key != "empty_branch"}
    short = ENDPOINTS[tool].model_validate({**said, name: "dev"})
    for spelt in (f"{WHOLE}dev", f"{WHOLE}{WHOLE}dev"):
        assert ENDPOINTS[tool].model_validate({**said, name: spelt}) == short


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "branch", [f"{WHOLE}main", f"{WHOLE}{WHOLE}main", "HEAD", "refs/convert/parquet", "refs/pr/1"]
)
async def test_no_spelling_of_a_branch_is_reset_without_asking(world: World, branch: str) -> None:
    anew = {**FJORDS, "branch": branch, "overwrite": True, "empty_branch": True}
    before = await world.json("/api/models/ada/fjord-names/refs")
    async with world.client(confirm="deny") as client:
        assert refused(await client.call_tool("create_branch", anew))
    assert world.spy.changes == []
    assert await world.json("/api/models/ada/fjord-names/refs") == before


@pytest.mark.asyncio
async def test_a_branch_is_not_reset_without_asking_if_the_hub_lists_no_branches(world: World) -> None:
    inner = world.spy.inner

    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/refs"):
                return httpx.Response(200, json={"tags": []})
            return await inner.handle_async_request(request)

    world.spy.inner = Silent()  # type: ignore[assignment]  # what answers in its place
    said = {**FJORDS, "branch": "main", "overwrite": True, "empty_branch": True}
    assert "a commit that is not known" in await question_about(world, "create_branch", said)


@pytest.mark.asyncio
@pytest.mark.parametrize("revision", ["main", f"{WHOLE}main", "HEAD"])
async def test_no_spelling_of_main_has_a_space_run_what_nobody_agreed_to(world: World, revision: str) -> None:
    files: list[dict[str, Any]] = [{"path": "more.py", "content": "1"}]
    said = {**SPACE, "summary": "More", "revision": revision, "files": files}
    assert "the Space is rebuilt, and runs the new code with its secrets" in await question_about(
        world, "commit", said
    )


@pytest.mark.parametrize(
    "name", ["heads/main", "HEAD", "Main", "main~0", "@", "8f2b7c1d", "refs/x/main", "m%61in"]
)
def test_only_the_plain_name_of_another_branch_keeps_a_space_from_running_a_commit(name: str) -> None:
    files: list[dict[str, Any]] = [{"path": "more.py", "content": "1"}]

    def impacts(revision: str) -> set[Impact]:
        said = {**SPACE, "summary": "More", "revision": revision, "files": files}
        space = Repository.of({"id": SPACE["repo_id"], "sdk": "gradio"})
        return {one.impact for one in Commit.model_validate(said).consequences(space, NOTHING_KNOWN)}

    assert Impact.RUNS in impacts(name)
    assert Impact.RUNS not in impacts("feature/more-rain")
