"""Large files deleted for good by `huggingface_hub` unchanged, and by our tool: both leave the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError
from huggingface_hub.hf_api import LFSFileInfo, RepoFile

from .official import ADA, Told, api, by_lfs, eve, fresh, told

__all__ = ["api", "by_lfs", "eve", "fresh", "told"]

OLD, KEPT = bytes(range(256)) * 20, bytes(range(255, -1, -1)) * 20


def put(api: HfApi, id: str, files: dict[str, bytes], **more: Any) -> str:
    """Commit some files; the commit's id."""
    added = [CommitOperationAdd(path, content) for path, content in files.items()]
    return api.create_commit(id, added, commit_message=f"Put {', '.join(files)}", **more).oid


def named(files: Iterable[LFSFileInfo], path: str) -> list[LFSFileInfo]:
    return [one for one in files if one.filename == path]


@pytest.fixture
def trained(api: HfApi, fresh: str) -> str:
    """A model with an old checkpoint in two branches, a tag and a pull request, and one that stays."""
    put(api, fresh, {"old.bin": OLD, "kept.bin": KEPT})
    api.create_tag(fresh, tag="v1")
    api.create_branch(fresh, branch="dev")
    put(api, fresh, {"a.txt": b"a\n"}, revision="dev")
    put(api, fresh, {"b.txt": b"b\n"}, create_pr=True)
    api.delete_file("old.bin", fresh)
    return fresh


def test_a_large_file_goes_out_of_every_revision_and_the_rest_stays(api: HfApi, trained: str) -> None:
    before = {commit.title: commit for commit in api.list_repo_commits(trained)}
    api.permanently_delete_lfs_files(trained, named(api.list_lfs_files(trained), "old.bin"))
    assert [one.filename for one in api.list_lfs_files(trained)] == ["kept.bin"]
    for revision, rest in {"main": [], "v1": [], "dev": ["a.txt"], "refs/pr/1": ["b.txt"]}.items():
        assert api.list_repo_files(trained, revision=revision) == sorted(
            [".gitattributes", "kept.bin", *rest]
        )
    after = {commit.title: commit for commit in api.list_repo_commits(trained)}
    assert {title: one.created_at for title, one in after.items()} == {
        title: one.created_at for title, one in before.items()
    }
    title = "Put old.bin, kept.bin"
    assert not api.revision_exists(trained, before[title].commit_id)
    assert api.model_info(trained, revision="v1").sha == after[title].commit_id
    sizes = sum(row.size for row in api.list_repo_tree(trained) if isinstance(row, RepoFile))
    assert api.model_info(trained, expand=["usedStorage"]).used_storage == sizes
    assert api.get_discussion_details(trained, 1).status == "open"
    api.merge_pull_request(trained, 1)
    assert "b.txt" in api.list_repo_files(trained)


def test_without_the_history_only_the_bytes_go_and_what_names_them_cannot_be_downloaded(
    api: HfApi, trained: str
) -> None:
    heads = api.list_repo_refs(trained)
    files = named(api.list_lfs_files(trained), "old.bin")
    api.permanently_delete_lfs_files(trained, files, rewrite_history=False)
    assert api.list_repo_refs(trained) == heads
    assert "old.bin" in api.list_repo_files(trained, revision="v1")
    with pytest.raises(EntryNotFoundError):
        hf_hub_download(trained, "old.bin", revision="v1", endpoint=api.endpoint, token=ADA)
    assert hf_hub_download(trained, "kept.bin", revision="v1", endpoint=api.endpoint, token=ADA)


def test_others_delete_nothing_and_what_is_not_there_is_missing(api: HfApi, eve: HfApi, trained: str) -> None:
    files = list(api.list_lfs_files(trained))
    with pytest.raises(HfHubHTTPError, match="rights"):
        eve.permanently_delete_lfs_files(trained, files)
    api.permanently_delete_lfs_files(trained, files)
    with pytest.raises(HfHubHTTPError, match="holds no large file"):
        api.permanently_delete_lfs_files(trained, files)


def test_our_tool_lists_and_deletes_what_the_client_lists(api: HfApi, trained: str, told: Told) -> None:
    place = {"repo_id": trained, "type": "model"}
    listed = told("list_lfs_files", place)
    old = named(api.list_lfs_files(trained), "old.bin")
    assert all(one.file_oid in listed and one.filename in listed for one in api.list_lfs_files(trained))
    answer = told("delete_lfs_files", {**place, "sha": [one.file_oid for one in old]})
    assert "Deleted 1 large file" in answer
    assert [one.filename for one in api.list_lfs_files(trained)] == ["kept.bin"]
    assert api.list_repo_files(trained, revision="v1") == [".gitattributes", "kept.bin"]
