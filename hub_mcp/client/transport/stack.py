"""The nested transports of one Hub: cache, retry, rate limit, turns, network.

Cached answers cost nothing, so the cache comes first; each attempt is rate-limited, so the rate limit is
inside the retries; a turn at the connections is taken last, so that nobody holds one while waiting. Budgets,
turns and cache distinguish callers, so that one stack serves every caller of a Hub.
"""

from __future__ import annotations

import anyio
import httpx

from hub_mcp.client.deadline import Sleep
from hub_mcp.client.transport.cache import CacheTransport
from hub_mcp.client.transport.network import Network, WholeAnswerTransport
from hub_mcp.client.transport.rate_limit import RateLimitTransport
from hub_mcp.client.transport.refused_tokens import RefusedTokenTransport
from hub_mcp.client.transport.retry import RetryTransport
from hub_mcp.client.transport.trace import TraceTransport
from hub_mcp.client.transport.turns import TurnsTransport


def stacked(
    innermost: httpx.AsyncBaseTransport | None = None, *, sleep: Sleep = anyio.sleep
) -> httpx.AsyncBaseTransport:
    """All these transports around the innermost one, by default the network."""
    whole = TraceTransport(WholeAnswerTransport(innermost or Network()))
    paced = RateLimitTransport(TurnsTransport(whole), sleep=sleep)
    return RefusedTokenTransport(CacheTransport(RetryTransport(paced, sleep=sleep)))
