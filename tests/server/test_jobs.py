"""Jobs through our tools: the question before one runs, what is shown of one, and what is never sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gate.gates import Asked, World, agreeing, question_about, refused, text_of

pytestmark = pytest.mark.asyncio
JOB = {"namespace": "ada", "job_id": "6abf60ffca7ff55b1071f7af"}
RUNNING = {"namespace": "nimbus-labs", "job_id": "6ac2a2b349eb83beef56e4f1"}
RUN = {"namespace": "ada", "flavor": "t4-small", "docker_image": "python:3.12", "command": ["python", "a.py"]}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def answering(world: World, path: str, answer: httpx.Response) -> None:
    """Have the world's Hub answer a path with this."""
    inner = world.spy.inner

    class Answering(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return answer if request.url.path == path else await inner.handle_async_request(request)

    world.spy.inner = Answering()  # type: ignore[assignment]  # in its place


@pytest.mark.parametrize(
    ("more", "cost"),
    [
        ({"timeout_seconds": 1800}, "it costs $0.40 an hour, at most $0.20 in 1,800 s"),
        ({"timeout_seconds": 3600, "attempts": 3}, "at most $1.20 in 3,600 s, up to 3 times"),
        ({}, "it costs $0.40 an hour, with no timeout: until the Hub's own limit ends it"),
        (
            {"flavor": "abacus", "timeout_seconds": 60},
            "what it costs is not known; it runs at most 60 s",
        ),
    ],
)
async def test_the_question_states_what_runs_where_and_its_maximum_cost(
    world: World, more: dict[str, Any], cost: str
) -> None:
    asked = await question_about(world, "run_job", {**RUN, **more})
    assert cost in asked
    assert asked.startswith('Run a job of "ada" on "')
    assert 'with the image "python:3.12"?' in asked
    assert 'command: "python"; "a.py"' in asked


async def test_a_price_that_cannot_be_looked_up_counts_as_not_known(world: World) -> None:
    answering(world, "/api/jobs/hardware", httpx.Response(404))
    assert "what it costs is not known" in await question_about(
        world, "run_job", {**RUN, "timeout_seconds": 60}
    )


async def test_a_job_that_somebody_agreed_to_is_sent_as_the_hub_wants_it_and_can_be_cancelled(
    world: World,
) -> None:
    volume = {"type": "dataset", "source": "ada/x", "mount_path": "/data", "read_only": True}
    said = {**RUN, "environment": {"EPOCHS": 3, "action": "train"}, "labels": {"team": "fjords"},
            "volumes": [volume], "ports": [8000], "ports_public": [8001], "ssh": True}  # fmt: skip
    async with world.client("auto", Asked(agreeing)) as client:
        done = text_of(await client.call_tool("run_job", said))
    (sent,) = world.spy.changes
    assert json.loads(sent.content) == {
        "dockerImage": "python:3.12", "flavor": "t4-small", "command": ["python", "a.py"],
        "environment": {"EPOCHS": "3", "action": "train"}, "labels": {"team": "fjords"},
        "volumes": [{"type": "dataset", "source": "ada/x", "mountPath": "/data", "readOnly": True}],
        "expose": {"ports": [8000, 8001], "portsPublic": [8001]}, "ssh": {"enabled": True},
    }  # fmt: skip
    assert "Started the job" in done
    undo = world.entries()[-1].undo
    assert undo
    assert undo.tool == "cancel_job"


@pytest.mark.parametrize(
    "secret",
    [
        {"secrets": {"KEY": "hush-hush"}},
        {"environment": {"API_KEY": "hush-hush"}},
        {"environment": {"PLAIN": "hf_abcdefghijklmnop"}},
        {"command": ["python", "a.py", "--token=hush-hush"]},
        {"arguments": ["hf_abcdefghijklmnop"]},
    ],
)
async def test_a_secret_among_the_arguments_of_a_job_is_refused_and_not_repeated(
    world: World, secret: dict[str, Any]
) -> None:
    async with world.client(confirm="off", structured=False) as client:
        answer = await client.call_tool("run_job", {**RUN, **secret})
    assert answer.is_error
    said = text_of(answer)
    assert "would pass through the conversation" in said
    assert "hush-hush" not in said
    assert "hf_abc" not in said
    assert world.spy.changes == []


async def test_the_question_about_a_rerun_states_command_secrets_and_price(world: World) -> None:
    asked = await question_about(
        world, "rerun_job", {"namespace": "nimbus-labs", "job_id": "6aba09688b12af5d4b53e523"}
    )
    for told in (
        'command "python score.py --split storms"', 'secrets that it gets: "HF_TOKEN"', 'on "a10g-small"',
        "it costs $1.00 an hour, at most $2.00 in 7,200 s", "dataset nimbus-labs/rain-gauges",
    ):  # fmt: skip
        assert told in asked, asked


async def test_the_question_lists_opened_public_and_closed_ports_and_unchanged_ones_ask_nobody(
    world: World,
) -> None:
    asked = await question_about(
        world, "expose_job_ports", {**RUNNING, "ports": [9000], "ports_public": [9001]}
    )
    assert "ports are opened, which may cost more: 9000, 9001" in asked
    assert "everyone reaches: 9001" in asked
    assert "ports are closed to whoever uses them: 8000" in asked
    async with world.client(confirm="deny") as client:
        assert not refused(await client.call_tool("expose_job_ports", {**RUNNING, "ports": [8000]}))


async def test_ending_a_job_asks_while_it_runs_and_nobody_once_it_has_ended(world: World) -> None:
    asked = await question_about(world, "cancel_job", RUNNING)
    assert "what it has not saved elsewhere is lost" in asked
    async with world.client(confirm="deny") as client:
        answer = await client.call_tool("cancel_job", JOB)
    assert "already in stage COMPLETED" in text_of(answer)


async def test_labels_are_replaced_without_asking_and_can_be_restored(world: World) -> None:
    async with world.client(confirm="deny") as client:
        answer = await client.call_tool("set_job_labels", {**JOB, "labels": {"run": 8}})
        assert not refused(answer)
        cleared = await client.call_tool("set_job_labels", {**JOB, "labels": {}})
        assert not refused(cleared)
    assert [json.loads(one.content) for one in world.spy.changes] == [
        {"labels": {"run": "8"}},
        {"labels": {}},
    ]
    undone = [entry.undo.arguments["labels"] for entry in world.entries() if entry.undo]
    assert undone == [{"name": "fjord-names"}, {"run": "8"}]


async def test_values_of_variables_and_tokens_in_a_command_are_not_shown(world: World) -> None:
    job = {"id": "1", "environment": {"KEY": "hush-hush"}, "status": {"stage": "RUNNING"},
           "command": ["run", "hf_abcdefghijklmnop"]}  # fmt: skip
    answering(world, "/api/jobs/acme/1", httpx.Response(200, json=job))
    async with world.client(structured=False) as client:
        asked = {"namespace": "acme", "job_id": "1", "fields": ["environment", "command"]}
        said = text_of(await client.call_tool("get_job", asked))
    assert "KEY" in said
    assert "hush-hush" not in said
    assert "hf_abc" not in said


async def test_a_log_is_read_for_a_while_from_its_end_and_without_tokens(world: World) -> None:
    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for n in range(4_000):
                yield b'data: {"data": "line %d of a job that writes\\u202e much"}\n\n' % n
            yield b'data: {"data": "HF_TOKEN=hf_abcdefghijklmnop"}\n\n'
            while True:
                yield b": keep-alive\n\n" * 9_000

    headers = {"content-type": "text/event-stream"}
    answering(world, "/api/jobs/acme/1/logs", httpx.Response(200, headers=headers, stream=Endless()))
    asked = {"namespace": "acme", "job_id": "1", "tail": 5_000}
    async with world.client(structured=False) as client:
        said = text_of(await client.call_tool("read_job_logs", asked))
    assert "line 3999 of a job that writes much" in said
    assert "lines before these are left out" in said
    assert "hf_abc" not in said
    assert "the log may go on" in said
    assert len(said) < 100_000


async def test_jobs_are_listed_with_what_distinguishes_them(world: World) -> None:
    async with world.client(structured=False) as client:
        said = text_of(await client.call_tool("list_jobs", {"namespace": "ada", "stage": ["ERROR"]}))
        prices = text_of(await client.call_tool("list_job_hardware", {"limit": 2}))
        count = text_of(await client.call_tool("count_jobs", {"namespace": "nimbus-labs"}))
    assert said.splitlines()[0].startswith("id\tstatus.stage\tflavor\tdockerImage")
    assert "ERROR\tt4-small" in said
    assert "cpu-upgrade\t8 vCPU\t32 GB\t$0.03 an hour" in prices
    assert "count: 2" in count
