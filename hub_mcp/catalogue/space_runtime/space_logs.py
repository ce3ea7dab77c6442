"""What a Space has written while it was built or ran, read for a few seconds and within a bound."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from hub_mcp.catalogue.answers import clean, is_object
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import RepoId, Word
from hub_mcp.catalogue.http import HttpRequest, HttpResponse, encode_query
from hub_mcp.catalogue.jobs.job_logs import SECONDS, LogLines
from hub_mcp.catalogue.operations.found import events_in
from hub_mcp.catalogue.space_runtime.space_runtime import SPACE

MOST_LINES = 10_000
MOST_SECONDS = 15.0
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")  # and all else that a terminal is told


def _moment(text: str) -> str:
    if moment_of(text) is None:
        raise ValueError("must be a moment, such as 2026-10-05T12:00:00Z")
    return text


Moment = Annotated[Word, AfterValidator(_moment)]


def moment_of(text: Any) -> datetime | None:
    """An ISO moment, taken for UTC where it does not say; None for anything else."""
    try:
        read = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


@dataclass(frozen=True)
class SpaceLog(LogLines):
    """Lines of a Space's log, each with the time at which it was written.

    Attributes:
        first, last: moments of the first and last line, as the Hub writes them; "" where there is none.
    """

    first: str = ""
    last: str = ""

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        said = super().content(fields)
        text = said.pop("text", "")
        # with a blank, since a moment of the Hub's is shown as its day alone, and `since` takes the whole
        moments = {
            name: clean(one, 40).replace("T", " ")
            for name, one in (("first", self.first), ("last", self.last))
        }
        return {
            **said,
            **{name: one for name, one in moments.items() if one},
            **({"text": text} if text else {}),
        }


@get(
    "/api/spaces/{repo_id}/logs/{log_type}",
    permission="repo.write",
    documented=f"GET {SPACE}/logs/{{logType}}",
)
class ReadSpaceLogs(Endpoint[SpaceLog]):
    """The last lines of a Space's log: `build` for its build, `run` for what its code writes."""

    in_area = "space_runtime"
    by_default = False
    kind = "space"

    repo_id: RepoId
    log_type: Literal["build", "run"]
    tail: int = Field(default=200, ge=1, le=MOST_LINES, description="lines")
    since: Annotated[Moment | None, Local] = Field(
        default=None, description="only later lines: an ISO moment"
    )
    seconds: Annotated[float, Local] = Field(
        default=SECONDS, ge=1, le=MOST_SECONDS, description="to wait for further lines"
    )

    def to_http(self, base: str) -> HttpRequest:
        url = f"{base}{self.real_path()}?{encode_query({'tail': self.tail})}"
        return HttpRequest("GET", url, accept="text/event-stream", lasts=self.seconds)

    def from_http(self, response: HttpResponse) -> SpaceLog:
        self.refuse_errors(response)
        after = moment_of(self.since)
        stamped: list[tuple[str, str]] = []
        for event in events_in(response.body):
            text = event.get("data") if is_object(event) else event
            at = str(event.get("timestamp") or "") if is_object(event) else ""
            written = moment_of(at)
            if not isinstance(text, str) or (after and written and written <= after):
                continue
            stamped += [(at, line) for line in lines_in(text)]
        kept = stamped[-self.tail :]
        moments = [at for at, _ in kept if at]
        return SpaceLog(
            tuple(f"{at[11:19]} {line}" if moment_of(at) else line for at, line in kept),
            "x-read-for-a-while" not in response.headers,
            moments[0] if moments else "",
            moments[-1] if moments else "",
        )


def lines_in(text: str) -> list[str]:
    """The lines of what a program wrote, as a terminal leaves them: without colours, progress at its last."""
    plain_text = _COLOURS.sub("", text).replace("\r\n", "\n").rstrip("\r\n")
    return [line.rstrip("\r").rpartition("\r")[2] for line in plain_text.split("\n")]
