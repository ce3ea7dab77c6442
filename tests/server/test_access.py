"""Who can read and write what in an organization is one answer, derived from the Hub's documentation."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import product
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.types import TextContent

from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token
from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.world.tokens import TOKENS
from hub_mcp.settings import Settings
from hub_mcp.wiring import SANDBOX, server_of

pytestmark = pytest.mark.asyncio
ORG = "nimbus-labs"
SETTINGS = Settings(sandbox="", journal="off", resource_links="off")
NAMES = ("models", "datasets", "spaces")


def token_of(user: str) -> str:
    return next(one.token for one in TOKENS if one.user == user)


class Local:
    """A local Hub, some of whose paths can be shut."""

    def __init__(self, shut: tuple[str, ...] = ()) -> None:
        self.app = create_app()
        self.shut = shut

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(self.shut):
            return httpx.Response(403, json={"error": "not for you"})
        return await httpx.ASGITransport(self.app).handle_async_request(request)

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.handle_async_request)

    @asynccontextmanager
    async def client(self, user: str = "ada") -> AsyncGenerator[Client]:
        hub = Hub(SANDBOX, Token(token_of(user), "a test"), transport=self.transport)
        async with Client(server_of(SETTINGS, hub)) as client:
            yield client

    async def status(self, user: str, path: str) -> int:
        """What the local Hub itself answers a user who reads this."""
        async with httpx.AsyncClient(transport=self.transport(), base_url=SANDBOX) as asking:
            return (await asking.get(path, headers={"Authorization": f"Bearer {token_of(user)}"})).status_code


async def access(client: Client, **arguments: Any) -> str:
    result = await client.call_tool("get_access", {"organization": ORG, **arguments})
    [block] = result.content
    assert isinstance(block, TextContent)
    assert not result.is_error, block.text
    return block.text


def line(text: str, name: str) -> str:
    return next((one.partition(": ")[2] for one in text.splitlines() if one.startswith(f"{name}: ")), "")


async def test_who_can_do_what_with_a_private_repository_is_shown_with_the_reason() -> None:
    async with Local().client() as client:
        text = await access(client, repository=f"models/{ORG}/storm-atlas-7b")
    assert line(text, "repository") == f"model {ORG}/storm-atlas-7b: private, in the group Storm team"
    assert line(text, "write") == "ada (admin of the organization), bob (admin in Storm team)"
    assert line(text, "write_what_they_made") == "cleo (contributor in Storm team)"
    assert line(text, "everyone") == "nothing"
    assert not line(text, "not_seen")


async def test_an_organization_is_shown_by_its_groups() -> None:
    async with Local().client() as client:
        text = await access(client)
    assert line(text, "admins") == "ada: write everything"
    [loose] = [one for one in text.splitlines() if one.startswith("- in no group")]
    assert loose.endswith("write bob, write_what_they_made cleo, read dan")
    [partners] = [one for one in text.splitlines() if one.startswith("- in group Partners")]
    assert "space forecast-desk" in partners
    assert partners.endswith("read bob, cleo, dan")
    assert "finn" not in text


async def test_the_access_of_one_person_is_shown_alone() -> None:
    async with Local().client() as client:
        text = await access(client, user="cleo")
        nothing = await access(client, repository=f"models/{ORG}/storm-atlas-7b", user="dan")
    assert line(text, "user") == "cleo: contributor in the organization"
    assert "cleo (contributor in Storm team)" in text
    assert not [one for one in ("bob", "dan", "ada") if one in text]
    assert line(nothing, "may") == "nothing beyond what everyone may"


async def test_exactly_the_named_readers_can_read_on_the_hub() -> None:
    local = Local()
    private = [
        f"models/{ORG}/storm-atlas-7b",
        f"datasets/{ORG}/station-logins",
        f"spaces/{ORG}/incident-board",
    ]
    users = sorted({one.user for one in TOKENS if one.user in ("ada", "bob", "cleo", "dan", "eve", "finn")})
    assert len(users) > 2
    async with local.client() as client:
        for repo, user in product(private, users):
            text = await access(client, repository=repo)
            said = any(f"{user} (" in line(text, what) for what in ("write", "write_what_they_made", "read"))
            assert said == (await local.status(user, f"/api/{repo}") == 200), (repo, user, text)


async def test_what_could_not_be_read_is_reported() -> None:
    async with Local(shut=("/resource-groups", "/api/spaces")).client() as client:
        text = await access(client)
    assert line(text, "not_seen").startswith("resource groups (they could not be read); its spaces")
    async with Local().client("cleo") as client:
        assert "groups that you are not in" in line(await access(client), "not_seen")
        said = {"organization": ORG, "repository": "models/no-such-model"}
        gone = await client.call_tool("get_access", said)
    assert f"The model {ORG}/no-such-model does not exist, or is hidden from you." in str(gone.content)


@pytest.mark.parametrize(
    "repository", ["nimbus-labs/storm-atlas-7b", "models/ada/fjord-names", "papers/2311.12983"]
)
async def test_a_repository_of_another_owner_or_without_its_type_is_refused(repository: str) -> None:
    async with Local().client() as client:
        result = await client.call_tool("get_access", {"organization": ORG, "repository": repository})
    assert result.is_error


async def test_an_organization_with_thousands_of_members_is_a_bounded_answer() -> None:
    people = [{"user": f"user-{n}", "role": "read", "_id": f"{n:024x}"} for n in range(1_000)]
    repos = [{"id": f"{ORG}/repo-{n}", "private": False} for n in range(500)]

    def answered(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/members"):
            more = {"Link": f'<{request.url}&cursor=abc>; rel="next"'}
            return httpx.Response(200, json=people, headers=more)
        return httpx.Response(200, json=repos if request.url.path.endswith(NAMES) else [])

    hub = Hub("http://hub.test", transport=lambda: httpx.MockTransport(answered))
    async with Client(server_of(SETTINGS, hub)) as client:
        text = await access(client)
    assert len(text) < 2_000
    assert "and 980 more" in text
    assert "members beyond the first 1,000" in line(text, "not_seen")
