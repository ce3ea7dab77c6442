"""Scheduled jobs through our tools: how often they run, according to the question, and what does not ask."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_mcp.catalogue.jobs.scheduled_jobs import runs_a_month, runs_no_more_often
from hub_mcp.localhub.jobs.cron import CronLine
from tests.gate.gates import World, question_about, refused, text_of
from tests.hostile import some

DIGEST = {"namespace": "ada", "job_id": "6a6b95d0f7ffe8e4b4e8c51b"}
RUN = {"namespace": "ada", "flavor": "t4-small", "docker_image": "python:3.12", "timeout_seconds": 1800}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.asyncio
async def test_the_question_states_how_often_a_job_would_run_and_the_cost_of_each_run(world: World) -> None:
    asked = await question_about(world, "create_scheduled_job", {**RUN, "schedule": "*/10 * * * *"})
    assert "code runs on the Hub's machines by its schedule, up to 4,464 times a month, as you" in asked
    assert "it costs $0.40 an hour, at most $0.20 in 1,800 s" in asked
    asked = await question_about(world, "create_scheduled_job", {**RUN, "schedule": "0 9 * * MON#2"})
    assert "by its schedule, how often is not known" in asked
    asked = await question_about(world, "resume_scheduled_job", DIGEST)
    assert "by its schedule, up to 25 times a month" in asked
    assert 'command "python digest.py"' in asked


@pytest.mark.asyncio
async def test_a_schedule_asks_where_it_may_run_more_often(world: World) -> None:
    asked = await question_about(world, "reschedule_job", {**DIGEST, "schedule": "@hourly"})
    assert "up to 744 times a month" in asked
    async with world.client(confirm="deny") as client:
        for schedule in ("30 5 * * 1-5", "0 9 * * 1"):
            assert not refused(await client.call_tool("reschedule_job", {**DIGEST, "schedule": schedule}))
        assert not refused(await client.call_tool("suspend_scheduled_job", DIGEST))
        assert refused(await client.call_tool("trigger_scheduled_job", DIGEST))
    undone = [entry.undo.arguments["schedule"] for entry in world.entries() if entry.tool == "reschedule_job"
              and entry.undo]  # fmt: skip
    assert undone[-1] == "30 5 * * 1-5"


@pytest.mark.asyncio
async def test_scheduled_jobs_are_listed_with_when_they_run_next(world: World) -> None:
    async with world.client(structured=False) as client:
        rows = text_of(await client.call_tool("list_scheduled_jobs", {"namespace": "ada"}))
        none = text_of(
            await client.call_tool("list_scheduled_jobs", {"namespace": "ada", "with_label": "a=b"})
        )
        odd = await client.call_tool("create_scheduled_job", {**RUN, "schedule": "tomorrow"})
    assert "30 5 * * 1-5" in rows
    assert "status.nextJobRunAt" in rows.splitlines()[0]
    assert "digest" not in none
    assert odd.is_error
    assert "five cron fields" in text_of(odd)


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        ("@daily", 31), ("0 0 * * *", 31), ("0 9 * * 1", 5), ("*/30 8-17 * * 1-5", 500), ("0 0 1,15 * *", 2),
        ("0 0 1 * 1", 6), ("0 0 * * MON", None), ("0 0 * *", None), ("*/0 * * * *", None),
        ("5/20 * * * *", 2232),
    ],
)  # fmt: skip
def test_how_often_a_schedule_runs_in_a_month_at_most(schedule: str, runs: int | None) -> None:
    assert runs_a_month(schedule) == runs


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("was", "then"),
    [
        ("@yearly", "@monthly"),
        ("* * * 1 *", "* * * * *"),
        ("0 0 29 2 *", "0 0 29 * *"),
        ("0 0 */1 * 1", "@daily"),
        ("0 0 31 2 *", "@yearly"),
        ("5/20 * * * *", "*/30 * * * *"),
    ],
)
async def test_what_runs_in_more_months_or_perhaps_more_often_asks(world: World, was: str, then: str) -> None:
    async with world.client(confirm="off") as client:
        assert not (await client.call_tool("reschedule_job", {**DIGEST, "schedule": was})).is_error
    async with world.client(confirm="deny") as client:
        assert refused(await client.call_tool("reschedule_job", {**DIGEST, "schedule": then}))


FIELDS = (
    ("*", "0", "*/20", "5-9/2", "0,30"),
    ("*", "6", "8-17", "*/12"),
    ("*", "1", "1,15", "29", "31", "*/2"),
    ("*", "1", "2", "4-6", "*/3"),
    ("*", "1", "1-5", "0,6", "7", "*/2"),
)
LINES = st.tuples(*map(st.sampled_from, FIELDS)).map(" ".join) | st.sampled_from(
    ["@yearly", "@monthly", "@weekly", "@daily", "@hourly"]
)


def test_no_schedule_that_runs_more_often_over_the_years_is_held_for_one_that_does_not() -> None:
    every = [date(2001, 1, 1) + timedelta(days=n) for n in range(28 * 365 + 7)]

    def runs(schedule: str) -> int:
        line = CronLine.read(schedule)
        days = Counter((one.day, one.month, (one.weekday() + 1) % 7) for one in every)
        counted = sum(
            often
            for (day, month, weekday), often in days.items()
            if month in line.months
            and ((day in line.days or weekday in line.weekdays) if line.either
                 else (day in line.days and weekday in line.weekdays))
        )  # fmt: skip
        return counted * len(line.minutes) * len(line.hours)

    @some(200)
    @given(LINES, LINES)
    def check(then: str, was: str) -> None:
        if runs_no_more_often(then, was):
            assert runs(then) <= runs(was)

    check()


@pytest.mark.parametrize(
    ("then", "was"),
    [
        ("0 9 * * 2", "30 5 * * 1"), ("@weekly", "@daily"), ("@yearly", "@monthly"),
        ("0 0 15 * *", "@monthly"),
        ("0 9 1 * *", "0 9 * * 1"), ("*/30 * * * *", "*/10 * * * *"), ("0 9 * * 1-5", "0 9 * * *"),
    ],
)  # fmt: skip
def test_what_runs_as_often_or_less_is_known_to(then: str, was: str) -> None:
    assert runs_no_more_often(then, was)
