"""The build and run logs of a Space."""

from __future__ import annotations

from typing import Literal

from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import RepoId
from hub_mcp.catalogue.jobs.log_lines import ReadsLog


@get("/api/spaces/{repo_id}/logs/{log_type}", permission="repo.write")
class ReadSpaceLogs(ReadsLog):
    """The last lines of a Space's log: `build` for its build, `run` for what its code writes."""

    kind = "space"

    repo_id: RepoId
    log_type: Literal["build", "run"]
