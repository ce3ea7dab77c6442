"""Webhooks through our tools: where events would be sent, what a change loses, what is never shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub_mcp.catalogue.operations.cleaning import HIDDEN
from tests.gate.gates import World, question_about, refused, text_of

pytestmark = pytest.mark.asyncio
HOOK, OFF = {"webhook_id": "6908720c926214bcf1cbefa9"}, {"webhook_id": "6a0dd5d26579bd07dc5b0d23"}
ORG, FJORDS = {"type": "org", "name": "nimbus-labs"}, {"type": "model", "name": "ada/fjord-names"}
RUN = {"namespace": "ada", "flavor": "cpu-basic", "docker_image": "python:3.12"}
NEW = {"watched": [ORG], "domains": ["repo"]}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_the_question_names_the_host_that_events_would_be_sent_to(world: World) -> None:
    asked = await question_about(
        world, "create_webhook", {**NEW, "url": "https://hooks.example.org:8443/x?a=b"}
    )
    assert asked.startswith('Create a webhook that sends to "hooks.example.org" on every event?')
    assert (
        'events of everything owned by the org "nimbus-labs" leave the Hub for "hooks.example.org"' in asked
    )


async def test_the_question_states_the_job_of_a_webhook_and_its_cost(world: World) -> None:
    job = {"job_source_id": "6aba09688b12af5d4b53e523", "job_namespace": "nimbus-labs"}
    asked = await question_about(world, "create_webhook", {**NEW, **job})
    assert "its code runs on the Hub's machines on every event, as you" in asked
    assert "it costs $1.00 an hour, at most $2.00 in 7,200 s" in asked
    assert 'command "python score.py --split storms"' in asked
    unknown = await question_about(world, "create_webhook", {**NEW, **job, "job_source_id": "0" * 24})
    assert "a job's code runs on every event, as you; which job is not known" in unknown


async def test_a_change_lists_what_would_no_longer_be_watched_and_can_be_undone(world: World) -> None:
    asked = await question_about(world, "update_webhook", {**HOOK, "watched": [FJORDS], "domains": ["repo"]})
    assert 'it no longer watches the org "nimbus-labs"' in asked
    assert 'it no longer acts on events of: "discussion"' in asked
    async with world.client(confirm="off") as client:
        await client.call_tool("update_webhook", {**HOOK, "watched": [FJORDS], "domains": ["repo"]})
    undo = world.entries()[-1].undo
    assert undo
    assert (undo.arguments["watched"], undo.arguments["domains"]) == ([ORG, FJORDS], ["repo", "discussion"])


async def test_what_stays_as_it_is_asks_nobody_and_more_asks(world: World) -> None:
    async with world.client(confirm="deny") as client:
        assert not refused(await client.call_tool("update_webhook", {**HOOK, "watched": [FJORDS, ORG]}))
        assert not refused(await client.call_tool("toggle_webhook", {**HOOK, "action": "enable"}))
        assert not refused(await client.call_tool("toggle_webhook", {**OFF, "action": "disable"}))
        world.spy.changes.clear()
    more = [ORG, FJORDS, {"type": "user", "name": "bob"}]
    asked = await question_about(world, "update_webhook", {**HOOK, "watched": more})
    assert 'more events leave the Hub for "rain.nimbus-labs.example"' in asked
    asked = await question_about(world, "toggle_webhook", {**OFF, "action": "enable"})
    assert "its job's code runs on events, as you" in asked
    assert "each time it costs $1.00 an hour, at most $2.00 in 7,200 s" in asked


@pytest.mark.parametrize(
    "secret",
    [
        {"url": "https://example.org/hook", "secret": "hush-hush"},
        {"url": "https://example.org/hook?token=hush-hush"},
        {"url": "https://ada:hush-hush@example.org/hook"},
    ],
)
async def test_a_secret_among_the_arguments_of_a_webhook_is_refused_and_not_repeated(
    world: World, secret: dict[str, Any]
) -> None:
    async with world.client(confirm="off", structured=False) as client:
        answer = await client.call_tool("create_webhook", {**NEW, **secret})
    assert answer.is_error
    assert "would pass through the conversation" in text_of(answer)
    assert "hush-hush" not in text_of(answer)
    assert world.spy.changes == []


@pytest.mark.parametrize(
    "url", ["example.org/hook", "ftp://example.org", "https://", "https://[::1", "file:///etc"]
)
async def test_what_is_no_address_is_refused_before_anything_is_sent(world: World, url: str) -> None:
    async with world.client(confirm="off", structured=False) as client:
        answer = await client.call_tool("create_webhook", {**NEW, "url": url})
    assert answer.is_error
    assert world.spy.changes == []


async def test_the_query_of_an_address_is_not_shown(world: World) -> None:
    async with world.client(structured=False) as client:
        one = text_of(await client.call_tool("get_webhook", {**HOOK, "fields": ["url", "secret"]}))
        rows = text_of(await client.call_tool("list_webhooks", {}))
    for said in (one, rows, await question_about(world, "delete_webhook", HOOK)):
        assert "rain.nimbus-labs.example" in said
        assert "drizzle-2025" not in said
        assert "made up" not in said
    assert "its secret and its log" in await question_about(World(world.place), "delete_webhook", HOOK)


async def test_an_address_asks_even_if_it_looks_like_the_current_one(world: World) -> None:
    there = {**HOOK, "watched": [ORG, FJORDS]}
    for secret in ("https://rain.example/x?room=drizzle", "https://rain.example/x#drizzle"):
        async with world.client(confirm="off") as client:
            assert not (await client.call_tool("update_webhook", {**there, "url": secret})).is_error
        asked = await question_about(world, "update_webhook", {**there, "url": "https://rain.example/x"})
        assert 'leave the Hub for "rain.example"' in asked


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        ("update_webhook", {**HOOK, "watched": [ORG], "url": f"https://rain.example/x?{HIDDEN}"}),
        ("create_webhook", {**NEW, "url": f"https://rain.example/x?{HIDDEN}"}),
        ("set_space_variable", {"repo_id": "nimbus-labs/will-it-rain", "key": "A", "value": HIDDEN}),
        ("run_job", {**RUN, "environment": {"A": HIDDEN}}),
        ("run_job", {**RUN, "command": ["echo", HIDDEN]}),
        ("create_scheduled_job", {**RUN, "schedule": "@daily", "environment": {"A": HIDDEN}}),
    ],
)
async def test_a_placeholder_for_a_hidden_value_is_not_set_in_its_place(
    world: World, tool: str, said: dict[str, Any]
) -> None:
    async with world.client(confirm="off", structured=False) as client:
        answer = await client.call_tool(tool, said)
    assert "stands for what is hidden" in text_of(answer)
    assert world.spy.changes == []


async def test_the_question_states_where_an_event_is_replayed_and_the_cost_of_the_job(world: World) -> None:
    job = {**OFF, "log_id": "6a0dd5d20aac16187717759a"}
    asked = await question_about(world, "replay_webhook", job)
    assert "its job's code runs on the details of that event, as you" in asked
    assert "each time it costs $1.00 an hour, at most $2.00 in 7,200 s" in asked
    asked = await question_about(world, "replay_webhook", {**HOOK, "log_id": "0" * 24})
    assert 'the details of that event leave the Hub for "rain.nimbus-labs.example"' in asked
    async with world.client(confirm="off", structured=False) as client:
        begun = text_of(await client.call_tool("replay_webhook", job))
        missing = await client.call_tool("replay_webhook", {**OFF, "log_id": "0" * 24})
        newest = text_of(await client.call_tool("list_jobs", {"namespace": "nimbus-labs", "limit": 1}))
    assert "the receiver answered 200" in begun
    assert missing.is_error
    assert "storm-scores" in newest
