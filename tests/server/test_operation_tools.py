"""The three tools for every operation: what they find, what they refuse, and what they send."""

import base64
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.types import BlobResourceContents, TextResourceContents

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.answers import size
from hub_mcp.catalogue.operations.endpoints import endpoint_of
from hub_mcp.catalogue.operations.signature import reads
from hub_mcp.catalogue.operations.table import Standing, operations
from hub_mcp.localhub.app import create_app
from hub_mcp.server.resources.addresses import address_of, call_at
from tests.catalogue.operations.examples import least_arguments
from tests.gate.gates import BASE, ERAS, Asked, World, agreeing, declining, text_of

OPERATIONS = operations()
OF_TABLE = [one for one in OPERATIONS.values() if not one.keeps_back and one.name not in ENDPOINTS]
pytestmark = pytest.mark.asyncio
REPO = {"repo_id": "openai-community/gpt2", "type": "model"}
TOKEN = {"organization": "acme", "token_id": "0" * 24}
LEAVES = {"organization": "acme", "user_id": "1", "service": "scim"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world whose Hub answers in outline what it does not imitate."""
    made = World(tmp_path)
    made.spy.inner = httpx.ASGITransport(create_app(quota=1_000_000, outlines=True))
    return made


@asynccontextmanager
async def reading(world: World, **settings: Any) -> AsyncIterator[Client]:
    async with world.client(confirm="off", structured=False, **settings) as client:
        yield client


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_request_is_answered_with_at_most_eight_lines_that_can_be_called(world: World) -> None:
    async with reading(world) as client:
        found = text_of(await client.call_tool("find_operations", {"query": "how much did we spend"}))
    lines = found.splitlines()
    assert 1 <= len(lines) <= 8
    assert all(re.fullmatch(r"\w+\([^)]*\) → .+", line) for line in lines)
    assert any(line.startswith("my_usage") for line in lines)
    assert not world.spy.reads


async def test_every_tool_is_found_by_name_also_one_that_makes_several_operations(world: World) -> None:
    async with reading(world) as client:
        for name in ENDPOINTS:
            found = text_of(await client.call_tool("find_operations", {"query": name}))
            assert "\ncall_with: " in found, name
        asked = {"operation": "get_access", "arguments": {"organization": "nimbus-labs"}}
        assert "ada" in text_of(await client.call_tool("read_operation", asked))
        found = text_of(await client.call_tool("find_operations", {"query": "permissions in our org"}))
        assert "get_access(" in found


async def test_a_name_returns_the_operation_in_full_with_its_rules_and_when_a_person_is_asked(
    world: World,
) -> None:
    async with reading(world) as client:
        whole = text_of(await client.call_tool("find_operations", {"query": "set_member_role"}))
    assert "call_with: change_operation" in whole
    assert "role: one of admin, write, contributor, read, no_access" in whole
    assert "role=no_access: the person loses access" in whole
    assert "resourceGroups" not in whole  # the class keeps the places in groups, whatever the Hub would do
    async with reading(world) as client:
        raw = text_of(await client.call_tool("find_operations", {"query": "scim_replace_user"}))
    assert "without active: `active` is left out" in raw


async def test_a_written_operation_is_found_with_the_arguments_its_class_takes(world: World) -> None:
    async with reading(world) as client:
        whole = text_of(await client.call_tool("find_operations", {"query": "move_repo"}))
    assert "from_repo" in whole
    assert "to_repo" in whole


async def test_a_name_returns_programs_an_answer_of_the_declared_schema(world: World) -> None:
    async with world.client(structured=True) as client:
        await client.list_tools()  # from then on the client holds answers to their schemas
        result = await client.call_tool("find_operations", {"query": "move_repo"})
    assert result.structured_content
    (found,) = result.structured_content["items"]
    assert found["call_with"] == "change_operation"


# ── each tool keeps to its own ───────────────────────────────────────────────────────────────────────

CHANGING = [one.name for one in OPERATIONS.values() if not one.keeps_back and not reads(one)]
READING = [one.name for one in OPERATIONS.values() if not one.keeps_back and reads(one)]


async def test_reading_refuses_each_operation_that_changes_before_anything_is_sent(world: World) -> None:
    async with reading(world) as client:
        for name in CHANGING:
            refused = await client.call_tool("read_operation", {"operation": name, "arguments": REPO})
            assert refused.is_error
            assert "change_operation" in text_of(refused)
    assert world.spy.changes == []
    assert world.spy.reads == []


async def test_changing_refuses_each_operation_that_reads(world: World) -> None:
    async with reading(world) as client:
        for name in READING:
            refused = await client.call_tool("change_operation", {"operation": name})
            assert refused.is_error
            assert "read_operation" in text_of(refused)
    assert world.spy.reads == []


async def test_each_operation_with_a_secret_is_refused_with_the_reason_and_the_place(world: World) -> None:
    secret = [
        one
        for name, one in OPERATIONS.items()
        if one.standing is Standing.CREDENTIAL and name not in ENDPOINTS
    ]
    assert len({str(request) for one in secret for request in one.requests}) >= 25
    async with reading(world) as client:
        for one in secret:
            for tool in ("read_operation", "change_operation"):
                refused = await client.call_tool(tool, {"operation": one.name, "arguments": {}})
                assert refused.is_error
                assert one.keeps_back in text_of(refused)
                assert one.place in text_of(refused)
    assert world.spy.changes == []


async def test_an_unknown_name_is_answered_with_the_three_nearest_and_how_to_call_them(world: World) -> None:
    async with reading(world) as client:
        refused = text_of(await client.call_tool("read_operation", {"operation": "list_branches"}))
    assert "There is no operation 'list_branches' here." in refused
    assert len(re.findall(r"^\w+\(.*\) → ", refused, re.MULTILINE)) == 3


@pytest.mark.parametrize("arguments", [REPO, json.dumps(REPO)])
async def test_arguments_are_an_object_or_its_json_text(world: World, arguments: Any) -> None:
    world.spy.inner = httpx.ASGITransport(only_outlines())
    async with reading(world) as client:
        asked = {"operation": "get_scan", "arguments": arguments}
        assert not (await client.call_tool("read_operation", asked)).is_error
    assert [request.url.path for request in world.spy.reads] == ["/api/models/openai-community/gpt2/scan"]


async def test_what_hosts_add_or_fill_in_around_an_operation_is_not_part_of_its_call(world: World) -> None:
    added = {"sessionId": "x", "_meta": {}, "chatInput": "y"}
    filled = {
        "operation": " list_models ",
        "arguments": "",
        "limit": "1",
        "fields": "",
        "cursor": "",
        **added,
    }
    made = {
        "operation": "create_repo",
        "arguments": {**REPO, "repo_id": "ada/new"},
        "dry_run": "true",
        **added,
    }
    async with reading(world) as client:
        found = await client.call_tool("find_operations", {"query": "like", **added})
        bare = await client.call_tool("find_operations", {"query": "like"})
        read = await client.call_tool("read_operation", filled)
        rehearsed = await client.call_tool("change_operation", made)
    assert text_of(found) == text_of(bare)
    assert "(1 row, " in text_of(read)
    assert text_of(rehearsed).startswith("A dry run.")


async def test_wrong_arguments_are_reported_with_their_rules_and_nothing_is_sent(world: World) -> None:
    async with reading(world) as client:
        asked = {"operation": "scim_delete_user", "arguments": {**LEAVES, "service": "boss", "x": 1}}
        refused = text_of(await client.call_tool("change_operation", asked))
    assert "service: must be one of scim" in refused
    assert "x: there is no such argument" in refused
    assert world.spy.changes == []


# ── the operator's limits hold ───────────────────────────────────────────────────────────────────────


async def test_a_read_only_server_finds_and_makes_no_change(world: World) -> None:
    async with reading(world, read_only=("all",)) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert "change_operation" not in names
        found = text_of(await client.call_tool("find_operations", {"query": "delete a branch"}))
        assert found.startswith("What fits best is off here by --read-only: delete_branch")
        assert "by whoever runs this server" in found.splitlines()[0]
        assert "delete_branch(" not in found
        branches = text_of(await client.call_tool("find_operations", {"query": "show the branches"}))
        assert branches.startswith("list_refs(")
        for tool, said in (("find_operations", "query"), ("read_operation", "operation")):
            why = text_of(await client.call_tool(tool, {said: "delete_branch"}))
            assert "this server only reads (--read-only)" in why


async def test_an_area_that_is_only_read_is_found_without_its_changes(world: World) -> None:
    async with reading(world, read_only=("repos",)) as client:
        found = text_of(await client.call_tool("find_operations", {"query": "delete a repository"}))
        assert found.startswith("What fits best is off here by --read-only: delete_repo.")
        assert "delete_repo(" not in found
        assert "delete_branch(" in found  # of another area


async def test_an_excluded_operation_is_neither_found_nor_called(world: World) -> None:
    async with reading(world, exclude_tools=("delete_post",)) as client:
        found = text_of(await client.call_tool("find_operations", {"query": "delete my post"}))
        assert found.startswith("What fits best is off here by --exclude-tools: delete_post.")
        assert "delete_post(" not in found
        asked = {"operation": "delete_post", "arguments": {"username": "ada", "post_slug": "1"}}
        assert (await client.call_tool("change_operation", asked)).is_error
    assert world.spy.changes == []


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"namespaces": ("ada",)}, "--namespaces"),
        ({"read_only": ("organization_admin",)}, "--read-only"),
        ({"max_writes": 0}, "--max-writes"),
    ],
)
async def test_limits_of_the_operator_hold_through_the_tools(
    world: World, settings: dict[str, Any], why: str
) -> None:
    async with reading(world, **settings) as client:
        asked = {"operation": "revoke_member_token", "arguments": TOKEN}
        refused = await client.call_tool("change_operation", asked)
    assert refused.is_error
    assert why in text_of(refused)
    assert world.spy.changes == []


async def test_a_dry_run_shows_the_request_and_sends_nothing(world: World) -> None:
    asked = {"operation": "revoke_member_token", "arguments": TOKEN, "dry_run": True}
    async with reading(world) as client:
        shown = text_of(await client.call_tool("change_operation", asked))
    assert f"POST /api/organizations/acme/settings/tokens/{TOKEN['token_id']}/revoke" in shown
    assert "cannot be undone" in shown
    assert world.spy.changes == []


# ── the gate ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("era", ERAS)
async def test_a_risky_operation_is_done_only_after_a_person_agrees(world: World, era: str) -> None:
    asked = {"operation": "delete_post", "arguments": {"username": "ada", "post_slug": "hello"}}
    for person, sent in ((Asked(declining), 0), (Asked(agreeing), 1)):
        async with world.client(era, person) as client:
            await client.call_tool("change_operation", asked)
        assert len(world.spy.changes) == sent
        assert "Delete a post" in person.questions[0].message


async def test_a_plain_write_is_done_without_asking_and_what_raises_its_risk_asks(world: World) -> None:
    person = Asked(declining)
    branch = {"repo_id": "ada/untitled", "type": "model", "branch": "dev"}
    async with world.client("auto", person) as client:
        asked = {"operation": "create_branch", "arguments": branch}
        await client.call_tool("change_operation", asked)
        assert person.questions == []
        asked = {"operation": "create_branch", "arguments": {**branch, "overwrite": True}}
        assert (await client.call_tool("change_operation", asked)).is_error
    assert len(person.questions) == 1
    assert len(world.spy.changes) == 1


async def test_without_a_form_a_plan_names_the_tool_and_its_token_works_once(world: World) -> None:
    asked = {"operation": "comment_post", "arguments": {"username": "ada", "post_slug": "1", "comment": "hi"}}
    async with world.client() as client:
        plan = await client.call_tool("change_operation", asked)
        assert "call change_operation again" in text_of(plan)
        [token] = re.findall(r"confirm_token: (\S+)", text_of(plan))  # a word behind it would be taken for it
        other = {**asked, "arguments": {**asked["arguments"], "comment": "other"}, "confirm_token": token}  # type: ignore[dict-item]
        assert (await client.call_tool("change_operation", other)).is_error
        assert not (await client.call_tool("change_operation", {**asked, "confirm_token": token})).is_error
        assert (await client.call_tool("change_operation", {**asked, "confirm_token": token})).is_error
    assert [request.url.path for request in world.spy.changes] == ["/api/posts/ada/1/comment"]


async def test_what_a_replacement_would_lose_is_listed_and_can_be_restored(world: World) -> None:
    name = {"givenName": "Ada", "familyName": "Okafor"}
    person = {"id": "1", "externalId": "staff-7", "userName": "ada-of-acme", "name": name}
    path = "/api/organizations/acme/scim/v2/Users/1"
    world.spy.inner = answering(world, {path: person})  # type: ignore[assignment]
    said = {"organization": "acme", "user_id": "1", "schemas": ["urn:x"], "external_id": "staff-8",
            "service": "scim", "user_name": "ada-of-acme", "name": {**name, "givenName": "Ida"},
            "emails": [{"value": "ada@example.org"}]}  # fmt: skip
    async with world.client(confirm="off") as client:
        asked = {"operation": "scim_replace_user", "arguments": said}
        shown = text_of(await client.call_tool("change_operation", {**asked, "dry_run": True}))
        assert "staff-7" in shown
        await client.call_tool("change_operation", asked)
    undo = world.entries()[-1].undo
    assert undo
    assert (undo.arguments["external_id"], undo.arguments["name"]) == ("staff-7", name)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("run_job", {"namespace": "acme", "flavor": "cpu-basic", "docker_image": "x", "secrets": {"A": "b"}}),
        ("create_webhook", {"watched": [{"type": "user", "name": "ada"}], "domains": ["repo"],
                            "url": "https://example.org", "secret": "s"}),
    ],
)  # fmt: skip
async def test_a_secret_among_the_arguments_stops_the_call(
    world: World, operation: str, arguments: dict[str, Any]
) -> None:
    async with reading(world) as client:
        asked = {"operation": operation, "arguments": arguments}
        refused = await client.call_tool("change_operation", asked)
    assert refused.is_error
    assert "would pass through the conversation" in text_of(refused)
    assert world.spy.changes == []


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────


def answering(world: World, answers: Mapping[str, Any]) -> httpx.AsyncBaseTransport:
    """The world's Hub, some of whose paths answer this."""
    inner = world.spy.inner

    class Answering(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            said = answers.get(request.url.path)
            if said is None or request.method != "GET":
                return await inner.handle_async_request(request)
            if isinstance(said, httpx.Response):
                return said
            return httpx.Response(200, json=said, request=request)

    return Answering()


async def test_rows_are_lean_and_fields_ask_for_more(world: World) -> None:
    rows = [{"id": f"acme/k{n}", "likes": n, "author": {"name": "acme"}} for n in range(3)]
    world.spy.inner = answering(world, {"/api/kernels": rows})  # type: ignore[assignment]
    async with reading(world) as client:
        lean = text_of(await client.call_tool("read_operation", {"operation": "list_kernels", "limit": 2}))
        more = text_of(
            await client.call_tool("read_operation", {"operation": "list_kernels", "fields": ["author"]})
        )
    assert lean.splitlines()[0].startswith("id\tlikes (2 rows")
    assert "author" not in lean
    assert "More: cursor" in lean
    assert "author" in more.splitlines()[0]


async def test_events_are_read_for_a_while_and_secrets_in_them_are_taken_out(world: World) -> None:
    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b'data: {"data": "HF_TOKEN=hf_abcdefghijklmnop ' + b"x" * 9_000 + b'"}\n\n'

    stream = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Endless())
    world.spy.inner = answering(world, {"/api/jobs/acme/1/logs": stream})  # type: ignore[assignment]
    arguments = {"namespace": "acme", "job_id": "1"}
    async with reading(world) as client:
        asked = {"operation": "read_job_logs", "arguments": arguments}
        read = text_of(await client.call_tool("read_operation", asked))
    assert "hf_abcdefghijklmnop" not in read
    assert "(taken out)" in read
    assert len(read) < 200_000


async def test_environments_and_addresses_are_shown_without_their_secrets(world: World) -> None:
    hook = {"webhook": {"id": "1", "url": "https://example.org/h?secret=s3cr3t"}}
    job = {"id": "1", "environment": {"KEY": "s3cr3t"}}
    answers = {"/api/settings/webhooks/1": hook, "/api/jobs/acme/1": job}
    world.spy.inner = answering(world, answers)  # type: ignore[assignment]
    async with reading(world) as client:
        for operation, arguments in (
            ("get_webhook", {"webhook_id": "1"}),
            ("get_job", {"namespace": "acme", "job_id": "1"}),
        ):
            asked = {"operation": operation, "arguments": arguments}
            assert "s3cr3t" not in text_of(await client.call_tool("read_operation", asked))


async def test_what_the_local_hub_does_not_imitate_is_answered_501_and_said_so(tmp_path: Path) -> None:
    async with reading(World(tmp_path)) as client:
        asked = {"operation": "org_usage", "arguments": {"organization": "nimbus-labs"}}
        refused = await client.call_tool("read_operation", asked)
    assert refused.is_error
    assert "501" in text_of(refused)
    assert "does not imitate GET /api/organizations/{name}/billing/usage" in text_of(refused)


ADDRESSED = [one for one in OF_TABLE if one.reads and not one.name.endswith("_post")]  # the same as GET


@pytest.mark.parametrize("operation", ADDRESSED, ids=lambda one: one.name)
async def test_every_reading_operation_has_an_address_that_leads_back_to_it(operation: Any) -> None:
    endpoint = endpoint_of(operation.name)
    assert endpoint
    call = endpoint.model_validate(least_arguments(operation))
    back = call_at(address_of(call))
    assert type(back) is endpoint
    assert back.to_http(BASE) == call.to_http(BASE)


async def test_what_is_read_by_an_address_is_what_the_tool_reads(world: World) -> None:
    answers = {
        "/api/organizations/acme/audit-log/export": [{"type": "repo.create", "email": "ada@example.org"}]
    }
    world.spy.inner = httpx.ASGITransport(only_outlines())
    world.spy.inner = answering(world, answers)  # type: ignore[assignment]
    async with reading(world) as client:
        read = await client.read_resource("hub://organizations/acme/audit-log/export")
        scan = await client.read_resource("hub://models/acme/tiny/scan")
    assert "repo.create" in str(read.contents)
    assert "ada@example.org" not in str(read.contents)
    assert "scansDone" in str(scan.contents)


async def test_a_short_slug_leads_to_the_collections_own_path(world: World) -> None:
    arguments = {"slug": "acme/list-64f9a55bb3115b4f513ec026",
                 "body": [{"action": "update", "_id": "0" * 24, "data": {"position": 1}}]}  # fmt: skip
    async with reading(world) as client:
        for slug in (arguments["slug"], "acme/list"):
            asked = {"operation": "update_collection_items", "arguments": {**arguments, "slug": slug}}
            await client.call_tool("change_operation", asked)
    assert [request.url.path for request in world.spy.changes] == [
        "/api/collections/acme/list-64f9a55bb3115b4f513ec026/items/batch",
        "/api/collections/acme/list/items/batch",
    ]


@pytest.mark.parametrize(("said", "query"), [({"create_pr": True}, b"create_pr=1"), ({}, b"")])
async def test_a_commit_is_sent_as_lines_and_opens_a_pull_request_if_requested(
    world: World, said: dict[str, Any], query: bytes
) -> None:
    files = [{"path": "NOTES.md", "content": "A note."}, {"path": "config.json", "delete": True}]
    arguments = {"repo_id": "ada/fjord-names", "type": "model", "summary": "fix", "files": files, **said}
    async with reading(world) as client:
        await client.call_tool("change_operation", {"operation": "commit", "arguments": arguments})
    (request,) = world.spy.changes
    assert request.url.query == query
    assert request.headers["content-type"] == "application/x-ndjson"
    header, *lines = [json.loads(line) for line in request.content.splitlines()]
    assert (header["value"]["summary"], len(header["value"]["parentCommit"])) == ("fix", 40)
    assert lines == [
        {"key": "file", "value": {"path": "NOTES.md", "content": "A note.", "encoding": "utf-8"}},
        {"key": "deletedEntry", "value": {"path": "config.json"}},
    ]


async def test_rows_of_a_body_are_read_one_by_one_within_a_limit_and_rows_the_hub_refused_are_reported(
    world: World,
) -> None:
    row, lines = {"type": "deleteFile", "path": "a.bin"}, '{"type": "deleteFile", "path": "a.bin"}\n'
    told = {"success": False, "processed": 2, "succeeded": 1, "failed": [{"path": "b", "error": "locked"}]}

    def hub(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/batch"):
            return httpx.Response(422, json=told)
        return httpx.Response(200, json={"type": "user", "name": "ada", "id": "0" * 24, "private": False})

    world.spy.inner = httpx.MockTransport(hub)
    async with reading(world) as client:

        async def done(body: Any) -> tuple[bool, str]:
            arguments = {"repo_id": "ada/shelf", "body": body}
            asked = {"operation": "batch_bucket_files", "arguments": arguments}
            result = await client.call_tool("change_operation", asked)
            return bool(result.is_error), text_of(result)

        for body, fault in (
            (f"{lines}\n{{", "line 3 is not JSON"),
            ([row, {"type": "deleteFile"}], "at 1.path: is required"),
            ([row] * 1_001, "at most 1,000 rows are sent at once"),
            (lines * 1_001, "at most 1,000 rows are sent at once"),
        ):
            failed, text = await done(body)
            assert failed
            assert fault in text
        assert not world.spy.changes
        for body in ([row] * 2, lines * 2):
            failed, text = await done(body)
            assert not failed
            assert text.startswith("Done in part")
            assert 'refused 1: "b" ("locked")' in text
            assert world.spy.changes[-1].content.decode() == lines * 2
        told["succeeded"] = 0
        failed, text = await done([row])
        assert failed
        assert "Nothing was changed" in text


def only_outlines() -> Any:
    """A Hub of outlines alone, where `whoami` is somebody."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    from hub_mcp.localhub.outlines.outline_routes import OutlineRoute

    async def whoami(request: Request) -> JSONResponse:
        return JSONResponse({"type": "user", "name": "ada", "id": "0" * 24, "orgs": []})

    class SignedIn:
        def __init__(self, app: Any) -> None:
            self._app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self._app({**scope, "caller": "ada"}, receive, send)

    return SignedIn(Starlette(routes=[Route("/api/whoami-v2", whoami), OutlineRoute(answers=True)]))


@pytest.mark.parametrize(
    ("kind", "body", "as_it_is"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n\x00\xff", True),
        ("image/png", b"\x00" * 200_000, False),
        ("text/plain", b"words", False),
    ],
)
async def test_a_binary_body_is_a_resource_with_its_type_and_size_where_it_is_small(
    world: World, kind: str, body: bytes, as_it_is: bool
) -> None:
    world.spy.inner = httpx.MockTransport(
        lambda _: httpx.Response(200, content=body, headers={"content-type": kind})
    )
    endpoint = endpoint_of("get_avatar")
    assert endpoint
    address = address_of(endpoint.model_validate({"namespace": "ada"}))
    async with reading(world) as client:
        said = {"operation": "get_avatar", "arguments": {"namespace": "ada"}}
        told = text_of(await client.call_tool("read_operation", said))
        (read,) = (await client.read_resource(address)).contents
    assert f"media_type: {kind}" in told
    assert f"size: {size(len(body))}" in told
    if as_it_is:
        assert isinstance(read, BlobResourceContents)
        assert (read.mime_type, base64.b64decode(read.blob)) == (kind, body)
        assert read.meta
        assert read.meta["hub_mcp/size"] == len(body)
    else:
        assert isinstance(read, TextResourceContents)
        assert json.loads(read.text)["size"] == len(body)
        assert ("words" in read.text) == (kind == "text/plain")
