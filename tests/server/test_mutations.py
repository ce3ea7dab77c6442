"""Mutation tests: a change for the worse in the table, or in making calls from it, is noticed here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from hub_mcp.catalogue.content.commits import Commit
from hub_mcp.catalogue.http import HttpRequest
from hub_mcp.catalogue.operations import paths
from hub_mcp.catalogue.operations.calls import OperationCall, made_of
from hub_mcp.catalogue.operations.risks import ASKING, risk_of
from hub_mcp.catalogue.operations.table import Operation, Standing, read_table, shipped
from hub_mcp.gate import effects
from hub_mcp.server.tools import reached_operations
from tests.gate.gates import World, text_of
from tests.server.test_operation_tools import REPO, only_outlines, reading, world

__all__ = ["world"]
Table = Mapping[str, Operation]
Edit = Callable[[str], str]
COMMENT = {"username": "ada", "post_slug": "1", "comment": "Thanks."}
ROLE_BODY = 'members/{username}/role"],"body":{"type":"object","properties":{'
OVERVIEW = "/api/users/{username}/overview"
CAREFUL = (Standing.ASK, Standing.CREDENTIAL, Standing.UNKNOWN)


def table_with(file: str, edit: Edit) -> Table:
    """The table whose one file somebody has edited."""
    assert edit(shipped(file)) != shipped(file)
    return read_table(lambda name: edit(shipped(name)) if name == file else shipped(name))


def without_line(start: str) -> Edit:
    return lambda text: "".join(one for one in text.splitlines(keepends=True) if not one.startswith(start))


def replaced(old: str, new: str) -> Edit:
    return lambda text: text.replace(old, new, 1)


# ── what is done to the table ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("file", "edit", "strange"),
    [
        ("reviewed.tsv", without_line("delete_post\t"), "delete_post"),
        ("pins.tsv", lambda text: text.replace("delete_post", "delete_pots"), "delete_pots"),
        ("shapes.jsonl", replaced("{postSlug}/comment", "{postSlug}/note"), "post_posts_note"),
        ("shapes.jsonl", replaced(ROLE_BODY, f'{ROLE_BODY}"notify":{{}},'), "set_member_role"),
        ("shapes.jsonl", replaced(f"GET {OVERVIEW}", f"POST {OVERVIEW}"), "post_users_overview"),
    ],
    ids=["a row dropped", "a row of another name", "a path renamed", "a body field added", "a verb flipped"],
)  # fmt: skip
def test_an_operation_that_is_not_what_was_reviewed_is_gated_as_unknown(
    file: str, edit: Edit, strange: str
) -> None:
    table = table_with(file, edit)
    assert {one.name for one in table.values() if one.standing is Standing.UNKNOWN} == {strange}
    assert set(risk_of(table[strange], {}).letters) >= ASKING


def lowered(table: Table) -> list[str]:
    """What can do harm and is not classed so."""
    return [name for name, one in table.items() if set(one.risk) & ASKING and one.standing not in CAREFUL]


@pytest.mark.parametrize("name", ["delete_post", "set_member_role", "rotate_sso"])
@pytest.mark.parametrize("to", ["write", "free"])
def test_a_class_lowered_no_longer_fits_what_the_operation_can_do(name: str, to: str) -> None:
    assert lowered(read_table(shipped)) == []
    [line] = [one for one in shipped("reviewed.tsv").splitlines() if one.startswith(f"{name}\t")]
    _, area, standing, rest = line.split("\t", 3)
    edit = replaced(line, "\t".join((name, area, to, rest)))
    assert standing in ("ask", "credential")
    assert lowered(table_with("reviewed.tsv", edit)) == [name]


UNASKED = {
    "mark_notifications",
    "update_notification_settings",
    "update_watch",
    "create_tag",
    "rename_discussion",
    "pin_discussion",
    "add_collection_item",
    "set_job_labels",
    "suspend_scheduled_job",
    "set_scheduled_job_labels",
    "unlike_repo",
    "update_collection_item",
    "send_telemetry",
    "scale_inference_endpoint_to_zero",
}
READ_BY_ANOTHER_VERB = {
    "oauth_userinfo_post",
    "check_endpoints_access",
    "check_endpoint_access",
    "check_jobs_access",
    "check_job_access",
    "get_paths_info",
    "preupload",
    "quicksearch_post",
    "validate_model_card",
}


def test_changes_without_a_question_and_reads_by_another_verb_are_listed_here() -> None:
    """Whoever lowers a class, and the letters of its risk with it, has to say so here as well."""
    table = read_table(shipped)
    free = (Standing.FREE, Standing.CLEANED)
    verbs = {name: {one.method for one in operation.requests} for name, operation in table.items()}
    assert {name for name, one in table.items() if one.standing is Standing.WRITE} == UNASKED
    changing = {name for name, one in table.items() if one.standing in free and verbs[name] - {"GET", "HEAD"}}
    assert changing == READ_BY_ANOTHER_VERB
    assert {name for name, one in table.items() if "C" in one.risk and one.standing in free} == set()


def loses_groups(table: Table) -> bool:
    """Whether a role that is set without resource groups is known to take the person out of them."""
    operation = table["set_member_role"]
    risk = risk_of(operation, {"role": "read"})
    return any("out of every one" in why for why in risk.reasons) and "D" in risk.letters


def test_a_role_set_without_resource_groups_is_not_taken_for_harmless() -> None:
    assert loses_groups(read_table(shipped))
    assert not loses_groups(table_with("reviewed.tsv", replaced("!resourceGroups DG", "role=none DG")))


@pytest.mark.asyncio
async def test_a_written_change_asks_once_the_document_has_another_operation_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = table_with("pins.tsv", lambda text: re.sub(r"(?m)^\w+(?=\tcreate_tag\t)", "0" * 12, text))
    said = {"repo_id": "ada/fjord-names", "type": "model", "tag": "v1", "revision": "main"}
    asked = {"operation": "create_tag", "arguments": said}
    async with world.client(confirm="plan", structured=False) as client:
        monkeypatch.setattr(effects, "operations", lambda: table)
        told = await client.call_tool("change_operation", asked)
        assert "Nobody has reviewed this operation" in text_of(told)
        assert world.spy.changes == []
        monkeypatch.undo()
        await client.call_tool("change_operation", asked)
    assert len(world.spy.changes) == 1


# ── what is done to how calls are made ───────────────────────────────────────────────────────────────


def batch_paths() -> list[str]:
    """The paths of a change of a collection, by its full and its short slug."""
    operation = read_table(shipped)["update_collection_items"]  # of its own, since classes are remembered
    body = [{"action": "update", "_id": "0" * 24, "data": {"position": 1}}]
    found: list[str] = []
    for slug in ("acme/list-64f9a55bb3115b4f513ec026", "acme/list"):
        try:
            call = made_of(operation, OperationCall).model_validate({"slug": slug, "body": body}, strict=True)
        except ValidationError:
            continue
        found.append(call.to_http("").url)
    return found


def test_a_short_slug_that_went_to_another_path_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = [
        f"/api/collections/acme/{slug}/items/batch" for slug in ("list-64f9a55bb3115b4f513ec026", "list")
    ]
    assert batch_paths() == right
    monkeypatch.setattr(paths, "_is_short", lambda request, operation: "-{id}" in request.path)
    assert batch_paths() != right


def proposes() -> list[bool]:
    """Whether a commit is sent as a proposal: where it says so, where it says no, where it says nothing."""
    said = {**REPO, "summary": "x", "files": [{"path": "a"}]}
    calls = [Commit.model_validate({**said, "create_pr": one}) for one in (True, False, None)]
    return ["create_pr=1" in one.to_http("").url for one in calls]


@pytest.mark.parametrize("mark", ["", "?create_pr=1"])
def test_a_commit_that_always_or_never_proposes_is_noticed(
    monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    assert proposes() == [True, False, False]
    as_it_is = Commit.to_http

    def other(call: Commit, base: str) -> HttpRequest:
        request = as_it_is(call, base)
        return replace(request, url=request.url.partition("?")[0] + mark)

    monkeypatch.setattr(Commit, "to_http", other)
    assert proposes() != [True, False, False]


async def changed_by_reading(world: World) -> list[str]:
    """What a change sends that is called through the tool for reading."""
    world.spy.inner = httpx.ASGITransport(only_outlines())
    async with reading(world) as client:
        await client.call_tool("read_operation", {"operation": "comment_post", "arguments": COMMENT})
    return [request.method for request in world.spy.changes]


@pytest.mark.asyncio
async def test_a_change_that_reading_let_through_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await changed_by_reading(world) == []
    monkeypatch.setattr(reached_operations, "reads", lambda operation: True)
    assert await changed_by_reading(world) == ["POST"]


async def read_by_text(tmp_path: Path) -> list[str]:
    """Where a call leads whose arguments are the JSON text of an object."""
    world = World(tmp_path)
    world.spy.inner = httpx.ASGITransport(only_outlines())
    async with reading(world) as client:
        asked = {"operation": "get_scan", "arguments": json.dumps(REPO)}
        await client.call_tool("read_operation", asked)
    return [request.url.path for request in world.spy.reads]


@pytest.mark.asyncio
async def test_arguments_as_text_that_are_not_read_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await read_by_text(tmp_path) == ["/api/models/openai-community/gpt2/scan"]

    def only_objects(given: Any, name: str) -> dict[str, Any]:
        return dict(given) if isinstance(given, Mapping) else {}

    monkeypatch.setattr(reached_operations, "read_arguments", only_objects)
    assert await read_by_text(tmp_path) == []
