"""A confirmation counts only with a Redis that keeps its name."""

from __future__ import annotations

from typing import cast

import pytest
from redis.asyncio import Redis

from hub_mcp.errors import Stopped
from hub_mcp.server.http.redis_state import RedisUsage


class Forgetful:
    """A Redis that is full, and drops what it was given."""

    async def set(self, name: str, value: str, *, nx: bool) -> bool:
        return True

    async def get(self, name: str) -> bytes | None:
        return None


@pytest.mark.asyncio
async def test_a_redis_that_forgets_its_name_confirms_nothing() -> None:
    with pytest.raises(Stopped, match="does not keep"):
        await RedisUsage(cast(Redis, Forgetful())).scope()
