"""The transports of one Hub, one within the other: remembering, retrying, pacing, and the wire.

What is remembered costs nothing, so it comes first; each try is paced, so pacing is inside of retrying. The
budgets and the memory know callers apart, so that one stack serves every caller of a Hub.
"""

from __future__ import annotations

import anyio
import httpx

from hub_mcp.client.pacing import Ledger, Paced
from hub_mcp.client.patience import Sleep
from hub_mcp.client.remembering import Remembering
from hub_mcp.client.retrying import Retrying
from hub_mcp.client.tracing import Traced
from hub_mcp.client.wire import Network, Wire

__all__ = ["Network", "Paced", "Remembering", "Retrying", "Wire", "stacked"]


def stacked(
    innermost: httpx.AsyncBaseTransport | None = None,
    *,
    ledger: Ledger | None = None,
    sleep: Sleep = anyio.sleep,
) -> httpx.AsyncBaseTransport:
    """All manners around a transport; around the network where none is given."""
    paced = Paced(Traced(Wire(innermost or Network())), ledger=ledger, sleep=sleep)
    return Remembering(Retrying(paced, sleep=sleep))
