"""A transport that caches answers: by ETag, whoami for minutes, tags for hours; never across tokens.

Our own instead of hishel: hishel follows HTTP's caching rules, which never apply here (the Hub sends no
`Cache-Control`, FACTS 18), keys by address alone although answers differ by token, stores them in a database,
and costs 14 ms at start. The dictionary below is all that is needed.

Everything else is requested every time; a known ETag is sent with it, and a 304 is answered from the cache. A
change through the same transport drops what its caller has read about things, and a 401 drops everything;
whoami, which has a strict limit of its own and is called before changes, survives a change.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import anyio
import httpx

from hub_mcp.client.caller import Caller
from hub_mcp.client.deadline import Clock
from hub_mcp.client.transport.retry import READS

MOST_BYTES = 32 * 2**20
MOST_BYTES_OF_ONE = 8 * 2**20
MOST_ENTRIES = 500
OVERHEAD = 1_000  # approximate bytes of an entry besides its body
WHOAMI, TAGS = 300.0, 4 * 3600.0  # seconds; whoami has a strict limit, tags rarely change
KEPT_FOR = {"/api/whoami-v2": WHOAMI, "-tags-by-type": TAGS}  # by the end of the path
# Headers about one exchange or only for browsers, which are the larger part of a small answer.
PASSING = frozenset((
    b"date", b"via", b"x-cache", b"x-request-id", b"ratelimit", b"ratelimit-policy", b"vary", b"x-powered-by",
))  # fmt: skip
PASSING_KINDS = (b"access-control-", b"cross-origin-", b"x-amz-cf-")

Key = tuple[str, str]  # caller, address


@dataclass(frozen=True)
class CachedAnswer:
    """A cached answer: its headers and body, and how long it is fresh.

    Attributes:
        headers: one line each, since pairs take three times the memory.
    """

    headers: bytes
    body: bytes
    etag: str
    until: float

    @property
    def size(self) -> int:
        return len(self.body) + OVERHEAD

    def answer(self) -> httpx.Response:
        parts = (line.partition(b": ") for line in self.headers.splitlines())
        pairs = [(name, value) for name, _, value in parts]
        return httpx.Response(200, headers=pairs, content=self.body, extensions={"remembered": True})


class CacheTransport(httpx.AsyncBaseTransport):
    """Answers from the cache if possible; evicts the least recently used entries."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        clock: Clock = anyio.current_time,
        most_bytes: int = MOST_BYTES,
        most_entries: int = MOST_ENTRIES,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._most_bytes = most_bytes
        self._most_entries = most_entries
        self._known: OrderedDict[Key, CachedAnswer] = OrderedDict()
        self.bytes = 0
        self._changes = 0  # grows with every change, so that an earlier answer is not stored

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        caller = Caller.of(request).id
        if request.method not in READS:
            try:
                return await self._inner.handle_async_request(request)
            finally:
                self._changes += 1
                self._forget(caller, timed=False)
        if request.method != "GET" or "range" in request.headers:
            return await self._inner.handle_async_request(request)
        key = (caller, str(request.url))
        known = self._known.get(key)
        if known:
            self._known.move_to_end(key)
            if self._clock() < known.until:
                return known.answer()
            if known.etag:
                request.headers["If-None-Match"] = known.etag
        changes = self._changes
        answer = await self._inner.handle_async_request(request)
        if answer.status_code == 304 and known:
            await answer.aclose()
            if changes == self._changes:
                self._keep(key, known.headers, known.body, known.etag)
            return known.answer()
        if answer.status_code == 401:
            self._changes += 1
            self._forget(caller)
        elif answer.status_code == 200 and "no-store" not in answer.headers.get("cache-control", ""):
            body = await answer.aread()
            if changes == self._changes:
                etag = answer.headers.get("etag", "")
                self._keep(key, _lasting(answer), body, etag if etag.isascii() else "")
        return answer

    def _keep(self, key: Key, headers: bytes, body: bytes, etag: str) -> None:
        seconds = _kept_for(key)
        self._drop(key)
        if not (etag or seconds) or len(body) > MOST_BYTES_OF_ONE:
            return
        entry = CachedAnswer(headers, body, etag, self._clock() + seconds)
        self._known[key] = entry
        self.bytes += entry.size
        while self.bytes > self._most_bytes or len(self._known) > self._most_entries:
            self._drop(next(iter(self._known)))

    def _drop(self, key: Key) -> None:
        if entry := self._known.pop(key, None):
            self.bytes -= entry.size

    def _forget(self, caller: str, *, timed: bool = True) -> None:
        """Drop a caller's entries; `timed`: also those kept for a fixed time."""
        for key in [key for key in self._known if key[0] == caller and (timed or not _kept_for(key))]:
            self._drop(key)

    async def aclose(self) -> None:
        self._known.clear()
        self.bytes = 0
        await self._inner.aclose()


def _lasting(answer: httpx.Response) -> bytes:
    """The headers that are still valid when the answer is repeated."""
    named = ((name.lower(), value) for name, value in answer.headers.raw)
    return b"\n".join(b"%b: %b" % (name, value) for name, value in named if not _is_passing(name))


def _is_passing(name: bytes) -> bool:
    return name in PASSING or name.startswith(PASSING_KINDS)


def _kept_for(key: Key) -> float:
    """The seconds for which an answer is fresh; 0 for most."""
    path = key[1].partition("?")[0]
    return next((kept for end, kept in KEPT_FOR.items() if path.endswith(end)), 0.0)
