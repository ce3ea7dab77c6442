"""Logs as streams: one row per line, and the address that continues once the log has grown.

The Hub keeps a log's stream open as long as something may be written. A read here takes the lines so far,
waits a few seconds for more, and ends with the address of everything written after that moment. Subscribers
are notified when the log grows (`Subscriptions` checks its last line), and continue reading there.
"""

from __future__ import annotations

import json
from typing import Any

from hub_mcp.catalogue.jobs.log_lines import LogLine, LogLines, ReadsLog
from hub_mcp.catalogue.listing import Listing
from hub_mcp.client.hub import Hub
from hub_mcp.server.resources.addresses import SCHEME, address_of, call_at
from hub_mcp.server.resources.streams import ROOM, STREAM, Progress, listing_at

TAIL = 1_000  # lines, unless the address says otherwise
LOOK_EVERY = 10.0  # seconds between two checks of a log that somebody follows

_json = json.JSONEncoder(ensure_ascii=False).encode


def streamed_at(address: str, hosts: tuple[str, ...] = ()) -> Listing[Any] | ReadsLog:
    """The listing or the log at a stream's address.

    Raises:
        BadInput: it names neither.
    """
    call = call_at(SCHEME + address.removeprefix(STREAM), hosts)
    if not isinstance(call, ReadsLog):
        return listing_at(address, hosts)
    return call if "tail" in call.model_fields_set else call.model_copy(update={"tail": TAIL})


def last_line_of(call: ReadsLog) -> ReadsLog:
    """The call that shows whether a log has grown."""
    return call.model_copy(update={"tail": 1, "since": None, "seconds": 1.0})


async def read_log(hub: Hub, call: ReadsLog, progress: Progress) -> str:
    """As many lines as fit, as NDJSON, and the address that continues.

    Raises:
        HubError: the log cannot be read.
    """
    log = await hub.send(call)
    await progress(1, f"{len(log.lines):,} lines")
    return ndjson_of(call, log)


def ndjson_of(call: ReadsLog, log: LogLines) -> str:
    """The lines that fit; those of one moment stay together, since a read continues after a moment."""
    rows = [(line, _row(line)) for line in log.lines]
    fits, room = 0, ROOM
    for _, row in rows:
        room -= len(row.encode()) + 1
        if room < 0:
            break
        fits += 1
    kept = rows[:fits]
    if fits < len(rows):
        next_at = rows[fits][0].at
        whole = [one for one in kept if one[0].at != next_at]
        kept = whole or kept  # more lines of one moment than fit: the rest is reported as missing
    last: dict[str, Any] = {}
    if log.gap:
        last["earlier"] = "lines between `since` and the first of these may be missing"
    elif log.more_before:
        last["earlier"] = "lines before these are left out"
    if len(kept) < len(rows) and kept[-1][0].at == rows[len(kept)][0].at:
        last["left_out"] = sum(one.at == kept[-1][0].at for one, _ in rows[len(kept) :])
    after = next((one.at for one, _ in reversed(kept) if one.at), "")
    if after or not rows:
        last["next"] = _onward(call, after)
    if len(kept) == len(rows):
        last["now"] = "these are all lines so far"
    return "".join(f"{row}\n" for row in [*(row for _, row in kept), _json(last)])


def _row(line: LogLine) -> str:
    return _json({**({"at": line.at} if line.at else {}), "line": line.shown})


def _onward(call: ReadsLog, after: str) -> str:
    """The address of the lines after a moment."""
    from_there = call.model_copy(update={"since": after}) if after else call
    return STREAM + address_of(from_there).removeprefix(SCHEME)
