"""Copies and likes: what our tools do is seen by `huggingface_hub`, and the reverse."""

from __future__ import annotations

from huggingface_hub import CommitOperationAdd, HfApi

from .official import Told, api, by_lfs, fresh, told

__all__ = ["api", "by_lfs", "fresh", "told"]


def test_a_copy_by_our_tool_has_the_files_and_the_visibility_it_was_given(
    told: Told, api: HfApi, fresh: str
) -> None:
    files = [CommitOperationAdd("a.txt", b"1\n"), CommitOperationAdd("w.bin", bytes(3000))]
    api.create_commit(fresh, files, commit_message="Two files")
    copy = f"{fresh}-copy"
    place = {"repo_id": fresh, "type": "model", "to_repo": copy}
    said = told("duplicate_repo", {**place, "visibility": "private"})
    assert f"Copied the model {fresh} to {copy}, private, with 3 files" in said
    assert sorted(api.list_repo_files(copy)) == sorted(api.list_repo_files(fresh))
    assert api.model_info(copy).private is True
    api.delete_repo(copy)


def test_a_copied_space_keeps_what_was_asked_for_it(told: Told, api: HfApi) -> None:
    space = "ada/copied-space"
    told(
        "duplicate_repo",
        {
            "repo_id": "nimbus-labs/will-it-rain", "type": "space", "to_repo": space,
            "visibility": "private", "hardware": "cpu-upgrade", "sleep_time_seconds": 600,
        },
    )  # fmt: skip
    info = api.space_info(space)
    assert info.private is True
    assert info.runtime is not None
    assert (info.runtime.requested_hardware, info.runtime.sleep_time) == ("cpu-upgrade", 600)
    api.delete_repo(space, repo_type="space")


def test_likers_are_those_the_client_lists_and_a_like_taken_back_is_gone(told: Told, api: HfApi) -> None:
    dataset = {"repo_id": "rajpurkar/squad", "type": "dataset"}
    listed = {one.username for one in api.list_repo_likers("rajpurkar/squad", repo_type="dataset")}
    shown = told("list_repo_likers", {**dataset, "limit": 100}).splitlines()[1:]
    assert {row.split("\t")[0] for row in shown} == listed
    assert "ada" in listed
    told("unlike_repo", dataset)
    assert "rajpurkar/squad" not in api.list_liked_repos("ada").datasets
    assert "back, if there was one" in told("unlike_repo", dataset)
