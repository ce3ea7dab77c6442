"""The log of a job."""

from __future__ import annotations

from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import Owner
from hub_mcp.catalogue.jobs.jobs import JobId
from hub_mcp.catalogue.jobs.log_lines import ReadsLog


@get("/api/jobs/{namespace}/{job_id}/logs")
class ReadJobLogs(ReadsLog):
    """The last lines that a job has written, or those since a time."""

    namespace: Owner
    job_id: JobId
