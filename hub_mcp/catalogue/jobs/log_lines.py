"""Logs of Spaces and jobs: the last lines, or those since a moment, limited in lines and seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from hub_mcp.catalogue.answers import Answer, clean, is_object
from hub_mcp.catalogue.bounds import BUDGET, cut_text, weight
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Word
from hub_mcp.catalogue.http import HttpRequest, HttpResponse, encode_query
from hub_mcp.catalogue.operations.cleaning import clean_text
from hub_mcp.catalogue.operations.found import events_in, found_events

SECONDS = 5.0  # to read a log that goes on; the Hub sends the lines so far at once, and then waits
MOST_SECONDS = 15.0
MOST_LINES = 10_000
ROOM = 600  # tokens reserved for the facts about the lines
LONGEST_LINE = 2_000  # characters
_STAMP = re.compile(r"[0-9T:.Z+ -]{10,40}")
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")  # colors and all other control sequences


def _moment(text: str) -> str:
    if moment_of(text) is None:
        raise ValueError("must be a time, such as 2026-10-05T12:00:00Z")
    return text


Moment = Annotated[Word, AfterValidator(_moment)]


def moment_of(text: Any) -> datetime | None:
    """An ISO moment, in UTC by default; None for anything else."""
    try:
        read = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


@dataclass(frozen=True)
class LogLine:
    """A line, and the moment it was written in the Hub's format; "" if the Hub does not say."""

    at: str
    text: str

    @property
    def shown(self) -> str:
        """The text to show, without tokens and invisible characters."""
        return cut_text(clean(clean_text(self.text), LONGEST_LINE), LONGEST_LINE)

    def __str__(self) -> str:
        return f"{self.at[11:19]} {self.shown}" if self.at else self.shown


@dataclass(frozen=True)
class LogLines(Answer):
    """Lines of a log, the last of those requested.

    Attributes:
        ended: whether the Hub ended the stream; otherwise the time was up.
        more_before: whether the Hub sent more lines before these than were kept.
        gap: whether lines between the requested moment and the first of these may be missing.
    """

    verbatim: ClassVar[str] = "text"

    lines: tuple[LogLine, ...]
    ended: bool
    more_before: bool = False
    gap: bool = False

    @property
    def last(self) -> str:
        """The moment of the last line with one."""
        return next((one.at for one in reversed(self.lines) if one.at), "")

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        kept, room = list[str](), BUDGET - ROOM
        for line in reversed(self.lines):
            shown = str(line)
            room -= weight(shown) + 1
            if kept and room < 0:
                break
            kept.append(shown)
        said: dict[str, Any] = {"lines": len(kept)}
        if left := len(self.lines) - len(kept):
            said["earlier"] = f"{left:,} lines before these are left out"
        elif self.gap:
            said["earlier"] = "lines after `since` may be missing before these: ask for a larger `tail`"
        elif self.more_before:
            said["earlier"] = "lines before these are left out"
        if not self.ended:
            said["goes_on"] = "the log may go on; it was read for a few seconds"
        first = next((one.at for one in self.lines if one.at), "")
        # with a space: the Hub's moments are shown as days only, but `since` needs all of it
        moments = {name: one.replace("T", " ") for name, one in (("first", first), ("last", self.last))}
        said |= {name: one for name, one in moments.items() if one}
        return {**said, "text": "\n".join(reversed(kept))} if kept else said


class ReadsLog(Endpoint[LogLines]):
    """A call that reads a log: the Hub sends the last lines at once, and new ones as they come."""

    by_default = False

    tail: int = Field(default=200, ge=1, le=MOST_LINES, description="lines")
    since: Annotated[Moment | None, Local] = Field(default=None, description="only later lines: an ISO time")
    seconds: Annotated[float, Local] = Field(
        default=SECONDS, ge=1, le=MOST_SECONDS, description="to wait for further lines"
    )

    def to_http(self, base: str) -> HttpRequest:
        url = f"{base}{self.real_path()}?{encode_query({'tail': self.tail})}"
        return HttpRequest("GET", url, accept="text/event-stream", lasts=self.seconds)

    def from_http(self, response: HttpResponse) -> LogLines:
        self.refuse_errors(response)
        after, found = moment_of(self.since), found_events(events_in(response.body), response.headers)
        every = list(lines_of(found.events))
        later = [one for one in every if not (after and (at := moment_of(one.at)) and at <= after)]
        begins_later = after is not None and bool(every) and len(later) == len(every)
        return LogLines(
            tuple(later[-self.tail :]),
            found.ended,
            more_before=found.more_before,
            gap=len(later) > self.tail or (begins_later and (found.more_before or len(every) >= self.tail)),
        )


def lines_of(events: Sequence[Any]) -> Iterator[LogLine]:
    """The lines in events, each with the moment of its event."""
    for event in events:
        text = event.get("data") if is_object(event) else event
        at = str(event.get("timestamp") or "") if is_object(event) else ""
        known = at if _STAMP.fullmatch(at) and moment_of(at) else ""  # anything else there is text
        if isinstance(text, str):
            yield from (LogLine(known, line) for line in lines_in(text))


def lines_in(text: str) -> list[str]:
    """The lines of a program's output as a terminal shows them: no colors, progress in its last state."""
    plain_text = _TERMINAL_CODES.sub("", text).replace("\r\n", "\n").rstrip("\r\n")
    return [line.rstrip("\r").rpartition("\r")[2] for line in plain_text.split("\n")]
