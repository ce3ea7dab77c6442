"""Logs as streams: a line a row, and the address where it goes on once the log has grown.

The Hub keeps a log's stream open for as long as something may be written. A read here takes what there is,
waits a few seconds for more, and its last line names the address of what is written after that moment.
Whoever is subscribed is told as the log grows (`Subscriptions` looks at its last line), and reads on there.
"""

from __future__ import annotations

import json
from typing import Any

from hub_mcp.catalogue.jobs.log_lines import LogLine, LogLines, ReadsLog
from hub_mcp.catalogue.listing import Listing
from hub_mcp.client.hub import Hub
from hub_mcp.server.resources.addresses import SCHEME, address_of, call_at
from hub_mcp.server.resources.streams import ROOM, STREAM, Progress, listing_at

TAIL = 1_000  # lines, where the address does not say
LOOK_EVERY = 10.0  # seconds between two looks at a log that somebody follows

_json = json.JSONEncoder(ensure_ascii=False).encode


def streamed_at(address: str, hosts: tuple[str, ...] = ()) -> Listing[Any] | ReadsLog:
    """The listing that a stream's address walks, or the log that it follows.

    Raises:
        BadInput: it names neither.
    """
    call = call_at(SCHEME + address.removeprefix(STREAM), hosts)
    if not isinstance(call, ReadsLog):
        return listing_at(address, hosts)
    return call if "tail" in call.model_fields_set else call.model_copy(update={"tail": TAIL})


def last_line_of(call: ReadsLog) -> ReadsLog:
    """What is looked at to see whether a log has grown."""
    return call.model_copy(update={"tail": 1, "since": None, "seconds": 1.0})


async def read_log(hub: Hub, call: ReadsLog, progress: Progress) -> str:
    """The lines as NDJSON, as many as fit, and where it goes on.

    Raises:
        HubError: the log cannot be read.
    """
    log = await hub.send(call)
    await progress(1, f"{len(log.lines):,} lines")
    return ndjson_of(call, log)


def ndjson_of(call: ReadsLog, log: LogLines) -> str:
    """The lines that fit: those of one moment stay together, since it goes on behind a moment."""
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
        kept = whole or kept  # more lines of one moment than fit: the rest of them is told to be missing
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
    """The address of what is written after a moment."""
    from_there = call.model_copy(update={"since": after}) if after else call
    return STREAM + address_of(from_there).removeprefix(SCHEME)
