"""`huggingface_hub` unchanged as judge of scheduled jobs, on a Hub whose clock is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from huggingface_hub.errors import HfHubHTTPError

from hub_mcp.localhub.jobs.cron import CronLine

from .official import EVE, by_lfs
from .test_jobs_by_client import HubOfJobs, hub

__all__ = ["by_lfs", "hub"]
DAY = 86_400


def test_a_scheduled_job_is_made_changed_suspended_resumed_and_deleted(hub: HubOfJobs) -> None:
    api = hub.api()
    made = api.create_scheduled_job(
        image="alpine", command=["sleep", "30"], schedule="30 5 * * 1-5", labels={"team": "a"}, timeout="1m"
    )
    assert (made.schedule, made.suspend, made.concurrency) == ("30 5 * * 1-5", False, False)
    assert made.job_spec.timeout == 60
    assert made.status.next_job_run_at
    assert (made.status.next_job_run_at.hour, made.status.next_job_run_at.minute) == (5, 30)
    assert api.update_scheduled_job_schedule(scheduled_job_id=made.id, schedule="@daily").schedule == "@daily"
    labelled = api.update_scheduled_job_labels(scheduled_job_id=made.id, labels={"team": "b"})
    assert labelled.job_spec.labels == {"team": "b"}
    assert [one.id for one in api.list_scheduled_jobs(labels={"team": "b"}, namespace="ada")] == [made.id]
    api.suspend_scheduled_job(scheduled_job_id=made.id)
    assert api.inspect_scheduled_job(scheduled_job_id=made.id).suspend is True
    hub.now[0] += 3 * DAY
    assert api.inspect_scheduled_job(scheduled_job_id=made.id).status.last_job is None
    api.resume_scheduled_job(scheduled_job_id=made.id)
    assert api.inspect_scheduled_job(scheduled_job_id=made.id).status.last_job is None
    api.delete_scheduled_job(scheduled_job_id=made.id)
    with pytest.raises(HfHubHTTPError, match="Scheduled job not found"):
        api.inspect_scheduled_job(scheduled_job_id=made.id)


def test_due_jobs_are_started_and_can_be_run_in_addition_to_the_schedule(hub: HubOfJobs) -> None:
    api = hub.api()
    made = api.create_scheduled_job(
        image="alpine", command=["sleep", "3000"], schedule="@daily", timeout="2h"
    )
    hub.now[0] += DAY
    last = api.inspect_scheduled_job(scheduled_job_id=made.id).status.last_job
    assert last
    assert (last.at.hour, last.at.minute) == (0, 0)
    begun = api.inspect_job(job_id=last.id)
    assert begun.initiator
    assert (begun.initiator.type, begun.initiator.id) == ("scheduled-job", made.id)
    assert begun.command == ["sleep", "3000"]
    now = api.trigger_scheduled_job(scheduled_job_id=made.id)
    assert now.status.stage == "SCHEDULING"
    with pytest.raises(HfHubHTTPError, match="already running"):
        api.trigger_scheduled_job(scheduled_job_id=made.id)
    api.delete_scheduled_job(scheduled_job_id=made.id)


def test_schedules_that_cannot_be_read_and_callers_who_may_not_are_refused(hub: HubOfJobs) -> None:
    with pytest.raises(HfHubHTTPError, match="Invalid cron"):
        hub.api().create_scheduled_job(image="alpine", command=["true"], schedule="every day")
    with pytest.raises(HfHubHTTPError, match="don't have access"):
        hub.api(EVE).list_scheduled_jobs(namespace="nimbus-labs")


@pytest.mark.parametrize(
    ("schedule", "coming"),
    [
        ("@hourly", "2026-10-06T13:00"), ("*/15 * * * *", "2026-10-06T12:15"),
        ("0 9 * * 1", "2026-10-12T09:00"),
        ("0 12 6 * *", "2026-11-06T12:00"), ("5 4 * * sun", "2026-10-11T04:05"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
        ("0 0 13 * fri", "2026-10-09T00:00"), ("59 23 31 12 *", "2026-12-31T23:59"),
    ],
)  # fmt: skip
def test_the_next_time_of_a_schedule(schedule: str, coming: str) -> None:
    noon = datetime(2026, 10, 6, 12, tzinfo=UTC).timestamp()
    found = CronLine.read(schedule).after(noon)
    assert found is not None
    assert datetime.fromtimestamp(found, UTC).isoformat()[:16] == coming


@pytest.mark.parametrize("schedule", ["", "* * * *", "60 * * * *", "* * 0 * *", "*/0 * * * *", "a b c d e"])
def test_an_invalid_schedule_is_reported_as_such(schedule: str) -> None:
    with pytest.raises(ValueError, match="Invalid cron"):
        CronLine.read(schedule)


def test_a_day_that_never_comes_is_never_next() -> None:
    assert CronLine.read("0 0 31 2 *").after(0) is None
