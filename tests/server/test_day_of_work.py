"""Everyday tasks need few calls and few tokens; their cost may only shrink."""

import pytest

from tests.bench.tasks import CALLS, TASKS, done

MOST_CALLS = 23
MOST_TOKENS = 2_650  # of all answers, o200k


@pytest.mark.asyncio
async def test_eighteen_everyday_tasks_are_done_rightly_in_few_calls_and_tokens() -> None:
    costs = await done()
    assert len(TASKS) == 18
    assert {one.task.wish: one.lacks for one in costs if one.lacks} == {}
    assert CALLS <= MOST_CALLS
    spent = {one.task.wish: one.tokens for one in costs}
    assert sum(spent.values()) <= MOST_TOKENS, spent
