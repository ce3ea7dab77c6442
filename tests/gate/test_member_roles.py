"""A role in an organization is set without losing any resource group, as would happen on the Hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gate.gates import Asked, World, agreeing, declining, text_of

CLEO = {"organization": "nimbus-labs", "username": "cleo"}
pytestmark = pytest.mark.asyncio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def cleo_in(world: World) -> dict[str, Any]:
    """Cleo as the organization's members list her."""
    members = await world.json("/api/organizations/nimbus-labs/members?search=cleo")
    return dict(members[0])


async def test_groups_that_the_call_does_not_name_are_kept_and_listed(world: World) -> None:
    before = await cleo_in(world)
    assert before["resourceGroups"]
    person = Asked(agreeing)
    async with world.client("auto", person) as client:
        done = text_of(await client.call_tool("set_member_role", {**CLEO, "role": "write"}))
    assert "cleo in nimbus-labs: role write (was contributor)." in done
    (asked,) = person.questions
    assert 'Make "cleo" "write" in "nimbus-labs"?' in asked.message
    assert '- "cleo" can do more (write) in "nimbus-labs"' in asked.message
    assert f'and kept there: "{before["resourceGroups"][0]["name"]}"' in asked.message
    after = await cleo_in(world)
    assert after == {**before, "role": "write"}
    (entry,) = (one for one in world.entries() if one.outcome == "done")
    assert entry.undo
    assert entry.undo.arguments["role"] == "contributor"


async def test_the_role_one_has_already_asks_nobody(world: World) -> None:
    async with world.client(confirm="deny") as client:
        result = await client.call_tool("set_member_role", {**CLEO, "role": "contributor"})
    assert not result.is_error
    assert (await cleo_in(world))["resourceGroups"]


async def test_if_the_hub_lists_no_groups_they_are_looked_up_and_without_them_nothing_is_set(
    world: World,
) -> None:
    inner, hides = world.spy.inner, ["members"]

    class Hiding(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if (
                request.method == "GET"
                and request.url.path.endswith("/resource-groups")
                and "groups" in hides
            ):
                return httpx.Response(403, json={"error": "no"})
            answer = await inner.handle_async_request(request)
            if request.method == "GET" and request.url.path.endswith("/members"):
                rows = json.loads(await answer.aread())
                bare = [{name: one for name, one in row.items() if name != "resourceGroups"} for row in rows]
                return httpx.Response(200, json=bare)
            return answer

    world.spy.inner = Hiding()  # type: ignore[assignment]  # it stands for the local Hub
    person = Asked(declining)
    async with world.client("auto", person) as client:
        await client.call_tool("set_member_role", {**CLEO, "role": "read"})
        assert "resource_groups: id" in person.questions[0].message
        assert "in the resource groups" not in person.questions[0].message  # the list does not tell
        hides.append("groups")
        blind = text_of(await client.call_tool("set_member_role", {**CLEO, "role": "read"}))
    assert "does not tell in which resource groups cleo is" in blind
    assert world.spy.changes == []


async def test_a_non_member_gets_no_role_and_the_log_is_shown_without_addresses(world: World) -> None:
    async with world.client(confirm="off") as client:
        no = text_of(await client.call_tool("set_member_role", {**CLEO, "username": "eve", "role": "read"}))
        assert "eve is not a member of nimbus-labs" in no
        await client.call_tool("set_member_role", {**CLEO, "role": "read"})
        log = {"organization": "nimbus-labs"}
        shown = text_of(await client.call_tool("export_audit_log", log))
        asked = text_of(await client.call_tool("export_audit_log", {**log, "fields": ["ip"]}))
    assert "type org.change_role, author ada, message Changed the role of cleo to read" in shown
    assert "203.0.113.7" not in shown
    assert "203.0.113.7" in asked
