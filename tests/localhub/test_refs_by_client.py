"""`huggingface_hub` unchanged as judge of branches, tags, histories, duplicates and likes."""

from __future__ import annotations

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RevisionNotFoundError

from .official import ADA, api, by_lfs, eve, fresh

__all__ = ["api", "by_lfs", "eve", "fresh"]


def put(api: HfApi, id: str, text: str, revision: str | None = None) -> str:
    """Commit a text to a.txt; the commit's name."""
    content = text.encode()
    return api.upload_file(path_or_fileobj=content, path_in_repo="a.txt", repo_id=id, revision=revision).oid


def test_a_branch_is_made_committed_to_and_deleted(api: HfApi, fresh: str) -> None:
    first = put(api, fresh, "1\n")
    put(api, fresh, "2\n")
    api.create_branch(fresh, branch="feature/x", revision=first)
    with pytest.raises(HfHubHTTPError, match="already exists") as taken:
        api.create_branch(fresh, branch="feature/x")
    assert taken.value.response.status_code == 409
    api.create_branch(fresh, branch="feature/x", exist_ok=True)
    head = put(api, fresh, "3\n", "feature/x")
    branches = {ref.name: ref.target_commit for ref in api.list_repo_refs(fresh).branches}
    assert branches == {"main": api.model_info(fresh).sha, "feature/x": head}
    titles = [commit.commit_id for commit in api.list_repo_commits(fresh, revision="feature/x")]
    assert titles[:2] == [head, first]
    api.delete_branch(fresh, branch="feature/x")
    assert not api.revision_exists(fresh, "feature/x")
    assert not api.revision_exists(fresh, head)  # nothing leads to it any more
    with pytest.raises(RevisionNotFoundError):
        api.delete_branch(fresh, branch="feature/x")
    with pytest.raises(HfHubHTTPError, match="Cannot delete refs/heads/main"):
        api.delete_branch(fresh, branch="main")


def test_a_tag_stays_where_it_was_put(api: HfApi, fresh: str) -> None:
    first = put(api, fresh, "1\n")
    api.create_tag(fresh, tag="v1", tag_message="The first")
    put(api, fresh, "2\n")
    api.create_tag(fresh, tag="old", revision=first)
    tags = {ref.name: (ref.ref, ref.target_commit) for ref in api.list_repo_refs(fresh).tags}
    assert tags == {"v1": ("refs/tags/v1", first), "old": ("refs/tags/old", first)}
    with pytest.raises(HfHubHTTPError) as taken:
        api.create_tag(fresh, tag="v1")
    assert taken.value.response.status_code == 409
    api.create_tag(fresh, tag="v1", exist_ok=True)
    assert api.model_info(fresh, revision="v1").sha == first
    api.delete_tag(fresh, tag="v1")
    with pytest.raises(RevisionNotFoundError):
        api.delete_tag(fresh, tag="v1")
    with pytest.raises(RevisionNotFoundError):
        api.create_tag(fresh, tag="v2", revision="none")


def test_a_squash_leaves_one_commit_and_the_same_files(api: HfApi, fresh: str) -> None:
    old = [put(api, fresh, f"{n}\n") for n in range(3)]
    api.upload_file(path_or_fileobj=bytes(2000), path_in_repo="w.bin", repo_id=fresh)
    api.delete_file("w.bin", fresh)
    assert len(list(api.list_lfs_files(fresh))) == 1
    files = api.list_repo_files(fresh)
    api.super_squash_history(fresh, commit_message="All of it")
    commits = api.list_repo_commits(fresh)
    assert [commit.title for commit in commits] == ["All of it"]
    assert api.list_repo_files(fresh) == files
    assert api.model_info(fresh).sha == commits[0].commit_id
    assert not api.revision_exists(fresh, old[0])
    assert list(api.list_lfs_files(fresh)) == []  # what only the history held is gone


def test_a_long_history_goes_on_over_several_pages(api: HfApi, fresh: str) -> None:
    shas = [put(api, fresh, f"{n}\n") for n in range(60)]
    commits = api.list_repo_commits(fresh, formatted=True)
    assert [commit.commit_id for commit in commits[:-1]] == shas[::-1]
    assert commits[0].formatted_title == "Upload a.txt with huggingface_hub"


def test_a_repository_is_duplicated_with_its_large_files(api: HfApi, fresh: str) -> None:
    api.upload_file(path_or_fileobj=bytes(2000), path_in_repo="w.bin", repo_id=fresh)
    copy = api.duplicate_repo(fresh, f"nimbus-labs/{fresh.split('/')[1]}-copy", private=True).repo_id
    assert (api.list_repo_files(copy), api.model_info(copy).private) == (api.list_repo_files(fresh), True)
    assert [commit.title for commit in api.list_repo_commits(copy)] == [f"Duplicate from {fresh}"]
    api.upload_file(path_or_fileobj=b"1\n", path_in_repo="a.txt", repo_id=copy)
    assert not api.file_exists(fresh, "a.txt")
    with pytest.raises(HfHubHTTPError, match="already"):
        api.duplicate_repo(fresh, copy)
    api.delete_repo(copy)
    space = api.duplicate_repo(
        "nimbus-labs/will-it-rain",
        "ada/my-rain",
        repo_type="space",
        space_hardware="cpu-upgrade",  # type: ignore[arg-type]  # as people type it
    )
    info = api.space_info(space.repo_id)
    assert info.runtime is not None
    assert (info.sdk, info.private, info.models, info.runtime.requested_hardware) == (
        "gradio", False, ["nimbus-labs/nowcast-2b", "nimbus-labs/nowcast-base"], "cpu-upgrade",
    )  # fmt: skip
    api.delete_repo(space.repo_id, repo_type="space")


def test_likes_are_listed_and_removed(api: HfApi, eve: HfApi) -> None:
    id = "nimbus-labs/nowcast-base"
    before = api.model_info(id).likes
    assert "ada" in {user.username for user in api.list_repo_likers(id)}
    assert id in api.list_liked_repos("ada").models
    api.unlike(id)
    assert api.model_info(id).likes == (before or 0) - 1
    assert id not in api.list_liked_repos().models
    api.unlike(id)
    assert api.model_info(id).likes == (before or 0) - 1
    assert "ada" not in {user.username for user in eve.list_repo_likers(id)}


def test_an_organization_has_a_default_visibility(api: HfApi) -> None:
    api.create_repo("drizzle-collective/quiet")
    api.create_repo("drizzle-collective/loud", private=False)
    assert [api.model_info(f"drizzle-collective/{name}").private for name in ("quiet", "loud")] == [
        True,
        False,
    ]
    for name in ("quiet", "loud"):
        api.delete_repo(f"drizzle-collective/{name}")


def test_the_client_can_ask_whether_it_may(api: HfApi, eve: HfApi) -> None:
    api.auth_check("ada/fjord-names", write=True)
    eve.auth_check("ada/fjord-names")
    with pytest.raises(HfHubHTTPError):
        eve.auth_check("ada/fjord-names", write=True)
    with pytest.raises(HfHubHTTPError):
        HfApi(endpoint=api.endpoint, token=ADA).auth_check("eve/secret-sauce")
