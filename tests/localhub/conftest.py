"""A fresh Hub for every test, and one on a port for the official clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving

ADA = "hf_sandbox_ada_write"


class Ask:
    """Sends one request at a time to a Hub in this process, as ada by default."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    async def __call__(self, method: str, path: str, token: str | None = ADA, **parts: Any) -> httpx.Response:
        headers = parts.pop("headers", {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://hub.test", trust_env=False
        ) as client:
            return await client.request(method, path, headers=headers, **parts)

    async def get(self, path: str, token: str | None = ADA, **parts: Any) -> Any:
        """The JSON of a successful GET."""
        answer = await self("GET", path, token, **parts)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def app() -> Starlette:
    """A Hub in memory, filled with the world."""
    return create_app()


@pytest.fixture
def ask(app: Starlette) -> Ask:
    """How a test talks to its own Hub."""
    return Ask(app)


@pytest.fixture(scope="session")
def hub_url() -> Iterator[str]:
    """A Hub on a port, shared by the tests with official clients; they make what they change."""
    with serving(create_app(quota=1_000_000)) as url:
        yield url
