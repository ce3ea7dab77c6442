"""The journal of several machines, in Redis: one list, in the order of writing; numbers are its indexes.

A line is as durable as Redis is: with `appendfsync always` it is on the disk before a change is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final
from urllib.parse import urlsplit

from hub_mcp.errors import Stopped
from hub_mcp.gate.journal import Entry, Journal, entry_in, line_of

LIST: Final = "hub-mcp:journal"
AT_ONCE = 500  # entries per read
TEXT: Final = {"decode_responses": True, "encoding_errors": "replace"}
SECONDS = 2.0  # that Redis may need


class RedisJournal(Journal):
    """Changes recorded in a Redis list; a change waits for its line, and is refused without Redis.

    Args:
        url: redis://, rediss:// or unix://; may contain a password, which is never shown.
    """

    def __init__(self, url: str) -> None:
        try:
            import redis
        except ModuleNotFoundError:
            raise Stopped(
                "A journal in Redis needs an extra.", advice="Install it: pip install 'hub-mcp[redis]'."
            ) from None
        super().__init__(None)
        parts = urlsplit(url)
        self.place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        self._errors = (redis.RedisError, OSError)
        self._redis = redis.Redis.from_url(
            url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, **TEXT
        )

    def check(self) -> None:
        try:
            self._redis.ping()
        except self._errors as trouble:
            raise self._unwritable(trouble) from None

    def write(self, entry: Entry, secrets: Sequence[str] = ()) -> None:
        try:
            self._redis.rpush(LIST, line_of(entry, secrets))
        except self._errors as trouble:
            raise self._unwritable(trouble) from None

    def _unwritable(self, trouble: Exception) -> Stopped:
        return Stopped(
            f"The journal at {self.place} cannot be written ({type(trouble).__name__}).",
            advice="Call again in a moment.",
        )

    def entries(self) -> Iterator[Entry]:
        for start in count(0, AT_ONCE):
            try:
                lines = self._redis.lrange(LIST, start, start + AT_ONCE - 1)
            except self._errors as trouble:
                raise Stopped(
                    f"The journal at {self.place} cannot be read ({type(trouble).__name__}).",
                    advice="Check that this Redis is there and reachable.",
                ) from None
            for n, line in enumerate(lines, start + 1):
                if entry := entry_in(str(line), n):
                    yield entry
            if len(lines) < AT_ONCE:
                return
