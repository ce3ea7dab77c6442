"""What several workers and machines must know of each other, in Redis: what was used, changed, and is left.

Nothing here holds a token or a content: nonces are random, changes are addresses, and a caller is a digest
under the operator's key. While Redis is away no confirmation counts (nothing is changed), changes are
announced within their process, and each process keeps to the rate limit by what the Hub tells it alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Final

import httpx
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
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from hub_mcp.catalogue.refusals import Window
from hub_mcp.client.transport.rate_limit import MOST_BUDGETS, SAME_WINDOW, place_of
from hub_mcp.errors import Stopped

log = logging.getLogger("hub_mcp")

PREFIX: Final = "hub-mcp:"
CHANNEL: Final = PREFIX + "changes"
PLAIN = {kind.__name__: kind for kind in (ToolsListChanged, PromptsListChanged, ResourcesListChanged)}
LONGEST_WAIT = 5.0  # seconds between tries to reach Redis again
COUNTED_FOR = 7 * 24 * 3600  # seconds
SAME_MS = int(SAME_WINDOW * 1000)
PLENTY = 100  # calls left in a window, from which on it is of no matter to be a second behind
FRESH = 1.0  # seconds

# A window is a hash that ends when the window does; `left` counts calls on their way too.
TAKE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local left = redis.call('HINCRBY', KEYS[1], 'left', -ARGV[1])
return {left, redis.call('PTTL', KEYS[1]), tonumber(redis.call('HGET', KEYS[1], 'quota'))}
"""
HEED = """
local left, ends = tonumber(ARGV[1]), tonumber(ARGV[3])
local known, lasts = redis.call('HGET', KEYS[1], 'left'), redis.call('PTTL', KEYS[1])
if known and math.abs(lasts - ends) <= tonumber(ARGV[4]) then left = math.min(left, tonumber(known)) end
redis.call('HSET', KEYS[1], 'left', left, 'quota', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ends)
"""


def connect(url: str) -> Redis:
    """A Redis that is reached when first needed; three short tries over a second bridge a restart."""
    return Redis.from_url(
        url,
        socket_timeout=5.0,
        socket_connect_timeout=2.0,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.1), 3),
        retry_on_error=[ConnectionError, TimeoutError],
    )


def answering(redis: Redis) -> Callable[[], Awaitable[bool]]:
    """A question whether Redis answers."""

    async def answers() -> bool:
        try:
            return bool(await redis.ping())
        except (RedisError, OSError):
            return False

    return answers


class UsedInRedis:
    """Remembers for every process at the same Redis which answers were used; counts for those of one run."""

    scope = ""

    def __init__(self, redis: Redis, run: str = "") -> None:
        self._redis = redis
        self._run = run

    async def claim(self, nonce: str, seconds: float) -> bool:
        """Use a nonce.

        A try whose answer was lost may have counted; then the next one is refused, and the person asked anew.

        Raises:
            Stopped: Redis cannot be reached, so nobody knows.
        """
        key = f"{PREFIX}used:{nonce}"
        try:
            return bool(await self._redis.set(key, "1", nx=True, ex=max(1, int(seconds) + 60)))
        except (RedisError, OSError) as trouble:
            raise _unknown("Whether the confirmation was used", trouble) from None

    async def count(self, name: str, by: int) -> int:
        """Add to a counter that lasts as long as the run does something now and then.

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
        f"{what} cannot be told: the server's Redis does not answer.", advice="Call again in a moment."
    )


class ChangesInRedis:
    """Announces changes to the listeners of every process; listens for as long as `running` lasts."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._here = InMemorySubscriptionBus()
        self.listening = asyncio.Event()

    async def publish(self, event: ServerEvent) -> None:
        """Tell everybody; where Redis is away, the listeners of this process."""
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
                    "Changes of other workers are not heard: %s. Trying again.", type(trouble).__name__
                )
            self.listening.clear()
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)


@dataclass
class Seen:
    """What a process knows of a window since it last asked Redis."""

    at: float
    left: int
    quota: int
    untold: int = 0  # calls that Redis was not told of yet

    def is_plenty(self, now: float) -> bool:
        """Whether it is of no matter to be a second behind."""
        return self.left >= max(PLENTY, self.quota // 2) and now - self.at < FRESH


class LedgerInRedis:
    """The rate limit of each caller, counted down by every process at the same Redis.

    While there is plenty, a process tells of its calls once a second; when half is gone, of each.

    Args:
        key: the operator's secret under which callers are digested; the same for all who share.
    """

    def __init__(self, redis: Redis, key: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = hashlib.sha256(key.encode()).digest()
        self._clock = clock
        self._again = 0.0  # when Redis is asked again after it did not answer
        self._take = redis.register_script(TAKE)
        self._heed = redis.register_script(HEED)
        self._seen: dict[str, Seen] = {}

    async def take(self, request: httpx.Request) -> Window | None:
        name = self._window(request)
        seen = self._seen.get(name)
        if seen and seen.is_plenty(self._clock()):
            seen.untold, seen.left = seen.untold + 1, seen.left - 1
            return None
        self._seen.pop(name, None)
        found = await self._run(self._take, name, 1 + (seen.untold if seen else 0))
        if not found:
            return None
        left, lasts, quota = found
        self._seen[name] = Seen(self._clock(), left, quota)
        if len(self._seen) > MOST_BUDGETS:
            del self._seen[next(iter(self._seen))]
        return Window(left + 1, lasts / 1000, quota)

    async def give_back(self, request: httpx.Request) -> None:
        await self._run(self._take, self._window(request), -1)

    async def heed(self, request: httpx.Request, window: Window) -> None:
        name = self._window(request)
        seen = self._seen.get(name)
        if seen and seen.is_plenty(self._clock()) and window.left >= PLENTY:
            return
        lasts = max(1, int(window.reset * 1000))
        await self._run(self._heed, name, window.left, window.quota, lasts, SAME_MS)

    async def _run(self, script: AsyncScript, name: str, *values: int) -> list[int] | None:
        if self._clock() < self._again:
            return None
        try:
            found: list[int] | None = await script(keys=[name], args=list(values))
        except (RedisError, OSError) as trouble:
            log.warning("Rate limits are kept in this process only: %s.", type(trouble).__name__)
            self._again = self._clock() + LONGEST_WAIT
            return None
        return found

    def _window(self, request: httpx.Request) -> str:
        """The name of a window: its place, and its caller as a digest."""
        caller = hashlib.blake2b(
            request.headers.get("authorization", "").encode(), key=self._key, digest_size=16
        )
        return f"{PREFIX}left:{place_of(request)}:{caller.hexdigest()}"


def _text(event: ServerEvent) -> str:
    return json.dumps([type(event).__name__, asdict(event)])


def _event(data: bytes | str) -> ServerEvent | None:
    """The event in a message; None where it is not one of ours."""
    try:
        name, fields = json.loads(data)
        return PLAIN[name]() if name in PLAIN else ResourceUpdated(uri=str(fields["uri"]))
    except (ValueError, TypeError, KeyError):
        return None
