"""Clients that declare forms but answer by themselves: neither a yes nor a no comes from a person."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_REQUEST, METHOD_NOT_FOUND, ElicitRequestFormParams, ElicitResult

import hub_mcp
from hub_mcp import errors
from hub_mcp.errors import HubError
from tests.gate.gates import ERAS, NOTHING, Answer, AtOnce, World, declining, refused, said, text_of

MINE = "ada/notes-to-self"
DELETE = {"repo_id": MINE, "type": "model"}
OPEN = {"repo_id": MINE, "type": "model", "visibility": "public"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def failing(code: int) -> Answer:
    def fails(params: ElicitRequestFormParams) -> ElicitResult:
        raise MCPError(code, "no forms here")

    return fails


HEADLESS: dict[str, Answer] = {
    "declines at once": AtOnce(declining),
    "cancels at once": AtOnce(lambda params: ElicitResult(action="cancel")),
    "accepts with nothing": lambda params: ElicitResult(action="accept"),
    "accepts with nothing in it": lambda params: ElicitResult(action="accept", content={}),
    "knows no such request": failing(METHOD_NOT_FOUND),
    "calls it invalid": failing(INVALID_REQUEST),
}
BOTH = [
    (name, era)
    for name in HEADLESS
    for era in ERAS
    if era == "legacy" or not name.startswith(("knows", "calls"))
]  # a modern client has no error to answer with: it does not call again


@pytest.mark.asyncio
@pytest.mark.parametrize(("name", "era"), BOTH)
async def test_a_client_that_answers_by_itself_gets_a_plan(world: World, name: str, era: str) -> None:
    async with world.client(era, HEADLESS[name]) as client:
        planned = await client.call_tool("update_repo_settings", OPEN)
        assert not planned.is_error
        assert text_of(planned).startswith(f"{NOTHING} The client ")
        assert "may not have shown" in text_of(planned)
        assert "The person said no" not in text_of(planned)
        assert world.spy.changes == []
        done = await client.call_tool(
            "update_repo_settings", {**OPEN, "confirm_token": said(planned)["confirm_token"]}
        )
        assert not done.is_error
        waits = await client.call_tool("delete_repo", DELETE)
        assert " approve " in said(waits)["approve"]
        early = await client.call_tool(
            "delete_repo", {**DELETE, "confirm_token": said(waits)["confirm_token"]}
        )
        assert refused(early)
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("policy", ["deny", "elicit"])
@pytest.mark.parametrize(("name", "era"), BOTH)
async def test_where_no_plan_may_stand_in_it_is_refused_with_what_is_known_and_a_next_step(
    world: World, name: str, era: str, policy: str
) -> None:
    async with world.client(era, HEADLESS[name], confirm=policy) as client:
        result = await client.call_tool("update_repo_settings", OPEN)
    assert refused(result)
    assert "may not have shown" in text_of(result)
    assert "Use a client that can show forms" in text_of(result)
    assert world.spy.changes == []
    assert world.outcomes()[-1] == "refused"


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
async def test_a_no_that_took_a_moment_is_a_persons(world: World, era: str) -> None:
    def quickly(params: ElicitRequestFormParams) -> ElicitResult:
        world.clock.now += 0.5
        return ElicitResult(action="decline")

    async with world.client(era, AtOnce(quickly)) as client:
        result = await client.call_tool("update_repo_settings", OPEN)
    assert refused(result)
    assert "The person said no." in text_of(result)
    assert "Ask the person what they want instead" in text_of(result)


@pytest.mark.asyncio
async def test_a_question_a_modern_client_answered_by_itself_is_used_up(world: World) -> None:
    async with world.client("auto", AtOnce(declining)) as client:
        asked = await client.session.call_tool("update_repo_settings", OPEN, allow_input_required=True)
        state = str(getattr(asked, "request_state", ""))
        for action, content in (("decline", None), ("accept", {"confirm": True})):
            answer: dict[str, Any] = {"confirm": ElicitResult(action=action, content=content)}  # type: ignore[arg-type,dict-item]  # one of two words
            result = await client.session.call_tool(
                "update_repo_settings",
                OPEN,
                input_responses=answer,
                request_state=state,
                allow_input_required=True,
            )
        assert "already been used" in text_of(result)
    assert world.spy.changes == []


def refusals(names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    """Every place that makes an error of these names."""
    package = Path(hub_mcp.__file__).parent
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield f"{path.relative_to(package)}:{node.lineno}", node


def test_every_refusal_has_a_next_step() -> None:
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, HubError)]
    without_one = {kind.__name__ for kind in kinds if not kind.advice}
    assert without_one == {"HubError", "Stopped", "NotSent"}
    found = dict(refusals(without_one))
    assert len(found) > 40
    silent = [place for place, call in found.items() if "advice" not in [word.arg for word in call.keywords]]
    assert silent == []
