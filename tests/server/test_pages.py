"""Pages, streams, subscriptions, completions and prompts, through the official client in both eras."""

import base64
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import PromptReference, ResourceTemplateReference

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.client.hub import Hub
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.token import Token
from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.world.tokens import TOKENS
from hub_mcp.server.prompts import PROMPTS
from hub_mcp.server.resources.streams import BUDGET
from hub_mcp.settings import Settings
from hub_mcp.wiring import server_of
from tests.client.scripts import Time
from tests.thoroughly import one_of
from tests.waiting import PATIENCE

ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])
pytestmark = pytest.mark.asyncio
MANY = 2_500


def hub_with(models: int = 0, **manners: Any) -> Hub:
    app = create_app(models=models, quota=100_000, **manners)
    token = Token(TOKENS[0].token, "a test")
    shared = SharedTransports(lambda: httpx.ASGITransport(app), sleep=Time().sleep)
    return Hub("http://hub.test", token, shared=shared)


@asynccontextmanager
async def client_of(hub: Hub, mode: Any, **manners: Any) -> AsyncIterator[Client]:
    settings = Settings(journal="off", structured=True, resource_links="on")
    async with Client(server_of(settings, hub), mode=mode, **manners) as client:
        yield client


async def text_at(client: Client, uri: str) -> str:
    contents = (await client.read_resource(uri)).contents[0]
    return str(getattr(contents, "text", ""))


@pytest.mark.parametrize("mode", one_of(["auto", "legacy"], 0))
async def test_every_row_is_reached_once_by_links_by_cursor_and_by_stream(mode: str) -> None:
    async with client_of(hub_with(MANY), mode) as client:
        linked: list[str] = []
        onward = "hub://models?limit=1000&sort=id"
        while onward:
            page = json.loads(await text_at(client, onward))
            linked += [row["id"] for row in page["items"]]
            onward = page.get("next", "")
        by_cursor: list[str] = []
        cursor: str | None = None
        while cursor != "":
            given = {"sort": "id", "limit": 700, **({"cursor": cursor} if cursor else {})}
            said = (await client.call_tool("list_models", given)).structured_content
            by_cursor += [row["id"] for row in said["items"]]
            cursor = said.get("next_cursor", "")
        streamed: list[str] = []
        onward = "hub://stream/models?sort=id&limit=1000"
        while onward:
            text = await text_at(client, onward)
            assert len(text.encode()) <= BUDGET
            lines = [json.loads(line) for line in text.splitlines()]
            onward = lines.pop()["next"] if lines and "next" in lines[-1] else ""
            streamed += [row["id"] for row in lines]
        assert len(linked) == len(set(linked)) >= MANY
        assert linked == by_cursor == streamed


@ERAS
async def test_a_listing_links_to_the_page_that_follows(mode: str) -> None:
    async with client_of(hub_with(), mode) as client:
        result = await client.call_tool("list_datasets", {"limit": 2})
        link = next(block for block in result.content if block.type == "resource_link")
        following = json.loads(await text_at(client, str(link.uri)))
        again = await client.call_tool(
            "list_datasets", {"limit": 2, "cursor": result.structured_content["next_cursor"]}
        )
        assert following["items"] == again.structured_content["items"]


async def test_a_stream_reports_a_progress_for_each_page() -> None:
    told: list[float] = []

    async def heard(message: Any) -> None:
        progress = getattr(getattr(message, "params", None), "progress", None)
        if progress is not None:
            told.append(progress)

    async with client_of(hub_with(), "legacy", message_handler=heard) as client:
        await client.read_resource("hub://stream/models?limit=50", meta={"progress_token": "walk"})
    assert told == sorted(set(told))
    assert len(told) > 2


@ERAS
async def test_a_failing_page_says_how_far_it_came_and_where_to_continue(mode: str) -> None:
    hub = hub_with(300, faults="5xx=1,path=/api/models")
    async with client_of(hub, mode) as client:
        with pytest.raises(MCPError, match=r"after 0 rows.*continues at hub://stream/models"):
            await client.read_resource("hub://stream/models?limit=100")


@ERAS
async def test_a_missing_resource_is_reported_with_its_address(mode: str) -> None:
    async with client_of(hub_with(), mode) as client:
        for uri in (
            "hub://nothing",
            "hub://models/no/such-thing-here",
            "hub://stream/whoami-v2",
            "hub://models?x=1",
        ):
            with pytest.raises(MCPError) as refusal:
                await client.read_resource(uri)
            assert refusal.value.error.code == -32602
            assert refusal.value.error.data == {"uri": uri}
            assert "Nothing was changed" not in refusal.value.error.message


async def test_no_address_reaches_a_call_that_changes_something() -> None:
    from hub_mcp.server.resources.addresses import templates

    assert {endpoint.line.effect for _, endpoint in templates()} == {"read"}
    assert {endpoint.tool for _, endpoint in templates()} == {
        tool for tool, endpoint in ENDPOINTS.items() if endpoint.line.effect == "read"
    }


async def test_a_page_counts_narrows_and_has_the_columns_that_its_address_asks_for() -> None:
    async with client_of(hub_with(), "auto") as client:

        async def tool(name: str, **arguments: Any) -> Any:
            return (await client.call_tool(name, arguments)).structured_content

        counted = json.loads(await text_at(client, "hub://models?count=true&by=license"))
        told = await tool("list_models", count=True, by="license")
        assert (counted["count"], counted["values"]) == (told["count"], told["values"])
        broken = json.loads(
            await text_at(client, "hub://spaces?stage=BUILD_ERROR&columns=runtime.stage&limit=5")
        )
        assert {one["runtime.stage"] for one in broken["items"]} == {"BUILD_ERROR"}
        assert "by stage" in broken["filtered_here"]
        lines = (
            await text_at(client, "hub://stream/spaces?stage=BUILD_ERROR&columns=runtime.stage")
        ).splitlines()
        streamed = [row for line in lines if "runtime.stage" in (row := json.loads(line))]
        assert {one["runtime.stage"] for one in streamed} == {"BUILD_ERROR"}
        assert len(streamed) == (await tool("list_spaces", stage=["BUILD_ERROR"], count=True))["count"]
        [row] = json.loads(await text_at(client, "hub://models?columns=likes&columns=id&limit=1"))["items"]
        assert set(row) == {"likes", "id"}
        with pytest.raises(MCPError, match="not a stream"):
            await text_at(client, "hub://stream/models?count=true")


@ERAS
async def test_a_small_parquet_file_is_read_as_its_bytes(mode: str) -> None:
    async with client_of(hub_with(), mode) as client:
        found = await client.call_tool(
            "get_dataset_parquet_shard",
            {"repo_id": "rajpurkar/squad", "subset": "plain_text", "split": "train", "n": 0},
        )
        link = next(block for block in found.content if block.type == "resource_link")
        contents = (await client.read_resource(str(link.uri))).contents[0]
        raw = base64.b64decode(contents.blob)  # type: ignore[union-attr]  # a text would fail here, as it should
        assert raw[:4] == raw[-4:] == b"PAR1"
        assert len(raw) == found.structured_content["size"]


@ERAS
async def test_fixed_resources_and_templates_are_listed_the_same_each_time(mode: str) -> None:
    async with client_of(hub_with(), mode) as client:
        fixed = [str(one.uri) for one in (await client.list_resources()).resources]
        assert fixed == [
            "hub://datasets-tags-by-type",
            "hub://models-tags-by-type",
            "hub://whoami-v2",
        ]
        first = await client.list_resource_templates()
        assert first.resource_templates == (await client.list_resource_templates()).resource_templates
        for shown in ("name", "title", "uri_template"):
            said = [getattr(one, shown) for one in first.resource_templates]
            assert len(set(said)) == len(said), shown
        assert json.loads(await text_at(client, "hub://whoami-v2"))["name"] == "ada"


async def test_lists_may_be_kept_by_anyone_and_reads_by_their_caller_alone() -> None:
    async with client_of(hub_with(), "auto") as client:
        lists = (
            await client.list_tools(),
            await client.list_resources(),
            await client.list_resource_templates(),
            await client.list_prompts(),
        )
        assert {(one.cache_scope, one.ttl_ms) for one in lists} == {("public", 3_600_000)}
        kept = {
            uri: await client.read_resource(uri)
            for uri in ("hub://models-tags-by-type?type=library", "hub://whoami-v2", "hub://models?limit=1")
        }
        assert {one.cache_scope for one in kept.values()} == {"private"}
        assert [one.ttl_ms for one in kept.values()] == [3_600_000, 60_000, 0]


@ERAS
async def test_template_variables_and_arguments_are_completed_from_the_hub(mode: str) -> None:
    async with client_of(hub_with(), mode) as client:

        async def values(place: str, name: str, typed: str, **said: str) -> list[str]:
            ref = ResourceTemplateReference(uri=place)
            found = await client.complete(ref, {"name": name, "value": typed}, context_arguments=said or None)
            return found.completion.values

        assert "google-bert" in await values("hub://models/{namespace}/{repo}", "namespace", "google")
        repos = await values("hub://models/{namespace}/{repo}", "repo", "bert-base", namespace="google-bert")
        assert "bert-base-uncased" in repos
        assert await values("hub://organizations/{organization}/members", "organization", "nim") == [
            "nimbus-labs"
        ]
        assert "library" in await values("hub://models-tags-by-type{?type}", "type", "lib")
        ref = PromptReference(name="audit_write_access")
        found = await client.complete(ref, {"name": "organization", "value": "n"})
        assert found.completion.values == ["nimbus-labs"]


async def test_prompts_name_only_tools_that_exist() -> None:
    words = " ".join(prompt.text for prompt in PROMPTS.values()).replace("`", " ").replace("(", " ")
    named = {word.strip(".,;:)") for word in words.split() if "_" in word}
    assert named - {"dry_run", "pipeline_tag"} <= set(ENDPOINTS)


@ERAS
async def test_a_prompt_holds_what_the_person_said(mode: str) -> None:
    async with client_of(hub_with(), mode) as client:
        assert [prompt.name for prompt in (await client.list_prompts()).prompts] == list(PROMPTS)
        got = await client.get_prompt("find_a_model", {"task": "transcribe bird song"})
        assert "transcribe bird song" in got.messages[0].content.text  # type: ignore[union-attr]  # ours are texts
        with pytest.raises(MCPError, match="needs task"):
            await client.get_prompt("find_a_model", {})


@pytest.mark.filterwarnings("ignore::mcp.shared.exceptions.MCPDeprecationWarning")  # the legacy era is tried
async def test_a_subscribed_stream_announces_each_page_to_a_legacy_client() -> None:
    told: list[str] = []
    landed = anyio.Event()

    async def heard(message: Any) -> None:
        uri = str(getattr(getattr(message, "params", None), "uri", ""))
        if uri:
            told.append(uri)
            landed.set()

    uri = "hub://stream/models?limit=100&sort=id"
    async with client_of(hub_with(), "legacy", message_handler=heard) as client:
        await client.subscribe_resource(uri)
        with anyio.fail_after(PATIENCE):
            await landed.wait()
        seen: list[str] = []
        onward = uri
        while onward:
            lines = [json.loads(line) for line in (await text_at(client, onward)).splitlines()]
            seen += [row["id"] for row in lines if "id" in row]
            onward = lines[-1].get("next", "") if lines else ""
        await client.unsubscribe_resource(uri)
    assert told
    assert set(told) == {uri}
    assert len(seen) == len(set(seen)) > 200


async def test_a_modern_client_hears_that_a_watched_repository_changed_over_stdio() -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "hub_mcp", "--sandbox", "--journal", "off", "--confirm", "off", "--watch-every", "0.2"],
    )
    async with Client(stdio_client(server)) as client:
        uri = "hub://models/ada/pocket-lm"
        await client.call_tool("create_repo", {"repo_id": "ada/pocket-lm", "type": "model"})
        with anyio.fail_after(PATIENCE):
            async with client.listen(resource_subscriptions=[uri]) as events:
                await client.call_tool(
                    "update_repo_settings", {"repo_id": "ada/pocket-lm", "type": "model", "gated": "auto"}
                )
                async for event in events:
                    assert str(event.uri) == uri  # type: ignore[union-attr]  # nothing else was asked for
                    break
