"""A confirmation counts only with a Redis that keeps its name."""

from __future__ import annotations

from typing import Any

import pytest

from hub_mcp.errors import Stopped

redis_state = pytest.importorskip("hub_mcp.server.http.redis_state", reason="redis is not installed")


class Forgetful:
    """A Redis that is full, and drops what it was given."""

    async def set(self, name: str, value: str, *, nx: bool) -> bool:
        return True

    async def get(self, name: str) -> bytes | None:
        return None


@pytest.mark.asyncio
async def test_a_redis_that_forgets_its_name_confirms_nothing() -> None:
    forgetful: Any = Forgetful()
    with pytest.raises(Stopped, match="does not keep"):
        await redis_state.RedisUsage(forgetful).scope()
