"""Notifications through our tools: listing, marking, deleting, and that watched things notify."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from tests.gate.gates import EVE, Asked, World, agreeing, declining, refused, text_of

pytestmark = pytest.mark.asyncio
FJORDS = {"repo_id": "ada/fjord-names", "type": "model"}
ORG = "62b04c2815dc736ee6444480"  # nimbus-labs


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def listed(client: Client, **said: Any) -> list[str]:
    text = text_of(await client.call_tool("list_notifications", {"columns": ["title", "read"], **said}))
    return [line for line in text.splitlines()[1:] if "\t" in line]


async def test_comments_by_others_notify_until_marked_and_deleted(
    world: World,
) -> None:
    async with world.client(confirm="off", token=EVE, structured=False) as client:
        said = {**FJORDS, "title": "Which islands?", "description": "All of them?"}
        await client.call_tool("create_discussion", said)
    async with world.client("auto", Asked(agreeing), structured=False) as client:
        unread = await listed(client, read_status="unread", repo_name="ada/fjord-names")
        assert unread[0] == "Which islands?\tno"
        await client.call_tool("mark_notifications", {"apply_to_all": True, "repo_type": "model"})
        assert await listed(client, read_status="unread") == []
        marked = text_of(await client.call_tool("list_notifications", {"columns": ["discussion_id"]}))
        id = marked.splitlines()[1]
        await client.call_tool("mark_notifications", {"discussion_ids": [id], "unread": True})
        assert await listed(client, read_status="unread") == ["Which islands?\tno"]
        done = await client.call_tool("delete_notifications", {"discussion_ids": [id]})
        assert "Deleted 1 notification." in text_of(done)
        assert "Which islands?\tno" not in await listed(client)


async def test_watchers_of_an_organization_are_notified_of_its_discussions(world: World) -> None:
    rain = {"repo_id": "nimbus-labs/will-it-rain", "type": "space", "title": "Rain", "description": "When?"}
    watching = {"add": [{"type": "org", "id": ORG}]}
    async with world.client(confirm="off", token=EVE, structured=False) as client:
        assert not refused(await client.call_tool("update_watch", watching))
        before = len(await listed(client))
    async with world.client(confirm="off") as client:
        await client.call_tool("create_discussion", rain)
    async with world.client(confirm="off", token=EVE, structured=False) as client:
        assert len(await listed(client)) == before + 1
        await client.call_tool("update_watch", {"remove": watching["add"]})
    async with world.client(confirm="off") as client:
        await client.call_tool("create_discussion", {**rain, "title": "Snow"})
    async with world.client(confirm="off", token=EVE, structured=False) as client:
        assert len(await listed(client)) == before + 1


async def test_what_is_watched_is_named_as_people_have_it_and_sent_by_its_id(world: World) -> None:
    named = [
        {"type": "org", "id": "nimbus-labs"},
        {"type": "user", "id": "bob"},
        {"type": "repo", "id": "models/openai-community/gpt2"},
    ]
    async with world.client(confirm="off") as client:
        said = text_of(await client.call_tool("update_watch", {"add": named}))
        odd = await client.call_tool("update_watch", {"remove": [{"type": "org", "id": "nimbus-labz"}]})
        untyped = text_of(await client.call_tool("update_watch", {"add": [{"type": "repo", "id": "ada/x"}]}))
    assert "Now watched: org nimbus-labs, user bob, repo models/openai-community/gpt2." in said
    [request] = world.spy.changes
    sent = json.loads(request.content)["add"]
    assert sent[0] == {"type": "org", "id": ORG}
    assert all(re.fullmatch(r"[0-9a-f]{24}", one["id"]) for one in sent)
    assert odd.is_error
    assert "as in models/ada/x" in untyped


async def test_a_notification_says_the_type_of_the_repository_it_is_about(world: World) -> None:
    async with world.client() as client:
        head, first, *_ = text_of(await client.call_tool("list_notifications", {})).splitlines()
    told = dict(zip(head.partition(" (")[0].split("\t"), first.split("\t"), strict=True))
    assert told["repo.type"] == "model"


async def test_deleting_all_asks_and_names_some_and_a_call_says_which(world: World) -> None:
    person = Asked(declining)
    async with world.client("auto", person) as client:
        await client.call_tool("delete_notifications", {"apply_to_all": True})
        odd = await client.call_tool("delete_notifications", {})
        both = await client.call_tool(
            "mark_notifications", {"apply_to_all": True, "discussion_ids": ["0" * 24]}
        )
    (asked,) = person.questions
    assert asked.message.startswith("Delete all your notifications?")
    assert "among them: " in asked.message
    assert odd.is_error
    assert both.is_error
    assert world.spy.changes == []


async def test_disabled_notifications_stop_and_a_warning_is_not_disabled_without_asking(
    world: World,
) -> None:
    watching = {"add": [{"type": "org", "id": ORG}]}
    said = {"repo_id": "nimbus-labs/will-it-rain", "type": "space", "title": "Rain", "description": "When?"}
    counts: list[int] = []
    for way in ("off", "on"):
        async with world.client(confirm="deny", token=EVE, structured=False) as client:
            await client.call_tool("update_watch", watching)
            answer = await client.call_tool(
                "update_notification_settings", {way: ["web_discussions_watched"]}
            )
            assert f"web_discussions_watched {way}" in text_of(answer)
        async with world.client(confirm="off") as client:
            await client.call_tool("create_discussion", {**said, "title": f"Rain {way}"})
        async with world.client(confirm="deny", token=EVE, structured=False) as client:
            counts.append(len([one for one in await listed(client) if one.startswith("Rain ")]))
    assert counts == [0, 1]
    async with world.client(confirm="deny") as client:
        for one in ("secret_detected", "locked_out", "job_status", "gated_user_access_request"):
            refusal = await client.call_tool("update_notification_settings", {"off": [one, "announcements"]})
            assert refused(refusal)
            assert not refused(await client.call_tool("update_notification_settings", {"on": [one]}))


@pytest.mark.parametrize(
    "said",
    [{}, {"on": ["x"]}, {"on": ["job_status"], "off": ["job_status"]}, {"on": ["launch_prepaid_credits"]},
     {"on": ["job_status"], "prepaid_amount": "5"}, {"product_updates_after": "tomorrow"}],
)  # fmt: skip
async def test_settings_that_say_nothing_or_two_things_are_not_sent(
    world: World, said: dict[str, Any]
) -> None:
    async with world.client(confirm="off", structured=False) as client:
        assert (await client.call_tool("update_notification_settings", said)).is_error
    assert world.spy.changes == []
