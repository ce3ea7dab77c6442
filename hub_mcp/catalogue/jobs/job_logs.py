"""What a job has written: the last lines of its log, read for a few seconds and within a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, clean, is_object
from hub_mcp.catalogue.bounds import BUDGET, cut_text, weight
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import Owner
from hub_mcp.catalogue.http import HttpRequest, HttpResponse, encode_query
from hub_mcp.catalogue.jobs.jobs import JobId
from hub_mcp.catalogue.operations.cleaning import clean_text
from hub_mcp.catalogue.operations.found import events_in

SECONDS = 5.0  # that a log is read which goes on; the Hub tells at once what there is, and then waits
ROOM = 600  # tokens that are kept for what is said of the lines
LONGEST_LINE = 2_000  # characters


@dataclass(frozen=True)
class LogLines(Answer):
    """Lines of a log, the last ones of what was asked for; tokens in them are taken out.

    Attributes:
        ended: whether the Hub ended the stream; else it was read long enough.
    """

    verbatim: ClassVar[str] = "text"

    lines: tuple[str, ...]
    ended: bool

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        kept, room = list[str](), BUDGET - ROOM
        for line in reversed(self.lines):
            shown = cut_text(clean(clean_text(line), LONGEST_LINE), LONGEST_LINE)
            room -= weight(shown) + 1
            if kept and room < 0:
                break
            kept.append(shown)
        said: dict[str, Any] = {"lines": len(kept)}
        if left := len(self.lines) - len(kept):
            said["earlier"] = f"{left:,} lines before these are left out"
        if not self.ended:
            said["goes_on"] = "the log may go on; it was read for a few seconds"
        return {**said, "text": "\n".join(reversed(kept))} if kept else said


@get("/api/jobs/{namespace}/{job_id}/logs", documented="GET /api/jobs/{namespace}/{jobId}/logs")
class ReadJobLogs(Endpoint[LogLines]):
    """The last lines that a job has written."""

    in_area = "jobs"
    by_default = False

    namespace: Owner
    job_id: JobId
    tail: int = Field(default=200, ge=1, le=10_000, description="lines")

    def to_http(self, base: str) -> HttpRequest:
        url = f"{base}{self.real_path()}?{encode_query({'tail': self.tail})}"
        return HttpRequest("GET", url, accept="text/event-stream", lasts=SECONDS)

    def from_http(self, response: HttpResponse) -> LogLines:
        self.refuse_errors(response)
        messages = [one.get("data") if is_object(one) else one for one in events_in(response.body)]
        lines = [line for one in messages if one is not None for line in str(one).split("\n")]
        return LogLines(tuple(lines[-self.tail :]), "x-read-for-a-while" not in response.headers)
