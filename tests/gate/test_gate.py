"""Asking a person before something is lost, in both eras; limits; dry runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from mcp.types import ElicitResult
from pydantic import Field

import hub_mcp
from hub_mcp.catalogue.answers import Done
from hub_mcp.catalogue.change import Change, delete
from hub_mcp.catalogue.endpoint import ENDPOINTS, Endpoint
from hub_mcp.catalogue.fields.vocabulary import FullRepoId
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.repos.repository import Repository, repository
from tests.gate.gates import (
    ERAS,
    NOTHING,
    Answer,
    Asked,
    World,
    declining,
    refused,
    sent,
    text_of,
    typing,
)

MINE = "ada/notes-to-self"
DELETE = {"repo_id": MINE, "type": "model"}
OPEN = {"repo_id": MINE, "type": "model", "visibility": "public"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


# ── being asked ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_delete_asks_for_the_name_and_acts_once_when_it_is_typed(world: World, era: str) -> None:
    person = Asked()
    async with world.client(era, person) as client:
        result = await client.call_tool("delete_repo", DELETE)
    assert not result.is_error
    assert [sent(one) for one in world.spy.changes] == [
        ("DELETE", "/api/repos/delete", {"type": "model", "organization": "ada", "name": "notes-to-self"})
    ]
    assert len(person.questions) == 1
    assert world.outcomes() == ["asked", "done"]
    assert not await world.exists(MINE)


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_the_question_says_what_would_be_lost_who_depends_on_it_and_what_it_costs(
    world: World, era: str
) -> None:
    person = Asked(declining)
    async with world.client(era, person) as client:
        await client.call_tool("delete_repo", {"repo_id": "nimbus-labs/nowcast-base", "type": "model"})
    (question,) = person.questions
    lines = question.message.splitlines()
    repo = '"nimbus-labs/nowcast-base"'
    assert lines[0] == f"Delete the model {repo}, with all its files, discussions and history?"
    assert lines[1] == "This cannot be undone."
    told = "\n".join(lines)
    for part in (
        "public",
        "downloads in 30 days",
        "likes",
        "last change",
        "files",
        "1 Space uses it",
        "refers to it: ",
    ):
        assert part in told
    assert "This cannot be undone." in told
    assert lines[-1] == "To go ahead, type exactly: nimbus-labs/nowcast-base"
    assert len(told) < 900
    field = question.requested_schema["properties"]["name"]
    assert (field["type"], field["title"]) == ("string", "Type nimbus-labs/nowcast-base")


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    "answer",
    [
        declining,
        lambda params: ElicitResult(action="cancel"),
        lambda params: ElicitResult(action="accept"),
        lambda params: ElicitResult(action="accept", content={}),
        lambda params: ElicitResult(action="accept", content={"confirm": True}),
        lambda params: ElicitResult(action="decline", content={"name": MINE}),
        typing(""),
        typing("notes-to-self"),
        typing("Ada/notes-to-self"),
        typing(f" {MINE}"),
        typing(f"{MINE} "),
        typing(f"{MINE}\n"),
        typing(f"{MINE}\u200b"),
        typing(f'"{MINE}"'),
        typing("yes"),
    ],
)
async def test_anything_but_the_exact_name_changes_nothing(world: World, era: str, answer: Answer) -> None:
    async with world.client(era, answer, confirm="elicit") as client:
        result = await client.call_tool("delete_repo", DELETE)
    assert result.is_error
    assert refused(result)
    assert world.spy.changes == []
    assert world.outcomes() == ["asked", "refused"]


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("confirm", [False, "true", 1, None])
async def test_only_a_ticked_box_is_a_yes(world: World, era: str, confirm: bool | str | int | None) -> None:
    async with world.client(
        era, lambda params: ElicitResult(action="accept", content={"confirm": confirm})
    ) as client:
        result = await client.call_tool("update_repo_settings", OPEN)
    assert refused(result)
    assert world.spy.changes == []


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_opening_to_more_people_and_closing_somebody_out_ask_with_a_box_to_tick(
    world: World, era: str
) -> None:
    person = Asked()
    async with world.client(era, person) as client:
        opened = await client.call_tool("update_repo_settings", OPEN)
        closed = await client.call_tool("update_repo_settings", {**OPEN, "visibility": "private"})
    assert not opened.is_error
    assert not closed.is_error
    question, again = person.questions
    assert "private → public: everyone can see it" in question.message
    assert "public → private: only its owner and those let in can see it" in again.message
    assert question.requested_schema["properties"]["confirm"]["type"] == "boolean"
    assert world.outcomes() == ["asked", "done", "asked", "done"]


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_the_canonical_id_is_what_is_shown_typed_and_sent(world: World, era: str) -> None:
    person = Asked()
    async with world.client(era, person) as client:
        await client.call_tool(
            "delete_repo", {"repo_id": "https://huggingface.co/ADA/Notes-To-Self", "type": "model"}
        )
    assert person.questions[0].message.endswith("type exactly: ada/notes-to-self")
    assert sent(world.spy.changes[0])[2]["organization"] == "ada"


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_missing_target_is_an_error_and_nobody_is_asked(world: World, era: str) -> None:
    person = Asked()
    async with world.client(era, person) as client:
        result = await client.call_tool("delete_repo", {"repo_id": "ada/never-was", "type": "model"})
    assert result.is_error
    assert NOTHING in text_of(result)
    assert person.questions == []
    assert world.spy.changes == []


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_words_from_the_hub_in_a_question_are_cleaned(world: World, era: str) -> None:
    await world.other(
        "POST", "/api/collections", {"title": "Nice \u202eeman\u202c\u200b\ttitle", "namespace": "ada"}
    )
    (row,) = [
        one for one in await world.json("/api/collections?owner=ada&limit=100") if "Nice" in one["title"]
    ]
    person = Asked(declining)
    async with world.client(era, person) as client:
        await client.call_tool("delete_collection", {"slug": row["slug"]})
    assert not {"\u202e", "\u202c", "\u200b", "\t"} & set(person.questions[0].message)


@pytest.mark.asyncio
async def test_a_look_around_that_fails_is_left_out_of_the_question(world: World) -> None:
    person = Asked(declining)
    async with world.client("auto", person) as client:
        inner = world.spy.inner

        class WithoutCollections(type(inner)):  # type: ignore[misc]  # its base is only known here
            async def handle_async_request(self, request):  # type: ignore[no-untyped-def]  # as its base
                if request.url.path == "/api/collections":
                    request.url = request.url.copy_with(path="/api/nowhere")
                return await inner.handle_async_request(request)

        world.spy.inner = WithoutCollections(app=inner.app)
        await client.call_tool("delete_repo", {"repo_id": "nimbus-labs/nowcast-base", "type": "model"})
    assert "downloads" in person.questions[0].message
    assert "refers to it" not in person.questions[0].message


# ── the declaration alone ────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_new_endpoint_that_destroys_is_gated_without_a_line_in_the_gate(
    world: World, era: str
) -> None:
    try:

        @delete(
            "/api/models/{repo_id}/leaderboard",
            permission="repo.write",
            destroys="the standing of {repo_id}",
            retype="repo_id",
        )
        class DropStanding(Change[Repository, Done]):
            """Drop a model from the leaderboard."""

            repo_id: FullRepoId = Field()

            def target(self) -> Endpoint[Repository]:
                return repository("model", self.repo_id)

            def unwrap(self, response: HttpResponse) -> object:
                return None

        person = Asked()
        async with world.client(era, person) as client:
            await client.call_tool("drop_standing", {"repo_id": MINE})
        assert person.questions[0].message.startswith(f'Delete the standing of "{MINE}"?')
        assert [sent(one)[:2] for one in world.spy.changes] == [("DELETE", f"/api/models/{MINE}/leaderboard")]
        assert world.outcomes() == ["asked", "failed"]  # the local Hub has no such route
        world.spy.changes.clear()
        async with world.client(era, declining) as client:
            assert refused(await client.call_tool("drop_standing", {"repo_id": MINE}))
        async with world.client(era, confirm="deny") as client:
            assert refused(await client.call_tool("drop_standing", {"repo_id": MINE}))
        assert world.spy.changes == []
    finally:
        ENDPOINTS.pop("drop_standing", None)


@pytest.mark.parametrize("tool", sorted(name for name, one in ENDPOINTS.items() if one.line.destroys))
def test_no_file_of_the_gate_names_a_tool(tool: str) -> None:
    package = Path(hub_mcp.__file__).parent
    for path in (*(package / "gate").glob("*.py"), *(package / "server" / "confirm").glob("*.py")):
        assert tool not in path.read_text(encoding="utf-8"), path
