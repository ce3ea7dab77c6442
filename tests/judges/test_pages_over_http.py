"""The tests of resources again over HTTP, through a server on a port.

Legacy callers over stateless HTTP hear nothing between their calls, so what is announced to them is left out
(`conftest.py`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from hub_mcp.client.hub import Hub
from hub_mcp.server.handlers import build
from hub_mcp.server.http.http_app import Http, http_app, per_caller
from hub_mcp.server.resources.reading import Pages
from hub_mcp.server.tools.catalogue_tools import CatalogueTools
from hub_mcp.settings import Settings
from hub_mcp.wiring import gate_of
from tests.http import serving
from tests.server import test_pages
from tests.server.test_pages import *  # noqa: F403  # the promises


@asynccontextmanager
async def over_http(hub: Hub, mode: str, **manners: Any) -> AsyncIterator[Client]:
    settings = Settings(journal="off", confirm="deny", structured=True, resource_links="on")
    hub_of = per_caller(hub)
    server = build(CatalogueTools(settings), hub_of, gate_of(settings), Pages(hub_of))
    async with (
        serving.served(http_app(server, hub, Http())) as url,
        serving.client_of(url, mode, **manners) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def on_a_port(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(test_pages, "client_of", over_http)
