"""The tests of the gate again over HTTP, through a server on a port.

A legacy caller over stateless HTTP cannot be asked, so its era is left out where a person answers a form
(`conftest.py`); `tests/http/test_promises.py` says what happens to it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from mcp import Client

from hub_mcp.gate.gate import Gate
from tests.gate.gates import ADA, Answer, World
from tests.gate.test_batch import *  # noqa: F403
from tests.gate.test_gate import *  # noqa: F403  # the promises
from tests.gate.test_gate_plans import *  # noqa: F403
from tests.gate.test_gate_safety import *  # noqa: F403
from tests.http.serving import app_of, client_of, served
from tests.waiting import PATIENCE


class WorldOverHttp(World):
    """The same world, whose clients speak to a server over HTTP."""

    @asynccontextmanager
    async def client(
        self,
        era: str = "auto",
        answer: Answer | None = None,
        *,
        gate: Gate | None = None,
        token: str = ADA,
        **settings: object,
    ) -> AsyncIterator[Client]:
        app = app_of(self, gate=gate or self.gate(**settings))
        with anyio.fail_after(PATIENCE):
            async with served(app) as url, client_of(url, era, self.in_time(answer), token=token) as client:
                yield client


@pytest.fixture
def world(tmp_path: Path) -> World:
    return WorldOverHttp(tmp_path)
