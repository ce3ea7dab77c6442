"""Events and measurements of jobs and Spaces: as `huggingface_hub` reads them, bounded, whatever they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from huggingface_hub import HfApi

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.jobs.live_events import MOST_SHOWN, StreamJobEvents, StreamJobMetrics, Watches
from hub_mcp.localhub.app import create_app

from .conftest import Ask
from .official import Told, api, by_lfs, told

__all__ = ["api", "by_lfs", "told"]
JOB = {"namespace": "ada", "job_id": "6abf60ffca7ff55b1071f7af"}
RUNNING = {"namespace": "nimbus-labs", "job_id": "6ac2a2b349eb83beef56e4f1"}
WATCHING = [one for one in ENDPOINTS.values() if issubclass(one, Watches)]


def answered(events: list[Any], status: int = 200, **headers: str) -> HttpResponse:
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in events)
    return HttpResponse(status, {"content-type": "text/event-stream", **headers}, body.encode())


def test_our_tool_shows_what_the_client_measures_of_a_job(told: Told, api: HfApi) -> None:
    (theirs,) = api.fetch_job_metrics(**RUNNING)
    ours = told("stream_job_metrics", {**RUNNING, "seconds": 1})
    assert f"of {theirs['memory_total_bytes'] / 10**9:.1f} GB" in ours
    assert theirs["replica"] in ours


def test_a_job_that_ended_is_measured_by_neither(told: Told, api: HfApi) -> None:
    assert list(api.fetch_job_metrics(**JOB, follow=True)) == []
    assert "it is not running" in told("stream_job_metrics", {**JOB, "seconds": 1})


def test_the_events_of_a_job_end_with_the_stage_that_the_client_sees(told: Told, api: HfApi) -> None:
    ours = told("stream_job_events", {**JOB, "seconds": 1})
    stage = api.inspect_job(**JOB).status.stage
    assert stage in ours.splitlines()[-1]
    assert "SCHEDULING" in ours.splitlines()[1]


def test_the_events_of_a_space_show_the_runtime_that_the_client_sees(told: Told, api: HfApi) -> None:
    for space in ("nimbus-labs/forecast-desk", "eve/licence-reader"):
        ours = told("stream_space_events", {"repo_id": space, "seconds": 1})
        assert f"stage {api.get_space_runtime(space).stage}" in ours


@pytest.mark.asyncio
async def test_a_job_on_a_gpu_is_measured_with_it_from_when_it_runs() -> None:
    now = [1_800_000_000.0]
    ask = Ask(create_app(clock=lambda: now[0]))
    job = (
        await ask("POST", "/api/jobs/ada", json={"flavor": "l4x4", "dockerImage": "x", "command": ["true"]})
    ).json()
    place = f"/api/jobs/ada/{job['id']}/metrics"
    waiting = await ask("GET", place)
    now[0] += 10
    call = StreamJobMetrics(namespace="ada", job_id=job["id"])
    measured = await ask("GET", place)
    read = call.from_http(HttpResponse(200, {}, measured.content)).content()
    assert (waiting.status_code, waiting.content) == (200, b"")
    assert len(read["items"][0]["gpus"]) == 4
    assert read["items"][0]["gpus"][0]["memory"].endswith("of 24.0 GB")


@pytest.mark.parametrize("endpoint", WATCHING, ids=lambda one: one.tool)
def test_what_is_watched_is_bounded_in_time_and_bears_anything(endpoint: type[Watches[Any]]) -> None:
    fields = {"repo_id": "ada/x"} if "repo_id" in endpoint.model_fields else JOB
    call = endpoint.model_validate({**fields, "seconds": 2})
    assert call.to_http("").lasts == 2
    with pytest.raises(ValueError, match="seconds"):
        endpoint.model_validate({**fields, "seconds": 60})
    token = "hf_" + "a1B2" * 8
    odd = [
        None,
        3,
        "words",
        [],
        {"gpus": 3, "cpu_usage_pct": "x", "memory_used_bytes": True, "replica": token},
    ]
    said = json.dumps(call.from_http(answered([*odd, {"gpus": {"a": 1}}] * 40)).content())
    assert token not in said
    assert call.from_http(answered([], 406)).content() == call.from_http(answered([])).content()


def test_many_measurements_are_cut_to_the_last_and_said() -> None:
    call = StreamJobMetrics.model_validate(JOB)
    content = call.from_http(answered([{"cpu_usage_pct": n} for n in range(500)])).content()
    assert len(content["items"]) == MOST_SHOWN
    assert content["items"][-1]["cpu"] == "499%"
    assert content["earlier"].startswith("440")
    happened = (
        StreamJobEvents.model_validate(JOB).from_http(answered([{"n": n} for n in range(500)])).content()
    )
    assert [one["n"] for one in happened["items"]] == [*range(500 - MOST_SHOWN, 500)]
    assert happened["earlier"].startswith("440")


def test_the_address_of_a_shell_is_not_shown_as_an_event() -> None:
    call = StreamJobEvents.model_validate(JOB)
    said = call.from_http(answered([{"status": {"sshUrl": "ssh://key@ssh.hf.jobs"}}])).content()
    assert "ssh.hf.jobs" not in json.dumps(said)
