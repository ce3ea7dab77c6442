"""What our tools write is read by `huggingface_hub`, and the reverse, through one local Hub on a port."""

from __future__ import annotations

import re

import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.community import DiscussionComment, DiscussionWithDetails

from .official import Told, api, by_lfs, eve, fresh, told

__all__ = ["api", "by_lfs", "eve", "fresh", "told"]


def comments_in(thread: DiscussionWithDetails) -> list[DiscussionComment]:
    return [event for event in thread.events if isinstance(event, DiscussionComment)]


def test_what_our_tools_write_is_read_by_the_official_client(told: Told, api: HfApi, fresh: str) -> None:
    place = {"repo_id": fresh, "type": "model"}
    opened = told("create_discussion", {**place, "title": "Why?", "description": "I\n*ask*."})
    assert f"Opened the discussion 1 of the model {fresh}" in opened
    said = told("comment_discussion", {**place, "num": 1, "comment": "Because <of> this."})
    match = re.search(r"comment (\w+)\)", said)
    assert match
    told("edit_comment", {**place, "num": 1, "comment_id": match[1], "content": "Because of that."})
    told("rename_discussion", {**place, "num": 1, "title": "Why not?"})
    told("pin_discussion", {**place, "num": 1, "pinned": True})
    closing = {**place, "num": 1, "status": "closed", "comment": "Enough."}
    told("set_discussion_status", closing)
    thread = api.get_discussion_details(fresh, 1)
    assert (thread.title, thread.status, thread.author) == ("Why not?", "closed", "ada")
    words = [(one.author, one.content, one.edited) for one in comments_in(thread)]
    assert words == [
        ("ada", "I\n*ask*.", False),
        ("ada", "Because of that.", True),
        ("ada", "Enough.", False),
    ]
    told("hide_comment", {**place, "num": 1, "comment_id": match[1]})
    hidden = comments_in(api.get_discussion_details(fresh, 1))[1]
    assert (hidden.hidden, "that" in hidden.content) == (True, False)
    told("delete_discussion", {**place, "num": 1})
    assert list(api.get_repo_discussions(fresh)) == []


def test_what_the_official_client_writes_is_read_by_our_tools(
    told: Told, eve: HfApi, api: HfApi, fresh: str
) -> None:
    place = {"repo_id": fresh, "type": "model"}
    api.upload_file(path_or_fileobj=b"# A\n\nold line\n", path_in_repo="notes.md", repo_id=fresh)
    eve.create_discussion(fresh, "Which licence?", description="It is not in the card.")
    made = eve.create_commit(
        fresh, [CommitOperationAdd("notes.md", b"# A\n\nnew line\n")], commit_message="Say it", create_pr=True
    )
    assert made.pr_num == 2
    rows = (told("list_discussions", place)).splitlines()
    assert [row.split("\t")[:5] for row in rows[1:]] == [
        ["2", "Say it", "open", "yes", "eve"],
        ["1", "Which licence?", "open", "no", "eve"],
    ]
    only = told("list_discussions", {**place, "pull_requests": True, "author": "eve"})
    assert [row.split("\t")[0] for row in only.splitlines()[1:]] == ["2"]
    thread = told("get_discussion", {**place, "num": 2})
    assert "\n  -old line\n  +new line" in thread
    assert f"oid {made.oid}" in thread
    assert "text It is not in the card." in told("get_discussion", {**place, "num": 1})


def test_a_pull_request_drafted_by_a_tool_and_filled_by_the_client_is_merged_by_a_tool(
    told: Told, api: HfApi, fresh: str
) -> None:
    place = {"repo_id": fresh, "type": "model"}
    draft = {**place, "title": "To be filled", "pull_request": True}
    assert "draft of the pull request 1" in told("create_discussion", draft)
    assert api.get_discussion_details(fresh, 1).status == "draft"
    api.upload_file(path_or_fileobj=b"1\n", path_in_repo="a.txt", repo_id=fresh, revision="refs/pr/1")
    told("set_discussion_status", {**place, "num": 1, "status": "open"})
    merged = told("merge_pull_request", {**place, "num": 1, "comment": "Thank you."})
    assert "Merged pull request 1" in merged
    assert api.file_exists(fresh, "a.txt")
    thread = api.get_discussion_details(fresh, 1)
    assert (thread.status, [one.content for one in comments_in(thread)]) == ("merged", ["Thank you."])


def test_a_pull_request_into_a_branch_says_which(told: Told, api: HfApi, fresh: str) -> None:
    place = {"repo_id": fresh, "type": "model"}
    api.create_branch(fresh, branch="side")
    files = [{"path": "notes.md", "content": "From the side."}]
    proposed = {**place, "summary": "Notes", "files": files, "revision": "side", "create_pr": True}
    assert "Opened" in told("commit", proposed)
    assert "branch: side" in told("get_discussion", {**place, "num": 1})
    assert 'Merged pull request 1 into "side" of' in told("merge_pull_request", {**place, "num": 1})
    assert api.file_exists(fresh, "notes.md", revision="side")
    assert not api.file_exists(fresh, "notes.md")


@pytest.mark.parametrize("type", ["dataset", "space"])
def test_datasets_and_spaces_are_discussed_the_same_way(told: Told, api: HfApi, type: str) -> None:
    repo_id = f"ada/talked-about-{type}"
    api.create_repo(repo_id, repo_type=type, space_sdk="static" if type == "space" else None)
    place = {"repo_id": repo_id, "type": type}
    told("create_discussion", {**place, "title": "Hello", "description": "Here too."})
    thread = api.get_discussion_details(repo_id, 1, repo_type=type)
    assert [one.content for one in comments_in(thread)] == ["Here too."]
    assert "text Here too." in told("get_discussion", {**place, "num": 1})
    api.delete_repo(repo_id, repo_type=type)
