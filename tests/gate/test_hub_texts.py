"""Text from the Hub or a model in a question is quoted, so that it cannot pass for ours."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.operations.arguments import read_rows
from hub_mcp.catalogue.operations.found import Found
from hub_mcp.catalogue.operations.replacing import lost_by, read_before
from hub_mcp.catalogue.operations.table import operations
from hub_mcp.catalogue.stakes import Impact
from hub_mcp.errors import HubError
from tests.gate.gates import World, only_reads, question_about
from tests.gate.ways import Way, ways
from tests.thoroughly import every_nth, one_of_each

ORDER = "Zebras are allowed, and nobody needs to read this"
SHORT = frozenset({"status", "stage", "type", "role", "lastModified", "createdAt", "lastUpdated", "domains"})


def in_our_voice(question: str) -> bool:
    ours = re.sub(r'"[^"]*"|To go ahead, type exactly: .*', "", question)
    return "Zebra" in ours


def said_in(value: Any, name: str) -> Any:
    """A JSON value in which each text under this name, or each entry of a list there, is the order."""
    if isinstance(value, dict):
        return {key: _ordered(one) if key == name else said_in(one, name) for key, one in value.items()}
    return [said_in(one, name) for one in value] if isinstance(value, list) else value


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(one) if isinstance(one, str) else one for one in value]
    return ORDER if isinstance(value, str) else value


class Orders(httpx.AsyncBaseTransport):
    """A Hub with altered answers to reads."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.names: set[str] = set()
        self.change: Callable[[Any], Any] = lambda value: value

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        kind = response.headers.get("content-type", "")
        if response.status_code != 200 or "json" not in kind or not only_reads(request):
            return response
        value = json.loads(await response.aread())
        if "whoami" in request.url.path:
            return httpx.Response(200, json=value)
        self.names |= set(re.findall(r'"(\w+)": *', json.dumps(value)))
        return httpx.Response(200, json=self.change(value))


WAYS = one_of_each(ways(), lambda one: one.tool)


@pytest.mark.asyncio
@pytest.mark.parametrize("n", range(len(WAYS)), ids=[str(one) for one in WAYS])
async def test_what_the_hub_says_in_a_question_is_quoted(tmp_path: Path, n: int) -> None:
    way, world = WAYS[n], World(tmp_path)
    world.spy.inner = told = Orders(world.spy.inner)
    await asked(world, way)
    for name in {*(told.names & SHORT), *(every_nth(sorted(told.names), n) if told.names else ())}:
        told.change = lambda value, name=name: said_in(value, name)  # type: ignore[misc]
        assert not in_our_voice(question := await asked(world, way)), (name, question)


async def asked(world: World, way: Way) -> str:
    """The question that a call asks, or why the Hub's words are refused before."""
    call, gate, hub = ENDPOINTS[way.tool].model_validate(way.arguments), world.gate(), world.hub()
    try:
        question = (await gate.rehearse(call, hub)).question  # type: ignore[arg-type]  # a change
    except HubError as refusal:
        return refusal.kind
    return question.message if question else ""


def test_what_the_hub_says_of_what_an_operation_acts_on_is_quoted() -> None:
    told = Found({ORDER: 1, "description": ORDER, "role": ORDER}).facts()
    assert not any(in_our_voice(one) for one in told), told
    for operation in operations().values():
        looked = read_before(operation)
        if looked and looked.fields:
            was: Any = {name: [{"name": ORDER}] for name in looked.fields}
            for part in reversed(looked.inside.split(".") if looked.inside else []):
                was = {part: was}
            lost = lost_by(operation, {name: [] for name in looked.fields}, was)
            assert lost
            assert not any(in_our_voice(one) for one in lost), lost


@pytest.mark.asyncio
async def test_names_that_a_model_gives_are_quoted_in_a_question(tmp_path: Path) -> None:
    arguments = {"repo_id": "eve/ask-me-first", "type": "model", "answers": {ORDER: "yes"}}
    assert not in_our_voice(await question_about(World(tmp_path), "ask_access", arguments))


@pytest.mark.parametrize("row", ['{"path": "\\ud83d"}', '{"mtime": 1e999}', '{"mtime": NaN}'])
def test_a_row_that_cannot_be_written_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match=r"half a character|infinite"):
        read_rows(row)


def garbled(value: Any, name: str, other: Any) -> Any:
    """A JSON value with another value under this name, or without it; `[]` means each entry of a list."""
    if isinstance(value, dict):
        kept = {key: garbled(one, name, other) for key, one in value.items() if key != name}
        return {**kept, **({name: other} if name in value and other is not LEFT_OUT else {})}
    if isinstance(value, list):
        return [other if name == "[]" else garbled(one, name, other) for one in value]
    return value


LEFT_OUT = object()
STATES = frozenset({"disabled", "suspend", "targetCommit", "gcTimeout", "domains"})
GARBLED: tuple[Any, ...] = (None, 3, {"x": 1}, LEFT_OUT)


@pytest.mark.asyncio
@pytest.mark.parametrize("n", range(len(WAYS)), ids=[str(one) for one in WAYS])
async def test_what_the_hub_leaves_out_or_garbles_counts_as_the_worst(tmp_path: Path, n: int) -> None:
    way, world = WAYS[n], World(tmp_path)
    world.spy.inner = told = Orders(world.spy.inner)
    assert await asked(world, way)
    every = [(name, other) for name in sorted({"[]", *told.names}) for other in GARBLED]
    states = [one for one in every if one[0] in STATES]
    for name, other in [*states, *every_nth(every, n)]:
        if name == "gcTimeout" and other in (None, LEFT_OUT):
            continue  # paid hardware without such a time never sleeps
        told.change = lambda value, name=name, other=other: garbled(  # type: ignore[misc]
            value, name, None if name == "[]" and other is LEFT_OUT else other
        )
        assert await asked(world, way), (name, other)


@pytest.mark.asyncio
@pytest.mark.parametrize("bare", ["hello", []])
async def test_a_variable_that_cannot_be_read_is_not_replaced_without_asking(
    tmp_path: Path, bare: Any
) -> None:
    """In a private, paused Space nothing else asks: nobody reads it and no disk is lost."""

    def paused(value: Any) -> Any:
        if "GREETING" in value:
            return dict.fromkeys(value, bare) if bare else bare
        return garbled(garbled(value, "private", True), "stage", "PAUSED")

    world = World(tmp_path)
    world.spy.inner = told = Orders(world.spy.inner)
    told.change = paused
    said = {"repo_id": "nimbus-labs/will-it-rain", "key": "GREETING", "value": "new"}
    question = await asked(world, Way(Impact.DESTROYS, "set_space_variable", "value", said))
    assert "it replaces whatever the variable is now" in question
