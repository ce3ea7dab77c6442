"""Text under a person's name is published if they agree, or if the operator allows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_mcp.catalogue import ENDPOINTS, Change
from hub_mcp.catalogue.discussions.discussions import Discussion
from hub_mcp.catalogue.discussions.moderation import MergePullRequest
from hub_mcp.catalogue.stakes import NOTHING_KNOWN, Impact
from hub_mcp.settings import ALLOWABLE
from tests.gate.gates import BASE, ERAS, EVE, Asked, World, agreeing, refused, sent, text_of
from tests.gate.test_effects import impacts, question_about
from tests.gate.ways import PUBLISHES, ways

FJORDS: dict[str, Any] = {"repo_id": "ada/fjord-names", "type": "model"}
RADARS: dict[str, Any] = {"repo_id": "nimbus-labs/nowcast-base", "type": "model"}
COMMIT = (
    {"key": "header", "value": {"summary": "More"}},
    {"key": "file", "value": {"path": "more.txt", "content": "More."}},
)
PUBLISHING = [one for one in ways() if one.effect is PUBLISHES]
WAYS = pytest.mark.parametrize("way", PUBLISHING, ids=str)
pytestmark = pytest.mark.asyncio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def word_of(tool: str) -> str:
    endpoint = ENDPOINTS[tool]
    assert issubclass(endpoint, Change)
    return endpoint.publishes


async def test_each_word_of_the_operators_is_of_something_and_each_publication_has_one() -> None:
    words = {one.publishes for one in ENDPOINTS.values() if issubclass(one, Change)} - {""}
    assert words == ALLOWABLE.keys()
    assert all(word_of(way.tool) for way in PUBLISHING)


@WAYS
@pytest.mark.parametrize("era", ERAS)
async def test_what_the_operator_allows_is_published_without_asking_and_answer_and_journal_say_so(
    world: World, way: Any, era: str
) -> None:
    person = Asked()
    async with world.client(era, person, allow=(word_of(way.tool),), confirm="deny") as client:
        answer = await client.call_tool(way.tool, way.arguments)
    if way.tool == "merge_pull_request":
        assert len(person.questions) == 1  # the merge itself asks, whatever may be said with it
        return
    assert not answer.is_error, text_of(answer)
    assert person.questions == []
    said = f"Nobody was asked: this server runs with --allow {word_of(way.tool)}."
    assert said in text_of(answer)
    assert world.entries()[-1].why == said


@WAYS
async def test_another_word_allows_nothing(world: World, way: Any) -> None:
    others = tuple(ALLOWABLE.keys() - {word_of(way.tool)})
    async with world.client(allow=others, confirm="deny") as client:
        assert refused(await client.call_tool(way.tool, way.arguments))
    assert world.spy.changes == []


async def test_a_question_shows_the_complete_text_and_who_can_read_it(world: World) -> None:
    words = "Dear Bob,\nthe list is CC0. [Look](https://evil.invalid)"
    asked = await question_about(world, "comment_discussion", {**FJORDS, "num": 1, "comment": words})
    assert "- everyone can read it, under your name" in asked
    assert "Dear Bob, ⏎ the list is CC0." in asked
    assert 'discussion 1 "A licence for the word list?"' in asked
    assert "](" not in asked


async def test_a_discussion_of_a_private_repository_is_read_by_those_who_see_it(world: World) -> None:
    private = {"repo_id": "ada/notes-to-self", "type": "model", "title": "To do", "description": "All of it."}
    assert "- those who can see it can read it" in await question_about(world, "create_discussion", private)


async def test_words_too_long_to_read_are_not_asked_about_but_pass_where_they_are_allowed(
    world: World,
) -> None:
    long = {**FJORDS, "num": 1, "comment": "words " * 1_000}
    async with world.client("auto", agreeing) as client:
        assert refused(await client.call_tool("comment_discussion", long))
    async with world.client("auto", agreeing, allow=("discussions.comment",)) as client:
        assert not (await client.call_tool("comment_discussion", long)).is_error


async def test_a_merge_names_the_files_it_changes_and_stops_where_the_proposal_changes_meanwhile(
    world: World,
) -> None:
    merge = {**RADARS, "num": 2}
    asked = await question_about(world, "merge_pull_request", merge)
    assert '- it changes 1 file: "README.md +4 −0"' in asked
    assert "there is no undo" in asked

    async def meanwhile(params: Any) -> Any:
        async with httpx.AsyncClient(transport=world.spy.inner, base_url=BASE) as client:
            added = await client.post(
                f"/api/models/{RADARS['repo_id']}/commit/refs%2Fpr%2F2",
                content="\n".join(map(json.dumps, COMMIT)),
                headers={"Authorization": f"Bearer {EVE}", "Content-Type": "application/x-ndjson"},
            )
            assert added.is_success, added.text
        return agreeing(params)

    async with world.client("auto", meanwhile) as client:
        answer = await client.call_tool("merge_pull_request", merge)
    assert refused(answer)
    assert "What the call would do has changed since" in text_of(answer)
    assert world.spy.changes == []


async def test_a_merge_into_a_space_runs_what_it_proposes(world: World) -> None:
    space = {"repo_id": "nimbus-labs/will-it-rain", "type": "space", "num": 1}
    assert Impact.RUNS in await impacts(world, "merge_pull_request", space)


@pytest.mark.parametrize(
    ("changes", "runs"),
    [
        ({"base": "refs/heads/main"}, True),
        ({"base": "refs/heads/side"}, False),
        ({"base": "refs/heads/refs/heads/main"}, True),
        ({"base": "heads/main"}, True),
        ({"base": "Main"}, True),
        ({"base": "HEAD"}, True),
        ({"base": "8f2b7c1d"}, True),
        ({"base": 3}, True),
        (None, True),
    ],
)
async def test_a_merge_says_into_which_branch_and_only_main_of_a_space_runs(changes: Any, runs: bool) -> None:
    merge = MergePullRequest(repo_id="nimbus-labs/will-it-rain", type="space", num=1)
    before = Discussion.of({"num": 1, "isPullRequest": True, "changes": changes})
    impacts = {one.impact for one in merge.consequences(before, NOTHING_KNOWN)}
    assert (Impact.RUNS in impacts) is runs
    side = changes == {"base": "refs/heads/side"}
    assert ('into "side"?' in merge.headline(before)) is side


async def test_what_can_be_set_back_is_done_at_once_and_is_taken_back_by_the_journal(world: World) -> None:
    async with world.client(confirm="deny") as client:
        for tool, more in (
            ("set_discussion_status", {"status": "closed"}),
            ("rename_discussion", {"title": "Another one"}),
            ("pin_discussion", {"pinned": True}),
        ):
            assert not (await client.call_tool(tool, {**FJORDS, "num": 1, **more})).is_error
    undone = [entry.undo for entry in world.entries() if entry.outcome == "done"]
    assert [(one.tool, one.arguments) for one in undone if one] == [
        ("set_discussion_status", {**FJORDS, "num": 1, "status": "open"}),
        ("rename_discussion", {**FJORDS, "num": 1, "title": "A licence for the word list?"}),
        ("pin_discussion", {**FJORDS, "num": 1, "pinned": False}),
    ]
    assert [sent(one)[2] for one in world.spy.changes] == [
        {"status": "closed"},
        {"title": "Another one"},
        {"pinned": True},
    ]


async def test_a_missing_comment_is_reported_before_anything_is_sent(world: World) -> None:
    other = {**FJORDS, "num": 1, "comment_id": "0123456789abcdef01234567"}
    async with world.client("auto", agreeing) as client:
        for tool, more in (("edit_comment", {"content": "x"}), ("hide_comment", {})):
            assert "has no comment" in text_of(await client.call_tool(tool, {**other, **more}))
    assert world.spy.changes == []
