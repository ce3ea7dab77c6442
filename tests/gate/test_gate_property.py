"""The property of the gate: over tools, clients, answers, eras and policies, no change that was not allowed.

What is allowed is said here once more, in a table and ten lines, on purpose: the gate is held to them.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp import Client
from mcp.types import CallToolResult, ElicitRequestFormParams, ElicitResult

from hub_mcp.catalogue import ENDPOINTS, Change, Effect
from tests import samples
from tests.gate.gates import ERAS, Answer, AtOnce, World, agreeing, declining, refused, typing
from tests.gate.ways import ways
from tests.thoroughly import one_of, share
from tests.written import offering

ORG = "nimbus-labs"
FJORDS = {"repo_id": "ada/fjord-names", "type": "model"}
RADARS: dict[str, Any] = {"repo_id": f"{ORG}/nowcast-base", "type": "model", "num": 1}
PRIVATE = {"repo_id": "ada/notes-to-self", "type": "model"}
JOB = {"namespace": "ada", "job_id": "6abf60ffca7ff55b1071f7af"}
DIGEST = {"namespace": "ada", "job_id": "6a6b95d0f7ffe8e4b4e8c51b"}
PREVIEW = {"namespace": ORG, "job_id": "6ac2a2b349eb83beef56e4f1"}
HOOK = {"webhook_id": "6908720c926214bcf1cbefa9"}
WATCHED = {"watched": [{"type": "model", "name": "ada/fjord-names"}]}
CHANGING = [name for name, one in ENDPOINTS.items() if one.line.effect is not Effect.READ]
CLOSED = {"repo_id": "ada/mood-of-the-weather", "type": "model", "num": 1}


@dataclass(frozen=True)
class Case:
    """A changing call, and what it takes: nothing, a yes, or the name of what it is about."""

    tool: str
    takes: str  # "", "yes" or "name"
    arguments: dict[str, Any]


@cache
def cases() -> list[Case]:
    """At least one call of every tool that changes something, on the local Hub's own world."""
    said = written()
    return said + [case_of(tool) for tool in CHANGING if tool not in {case.tool for case in said}]


def cases_of(tool: str) -> list[Case]:
    return [case for case in cases() if case.tool == tool]


def case_of(tool: str) -> Case:
    """The first of its ways to an effect; of a tool that has none its sample."""
    way = next((one for one in ways() if one.tool == tool), None)
    if way is None:
        return Case(tool, "", samples.CALLS[tool])
    endpoint = ENDPOINTS[tool]
    assert issubclass(endpoint, Change)
    named = bool(endpoint.line.retype) or endpoint.retype is not Change.retype
    return Case(tool, "name" if named else "yes", way.arguments)


def written() -> list[Case]:
    """What is said here by hand: for each tool a call that asks and one that does not, where it has both."""

    async def look(world: World) -> tuple[Any, Any, Any, Any]:
        collections = await world.json("/api/collections?owner=ada&limit=100")
        groups = await world.json(f"/api/organizations/{ORG}/resource-groups")
        items = [await world.json(f"/api/collections/{one['slug']}") for one in collections]
        thread = await world.json(f"/api/models/{RADARS['repo_id']}/discussions/1")
        return collections, groups, items, thread["events"]

    world = World(Path())
    collections, groups, full, events = anyio.run(look, world)
    said = next(one["id"] for one in events if one["author"]["name"] == "ada")
    shut = next(one["slug"] for one in collections if one["private"])
    shelf = next(one for one in full if one["items"] and not one["private"])
    item = {"slug": shelf["slug"], "item_id": shelf["items"][0]["_id"]}
    ids = {one["name"]: one["id"] for one in groups}
    storm = {"organization": ORG, "resource_group_id": ids["Storm team"]}
    partners = {"organization": ORG, "resource_group_id": ids["Partners"]}
    gated = {"repo_id": f"{ORG}/partners-preview", "type": "model"}
    join = {"enabled": True, "role": "read"}
    admin = [{"user": "dan", "role": "admin"}]
    return [
        Case("create_repo", "", {"repo_id": "ada/fresh", "type": "dataset"}),
        Case("delete_repo", "name", PRIVATE),
        Case("update_repo_settings", "yes", {**PRIVATE, "visibility": "public"}),
        Case("update_repo_settings", "yes", {**gated, "gated": "false"}),
        Case("update_repo_settings", "yes", {**gated, "gated": "auto"}),
        Case("update_repo_settings", "yes", {**gated, "visibility": "private"}),
        Case("update_repo_settings", "", {**PRIVATE, "visibility": "private", "gated": "false"}),
        Case("move_repo", "name", {"from_repo": PRIVATE["repo_id"], "to_repo": "ada/diary", "type": "model"}),
        Case("create_collection", "", {"title": "New", "namespace": "ada"}),
        Case("update_collection", "yes", {"slug": shut, "private": False}),
        Case("update_collection", "", {"slug": shut, "title": "Another title"}),
        Case("delete_collection", "name", {"slug": shut}),
        Case("add_collection_item", "", {"slug": shut, "item": {"type": "model", "id": "Qwen/Qwen3-8B"}}),
        Case("update_collection_item", "", {**item, "note": "Another note."}),
        Case("delete_collection_item", "yes", item),
        Case("create_resource_group", "", {"organization": ORG, "name": "Plain"}),
        Case("create_resource_group", "yes", {"organization": ORG, "name": "Open", "auto_join": join}),
        Case("create_resource_group", "yes", {"organization": ORG, "name": "Led", "users": admin}),
        Case("update_resource_group", "", {**storm, "description": "Another one."}),
        Case("update_resource_group_settings", "yes", {**storm, "auto_join": join}),
        Case("update_resource_group_settings", "", {**partners, "auto_join": {"enabled": False}}),
        Case("delete_resource_group", "name", storm),
        Case("add_resource_group_users", "yes", {**storm, "users": [{"user": "dan", "role": "read"}]}),
        Case("add_resource_group_users", "yes", {**storm, "users": admin}),
        Case("remove_resource_group_user", "yes", {**storm, "username": "cleo"}),
        Case("update_resource_group_user_role", "yes", {**storm, "username": "cleo", "role": "write"}),
        Case("update_resource_group_user_role", "yes", {**storm, "username": "cleo", "role": "admin"}),
        Case("set_repo_resource_group", "yes", {**gated, "resource_group_id": ids["Storm team"]}),
        Case("set_repo_resource_group", "yes", {**gated, "resource_group_id": "none"}),
        Case("duplicate_repo", "", {**PRIVATE, "to_repo": "ada/diary", "visibility": "private"}),
        Case("duplicate_repo", "yes", {**FJORDS, "to_repo": "ada/fjords"}),
        Case("unlike_repo", "", {"repo_id": RADARS["repo_id"], "type": "model"}),
        Case("run_job", "yes", {"namespace": "ada", "flavor": "cpu-basic", "docker_image": "alpine"}),
        Case("rerun_job", "yes", JOB),
        Case("set_job_labels", "", {**JOB, "labels": {"team": "fjords"}}),
        Case("expose_job_ports", "yes", {**PREVIEW, "ports": [1]}),
        Case("cancel_job", "yes", PREVIEW),
        Case("create_scheduled_job", "yes", {"namespace": "ada", "flavor": "cpu-basic", "docker_image": "a",
                                             "schedule": "@daily"}),
        Case("suspend_scheduled_job", "", DIGEST),
        Case("resume_scheduled_job", "yes", DIGEST),
        Case("trigger_scheduled_job", "yes", DIGEST),
        Case("reschedule_job", "yes", {**DIGEST, "schedule": "@hourly"}),
        Case("set_scheduled_job_labels", "", {**DIGEST, "labels": {"team": "fjords"}}),
        Case("delete_scheduled_job", "yes", DIGEST),
        Case("mark_notifications", "", {"apply_to_all": True}),
        Case("delete_notifications", "yes", {"apply_to_all": True}),
        Case("update_watch", "", {"add": [{"type": "org", "id": "62b04c2815dc736ee6444480"}]}),
        Case("create_webhook", "yes", {**WATCHED, "domains": ["repo"], "url": "https://example.org/hook"}),
        Case("update_webhook", "yes", {**HOOK, **WATCHED}),
        Case("toggle_webhook", "", {**HOOK, "action": "disable"}),
        Case("delete_webhook", "yes", HOOK),
        Case("cancel_access_request", "yes", samples.CALLS["cancel_access_request"]),
        Case("ask_access", "yes", samples.CALLS["ask_access"]),
        Case("replay_webhook", "yes", samples.CALLS["replay_webhook"]),
        Case("update_notification_settings", "", samples.CALLS["update_notification_settings"]),
        Case("update_notification_settings", "yes", {"off": ["job_status"]}),
        Case("create_discussion", "yes", {**FJORDS, "title": "A question", "description": "May I?"}),
        Case("comment_discussion", "yes", {**FJORDS, "num": 1, "comment": "Soon."}),
        Case("edit_comment", "yes", {**RADARS, "comment_id": said, "content": "Another answer."}),
        Case("hide_comment", "yes", {**RADARS, "comment_id": said}),
        Case("set_discussion_status", "", {**FJORDS, "num": 1, "status": "closed"}),
        Case("set_discussion_status", "yes", {**FJORDS, "num": 1, "status": "closed", "comment": "Done."}),
        Case("rename_discussion", "", {**FJORDS, "num": 1, "title": "Another title"}),
        Case("pin_discussion", "", {**FJORDS, "num": 1, "pinned": True}),
        Case("merge_pull_request", "yes", {**RADARS, "num": 2}),
        Case("delete_discussion", "name", {**FJORDS, "num": 1}),
        Case("delete_pr_ref", "yes", CLOSED),
        Case("create_branch", "", {**FJORDS, "branch": "dev"}),
        Case("create_branch", "yes", {**FJORDS, "branch": "main", "overwrite": True}),
        Case("create_tag", "", {**FJORDS, "tag": "v1"}),
        Case("delete_tag", "yes", {**FJORDS, "tag": "v1.0"}),
        Case("delete_branch", "name", {**FJORDS, "branch": "experimental"}),
        Case("super_squash", "name", {**FJORDS, "revision": "main"}),
        Case("commit", "", {**FJORDS, "summary": "Add", "files": [{"path": "a.txt", "content": "A note."}]}),
        Case("commit", "yes", {**FJORDS, "summary": "A", "files": [{"path": "config.json", "delete": True}]}),
        Case(
            "commit",
            "yes",
            {**FJORDS, "summary": "Ask", "files": [{"path": "a.txt", "content": "A"}], "create_pr": True},
        ),
    ]  # fmt: skip


ANSWERS: dict[str, Answer | None] = {
    "no form": None,
    "agrees": agreeing,
    "declines": declining,
    "declines at once": AtOnce(declining),
    "closes it at once": AtOnce(lambda params: ElicitResult(action="cancel")),
    "closes it": lambda params: ElicitResult(action="cancel"),
    "sends it empty": lambda params: ElicitResult(action="accept", content={}),
    "types something else": typing("ada"),
    "ticks nothing": lambda params: ElicitResult(action="accept", content={"confirm": False, "name": ""}),
    "ticks where a name is asked, types where a tick is": lambda params: crossed(params),
}


UNHEARD = ("no form", "sends it empty", "declines at once", "closes it at once")  # of no person


def crossed(params: ElicitRequestFormParams) -> ElicitResult:
    named = "name" in params.requested_schema["properties"]
    return ElicitResult(action="accept", content={"confirm": True} if named else {"name": "true"})


def allowed(case: Case, answer: str, policy: str, *, dry_run: bool) -> bool:
    """Whether the first call may change something."""
    if dry_run:
        return False
    if not case.takes or policy == "off":
        return True
    return answer == "agrees"


async def call(client: Client, case: Case, **more: Any) -> CallToolResult:
    return await client.call_tool(case.tool, {**case.arguments, **more})


async def follow(
    world: World, case: Case, answer: str, era: str, policy: str, dry_run: bool, by_model: bool
) -> None:
    async with world.client(era, ANSWERS[answer], confirm=policy, **offering(case.tool)) as client:
        first = await call(client, case, **({"dry_run": True} if dry_run else {}))
        if allowed(case, answer, policy, dry_run=dry_run):
            assert len(world.spy.changes) == 1
            assert not first.is_error, first.content
            return
        assert world.spy.changes == []
        plan = first.structured_content or {}
        token = plan.get("confirm_token")
        if not token:
            assert dry_run or refused(first)
            assert dry_run or answer not in UNHEARD or policy != "plan"
            return
        assert answer in UNHEARD
        assert policy == "plan"
        if case.takes == "name":
            assert refused(await call(client, case, confirm_token=token))
            assert world.spy.changes == []
            if by_model:
                return  # whatever else it tries, no person has typed the name
            for waiting in world.approvals.waiting():
                world.approvals.approve(waiting)
        assert not (await call(client, case, confirm_token=token)).is_error
        assert len(world.spy.changes) == 1
        again = await call(client, case, confirm_token=token)
        assert again.is_error
        assert len(world.spy.changes) == 1


@settings(max_examples=share(200))
@given(st.data())
def test_no_change_is_sent_that_was_not_allowed(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(cases()), label="call")
    answer = data.draw(st.sampled_from(sorted(ANSWERS)), label="person")
    era = data.draw(st.sampled_from(ERAS), label="era")
    policy = data.draw(st.sampled_from(["plan", "deny", "elicit", "off"]), label="policy")
    dry_run = data.draw(
        st.booleans() if data.draw(st.integers(0, 4)) == 0 else st.just(False), label="dry run"
    )
    by_model = data.draw(st.booleans(), label="only the model goes on")
    with tempfile.TemporaryDirectory() as place:
        anyio.run(follow, World(Path(place)), case, answer, era, policy, dry_run, by_model)


@pytest.mark.parametrize(
    ("tool", "era"), [(tool, era) for n, tool in enumerate(CHANGING) for era in one_of(ERAS, n)]
)
def test_every_call_is_made_when_a_person_agrees_and_not_without(tmp_path: Path, tool: str, era: str) -> None:
    for n, case in enumerate(cases_of(tool)):
        anyio.run(follow, World(tmp_path / f"yes{n}"), case, "agrees", era, "elicit", False, False)
        anyio.run(follow, World(tmp_path / f"no{n}"), case, "no form", era, "deny", False, False)


def test_the_table_asks_by_those_alone_that_may_ask() -> None:
    asking = {case.tool for case in cases() if case.takes}
    assert asking <= {name for name in CHANGING if ENDPOINTS[name].may_ask()}
    assert all(ENDPOINTS[name].may_ask() or ENDPOINTS[name].harmless for name in CHANGING)
