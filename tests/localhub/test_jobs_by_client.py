"""`huggingface_hub` unchanged as judge of jobs, on a Hub whose clock is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from huggingface_hub import HfApi, Volume
from huggingface_hub.errors import HfHubHTTPError

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving

from .official import ADA, EVE, READ, by_lfs

__all__ = ["by_lfs"]

RUNNING = "6ac2a2b349eb83beef56e4f1"  # of nimbus-labs, until somebody ends it
NOW = 1_791_288_000.0


@dataclass
class HubOfJobs:
    """A Hub on a port, and its clock."""

    url: str
    now: list[float]

    def api(self, token: str = ADA) -> HfApi:
        return HfApi(endpoint=self.url, token=token)


@pytest.fixture(scope="module")
def hub() -> Iterator[HubOfJobs]:
    now = [NOW]
    with serving(create_app(quota=1_000_000, clock=lambda: now[0])) as url:
        yield HubOfJobs(url, now)


def test_a_job_waits_runs_writes_and_ends_by_the_clock(hub: HubOfJobs) -> None:
    api = hub.api()
    job = api.run_job(
        image="python:3.12", command=["python", "-c", "print('Hello.')", "sleep 60"], flavor="t4-small",
        env={"EPOCHS": "3"}, secrets={"HF_TOKEN": "hf_of_a_test"}, timeout="5m", labels={"team": "fjords"},
        volumes=[Volume(type="dataset", source="nimbus-labs/rain-gauges", mount_path="/data")],
    )  # fmt: skip
    assert (job.status.stage, job.owner.name, job.flavor) == ("SCHEDULING", "ada", "t4-small")
    assert (job.environment, job.secrets) == ({"EPOCHS": "3"}, ["HF_TOKEN"])
    assert list(api.fetch_job_logs(job_id=job.id)) == []
    hub.now[0] += 34
    running = api.inspect_job(job_id=job.id)
    assert running.status.stage == "RUNNING"
    assert running.durations
    assert (running.durations.scheduling_secs, running.durations.running_secs) == (4, 30)
    assert "Hello." in list(api.fetch_job_logs(job_id=job.id))
    hub.now[0] += 60
    ended = api.wait_for_job(job_id=job.id)
    assert ended.status.stage == "COMPLETED"
    assert list(api.fetch_job_logs(job_id=job.id, follow=True, tail=2)) == ["60 s", "completed"]


@pytest.mark.parametrize(
    ("command", "timeout", "stage", "message"),
    [
        (["sh", "-c", "sleep 2; exit 3"], 60, "ERROR", "Job failed with exit code: 3. Reason: Error"),
        (["sleep", "600"], 60, "ERROR", "Job timeout"),
        (["sleep", "30"], None, "COMPLETED", None),
    ],
)
def test_a_job_fails_by_its_command_or_when_its_time_is_up(
    hub: HubOfJobs, command: list[str], timeout: int | None, stage: str, message: str | None
) -> None:
    job = hub.api().run_job(image="alpine", command=command, timeout=timeout)
    hub.now[0] += 100
    status = hub.api().inspect_job(job_id=job.id).status
    assert (status.stage, status.message) == (stage, message)


def test_jobs_are_listed_by_stage_and_labels_and_their_labels_are_replaced(hub: HubOfJobs) -> None:
    api = hub.api()
    named = [job.status.stage for job in api.list_jobs(namespace="ada", labels={"name": "fjord-names"})]
    assert named == ["COMPLETED", "ERROR"]
    assert [job.id for job in api.list_jobs(namespace="nimbus-labs", status="running")] == [RUNNING]
    job = api.run_job(image="alpine", command=["true"], labels={"a": "1"})
    assert api.update_job_labels(job_id=job.id, labels={"b": "2"}).labels == {"b": "2"}
    assert [one.id for one in api.list_jobs(namespace="ada", labels={"b": "2"})] == [job.id]
    assert len(list(api.list_jobs(namespace="ada"))) > 3


def test_a_job_is_rerun_unchanged_and_cancelled(hub: HubOfJobs) -> None:
    api = hub.api()
    first = api.run_job(image="alpine", command=["sleep", "900"], secrets={"KEY": "x"}, attempts=2)
    again = api.rerun_job(job_id=first.id)
    assert again.initiator
    assert (again.initiator.type, again.initiator.id) == ("duplicated-job", first.id)
    assert (again.command, again.secrets, again.retry) == (["sleep", "900"], ["KEY"], 1)
    hub.now[0] += 10
    api.cancel_job(job_id=again.id)
    assert api.inspect_job(job_id=again.id).status.stage == "CANCELED"
    with pytest.raises(HfHubHTTPError, match="already in stage CANCELED"):
        api.cancel_job(job_id=again.id)


def test_ports_of_a_running_job_are_replaced(hub: HubOfJobs) -> None:
    api = hub.api()
    job = api.run_job(image="alpine", command=["sleep", "900"], expose=[8000])
    assert job.status.expose_urls == [f"https://{job.id}--8000.hf.jobs"]
    opened = api.update_job_expose(job_id=job.id, expose=[8000], expose_public=[8001])
    assert (opened.expose, opened.expose_public) == ([8000, 8001], [8001])


def test_hardware_has_prices(hub: HubOfJobs) -> None:
    prices = {machine.name: machine.unit_cost_micro_usd for machine in hub.api().list_jobs_hardware()}
    assert (prices["cpu-basic"], prices["t4-small"]) == (167, 6667)


def test_jobs_are_for_members_who_may_write_and_pay(hub: HubOfJobs) -> None:
    with pytest.raises(HfHubHTTPError, match="credit"):
        hub.api(EVE).run_job(image="alpine", command=["true"])
    with pytest.raises(HfHubHTTPError, match="may only read"):
        hub.api(READ).run_job(image="alpine", command=["true"])
    assert hub.api(READ).inspect_job(job_id=RUNNING, namespace="nimbus-labs").status.stage == "RUNNING"
    with pytest.raises(HfHubHTTPError, match="don't have access"):
        list(hub.api(EVE).list_jobs(namespace="nimbus-labs"))
    with pytest.raises(HfHubHTTPError, match="expected one of"):
        hub.api().run_job(image="alpine", command=["true"], flavor="abacus")


@pytest.mark.filterwarnings("ignore:.*experimental")
def test_a_command_is_run_by_uv_now_and_by_a_schedule(hub: HubOfJobs) -> None:
    api = hub.api()
    job = api.run_uv_job("cowsay", script_args=["moo"], dependencies=["cowsay"])
    assert job.command == ["uv", "run", "--with", "cowsay", "cowsay", "moo"]
    made = api.create_scheduled_uv_job("cowsay", schedule="@daily")
    assert made.job_spec.command == ["uv", "run", "cowsay"]
