"""A transport that remembers refused tokens for some seconds, and does not send them again.

A caller who keeps calling with a wrong token could make the Hub block the server's address for all callers.
The memory is short, so that a token that becomes valid is accepted soon, and contains only digests.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import anyio
import httpx

from hub_mcp.catalogue.refusals import BY_CODE
from hub_mcp.client.caller import Caller
from hub_mcp.client.deadline import Clock
from hub_mcp.client.transport.retry import READS

REMEMBERED_FOR = 10.0  # seconds
MOST_REFUSED = 4_096
MOST_SAID = 4_096  # bytes kept of the Hub's answer


@dataclass(frozen=True)
class TokenRefusal:
    """The Hub's answer to a token, and how long to repeat it."""

    until: float
    kind: str
    said: bytes

    def answer(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, headers={"Content-Type": self.kind}, content=self.said, request=request)


class RefusedTokenTransport(httpx.AsyncBaseTransport):
    """Repeats the Hub's answer to callers whose token was just refused."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, clock: Clock = anyio.current_time) -> None:
        self._inner = inner
        self._clock = clock
        self._refused: OrderedDict[str, TokenRefusal] = OrderedDict()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        caller = Caller.of(request).id
        if not caller:
            return await self._inner.handle_async_request(request)
        if (known := self._refused.pop(caller, None)) and self._clock() < known.until:
            self._refused[caller] = known
            return known.answer(request)
        answer = await self._inner.handle_async_request(request)
        refused = answer.status_code == 401 and answer.headers.get("x-error-code", "") not in BY_CODE
        if refused and request.method in READS:  # a change may need more permissions
            said = (await answer.aread())[:MOST_SAID]
            kind = answer.headers.get("content-type", "application/json")
            self._refused[caller] = TokenRefusal(self._clock() + REMEMBERED_FOR, kind, said)
            while len(self._refused) > MOST_REFUSED:
                self._refused.popitem(last=False)
        return answer

    async def aclose(self) -> None:
        self._refused.clear()
        await self._inner.aclose()
