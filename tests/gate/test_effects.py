"""A call is gated by its effect: each way to each effect asks, through every tool and argument.

The table is in `ways.py`; these tests check that it is complete, and that each of its ways asks.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_mcp.catalogue import ENDPOINTS, Change
from hub_mcp.catalogue.fields.marks import RepoKind
from hub_mcp.catalogue.fields.schema import schema_of
from hub_mcp.catalogue.http import fields_in
from hub_mcp.catalogue.stakes import Impact
from hub_mcp.errors import UnexpectedAnswer
from hub_mcp.gate.challenge import Assessment
from hub_mcp.gate.question import LONGEST
from tests.gate.gates import (
    ERAS,
    NOTHING,
    Asked,
    World,
    agreeing,
    declining,
    question_about,
    refused,
    text_of,
)
from tests.gate.ways import AFTERWARDS, GATED, HARMLESS, OPENS, ORG, PRIVATE, PUBLIC, ids, ways
from tests.thoroughly import one_of_each, share


def changes() -> list[type[Change[Any, Any]]]:
    return [one for one in ENDPOINTS.values() if issubclass(one, Change)]


def arguments_of(endpoint: type[Change[Any, Any]]) -> Iterator[str]:
    """Every argument, those inside of objects and lists with a dot."""
    for name, schema in schema_of(endpoint)["properties"].items():
        inside = schema.get("items", schema).get("properties")
        yield from (f"{name}.{one}" for one in inside) if inside else (name,)


def only_naming(endpoint: type[Change[Any, Any]]) -> Iterator[str]:
    """The arguments in the path, which say what is changed; a choice there, such as `action`, says how."""
    properties = schema_of(endpoint)["properties"]
    for name in fields_in(endpoint.line.path):
        if "enum" not in properties[name] or name in endpoint.marked(RepoKind):
            yield name


def each_of(numbers: Sequence[int]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("way", numbers, ids=[str(ways()[n]) for n in numbers])


A_WAY_OF_EACH = each_of(one_of_each(range(len(ways())), lambda n: (ways()[n].tool, ways()[n].effect)))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def assessed(world: World, tool: str, arguments: dict[str, Any], **limits: Any) -> Assessment:
    call = ENDPOINTS[tool].model_validate(arguments)
    assert isinstance(call, Change)
    return await world.gate(**limits).assess(call, world.hub())


async def impacts(world: World, tool: str, arguments: dict[str, Any]) -> frozenset[Impact]:
    stakes = (await assessed(world, tool, arguments)).stakes
    return stakes.impacts if stakes else frozenset()


# ── the table is whole ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("endpoint", changes(), ids=lambda one: str(one.tool))
def test_every_argument_of_a_change_is_in_the_table_or_has_its_reason(
    endpoint: type[Change[Any, Any]],
) -> None:
    every = {(endpoint.tool, name) for name in arguments_of(endpoint)}
    in_table = {(one.tool, one.argument) for one in ways()} | AFTERWARDS.keys()
    named = {(endpoint.tool, name) for name in only_naming(endpoint)}
    lacking = sorted(name for _, name in every - in_table - HARMLESS.keys() - named)
    assert not lacking, "tests/gate/ways.py has no way of these, and no reason in HARMLESS"
    assert {one for one in HARMLESS if one[0] == endpoint.tool} - every == set()
    assert every & in_table & HARMLESS.keys() == set()


def test_every_effect_has_its_ways_and_every_change_an_effect() -> None:
    assert {one.effect for one in ways()} == set(Impact)
    in_table = {one.tool for one in ways()} | {tool for tool, _ in AFTERWARDS}
    assert in_table == {one.tool for one in changes() if one.may_ask()}
    assert all(one.harmless for one in changes() if not one.may_ask())


# ── each way asks ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@A_WAY_OF_EACH
async def test_a_way_to_an_effect_is_seen_as_one(world: World, way: int) -> None:
    one = ways()[way]
    assert one.effect in await impacts(world, one.tool, one.arguments)


@pytest.mark.asyncio
@A_WAY_OF_EACH
async def test_where_nobody_can_be_asked_no_way_changes_anything(world: World, way: int) -> None:
    one = ways()[way]
    async with world.client(confirm="deny") as client:
        assert refused(await client.call_tool(one.tool, one.arguments))
    assert world.spy.changes == []


@pytest.mark.asyncio
@A_WAY_OF_EACH
async def test_the_question_shows_every_argument_and_what_cannot_be_undone_comes_before_the_facts(
    world: World, way: int
) -> None:
    one = ways()[way]
    asked = await question_about(world, one.tool, one.arguments)
    for value in values_in(one.arguments):
        assert value in asked, asked
    first = asked.split("\n")[:3]
    assert first[0].endswith("?")
    assert first[1]
    assert not first[1].startswith("- ")


def values_in(said: Any) -> Iterator[str]:
    """What a person must find in the question, for each value of the arguments."""
    if isinstance(said, dict) and said.get("delete") is True:
        said = {**said, "delete": "deletes"}  # it is said in words
    for one in said.values() if isinstance(said, dict) else said if isinstance(said, list) else [said]:
        if isinstance(one, (dict, list)):
            yield from values_in(one)
        else:
            text = one if isinstance(one, str) else json.dumps(one)
            yield text.replace("@", "＠").replace("://", "∶∕∕")  # alike on purpose: no link


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The arguments of two calls combined, if they do not conflict."""
    agree = all(first.get(name, value) == value for name, value in second.items())
    return {**second, **first} if agree else first


@settings(max_examples=share(120))
@given(st.data())
def test_however_calls_are_combined_each_effect_asks_and_nothing_happens_without_asking(
    data: st.DataObject,
) -> None:
    one = data.draw(st.sampled_from(ways()), label="way")
    riders = [other for other in ways() if other.tool == one.tool]
    other = data.draw(st.sampled_from(riders), label="rides along")
    policy = data.draw(st.sampled_from(["deny", "elicit", "plan"]), label="policy")
    era = data.draw(st.sampled_from(ERAS), label="era")
    says_no = data.draw(st.booleans(), label="somebody says no")
    arguments = merged(one.arguments, other.arguments)

    async def check(place: str) -> None:
        world = World(Path(place))
        async with world.client(era, declining if says_no else None, confirm=policy) as client:
            answer = await client.call_tool(one.tool, arguments)
        assert NOTHING in text_of(answer)
        assert world.spy.changes == []

    with tempfile.TemporaryDirectory() as place:
        anyio.run(check, place)


# ── what the Hub does not tell counts as the worst ───────────────────────────────────────────────────


class Tampered(httpx.AsyncBaseTransport):
    """A Hub with altered answers to reads."""

    def __init__(self, inner: httpx.AsyncBaseTransport, change: Callable[[Any], Any]) -> None:
        self._inner, self._change = inner, change

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if request.method != "GET" or response.status_code != 200 or "whoami" in request.url.path:
            return response
        body = self._change(json.loads(await response.aread()))
        return httpx.Response(200, json=body, headers={"content-type": "application/json"})


TOLD = ("private", "visibility", "gated", "gating", "role", "resourceGroup", "spendLimits")


def walked(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(value, dict):
        return change({key: walked(one, change) for key, one in value.items()})
    return [walked(one, change) for one in value] if isinstance(value, list) else value


def silent(value: Any) -> Any:
    return walked(value, lambda said: {key: one for key, one in said.items() if key not in TOLD})


def odd(value: Any) -> Any:
    return walked(value, lambda said: {key: "false" if key in TOLD else one for key, one in said.items()})


# Calls that ask nobody if the Hub says enough, with the reason.
@cache
def unasked() -> list[tuple[str, dict[str, Any]]]:
    known = ids()
    return [
        ("update_repo_settings", {**PRIVATE, "visibility": "private"}),
        ("duplicate_repo", {**PRIVATE, "to_repo": "ada/diary"}),
        ("duplicate_repo", {**PUBLIC, "to_repo": f"{ORG}/fjords", "visibility": "private"}),
        ("update_repo_settings", {**PUBLIC, "visibility": "public", "gated": "false"}),
        ("update_repo_settings", {**GATED, "gated": "manual"}),
        ("create_collection", {"title": "New", "namespace": "ada", "item": "models/Qwen/Qwen3-8B"}),
        ("add_collection_item", {"slug": known.open, "item": "models/Qwen/Qwen3-8B"}),
        ("add_collection_item", {"slug": known.closed, "item": "models/ada/draft-tide-model"}),
        ("update_collection", {"slug": known.closed, "private": True, "gating": "false"}),
        ("update_collection_item", {"slug": known.open, "item_id": known.item, "note": "Better."}),
        ("add_resource_group_users", {**known.interns, "users": [{"user": "dan", "role": "read"}]}),
        ("update_resource_group_user_role", {**known.storm, "username": "cleo", "role": "contributor"}),
        ("set_repo_resource_group", {**GATED, "resource_group_id": known.partners["resource_group_id"]}),
    ]


UNASKED = pytest.mark.parametrize("n", range(len(unasked())), ids=[tool for tool, _ in unasked()])


@pytest.mark.asyncio
@UNASKED
async def test_what_is_so_already_or_opens_nothing_asks_nobody(world: World, n: int) -> None:
    assert await impacts(world, *unasked()[n]) == frozenset()


def holds_less(value: Any) -> Any:
    """What a group holds, and who its users are, is left out too."""
    return walked(
        silent(value), lambda said: {k: v for k, v in said.items() if k not in ("resources", "repos")}
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("told", [holds_less, odd])
@UNASKED
async def test_missing_answers_of_the_hub_count_as_the_worst_case(
    world: World, n: int, told: Callable[[Any], Any]
) -> None:
    tool, arguments = unasked()[n]
    if tool == "add_resource_group_users" and told is odd:
        pytest.skip("a list of what a group holds is no list by another name")
    world.spy.inner = Tampered(world.spy.inner, told)
    async with world.client(confirm="deny") as client:
        assert refused(await client.call_tool(tool, arguments))
    assert world.spy.changes == []


@pytest.mark.asyncio
@A_WAY_OF_EACH
async def test_every_way_to_an_effect_asks_even_if_the_hub_says_nothing(world: World, way: int) -> None:
    one = ways()[way]
    world.spy.inner = Tampered(world.spy.inner, holds_less)
    if one.tool == "set_member_role":  # what it must keep has to be told: nothing is sent without
        with pytest.raises(UnexpectedAnswer, match="role"):
            await impacts(world, one.tool, one.arguments)
        return
    assert one.effect in await impacts(world, one.tool, one.arguments)


@pytest.mark.asyncio
async def test_a_look_that_fails_counts_as_the_worst(world: World) -> None:
    class Failing(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.startswith("/api/models/"):
                return httpx.Response(403, json={"error": "no"})
            return await inner.handle_async_request(request)

    inner, world.spy.inner = world.spy.inner, Failing()
    arguments = {"slug": ids().open, "item": "models/Qwen/Qwen3-8B"}
    assert await impacts(world, "add_collection_item", arguments) == {OPENS}


# ── ways that need something first ───────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
async def test_a_gate_of_a_collection_that_is_opened_asks(world: World) -> None:
    await world.other(
        "PATCH",
        f"/api/collections/{ids().open}",
        {"gating": {"mode": "manual", "notifications": {"mode": "bulk"}}},
    )
    for gating in ("auto", "false"):
        assert await impacts(world, "update_collection", {"slug": ids().open, "gating": gating}) == {OPENS}


@pytest.mark.asyncio
async def test_a_note_on_what_is_private_asks_where_everyone_can_read_it(world: World) -> None:
    slug = ids().closed
    await world.other("PATCH", f"/api/collections/{slug}", {"private": False})
    note = {"slug": slug, "item_id": "models/ada/notes-to-self", "note": "where the keys are"}
    assert await impacts(world, "update_collection_item", note) == {OPENS}


@pytest.mark.asyncio
async def test_a_limit_that_is_set_to_what_it_is_spends_nothing(world: World) -> None:
    storm = ids().storm
    path = f"/api/organizations/{ORG}/resource-groups/{storm['resource_group_id']}"
    await world.other("PATCH", path, {"spendLimits": {"jobs": 500}})
    same = {**storm, "spend_limits": {"jobs": 500}}
    assert await impacts(world, "update_resource_group", same) == frozenset()
    asked = await question_about(world, "update_resource_group", {**storm, "spend_limits": {"jobs": -1}})
    assert "spend limit of jobs: 500 cents → no limit" in asked


# ── what a person is told ────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("tool", "role"), [("update_resource_group_user_role", "read"), ("remove_resource_group_user", None)]
)
async def test_removing_the_last_admin_is_pointed_out(world: World, tool: str, role: str | None) -> None:
    arguments = {**ids().storm, "username": "bob", **({"role": role} if role else {})}
    assert '"bob" is its last admin' in await question_about(world, tool, arguments)


@pytest.mark.asyncio
async def test_side_effects_are_shown_and_a_group_that_loses_something_is_named(world: World) -> None:
    asked = await question_about(
        world,
        "create_resource_group",
        {
            "organization": ORG,
            "name": "Fresh",
            "description": "All of it",
            "repos": [{"type": "model", "name": f"{ORG}/storm-atlas-7b"}],
            "users": [{"user": "dan", "role": "write"}, {"user": "cleo", "role": "read"}],
        },
    )
    assert '(private) leaves the resource group "Storm team"' in asked
    assert '"dan" reaches it as write' in asked
    assert '"cleo" reaches it as read' in asked
    assert 'description: "All of it"' in asked


@pytest.mark.asyncio
async def test_publication_names_the_private_things_that_it_shows(world: World) -> None:
    arguments = {"slug": ids().closed, "private": False, "title": "Ours"}
    asked = await question_about(world, "update_collection", arguments)
    assert 'of its items these may be private: "model ada/notes-to-self"' in asked
    assert 'title: "Ours"' in asked


@pytest.mark.asyncio
@pytest.mark.parametrize("policy", ["plan", "deny", "elicit"])
async def test_a_question_too_long_to_read_is_refused_before_anybody_is_asked(
    world: World, policy: str
) -> None:
    person = Asked()
    many = [{"user": f"somebody-with-a-long-name-{n}", "role": "read"} for n in range(60)]
    async with world.client("auto", person, confirm=policy) as client:
        answer = await client.call_tool("add_resource_group_users", {**ids().storm, "users": many})
    assert refused(answer)
    assert "Split it into several calls." in text_of(answer)
    assert person.questions == []
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_eleven_long_names_are_all_there(world: World) -> None:
    names = [f"somebody-with-a-long-name-{n}" for n in range(11)]
    users = [{"user": name, "role": "write"} for name in names]
    asked = await question_about(world, "add_resource_group_users", {**ids().storm, "users": users})
    assert all(asked.count(f'"{name}"') >= 1 for name in names)
    assert len(asked) <= LONGEST


# ── what was shown is looked at again ────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    "grown",
    [
        {"private": False},
        {"gated": "auto"},
        {"downloads": 20_000},
        {"likes": 3_000},
    ],
)
async def test_a_fact_that_changed_while_the_person_thought_stops_the_change(
    world: World, era: str, grown: dict[str, Any]
) -> None:
    now: dict[str, Any] = {}
    world.spy.inner = Tampered(
        world.spy.inner, lambda value: {**value, **now} if isinstance(value, dict) else value
    )

    def meanwhile(params: Any) -> Any:
        now.update(grown)
        return agreeing(params)

    async with world.client(era, meanwhile) as client:
        answer = await client.call_tool("delete_repo", PRIVATE)
    assert refused(answer)
    assert "has changed since they were asked" in text_of(answer)
    assert world.spy.changes == []


@pytest.mark.asyncio
async def test_a_download_more_or_less_stops_nothing(world: World) -> None:
    downloads = iter(range(2_000, 3_000))
    world.spy.inner = Tampered(
        world.spy.inner,
        lambda value: {**value, "downloads": next(downloads)} if isinstance(value, dict) else value,
    )
    async with world.client("auto", agreeing) as client:
        assert not (await client.call_tool("delete_repo", PRIVATE)).is_error
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
async def test_a_repository_that_left_its_group_while_the_person_thought_stops_the_change(
    world: World,
) -> None:
    async def meanwhile(params: Any) -> Any:
        await world.other(
            "POST", f"/api/models/{ORG}/storm-atlas-7b/resource-group", {"resourceGroupId": None}
        )
        return agreeing(params)

    arguments = {
        "organization": ORG,
        "name": "F",
        "repos": [{"type": "model", "name": f"{ORG}/storm-atlas-7b"}],
    }
    async with world.client("auto", meanwhile) as client:
        assert refused(await client.call_tool("create_resource_group", arguments))
    assert world.spy.changes == []


# ── the operator's limits count by effect ────────────────────────────────────────────────────────────


@pytest.mark.asyncio
async def test_a_role_without_access_counts_as_a_deletion(world: World) -> None:
    cleo = {**ids().storm, "username": "cleo", "role": "no_access"}
    async with world.client("auto", agreeing, max_deletes=1) as client:
        assert not (await client.call_tool("update_resource_group_user_role", cleo)).is_error
        answer = await client.call_tool("delete_repo", PRIVATE)
        assert refused(answer)
        assert "--max-deletes" in text_of(answer)
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
async def test_a_private_name_of_another_owner_is_beyond_the_namespaces(world: World) -> None:
    item = {"slug": ids().open, "item": {"type": "model", "id": f"{ORG}/storm-atlas-7b"}}
    async with world.client("auto", agreeing, namespaces=("ada",)) as client:
        answer = await client.call_tool("add_collection_item", item)
        assert refused(answer)
        assert "this is about nimbus-labs" in text_of(answer)
        public = {"slug": ids().open, "item": "models/Qwen/Qwen3-8B"}
        assert not (await client.call_tool("add_collection_item", public)).is_error
    assert len(world.spy.changes) == 1


@pytest.mark.asyncio
async def test_repositories_that_a_new_group_takes_in_are_within_the_namespaces(world: World) -> None:
    arguments = {"organization": ORG, "name": "F", "repos": [{"type": "model", "name": "ada/notes-to-self"}]}
    async with world.client("auto", agreeing, namespaces=(ORG,)) as client:
        answer = await client.call_tool("create_resource_group", arguments)
        assert refused(answer)
        assert "this is about ada" in text_of(answer)
    assert world.spy.changes == []
