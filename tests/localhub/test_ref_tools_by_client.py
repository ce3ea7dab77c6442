"""Our tools for branches, tags and history against `huggingface_hub` on the same repositories."""

from __future__ import annotations

import pytest
from huggingface_hub import HfApi

from .official import api, by_lfs, fresh
from .test_file_tools_by_client import REPOS, told, tools_at

__all__ = ["api", "by_lfs", "fresh"]
pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(("type", "repo_id"), REPOS)
async def test_branches_tags_and_history_are_those_that_the_client_lists(
    hub_url: str, api: HfApi, type: str, repo_id: str
) -> None:
    async with tools_at(hub_url) as client:
        repo = {"repo_id": repo_id, "type": type}
        refs = await told(client, "list_refs", **repo, include_prs=True)
        first = await told(client, "list_commits", **repo, limit=1)
        history = (await told(client, "list_commits", **repo, limit=1000))["items"]
    theirs = api.list_repo_refs(repo_id, repo_type=type, include_pull_requests=True)
    groups = {
        "branches": theirs.branches,
        "tags": theirs.tags,
        "converts": theirs.converts,
        "pullRequests": theirs.pull_requests or [],
    }
    assert {group: refs.get(group, {}) for group in groups} == {
        group: {one.name: one.target_commit for one in found} for group, found in groups.items()
    }
    commits = api.list_repo_commits(repo_id, repo_type=type)
    assert [(row["id"], row["title"], row["author"]) for row in history] == [
        (one.commit_id, one.title, ", ".join(one.authors)) for one in commits
    ]
    assert first["items"][0]["id"] == commits[0].commit_id
    assert ("next_cursor" in first) is (len(commits) > 1)


async def test_what_our_tools_make_and_delete_the_client_finds_and_misses(
    hub_url: str, api: HfApi, fresh: str
) -> None:
    repo = {"repo_id": fresh, "type": "model"}
    api.upload_file(path_or_fileobj=b"one\n", path_in_repo="a.txt", repo_id=fresh)
    before = api.repo_info(fresh).sha
    async with tools_at(hub_url) as client:
        await told(client, "create_branch", **repo, branch="dev/two")
        await told(client, "create_tag", **repo, tag="v1", message="First.")
        api.upload_file(path_or_fileobj=b"two\n", path_in_repo="a.txt", repo_id=fresh, revision="dev/two")
        changed = await told(client, "compare_revisions", **repo, base="v1", head="dev/two")
        refs = api.list_repo_refs(fresh)
        assert {one.name for one in refs.branches} == {"main", "dev/two"}
        assert {one.name: one.target_commit for one in refs.tags} == {"v1": before}
        await told(client, "create_branch", **repo, branch="dev/two", overwrite=True, starting_point="v1")
        again = {one.name: one.target_commit for one in api.list_repo_refs(fresh).branches}
        await told(client, "super_squash", **repo, revision="main")
        await told(client, "delete_branch", **repo, branch="dev/two")
        await told(client, "delete_tag", **repo, tag="v1")
    assert changed["changed"] == ["a.txt +1 −1"]
    assert changed["diff"].splitlines()[-2:] == ["-one", "+two"]
    assert again == {"main": before, "dev/two": before}
    left = api.list_repo_refs(fresh)
    assert [one.name for one in (*left.branches, *left.tags)] == ["main"]
    assert len(api.list_repo_commits(fresh)) == 1
