"""The transports of one Hub, one within the other: remembering, retrying, pacing, and the wire.

What is remembered costs nothing, so it comes first; each try is paced, so pacing is inside of retrying. The
budgets and the memory know callers apart, so that one stack serves every caller of a Hub.
"""

from __future__ import annotations

import anyio
import httpx

from hub_mcp.client.deadline import Sleep
from hub_mcp.client.transport.cache import CacheTransport
from hub_mcp.client.transport.network import Network, WholeAnswerTransport
from hub_mcp.client.transport.rate_limit import RateLimitTransport, SharedWindows
from hub_mcp.client.transport.retry import RetryTransport
from hub_mcp.client.transport.trace import TraceTransport


def stacked(
    innermost: httpx.AsyncBaseTransport | None = None,
    *,
    ledger: SharedWindows | None = None,
    sleep: Sleep = anyio.sleep,
) -> httpx.AsyncBaseTransport:
    """All manners around a transport; around the network where none is given."""
    paced = RateLimitTransport(
        TraceTransport(WholeAnswerTransport(innermost or Network())), ledger=ledger, sleep=sleep
    )
    return CacheTransport(RetryTransport(paced, sleep=sleep))
