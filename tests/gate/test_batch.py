"""Many changes with one approval: `change_many` can do nothing that a single call could not do."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, ElicitRequestFormParams, ElicitResult

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.gate.batch import MOST
from tests.gate.gates import ADA, ERAS, EVE, Asked, World, agreeing, declining, refused, said, text_of
from tests.gate.test_effects import values_in
from tests.gate.ways import ways
from tests.thoroughly import a_quarter, every_nth

MANY = "change_many"
NAMES = ("ada/untitled", "ada/rain-sketch-2", "ada/rain-sketch-3")
NEW = [{"tool": "create_repo", "arguments": {"repo_id": name, "type": "model"}} for name in NAMES[1:]]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def deletion(name: str) -> dict[str, Any]:
    return {"tool": "delete_repo", "arguments": {"repo_id": name, "type": "model"}}


async def make_two(world: World) -> list[dict[str, Any]]:
    """Two models to delete, and the calls that do."""
    async with world.client() as client:
        assert not (await client.call_tool(MANY, {"calls": NEW})).is_error
    world.spy.changes.clear()
    (world.place / "journal.jsonl").unlink()
    return [deletion(name) for name in NAMES[1:]]


# ── it asks as each of its calls would ───────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize("way", every_nth(range(len(ways())), 0))
async def test_no_way_to_an_effect_is_open_to_a_batch_where_nobody_can_be_asked(
    world: World, way: int
) -> None:
    one = ways()[way]
    calls = [*NEW[:1], {"tool": one.tool, "arguments": one.arguments}]
    async with world.client(confirm="deny") as client:
        assert refused(await client.call_tool(MANY, {"calls": calls}))
    assert world.spy.changes == []


@pytest.mark.asyncio
@pytest.mark.parametrize("way", every_nth(range(len(ways())), 1))
async def test_the_question_shows_every_argument_of_every_call(world: World, way: int) -> None:
    one = ways()[way]
    person = Asked(declining)
    calls = [*NEW[:1], {"tool": one.tool, "arguments": one.arguments}]
    async with world.client("auto", person) as client:
        assert refused(await client.call_tool(MANY, {"calls": calls}))
    (asked,) = person.questions
    for value in (*values_in(one.arguments), NAMES[1]):
        assert value in asked.message
    lines = asked.message.split("\n")
    assert lines[0].endswith("?")
    assert lines[1]
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_what_needs_no_yes_alone_needs_none_together(world: World) -> None:
    async with world.client(confirm="deny") as client:
        result = await client.call_tool(MANY, {"calls": NEW})
    assert "2 of 2 changes made." in text_of(result)
    assert await world.exists(NAMES[1])
    assert world.outcomes() == ["done", "done"]


# ── one yes ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_person_is_asked_once_and_every_call_is_made_reported_and_journaled(
    world: World, era: str
) -> None:
    calls = await make_two(world)
    person = Asked()
    async with world.client(era, person) as client:
        result = await client.call_tool(MANY, {"calls": calls})
    (asked,) = person.questions
    assert all(f'"{name}"' in asked.message for name in NAMES[1:])
    assert "2 of them destroy what cannot be brought back." in asked.message
    assert "Confirmed by a person in a form." in text_of(result)
    assert [one["n"] for one in said(result)["calls"]] == [1, 2]
    assert not await world.exists(NAMES[1])
    assert not await world.exists(NAMES[2])
    assert sorted(world.outcomes()) == ["asked", "asked", "done", "done"]
    runs = {entry.change.partition("-")[0] for entry in world.entries() if entry.outcome == "done"}
    assert len(runs) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_no_is_a_no_to_all(world: World, era: str) -> None:
    calls = await make_two(world)
    async with world.client(era, declining) as client:
        assert refused(await client.call_tool(MANY, {"calls": calls}))
    assert world.spy.changes == []
    assert sorted(world.outcomes()) == ["asked", "asked", "refused", "refused"]


@pytest.mark.asyncio
async def test_a_plan_works_once_for_these_calls_in_this_order_and_for_nobody_else(world: World) -> None:
    await make_two(world)
    change = {"gated": "manual", "type": "model"}
    calls = [{"tool": "update_repo_settings", "arguments": {"repo_id": name, **change}} for name in NAMES[1:]]
    async with world.client() as client, world.client(token=EVE) as other:
        token = said(await client.call_tool(MANY, {"calls": calls}))["confirm_token"]
        for altered in ([*reversed(calls)], calls[:1], [*calls, deletion(NAMES[0])]):
            assert refused(await client.call_tool(MANY, {"calls": altered, "confirm_token": token}))
        first = {**calls[0]["arguments"], "confirm_token": token}
        assert refused(await client.call_tool("update_repo_settings", first))
        assert refused(await other.call_tool(MANY, {"calls": calls, "confirm_token": token}))
        assert world.spy.changes == []
        done = await client.call_tool(MANY, {"calls": calls, "confirm_token": token})
        assert "2 of 2 changes made." in text_of(done)
        assert refused(await client.call_tool(MANY, {"calls": calls, "confirm_token": token}))
    assert len(world.spy.changes) == 2


MANY_NAMES = [f"ada/one-of-forty-{n}" for n in range(40)]
FORTY = {
    "moves": [
        ("move_repo", {"from_repo": name, "to_repo": f"{name}-moved", "type": "model"}) for name in MANY_NAMES
    ],
    "gating": [
        ("update_repo_settings", {"repo_id": name, "type": "model", "gated": "manual"}) for name in MANY_NAMES
    ],
}


def approve_in_terminal(world: World, plan: CallToolResult) -> None:
    """What a person does where the plan says that a name must be typed."""
    if named := re.search(r" approve (\S+)", said(plan).get("approve", "")):
        waiting = world.approvals.find(named[1])
        assert waiting
        world.approvals.approve(waiting)


async def as_they_are(world: World) -> list[tuple[str, object]]:
    """The forty by the names they have, and how each is gated."""
    rows = await world.json("/api/models?author=ada&search=one-of-forty&limit=100&expand=gated")
    return sorted((one["id"], one.get("gated")) for one in rows)


@pytest.mark.asyncio
@pytest.mark.parametrize("what", ["moves", pytest.param("gating", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("era", "form"), a_quarter([(era, form) for form in (True, False) for era in ("auto", "legacy")])
)
async def test_forty_are_changed_with_one_question_and_taken_back_together(
    world: World, era: str, form: bool, what: str
) -> None:
    calls = [{"tool": tool, "arguments": arguments} for tool, arguments in FORTY[what]]
    new = [{"tool": "create_repo", "arguments": {"repo_id": one, "type": "model"}} for one in MANY_NAMES]
    person = Asked()
    async with world.client(era, person if form else None, confirm="auto" if form else "plan") as client:
        assert not (await client.call_tool(MANY, {"calls": new})).is_error
        before = await as_they_are(world)
        (world.place / "journal.jsonl").unlink()
        result = await client.call_tool(MANY, {"calls": calls})
        if form:
            (question,) = (one.message for one in person.questions)
        else:
            question, token = text_of(result), said(result)["confirm_token"]
            assert await as_they_are(world) == before
            approve_in_terminal(world, result)  # moves are agreed to by typing
            result = await client.call_tool(MANY, {"calls": calls, "confirm_token": token})
        assert all(f'"{name}"' in question for name in MANY_NAMES)
        assert "40 of 40 changes made." in text_of(result)
        assert len([one for one in await as_they_are(world) if one not in before]) == 40
        back = [entry.undo for entry in reversed(world.entries()) if entry.outcome == "done" and entry.undo]
        undone = [{"tool": one.tool, "arguments": dict(one.arguments)} for one in back]
        result = await client.call_tool(MANY, {"calls": undone})
        if not form and "confirm_token" in said(result):
            token = said(result)["confirm_token"]
            approve_in_terminal(world, result)
            result = await client.call_tool(MANY, {"calls": undone, "confirm_token": token})
    assert "40 of 40 changes made." in text_of(result)
    assert await as_they_are(world) == before


# ── each is looked at again ──────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_what_changed_while_the_person_read_is_not_done(world: World, era: str) -> None:
    calls = await make_two(world)

    async def slow(params: ElicitRequestFormParams) -> ElicitResult:
        await world.other("PUT", f"/api/models/{NAMES[2]}/settings", {"private": True})
        return agreeing(params)

    async with world.client(era, slow) as client:
        result = await client.call_tool(MANY, {"calls": calls, "on_error": "continue"})
    assert "has changed since they were asked" in text_of(result) or refused(result)
    assert await world.exists(NAMES[2])


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_change_by_somebody_else_is_not_taken_for_one_by_an_earlier_call(
    world: World, era: str
) -> None:
    def commit(**file: str) -> dict[str, Any]:
        return {"tool": "commit", "arguments": {**notes, "summary": "s", "files": [file]}}

    async def other_words(params: ElicitRequestFormParams) -> ElicitResult:
        before = await world.json("/api/models/ada/notes-to-self/tree/main")
        size = next(one["size"] for one in before if one["path"] == "README.md")
        lines = ({"key": "header", "value": {"summary": "s"}}, {"key": "file", "value": {
            "path": "README.md", "content": "n" * size}})  # fmt: skip
        async with httpx.AsyncClient(transport=world.spy.inner, base_url="http://hub.test") as client:
            answer = await client.post(
                "/api/models/ada/notes-to-self/commit/main",
                content="\n".join(json.dumps(one) for one in lines),
                headers={"Authorization": f"Bearer {ADA}", "Content-Type": "application/x-ndjson"},
            )
        assert answer.is_success, answer.text
        return agreeing(params)

    notes = {"repo_id": "ada/notes-to-self", "type": "model"}
    calls = [commit(path="new.txt", content="x"), commit(path="README.md", content="mine")]
    async with world.client(era, other_words) as client:
        assert refused(await client.call_tool(MANY, {"calls": calls}))
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_a_call_without_a_target_is_held_to_what_was_shown_whatever_was_made_before(
    world: World,
) -> None:
    way = next(one for one in ways() if (one.tool, one.argument) == ("create_resource_group", "repos.name"))
    moved = way.arguments["repos"][0]

    async def slow(params: ElicitRequestFormParams) -> ElicitResult:
        await world.other("PUT", f"/api/{moved['type']}s/{moved['name']}/settings", {"gated": "manual"})
        return agreeing(params)

    calls = [*NEW[:1], {"tool": way.tool, "arguments": way.arguments}]
    async with world.client("legacy", slow) as client:
        result = await client.call_tool(MANY, {"calls": calls})
    assert "1 of 2 changes made." in text_of(result)
    assert "has changed since they were asked" in text_of(result)


def failing_once(world: World, name: str) -> None:
    """The Hub fails the change of one repository."""

    async def before(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(409, json={"error": "not now"}) if name.encode() in request.content else None

    world.spy.before = before


@pytest.mark.asyncio
@pytest.mark.parametrize(("on_error", "made"), [("stop", 1), ("continue", 2)])
async def test_a_failure_ends_the_rest_or_not_and_what_was_not_reached_is_taken_up(
    world: World, on_error: str, made: int
) -> None:
    names = ["ada/first-of-many", "ada/second-of-many", "ada/third-of-many"]
    calls = [{"tool": "create_repo", "arguments": {"repo_id": name, "type": "model"}} for name in names]
    failing_once(world, "second-of-many")
    async with world.client() as client:
        result = await client.call_tool(MANY, {"calls": calls, "on_error": on_error})
        told = text_of(result)
        assert f"{made} of 3 changes made." in told
        assert "\n2. Not made. " in told
        assert ("start_at 3" in told) == (on_error == "stop")
        assert await world.exists(names[2]) == (on_error == "continue")
        if on_error == "stop":
            rest = await client.call_tool(MANY, {"calls": calls, "start_at": 3})
            assert "\n3. " in text_of(rest)
            assert await world.exists(names[2])
    assert [entry.outcome for entry in world.entries()] == ["done", "failed", "done"]


# ── what it refuses, before anything is sent ─────────────────────────────────────────────────────────

WRONG: dict[str, dict[str, Any]] = {
    "no calls": {},
    "none": {"calls": []},
    "too many": {"calls": NEW[:1] * (MOST + 1)},
    "itself": {"calls": [*NEW, {"tool": MANY, "arguments": {"calls": NEW}}]},
    "itself as an operation": {
        "calls": [{"tool": "change_operation", "arguments": {"operation": MANY, "arguments": {"calls": NEW}}}]
    },
    "a reading tool": {"calls": [*NEW, {"tool": "get_model", "arguments": {"repo_id": NAMES[0]}}]},
    "no tool of that name": {"calls": [*NEW, {"tool": "drop_everything", "arguments": {}}]},
    "a wrong argument": {"calls": [*NEW, {"tool": "delete_repo", "arguments": {"repo_id": NAMES[0]}}]},
    "a token of its own": {
        "calls": [
            {"tool": "delete_repo", "arguments": {**deletion("a/b")["arguments"], "confirm_token": "x"}}
        ]
    },
    "no object": {"calls": ["delete_repo"]},
    "beyond the end": {"calls": NEW, "start_at": 3},
    "another word": {"calls": NEW, "on_error": "retry"},
    "an argument it has not": {"calls": NEW, "force": True},
}


@pytest.mark.asyncio
@pytest.mark.parametrize("what", WRONG)
async def test_a_batch_that_is_wrong_anywhere_changes_nothing(world: World, what: str) -> None:
    async with world.client("auto", agreeing) as client:
        result = await client.call_tool(MANY, WRONG[what])
    assert result.is_error
    assert "Nothing was changed." in text_of(result)
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_a_call_that_cannot_be_made_is_named_before_any_is(world: World) -> None:
    async with world.client("auto", agreeing) as client:
        result = await client.call_tool(MANY, {"calls": [*NEW, deletion("ada/never-was")]})
    assert "Call 3 of 3, delete_repo:" in text_of(result)
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_a_question_nobody_would_read_is_refused_with_how_many_fit(world: World) -> None:
    calls = [
        {
            "tool": "move_repo",
            "arguments": {"from_repo": NAMES[0], "to_repo": f"ada/{n:090d}", "type": "model"},
        }
        for n in range(200)
    ]
    async with world.client("auto", agreeing) as client:
        result = await client.call_tool(MANY, {"calls": calls})
    assert "of these calls fit into one question" in text_of(result)
    assert world.spy.changes == []


LIMITS: dict[str, dict[str, Any]] = {
    "read only": {"read_only": ("all",)},
    "dry run": {"dry_run": True},
    "namespaces": {"namespaces": ("nobody",)},
    "excluded": {"exclude_tools": ("delete_repo",)},
    "excluded itself": {"exclude_tools": (MANY,)},
}


@pytest.mark.asyncio
@pytest.mark.parametrize("limit", LIMITS)
async def test_the_operators_limits_hold_for_many_as_for_one(world: World, limit: str) -> None:
    calls = await make_two(world)
    async with world.client("auto", agreeing, **LIMITS[limit]) as client:
        with contextlib.suppress(MCPError):  # it is not offered
            await client.call_tool(MANY, {"calls": calls})
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_more_deletions_than_are_left_stop_all_of_it_before_anybody_is_asked(world: World) -> None:
    calls = await make_two(world)
    person = Asked()
    async with world.client("auto", person, max_deletes=1) as client:
        told = text_of(await client.call_tool(MANY, {"calls": calls, "on_error": "continue"}))
        assert "2 are deletions; --max-deletes leaves 1 of 1" in told
        assert not (await client.call_tool(MANY, {"calls": calls[:1]})).is_error
    assert len(person.questions) == len(world.spy.changes) == 1


@pytest.mark.asyncio
async def test_a_dry_run_shows_each_request_and_the_question(world: World) -> None:
    calls = await make_two(world)
    person = Asked()
    async with world.client("auto", person) as client:
        told = text_of(await client.call_tool(MANY, {"calls": json.dumps(calls), "dry_run": "true"}))
    assert "1. DELETE" in told
    assert "2. DELETE" in told
    assert "A person would be asked:" in told
    assert person.questions == []
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_operations_can_be_among_the_calls(world: World) -> None:
    calls = [
        {
            "tool": "change_operation",
            "arguments": {"operation": "create_repo", "arguments": NEW[0]["arguments"]},
        }
    ]
    async with world.client() as client:
        assert "1 of 1 changes made." in text_of(await client.call_tool(MANY, {"calls": calls}))
    assert await world.exists(NAMES[1])


def test_no_endpoint_is_called_like_it() -> None:
    assert MANY not in ENDPOINTS
