"""Download counts of many repositories are one answer, in which a failure affects only its row."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.types import TextResourceContents

from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token
from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.world.tokens import TOKENS
from hub_mcp.settings import Settings
from hub_mcp.wiring import SANDBOX, server_of
from tests.server.test_answer_form import text_of

pytestmark = pytest.mark.asyncio
SETTINGS = Settings(sandbox="", journal="off", resource_links="off")
ASKED = [
    "models/ada/fjord-nams", "ada/fjord-names", "https://huggingface.co/datasets/ada/weather-diaries",
    "models/openai-community/gpt2", "spaces/ada/forecast-desk", "gpt2",
]  # fmt: skip


class Narrow:
    """A local Hub that answers 429 for some repositories, and counts concurrent requests."""

    def __init__(self, *refused: str) -> None:
        self._local = httpx.ASGITransport(create_app())
        self._refused = refused
        self._now = self.most = 0

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            if request.url.path.endswith(self._refused):
                return httpx.Response(429, json={"error": "too many of these"})
            return await self._local.handle_async_request(request)
        finally:
            self._now -= 1

    def client(self) -> Client:
        token = Token(next(one.token for one in TOKENS if one.user == "ada"), "a test")
        hub = Hub(SANDBOX, token, transport=lambda: httpx.MockTransport(self.answer), max_wait=0)
        return Client(server_of(SETTINGS, hub))


async def rows(client: Client, **arguments: Any) -> list[dict[str, Any]]:
    uri = "hub://downloads?" + "&".join(f"repo_ids={one}" for one in arguments["repo_ids"])
    read = (await client.read_resource(uri + "&type=model")).contents[0]
    assert isinstance(read, TextResourceContents)
    items: list[dict[str, Any]] = json.loads(read.text)["items"]
    return items


async def test_each_row_has_both_numbers_or_the_reason_for_none() -> None:
    hub = Narrow("openai-community/gpt2")
    async with hub.client() as client:
        said = text_of(await client.call_tool("get_downloads", {"repo_ids": ASKED, "type": "model"}))
        found = {one["repo"]: one for one in await rows(client, repo_ids=ASKED)}
    assert "counted: 2 of 6 repositories" in said
    assert "repo models/ada/fjord-names, last_30_days 88, all_time 2,288" in said
    assert found["datasets/ada/weather-diaries"]["all_time"] > 0
    gone = found["models/ada/fjord-nams"]
    assert "does not exist" in gone["not_told"]
    assert gone["there_are"] == "ada/fjord-names"
    assert "blocked in front of the Hub" in found["models/openai-community/gpt2"]["not_told"]
    assert found["spaces/ada/forecast-desk"]["not_told"] == "the Hub does not count downloads of Spaces"
    assert list(found) == [
        "models/ada/fjord-nams", "models/ada/fjord-names", "datasets/ada/weather-diaries",
        "models/openai-community/gpt2", "spaces/ada/forecast-desk", "models/gpt2",
    ]  # fmt: skip


async def test_a_hundred_are_requested_a_few_at_a_time_and_returned_in_one_answer() -> None:
    hub = Narrow("no-such-name")
    async with hub.client() as client:
        listed = await client.read_resource("hub://models?limit=100&columns=id")
        assert isinstance(listed.contents[0], TextResourceContents)
        names = [f"models/{one['id']}" for one in json.loads(listed.contents[0].text)["items"]]
        assert len(names) == 100
        said = text_of(await client.call_tool("get_downloads", {"repo_ids": names}))
    assert "counted: 100 of 100 repositories" in said
    assert hub.most <= 16


async def test_a_name_without_a_type_and_more_than_a_hundred_are_refused_before_anything_is_sent() -> None:
    hub = Narrow("no-such-name")
    async with hub.client() as client:
        bare = text_of(await client.call_tool("get_downloads", {"repo_ids": ["ada/fjord-names"]}))
        many = text_of(
            await client.call_tool("get_downloads", {"repo_ids": [f"models/a{n}" for n in range(101)]})
        )
    assert "say `type`, or write models/ada/fjord-names" in bare
    assert "get_downloads was not called" in many
    assert hub.most == 0
