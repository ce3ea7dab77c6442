"""The official Python client, and our tools, on a Hub on a port: the machine's own login takes no part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import anyio
import pytest
from huggingface_hub import HfApi, constants
from mcp import Client

from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token
from hub_mcp.settings import Settings
from hub_mcp.wiring import server_of
from tests.written import EVERY_TOOL, SOURCE, offering

Told = Callable[[str, dict[str, Any]], str]

ADA, READ, BOB, EVE = (f"hf_sandbox_{name}" for name in ("ada_write", "ada_read", "bob_write", "eve_write"))


@pytest.fixture(autouse=True)
def by_lfs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A home of its own, and HF_HUB_DISABLE_XET as the client has read it: the local Hub has LFS alone."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)


@pytest.fixture
def api(hub_url: str) -> HfApi:
    """The client as ada uses it."""
    return HfApi(endpoint=hub_url, token=ADA)


@pytest.fixture
def eve(hub_url: str) -> HfApi:
    """The client as somebody else uses it."""
    return HfApi(endpoint=hub_url, token=EVE)


@pytest.fixture
def fresh(api: HfApi) -> Iterator[str]:
    """A model of ada's, made for one test."""
    id = f"ada/made-{uuid4().hex[:8]}"
    api.create_repo(id)
    yield id
    api.delete_repo(id, missing_ok=True)


def told_at(hub_url: str, tool: str, arguments: dict[str, Any], token: str = ADA) -> str:
    """The answer of one of our tools for a caller, errors included, if nobody is asked."""
    return anyio.run(_result, hub_url, tool, arguments, token)[1]


@pytest.fixture
def told(hub_url: str) -> Told:
    """The answer of one of our tools for ada, if nobody is asked."""

    def call(tool: str, arguments: dict[str, Any]) -> str:
        is_error, text = anyio.run(_result, hub_url, tool, arguments, ADA)
        assert not is_error, text
        return text

    return call


async def _result(hub_url: str, tool: str, arguments: dict[str, Any], token: str) -> tuple[bool, str]:
    offered = {**EVERY_TOOL, **offering(tool)}
    settings = Settings(endpoint=hub_url, confirm="off", journal="off", **offered)
    hub = Hub(hub_url, Token(token, "a test"), secrets_from=(SOURCE,))
    async with Client(server_of(settings, hub)) as client:
        result = await client.call_tool(tool, arguments)
    await hub.aclose()
    return bool(result.is_error), "\n".join(block.text for block in result.content if block.type == "text")
