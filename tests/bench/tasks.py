# ruff: noqa: E501  # tables read better uncut
"""Eighteen everyday tasks as scripted calls, each in its shortest honest way, and what they cost.

Honest: nothing is known beforehand that a person would not have said. What a call needs from an earlier answer
is taken out of that answer, as `{name}` in its arguments.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcp import Client
from mcp.types import TextContent

from hub_mcp.catalogue.answers import counted
from hub_mcp.dev.snapshots import tokens_of
from hub_mcp.settings import Settings
from hub_mcp.wiring import hub_of, server_of
from tests.bench.table import Row


@dataclass(frozen=True)
class Call:
    """One call of a task.

    Attributes:
        learns: what is taken out of the answer for later calls: a pattern with one group, by name.
    """

    tool: str
    arguments: Mapping[str, Any]
    learns: tuple[str, str] | None = None


@dataclass(frozen=True)
class Task:
    """What a person wants, the calls that do it, and what the answers must say for it to be done."""

    wish: str
    calls: tuple[Call, ...]
    says: tuple[str, ...]


@dataclass(frozen=True)
class Cost:
    """What a task took.

    Attributes:
        tokens: of all its answers, o200k.
        lacks: what the answers should have said and did not.
    """

    task: Task
    tokens: int
    lacks: tuple[str, ...]


ORG = "nimbus-labs"
BASE = {"repo_id": f"{ORG}/nowcast-base", "type": "model"}
FJORDS = {"repo_id": "ada/fjord-names", "type": "model"}
SHELF = ("slug", r"(ada/rain-[0-9a-f]{24})")


def _task(wish: str, *calls: Call, says: tuple[str, ...]) -> Task:
    return Task(wish, calls, says)


TASKS = (
    _task(
        "How many models does nimbus-labs have?",
        Call("list_models", {"author": ORG, "count": True}),
        says=("count: 8",),
    ),
    _task(
        "Under which licences are the models here?",
        Call("list_models", {"count": True, "by": "license"}),
        says=("apache-2.0 134", "without: "),
    ),
    _task(
        "Which Spaces fail to build, and why?",
        Call("list_spaces", {"stage": ["BUILD_ERROR"]}),
        says=("No module named 'torch'", "4 rows"),
    ),
    _task(
        "The most used Apache text-generation models.",
        Call(
            "list_models",
            {"filter": ["license:apache-2.0"], "pipeline_tag": "text-generation", "sort": "downloads", "limit": 5},
        ),
        says=("Qwen/Qwen2.5-7B-Instruct",),
    ),
    _task(
        "When did storm-atlas-9b of nimbus-labs last change? (It is 7b.)",
        Call("get_model", {"repo_id": f"{ORG}/storm-atlas-9b", "fields": ["lastModified"]}, ("near", r"There are: (\S+?)[,.] ")),
        Call("list_models", {"search": "{near}", "columns": ["id", "lastModified"]}),
        says=("nimbus-labs/storm-atlas-7b\t20",),
    ),
    _task(
        "Which models come from the BERT paper?",
        Call("list_models", {"filter": ["arxiv:1810.04805"], "columns": ["id"]}),
        says=("google-bert/bert-base-uncased",),
    ),
    _task(
        "The daily papers of 5 October.",
        Call("list_daily_papers", {"date": "2026-10-05"}),
        says=("2610.10037", "2026-10-05"),
    ),
    _task(
        "Where are the parquet files of SQuAD?",
        Call("list_dataset_parquet_files", {"repo_id": "rajpurkar/squad"}),
        says=("train: files 2", "validation: files 1"),
    ),
    _task(
        "Is gpt2 free of unsafe files?",
        Call("get_model", {"repo_id": "openai-community/gpt2", "security_status": True}),
        says=("scansDone: yes",),
    ),
    _task(
        "Who can write to storm-atlas-7b, and why?",
        Call("get_access", {"organization": ORG, "repository": "models/storm-atlas-7b"}),
        says=("bob (admin in Storm team)", "ada (admin of the organization)"),
    ),
    _task(
        "What may cleo do in nimbus-labs?",
        Call("get_access", {"organization": ORG, "user": "cleo"}),
        says=("cleo (contributor in Storm team)", "cleo (read in Partners)"),
    ),
    _task(
        "Which groups are there, with whom and what in them?",
        Call("list_resource_groups", {"organization": ORG}),
        says=("Storm team", "cleo (contributor)"),
    ),
    _task(
        "Let who wants nowcast-2b ask first.",
        Call("update_repo_settings", {"repo_id": f"{ORG}/nowcast-2b", "type": "model", "gated": "manual"}),
        says=("gated manual (was open)",),
    ),
    _task(
        "Throw my notes-to-self away.",
        Call("delete_repo", {"repo_id": "ada/notes-to-self", "type": "model"}),
        says=("Deleted the model ada/notes-to-self",),
    ),
    _task(
        "A collection of three things on rain, the second with a note, the last one first.",
        Call(
            "create_collection",
            {
                "title": "Rain",
                "namespace": "ada",
                "item": [f"models/{ORG}/nowcast-base", f"models/{ORG}/nowcast-2b: The large one.", f"datasets/{ORG}/rain-gauges"],
            },
            SHELF,
        ),
        Call(
            "update_collection_item",
            {"slug": "{slug}", "item_id": f"datasets/{ORG}/rain-gauges", "position": 0},
        ),
        says=("Created the collection", "The order is now: datasets/nimbus-labs/rain-gauges, models/"),
    ),
    _task(
        "What is asked about nowcast-base, and answer the first question.",
        Call("list_discussions", {**BASE, "status": "open"}, ("num", r"(?m)^(\d+)\t.?Which radars")),
        Call("get_discussion", {**BASE, "num": "{num}"}),
        Call("comment_discussion", {**BASE, "num": "{num}", "comment": "It was trained on all of them."}),
        says=("Which radars was it trained on?", "Commented on discussion 1"),
    ),
    _task(
        "Give dan the storms to read.",
        Call("list_resource_groups", {"organization": ORG}, ("group", r"id ([0-9a-f]{24}), name Storm team")),
        Call(
            "add_resource_group_users",
            {"organization": ORG, "resource_group_id": "{group}", "users": [{"user": "dan", "role": "read"}]},
        ),
        says=("dan (read)",),
    ),
    _task(
        "fjord-names should be called fjord-words.",
        Call("move_repo", {"from_repo": "ada/fjord-names", "to_repo": "ada/fjord-words", "type": "model"}),
        says=("Renamed: ada/fjord-names is now ada/fjord-words.",),
    ),
)  # fmt: skip
CALLS = sum(len(task.calls) for task in TASKS)


async def done() -> list[Cost]:
    """Every task, one by one, each on its own local Hub; nobody is asked."""
    settings = Settings(sandbox="", journal="off", resource_links="off", confirm="off")
    costs: list[Cost] = []
    async with Client(server_of(settings, hub_of(settings))) as client:
        for task in TASKS:
            known: dict[str, str] = {}
            answers: list[str] = []
            for call in task.calls:
                written = json.dumps(dict(call.arguments))
                for name, value in known.items():
                    written = written.replace(f"{{{name}}}", value)
                result = await client.call_tool(call.tool, json.loads(written))
                text = "\n".join(one.text for one in result.content if isinstance(one, TextContent))
                answers.append(text)
                if call.learns and (found := re.search(call.learns[1], text)):
                    known[call.learns[0]] = found[1]
            whole = "\n".join(answers)
            lacks = tuple(one for one in task.says if one not in whole)
            costs.append(Cost(task, sum(map(tokens_of, answers)), lacks))
    return costs


def tasks(rounds: int) -> list[Row]:
    """What a day's work takes, in all and a task."""
    costs = asyncio.run(done())
    spent = sum(one.tokens for one in costs)
    right = sum(not one.lacks for one in costs)
    how = "scripted, answers alone, o200k; an assistant needed 45 calls and 18,200 for eighteen such tasks before"
    head = Row(f"{len(TASKS)} everyday tasks, {right} right", f"{CALLS} calls, {spent:,} tokens", how=how)
    each = [
        Row(f"· {one.task.wish}", f"{counted(len(one.task.calls), 'call')}, {one.tokens:,} tokens")
        for one in costs
    ]
    return [head, *each]
