"""Calls that the caller's token can never make are refused before anything is sent, naming the permission."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.people.users import Identity, Whoami
from hub_mcp.catalogue.permissions import never
from tests.gate.gates import World, agreeing, refused, text_of

READER, FINE = "hf_sandbox_ada_read", "hf_sandbox_ada_fine"
CHANGING = [endpoint for endpoint in ENDPOINTS.values() if endpoint.line.effect != "read"]
READING = [endpoint for endpoint in ENDPOINTS.values() if endpoint.line.effect == "read"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def fine(*held: tuple[str, str]) -> Identity:
    """Somebody whose token holds permissions on owners or things; "" is everywhere."""
    scoped = [{"entity": {"name": name}, "permissions": [one]} for name, one in held if name]
    everywhere = [one for name, one in held if not name]
    token = {
        "displayName": "mine",
        "role": "fineGrained",
        "fineGrained": {"global": everywhere, "scoped": scoped},
    }
    return Identity.model_validate({"name": "ada", "auth": {"type": "access_token", "accessToken": token}})


def call(tool: str, **arguments: Any) -> Any:
    return ENDPOINTS[tool].model_validate(arguments)


DELETE = call("delete_repo", repo_id="ada/notes-to-self", type="model")


@pytest.mark.parametrize("endpoint", CHANGING, ids=lambda endpoint: endpoint.tool)
def test_a_read_only_token_is_refused_by_every_changing_tool(endpoint: Any) -> None:
    reader = Identity.model_validate({"name": "ada", "auth": {"accessToken": {"role": "read"}}})
    assert "may only read" in never(endpoint, reader)
    writer = Identity.model_validate({"name": "ada", "auth": {"accessToken": {"role": "write"}}})
    assert never(endpoint, writer) == ""


@pytest.mark.parametrize("endpoint", READING, ids=lambda endpoint: endpoint.tool)
def test_reading_is_never_kept_back(endpoint: Any) -> None:
    assert never(endpoint, fine()) == ""


@pytest.mark.parametrize(
    ("held", "says"),
    [
        ((), 'lacks the permission "repo.write"'),
        ((("ada", "repo.content.read"),), 'lacks the permission "repo.write"'),
        ((("nimbus-labs", "repo.write"),), "on ada"),
        ((("adam", "repo.write"),), "on ada"),
        ((("", "repo.write"),), ""),
        ((("Ada", "repo.write"),), ""),
        ((("ada/another", "repo.write"),), ""),  # which may have been the name of this one
    ],
)
def test_a_fine_grained_token_needs_the_permission_there(held: Any, says: str) -> None:
    why = never(DELETE, fine(*held))
    assert (says in why) if says else (why == "")


def test_a_move_needs_the_permission_at_both_ends() -> None:
    move = call("move_repo", from_repo="ada/a", to_repo="nimbus-labs/a", type="model")
    assert "on nimbus-labs" in never(move, fine(("ada", "repo.write")))
    assert never(move, fine(("ada", "repo.write"), ("nimbus-labs", "repo.write"))) == ""


def test_groups_are_left_to_the_hub() -> None:
    assert never(ENDPOINTS["delete_resource_group"], fine()) == ""


@pytest.mark.asyncio
@pytest.mark.parametrize(("token", "says"), [(READER, "may only read"), (FINE, '"repo.write" on ada')])
async def test_nothing_is_asked_or_sent_but_whoami_once(world: World, token: str, says: str) -> None:
    async with world.client("auto", agreeing, token=token) as client:
        for _ in range(3):
            answer = await client.call_tool("delete_repo", DELETE.as_arguments())
            assert answer.is_error
            assert refused(answer) or "Nothing was changed." in text_of(answer)
            assert says in text_of(answer)
    assert world.spy.changes == []
    assert [request.url.path for request in world.spy.reads] == [Whoami().to_http("").url]
    assert world.outcomes() == []


@pytest.mark.asyncio
async def test_a_dry_run_shows_what_a_better_token_would_send(world: World) -> None:
    async with world.client("auto", agreeing, token=READER) as client:
        shown = await client.call_tool("delete_repo", {**DELETE.as_arguments(), "dry_run": True})
        assert not shown.is_error
    assert world.spy.changes == []
