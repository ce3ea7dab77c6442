"""The `hf` command's verbs for jobs, scheduled jobs and webhooks, unchanged against a local Hub on a port."""

from __future__ import annotations

import pytest

from .test_hf_command import EVE, HF, Hf

pytestmark = pytest.mark.skipif(not HF.exists(), reason="the hf command is not installed beside this Python")


def test_a_job_is_run_watched_labelled_run_again_and_cancelled(hf: Hf, now: list[float]) -> None:
    words = "jobs run --detach --flavor t4-small --timeout 5m --env A=b --label team=fjords alpine"
    job = hf.text(*words.split(), "sh", "-c", "echo hello; sleep 60", "--quiet").split()[-1]
    assert hf.json("jobs", "inspect", job)[0]["status"]["stage"] == "SCHEDULING"
    now[0] += 30
    assert job in hf.ids("jobs", "ps")
    assert "25 s" in hf.text("jobs", "logs", job)
    hf.text("jobs", "labels", job, "--label", "team=islands")
    assert hf.json("jobs", "inspect", job)[0]["labels"]["team"] == "islands"
    hf.text("jobs", "cancel", job)
    assert hf.json("jobs", "inspect", job)[0]["status"]["stage"] == "CANCELED"
    again = hf.text("jobs", "rerun", job, "--detach", "--quiet").split()[-1]
    assert again != job
    now[0] += 100
    assert hf.run("jobs", "wait", again).returncode == 0
    assert hf.json("jobs", "inspect", again)[0]["status"]["stage"] == "COMPLETED"


def test_hardware_is_listed_with_prices(hf: Hf) -> None:
    assert {one["name"] for one in hf.json("jobs", "hardware")} > {"cpu-basic", "t4-small", "h200"}


def test_a_jobs_usage_is_shown_and_its_ports_are_opened_and_closed(hf: Hf, now: list[float]) -> None:
    words = "jobs run --detach --flavor t4-small --timeout 5m alpine sleep 200 --quiet"
    job = hf.text(*words.split()).split()[-1]
    now[0] += 30
    assert "1.6GB / 15.0GB" in hf.text("jobs", "stats", job)
    hf.text("jobs", "expose", job, "8000", "--public", "8001")
    exposed = hf.json("jobs", "inspect", job)[0]["status"]
    assert len(exposed["expose_urls"]) == 2
    hf.text("jobs", "expose", job, "--clear")
    assert "expose_urls" not in hf.json("jobs", "inspect", job)[0]["status"]
    hf.text("jobs", "cancel", job)


def test_a_script_is_run_now_and_by_a_schedule(hf: Hf) -> None:
    script = "cowsay"  # a file would go to a bucket first
    job = hf.text("jobs", "uv", "run", "--detach", script, "--quiet").split()[-1]
    assert hf.json("jobs", "inspect", job)[0]["docker_image"].startswith("ghcr.io/astral-sh/uv")
    made = hf.text("jobs", "scheduled", "uv", "run", "@daily", script, "--quiet").split()[-1]
    hf.text("jobs", "scheduled", "labels", made, "--label", "team=fjords")
    hf.text("jobs", "scheduled", "reschedule", made, "0 9 * * 1")
    told = hf.json("jobs", "scheduled", "inspect", made)[0]
    assert told["schedule"] == "0 9 * * 1"
    assert told["job_spec"]["labels"]["team"] == "fjords"
    before = set(hf.ids("jobs", "ps", "-a"))
    hf.text("jobs", "scheduled", "trigger", made)
    assert len(set(hf.ids("jobs", "ps", "-a")) - before) == 1
    hf.text("jobs", "scheduled", "delete", made)


def test_nobody_runs_a_job_that_they_cannot_pay(hf: Hf) -> None:
    refused = hf.run("jobs", "run", "--detach", "alpine", "true", token=EVE)
    assert refused.returncode != 0
    assert "credit" in refused.stderr


def test_a_scheduled_job_is_made_suspended_resumed_run_and_deleted(hf: Hf) -> None:
    made = hf.text("jobs", "scheduled", "run", "@daily", "alpine", "sleep", "60", "--quiet").split()[-1]
    assert made in hf.ids("jobs", "scheduled", "ps")
    hf.text("jobs", "scheduled", "suspend", made)
    assert hf.json("jobs", "scheduled", "inspect", made)[0]["suspend"] is True
    hf.text("jobs", "scheduled", "resume", made)
    assert hf.json("jobs", "scheduled", "inspect", made)[0]["suspend"] is False
    hf.text("jobs", "scheduled", "delete", made)
    assert hf.run("jobs", "scheduled", "inspect", made).returncode != 0


def test_a_webhook_is_created_shown_changed_disabled_and_deleted(hf: Hf) -> None:
    words = "webhooks create --url https://example.org/hook --watch model:ada/fjord-names --domain repo"
    made = hf.text(*words.split(), "--quiet").split()[-1]
    assert made in hf.ids("webhooks", "ls")
    hf.text("webhooks", "update", made, "--watch", "org:nimbus-labs")
    assert hf.json("webhooks", "info", made)["watched"] == [{"type": "org", "name": "nimbus-labs"}]
    hf.text("webhooks", "disable", made)
    assert hf.json("webhooks", "info", made)["disabled"] is True
    hf.text("webhooks", "enable", made)
    hf.text("webhooks", "delete", made, "--yes")
    assert made not in hf.ids("webhooks", "ls")
