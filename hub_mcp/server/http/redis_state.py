"""State that workers and machines share in Redis: used confirmations, and changes.

Nothing here contains a token or content: nonces are random, changes are addresses. While Redis is
unavailable, no confirmation is valid (nothing is changed), and changes are announced only within their
process. The Hub's rate limit is not here: each of its answers says what all processes together have left.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import asdict
from typing import Final

from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    PromptsListChanged,
    ResourcesListChanged,
    ResourceUpdated,
    ServerEvent,
    ToolsListChanged,
)
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError

from hub_mcp.errors import Stopped

log = logging.getLogger("hub_mcp")

PREFIX: Final = "hub-mcp:"
NAME: Final = PREFIX + "name"
CHANNEL: Final = PREFIX + "changes"
PLAIN = {kind.__name__: kind for kind in (ToolsListChanged, PromptsListChanged, ResourcesListChanged)}
LONGEST_WAIT = 5.0  # seconds between attempts to reach Redis
COUNTED_FOR = 7 * 24 * 3600  # seconds


def connect(url: str) -> Redis:
    """A Redis client that connects on first use; three short attempts within a second bridge a restart."""
    return Redis.from_url(
        url,
        socket_timeout=5.0,
        socket_connect_timeout=2.0,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.1), 3),
        retry_on_error=[ConnectionError, TimeoutError],
    )


def answering(redis: Redis) -> Callable[[], Awaitable[bool]]:
    """A check whether Redis answers."""

    async def answers() -> bool:
        try:
            return bool(await redis.ping())
        except (RedisError, OSError):
            return False

    return answers


class RedisUsage:
    """Records used answers for all processes with the same Redis; keeps counters for those of one run."""

    def __init__(self, redis: Redis, run: str = "") -> None:
        self._redis = redis
        self._run = run

    async def scope(self) -> str:
        """The name of this Redis, set by the first process; after a loss of data it gets another.

        Raises:
            Stopped: it cannot be reached, or does not keep its name.
        """
        try:
            await self._redis.set(NAME, secrets.token_hex(6), nx=True)
            name = await self._redis.get(NAME)
        except (RedisError, OSError) as trouble:
            raise _unknown("Which confirmations count", trouble) from None
        if not name:
            raise Stopped(
                "Which confirmations count is not known: the server's Redis does not keep what it is given.",
                advice="Tell the person: it needs memory, and `maxmemory-policy noeviction`.",
            )
        return name.decode() if isinstance(name, bytes) else name

    async def claim(self, nonce: str, seconds: float) -> bool:
        """Mark a nonce as used.

        An attempt whose answer was lost may have counted; the next is refused, and the person asked again.

        Raises:
            Stopped: Redis cannot be reached, so nobody knows.
        """
        key = f"{PREFIX}used:{nonce}"
        try:
            return bool(await self._redis.set(key, "1", nx=True, ex=max(1, int(seconds) + 60)))
        except (RedisError, OSError) as trouble:
            raise _unknown("Whether the confirmation was used", trouble) from None

    async def count(self, name: str, by: int) -> int:
        """Add to a counter that lives as long as the run is active now and then.

        Raises:
            Stopped: Redis cannot be reached, so nobody knows.
        """
        key = f"{PREFIX}run:{self._run}:{name}"
        try:
            held = int(await self._redis.incrby(key, by))
            await self._redis.expire(key, COUNTED_FOR)
        except (RedisError, OSError) as trouble:
            raise _unknown("How many changes were made", trouble) from None
        return held


def _unknown(what: str, trouble: Exception) -> Stopped:
    log.warning("Redis cannot be reached: %s", type(trouble).__name__)
    return Stopped(
        f"{what} is not known: the server's Redis does not answer.", advice="Call again in a moment."
    )


class ChangesInRedis:
    """Announces changes to the listeners of every process; receives them while `running` is entered."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._here = InMemorySubscriptionBus()
        self.listening = asyncio.Event()

    async def publish(self, event: ServerEvent) -> None:
        """Notify all processes; without Redis, only the listeners of this process."""
        try:
            await self._redis.publish(CHANNEL, _text(event))
        except (RedisError, OSError):
            log.warning("A change could be announced in this process only: Redis does not answer.")
            await self._here.publish(event)

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        return self._here.subscribe(listener)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _listen(self) -> None:
        wait = 0.1
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=False) as channel:
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "subscribe":
                            self.listening.set()
                            wait = 0.1
                        elif message["type"] == "message" and (event := _event(message["data"])):
                            await self._here.publish(event)
            except (RedisError, OSError) as trouble:
                log.warning(
                    "Changes made by other workers are not received: %s. Trying again.",
                    type(trouble).__name__,
                )
            self.listening.clear()
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)


def _text(event: ServerEvent) -> str:
    return json.dumps([type(event).__name__, asdict(event)])


def _event(data: bytes | str) -> ServerEvent | None:
    """The event in a message; None if it is not one of ours."""
    try:
        name, fields = json.loads(data)
        return PLAIN[name]() if name in PLAIN else ResourceUpdated(uri=str(fields["uri"]))
    except (ValueError, TypeError, KeyError):
        return None
