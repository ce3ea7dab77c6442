"""What tests of the server over HTTP share."""

from __future__ import annotations

import pytest

from hub_mcp.server.http import connections
from tests.thoroughly import one_of


@pytest.fixture(params=one_of(["httptools", "h11"], 0))
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of uvicorn's parsers, which read malformed requests differently."""
    if request.param == "httptools":
        pytest.importorskip("httptools")
    monkeypatch.setattr(connections, "find_spec", lambda name: name == request.param)
    return str(request.param)
