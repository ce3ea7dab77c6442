"""`huggingface_hub` unchanged as judge of discussions and pull requests."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import httpx
import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.community import (
    DiscussionComment,
    DiscussionCommit,
    DiscussionStatusChange,
    DiscussionTitleChange,
)
from huggingface_hub.errors import BadRequestError, HfHubHTTPError

from tests.waiting import PATIENCE

from .official import Told, api, by_lfs, eve, fresh, told

__all__ = ["api", "by_lfs", "eve", "fresh", "told"]


def test_a_discussion_is_opened_answered_edited_and_closed(api: HfApi, eve: HfApi, fresh: str) -> None:
    opened = eve.create_discussion(fresh, "Which licence?", description="It is *not* in the card.")
    assert (opened.num, opened.author, opened.status, opened.is_pull_request) == (1, "eve", "open", False)
    said = api.comment_discussion(fresh, 1, "MIT <b>of course</b>.")
    assert (said.author, said.content, said.edited) == ("ada", "MIT <b>of course</b>.", False)
    assert "<b>" not in said.rendered
    edited = api.edit_discussion_comment(fresh, 1, said.id, "MIT.")
    assert (edited.content, edited.edited, edited.number_of_edits) == ("MIT.", True, 1)
    with pytest.raises(HfHubHTTPError, match="Only the author"):
        eve.edit_discussion_comment(fresh, 1, said.id, "Mine now.")
    renamed = eve.rename_discussion(fresh, 1, "Which licence is it?")
    assert (renamed.old_title, renamed.new_title) == ("Which licence?", "Which licence is it?")
    closed = api.change_discussion_status(fresh, 1, "closed", comment="Done.")
    assert closed.new_status == "closed"
    with pytest.raises(BadRequestError, match="closed already"):
        api.change_discussion_status(fresh, 1, "closed")
    hidden = api.hide_discussion_comment(fresh, 1, said.id)
    assert (hidden.hidden, hidden.content) == (True, "This comment has been hidden")
    with pytest.raises(BadRequestError, match="hidden"):
        api.edit_discussion_comment(fresh, 1, said.id, "Back.")
    events = api.get_discussion_details(fresh, 1).events
    assert [type(event) for event in events] == [
        DiscussionComment, DiscussionComment, DiscussionTitleChange,
        DiscussionComment, DiscussionStatusChange,
    ]  # fmt: skip
    assert [event.author for event in events] == ["eve", "ada", "eve", "ada", "ada"]


def test_a_commit_opens_a_pull_request_that_is_merged(api: HfApi, eve: HfApi, fresh: str) -> None:
    api.upload_file(path_or_fileobj=b"# A\n\nold line\n", path_in_repo="notes.md", repo_id=fresh)
    before = api.model_info(fresh).sha
    made = eve.create_commit(
        fresh,
        [CommitOperationAdd("notes.md", b"# A\n\nnew line\n"), CommitOperationAdd("w.bin", bytes(3000))],
        commit_message="Say it better", commit_description="Please.", create_pr=True,
    )  # fmt: skip
    assert (made.pr_num, made.pr_revision) == (1, "refs/pr/1")
    assert api.model_info(fresh).sha == before  # a pull request changes nothing yet
    asked = api.get_discussion_details(fresh, 1)
    assert (asked.title, asked.author, asked.status, asked.git_reference) == (
        "Say it better", "eve", "open", "refs/pr/1",
    )  # fmt: skip
    assert (asked.target_branch, asked.conflicting_files, asked.merge_commit_oid) == (
        "refs/heads/main",
        [],
        None,
    )
    assert asked.diff is not None
    assert "-old line\n+new line\n" in asked.diff
    assert "diff --git a/w.bin b/w.bin\nnew file mode 100644\n" in asked.diff
    commits = [event for event in asked.events if isinstance(event, DiscussionCommit)]
    assert [(event.oid, event.summary) for event in commits] == [(made.oid, "Say it better")]
    more = eve.upload_file(
        path_or_fileobj=b"more\n", path_in_repo="more.txt", repo_id=fresh, revision="refs/pr/1"
    )
    refs = api.list_repo_refs(fresh, include_pull_requests=True).pull_requests
    assert refs is not None
    assert [(ref.ref, ref.target_commit) for ref in refs] == [("refs/pr/1", more.oid)]
    assert api.file_exists(fresh, "more.txt", revision="refs/pr/1")
    with pytest.raises(HfHubHTTPError, match="rights"):
        eve.merge_pull_request(fresh, 1)
    api.upload_file(path_or_fileobj=b"beside\n", path_in_repo="beside.txt", repo_id=fresh)
    api.merge_pull_request(fresh, 1, comment="Thanks")
    merged = api.get_discussion_details(fresh, 1)
    assert (merged.status, merged.merge_commit_oid) == ("merged", api.model_info(fresh).sha)
    assert {"notes.md", "w.bin", "more.txt", "beside.txt"} < {*api.list_repo_files(fresh)}
    assert api.list_repo_commits(fresh)[0].title == "Say it better (#1)"
    with pytest.raises(BadRequestError):
        api.merge_pull_request(fresh, 1)
    with pytest.raises(HfHubHTTPError, match="closed"):
        eve.upload_file(path_or_fileobj=b"2\n", path_in_repo="a.txt", repo_id=fresh, revision="refs/pr/1")


def test_a_pull_request_that_conflicts_is_not_merged(api: HfApi, eve: HfApi, fresh: str) -> None:
    api.upload_file(path_or_fileobj=b"1\n", path_in_repo="a.txt", repo_id=fresh)
    eve.upload_file(path_or_fileobj=b"2\n", path_in_repo="a.txt", repo_id=fresh, create_pr=True)
    head = api.upload_file(path_or_fileobj=b"3\n", path_in_repo="a.txt", repo_id=fresh).oid
    assert api.get_discussion_details(fresh, 1).conflicting_files == ["a.txt"]
    with pytest.raises(HfHubHTTPError, match="conflicts"):
        api.merge_pull_request(fresh, 1)
    assert (api.model_info(fresh).sha, api.get_discussion_details(fresh, 1).status) == (head, "open")


def test_an_empty_pull_request_is_a_draft_until_it_is_opened(api: HfApi, fresh: str) -> None:
    draft = api.create_pull_request(fresh, "To be filled")
    assert (draft.status, draft.diff) == ("draft", "")
    with pytest.raises(BadRequestError, match="draft"):
        api.merge_pull_request(fresh, draft.num)
    api.create_commit(
        fresh, [CommitOperationAdd("a.txt", b"1\n")], commit_message="One", revision="refs/pr/1"
    )
    api.change_discussion_status(fresh, 1, "open")
    api.merge_pull_request(fresh, 1)
    assert api.file_exists(fresh, "a.txt")


def test_a_pull_request_starts_from_the_parent_it_names(api: HfApi, eve: HfApi, fresh: str) -> None:
    old = api.upload_file(path_or_fileobj=b"1\n", path_in_repo="a.txt", repo_id=fresh).oid
    api.upload_file(path_or_fileobj=b"b\n", path_in_repo="b.txt", repo_id=fresh)
    made = eve.create_commit(
        fresh, [CommitOperationDelete("a.txt")], commit_message="Away", create_pr=True, parent_commit=old
    )
    assert "b.txt" not in api.list_repo_files(fresh, revision="refs/pr/1")
    assert [commit.commit_id for commit in api.list_repo_commits(fresh, revision="refs/pr/1")][:2] == [
        made.oid,
        old,
    ]
    api.merge_pull_request(fresh, 1)
    assert {"a.txt", "b.txt"} & {*api.list_repo_files(fresh)} == {"b.txt"}


def test_discussions_are_listed_by_type_status_and_author(api: HfApi, eve: HfApi) -> None:
    everything = list(api.get_repo_discussions("openai-community/gpt2"))
    assert (len(everything), len({found.num for found in everything})) == (63, 63)
    closed = list(api.get_repo_discussions("openai-community/gpt2", discussion_status="closed"))
    assert 0 < len(closed) < 63
    assert {found.status for found in closed} == {"closed"}
    one = everything[0]
    assert {found.author for found in api.get_repo_discussions(one.repo_id, author=one.author)} == {
        one.author
    }
    asked = list(api.get_repo_discussions("nimbus-labs/nowcast-base", discussion_type="pull_request"))
    assert [(found.num, found.title) for found in asked] == [(2, "Name the radars in the card")]
    pinned = next(iter(api.get_repo_discussions("nimbus-labs/nowcast-base")))
    assert pinned.title == "Which radars was it trained on?"
    details = api.get_discussion_details("nimbus-labs/nowcast-base", 2)
    assert "+## Radars" in str(details.diff)


def test_discussions_can_be_disabled(api: HfApi, eve: HfApi, fresh: str) -> None:
    for act in (
        lambda: eve.create_discussion(fresh, "Hello there"),
        lambda: eve.upload_file(path_or_fileobj=b"1\n", path_in_repo="a.txt", repo_id=fresh, create_pr=True),
    ):
        act()
    url = f"{api.endpoint}/api/models/{fresh}/settings"
    answer = httpx.put(
        url,
        json={"discussionsDisabled": True},
        headers={"Authorization": f"Bearer {api.token}"},
        timeout=PATIENCE,
    )
    assert answer.status_code == 200
    with pytest.raises(HfHubHTTPError, match="disabled"):
        eve.create_discussion(fresh, "Hello again")
    with pytest.raises(HfHubHTTPError, match="disabled"):
        eve.upload_file(path_or_fileobj=b"2\n", path_in_repo="b.txt", repo_id=fresh, create_pr=True)


def test_a_picture_is_attached_to_a_discussion_and_everybody_sees_it(
    api: HfApi, fresh: str, tmp_path: Path, told: Told
) -> None:
    picture = tmp_path / "before.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    url = api.upload_attachment(picture)
    opened = api.create_discussion(fresh, "Rendering", description=f"![before]({url})")
    answer = httpx.get(url, timeout=PATIENCE, trust_env=False)
    assert (answer.content, answer.headers["content-type"]) == (picture.read_bytes(), "image/png")
    comment = opened.events[0]
    assert isinstance(comment, DiscussionComment)
    assert url in comment.content
    by_tool = told("upload_attachment", {"content": base64.b64encode(picture.read_bytes()).decode()})
    found = re.search(r"http://\S+/uploads/[0-9a-f]{24}\.png", by_tool)
    assert found
    assert httpx.get(found[0], timeout=PATIENCE, trust_env=False).content == picture.read_bytes()
    told("comment_discussion", {"repo_id": fresh, "type": "model", "num": 1, "comment": f"![]({found[0]})"})


@pytest.mark.parametrize(
    ("kind", "body", "status"), [("image/svg+xml", b"<svg/>", 415), ("image/png", b"", 400)]
)
def test_what_is_no_picture_is_not_attached(hub_url: str, kind: str, body: bytes, status: int) -> None:
    headers = {"Content-Type": kind}
    answer = httpx.post(
        f"{hub_url}/uploads", content=body, headers=headers, timeout=PATIENCE, trust_env=False
    )
    assert answer.status_code == status


def test_a_pull_request_against_a_branch_is_merged_into_it(api: HfApi, fresh: str) -> None:
    api.create_branch(fresh, branch="side")
    opened = api.create_commit(
        fresh,
        [CommitOperationAdd("notes.md", b"from the side")],
        commit_message="Notes",
        revision="side",
        create_pr=True,
    )
    assert opened.pr_num is not None
    assert api.get_discussion_details(fresh, opened.pr_num).target_branch == "refs/heads/side"
    api.merge_pull_request(fresh, opened.pr_num)
    assert api.file_exists(fresh, "notes.md", revision="side")
    assert not api.file_exists(fresh, "notes.md")


def test_a_pull_request_whose_branch_is_gone_is_not_merged(api: HfApi, fresh: str) -> None:
    api.create_branch(fresh, branch="side")
    files = [CommitOperationAdd("notes.md", b"from the side")]
    opened = api.create_commit(fresh, files, commit_message="Notes", revision="side", create_pr=True)
    assert opened.pr_num is not None
    api.delete_branch(fresh, branch="side")
    assert not api.get_discussion_details(fresh, opened.pr_num).conflicting_files
    with pytest.raises(HfHubHTTPError, match="Invalid rev id: refs/heads/side"):
        api.merge_pull_request(fresh, opened.pr_num)
