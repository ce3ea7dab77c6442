"""Asking a person before something is lost, in both eras; limits; dry runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from mcp.types import ElicitRequestFormParams, ElicitResult
from pydantic import Field

from hub_mcp.catalogue.answers import Done
from hub_mcp.catalogue.endpoint import ENDPOINTS, Endpoint, HttpResponse, delete
from hub_mcp.catalogue.repos import repository
from hub_mcp.catalogue.vocabulary import FullRepoId
from hub_mcp.server.gate import NOBODY_ASKED
from tests.server.gates import (
    ERAS,
    NOTHING,
    Answer,
    Asked,
    World,
    agreeing,
    declining,
    refused,
    said,
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
    assert (
        lines[0] == "Delete the model nimbus-labs/nowcast-base, with all its files, discussions and history?"
    )
    told = "\n".join(lines)
    for part in (
        "public",
        "downloads in 30 days",
        "likes",
        "last change",
        "files",
        "Spaces use it",
        "refers to it: ",
    ):
        assert part in told
    assert "This cannot be undone." in told
    assert lines[-1] == "To go ahead, type exactly: nimbus-labs/nowcast-base"
    assert len(told) < 900
    name = question.requested_schema["properties"]["name"]
    assert (name["type"], name["title"]) == ("string", "Type nimbus-labs/nowcast-base")


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
    async with world.client(era, answer) as client:
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
async def test_opening_to_more_people_asks_with_a_box_to_tick_and_closing_does_not_ask(
    world: World, era: str
) -> None:
    person = Asked()
    async with world.client(era, person) as client:
        opened = await client.call_tool("update_repo_settings", OPEN)
        closed = await client.call_tool("update_repo_settings", {**OPEN, "visibility": "private"})
    assert not opened.is_error
    assert not closed.is_error
    (question,) = person.questions
    assert "private → public, visible to everyone" in question.message
    assert question.requested_schema["properties"]["confirm"]["type"] == "boolean"
    assert world.outcomes() == ["asked", "done", "done"]


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

        @delete("/api/models/{repo_id}/leaderboard", destroys="the standing of {repo_id}", retype="repo_id")
        class DropStanding(Endpoint[Done]):
            """Drop a model from the leaderboard."""

            repo_id: FullRepoId = Field()

            def target(self) -> Endpoint[Done] | None:
                return repository("model", self.repo_id)

            def unwrap(self, response: HttpResponse) -> object:
                return None

        person = Asked()
        async with world.client(era, person) as client:
            await client.call_tool("drop_standing", {"repo_id": MINE})
        assert person.questions[0].message.startswith(f"Delete the standing of {MINE}?")
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
    import hub_mcp.server

    for name in ("gate", "changing", "consent", "asking", "plans", "limits", "used"):
        assert tool not in (Path(hub_mcp.server.__file__).parent / f"{name}.py").read_text(encoding="utf-8")


# ── nobody to ask ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("policy", ["deny", "elicit"])
async def test_without_a_form_deny_and_elicit_change_nothing(world: World, era: str, policy: str) -> None:
    async with world.client(era, confirm=policy) as client:
        for tool, arguments in (("delete_repo", DELETE), ("update_repo_settings", OPEN)):
            result = await client.call_tool(tool, arguments)
            assert refused(result)
            assert f"--confirm {policy}" in text_of(result)
            token = await client.call_tool(tool, {**arguments, "confirm_token": "v1.abc"})
            assert refused(token)
            assert "takes no confirm_token" in text_of(token)
    assert world.spy.changes == []


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("policy", ["plan", "deny", "elicit"])
async def test_with_a_form_every_policy_but_off_asks(world: World, era: str, policy: str) -> None:
    person = Asked()
    async with world.client(era, person, confirm=policy) as client:
        assert not (await client.call_tool("delete_repo", DELETE)).is_error
    assert len(person.questions) == 1
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_off_asks_nobody_and_says_so(world: World, era: str) -> None:
    person = Asked()
    async with world.client(era, person, confirm="off") as client:
        risky = await client.call_tool("delete_repo", DELETE)
        harmless = await client.call_tool("create_repo", {"repo_id": "ada/fresh", "type": "model"})
    assert person.questions == []
    assert NOBODY_ASKED in text_of(risky)
    assert NOBODY_ASKED not in text_of(harmless)
    assert [(entry.outcome, entry.why) for entry in world.entries()] == [("done", NOBODY_ASKED), ("done", "")]


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_writes_outside_the_namespaces_are_refused_before_anything_is_asked(
    world: World, era: str
) -> None:
    person = Asked()
    elsewhere = {"repo_id": "nimbus-labs/dialect-probe", "type": "model"}
    away = {"from_repo": MINE, "to_repo": "nimbus-labs/notes", "type": "model"}
    group = {"organization": "nimbus-labs", "name": "New", "users": [{"user": "eve", "role": "admin"}]}
    async with world.client(era, person, namespaces=("Ada",)) as client:
        for tool, arguments in (
            ("delete_repo", elsewhere),
            ("move_repo", away),
            ("create_resource_group", group),
            ("create_collection", {"title": "x", "namespace": "nimbus-labs"}),
            ("update_repo_settings", {**elsewhere, "discussions_disabled": True}),
        ):
            result = await client.call_tool(tool, arguments)
            assert refused(result), tool
            assert "--namespaces" in text_of(result)
        assert not (await client.call_tool("create_repo", {"repo_id": "fresh", "type": "model"})).is_error
        assert not (await client.call_tool("delete_repo", DELETE)).is_error
    assert len(person.questions) == 1
    assert len(world.spy.changes) == 2


@pytest.mark.asyncio
async def test_a_name_without_its_owner_counts_as_what_the_hub_makes_of_it(world: World) -> None:
    async with world.client("auto", agreeing, namespaces=("nimbus-labs",)) as client:
        assert refused(await client.call_tool("create_repo", {"repo_id": "fresh", "type": "model"}))
        assert refused(await client.call_tool("delete_repo", {"repo_id": "gpt2", "type": "model"}))
    assert world.spy.changes == []


@pytest.mark.asyncio
@pytest.mark.parametrize("read_only", [("all",), ("repos", "collections")])
async def test_read_only_areas_are_not_changed(world: World, read_only: tuple[str, ...]) -> None:
    """Their tools are not even offered; the gate holds them all the same, for whoever comes another way."""
    from hub_mcp.catalogue.repos import CreateRepo
    from hub_mcp.errors import Stopped
    from hub_mcp.server.plans import Nobody

    gate = world.gate(read_only=read_only)
    with pytest.raises(Stopped, match="--read-only"):
        await gate.run(CreateRepo(repo_id="ada/fresh", type="model"), world.hub(), Nobody("off"))
    assert world.spy.changes == []
    assert world.outcomes() == ["refused"]


@pytest.mark.asyncio
async def test_a_run_makes_no_more_writes_and_deletes_than_allowed(world: World) -> None:
    person = Asked()
    async with world.client("auto", person, max_writes=3, max_deletes=1) as client:
        made = [
            await client.call_tool("create_repo", {"repo_id": f"ada/n{n}", "type": "model"}) for n in range(2)
        ]
        first = await client.call_tool("delete_repo", {"repo_id": "ada/n0", "type": "model"})
        second = await client.call_tool("delete_repo", {"repo_id": "ada/n1", "type": "model"})
        more = await client.call_tool("create_repo", {"repo_id": "ada/n2", "type": "model"})
    assert [one.is_error for one in (*made, first)] == [False, False, False]
    assert refused(second)
    assert refused(more)
    assert len(person.questions) == 1  # who may not go on is not asked
    assert len(world.spy.changes) == 3


# ── rehearsing ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_dry_run_shows_the_exact_request_what_changes_and_what_would_be_asked(
    world: World, era: str
) -> None:
    person = Asked()
    async with world.client(era, person) as client:
        result = await client.call_tool("update_repo_settings", {**OPEN, "dry_run": True})
    assert said(result)["request"] == {
        "method": "PUT",
        "path": f"/api/models/{MINE}/settings",
        "body": {"visibility": "public"},
    }
    assert said(result)["changes"] == {"visibility": {"before": "private", "after": "public"}}
    assert "private → public" in said(result)["question"]
    assert NOTHING in text_of(result)
    assert "visibility: private → public" in text_of(result)
    assert (person.questions, world.spy.changes, world.outcomes()) == ([], [], [])


@pytest.mark.asyncio
@pytest.mark.parametrize("policy", ["plan", "off"])
async def test_a_server_that_only_rehearses_sends_no_change(world: World, policy: str) -> None:
    async with world.client("auto", agreeing, confirm=policy, dry_run=True) as client:
        create = await client.call_tool(
            "create_repo", {"repo_id": "ada/fresh", "type": "model", "dry_run": False}
        )
        gone = await client.call_tool("delete_repo", DELETE)
    assert said(create)["request"]["body"] == {"name": "fresh", "organization": "ada", "type": "model"}
    assert "question" not in said(create)
    assert said(gone)["question"].endswith(f"type exactly: {MINE}")
    assert world.spy.changes == []


def test_a_form_is_flat_and_of_plain_types() -> None:
    from hub_mcp.server.asking import form_for
    from hub_mcp.server.consent import Shown

    for retype in ("", "ada/x"):
        form = form_for(Shown("t", "a", "c", "i", "h", retype, "c", "n", "s", 1))
        assert ElicitRequestFormParams(message="?", requested_schema=form)
        assert form["required"] == list(form["properties"])
        assert {one["type"] for one in form["properties"].values()} <= {"string", "boolean"}
