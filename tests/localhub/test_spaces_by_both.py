"""Running Spaces: what our tools do is seen by `huggingface_hub`, and the reverse, through one local Hub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from huggingface_hub import HfApi, Volume
from huggingface_hub.errors import BadRequestError

from tests.waiting import PATIENCE
from tests.written import SOURCE

from .official import Told, api, by_lfs, eve, told

__all__ = ["api", "by_lfs", "eve", "told"]
RECORDED = Path(__file__).parents[3] / "shared" / "hub" / "recorded" / "space_runtime_building.json"


@pytest.fixture
def space(api: HfApi) -> Iterator[str]:
    """A Space of ada's, made for one test."""
    id = f"ada/runs-{uuid4().hex[:8]}"
    api.create_repo(id, repo_type="space", space_sdk="gradio")
    api.upload_file(path_or_fileobj=b"1\n", path_in_repo="app.py", repo_id=id, repo_type="space")
    yield id
    api.delete_repo(id, repo_type="space", missing_ok=True)


def test_what_our_tools_set_is_read_by_the_client(told: Told, api: HfApi, space: str) -> None:
    place: dict[str, Any] = {"repo_id": space}
    fixed = told("set_space_sleep_time", {**place, "seconds": -1})
    assert "it sleeps only after 172,800 s without a visit; the Hub did not take another time" in fixed
    told("set_space_hardware", {**place, "flavor": "t4-small", "sleep_time_seconds": 3600})
    assert "sleeps only after 600 s" in told("set_space_sleep_time", {**place, "seconds": 600})
    told("set_space_dev_mode", {**place, "enabled": True})
    now = api.get_space_runtime(space)
    assert (now.requested_hardware, now.sleep_time, now.dev_mode) == ("t4-small", 600, True)
    assert "Paused" in told("pause_space", place)
    assert api.get_space_runtime(space).stage == "PAUSED"
    assert "BUILDING" in told("restart_space", {**place, "factory": True})
    assert api.get_space_runtime(space).stage == "BUILDING"


def test_what_the_client_sets_is_read_by_our_tools(told: Told, api: HfApi, space: str) -> None:
    api.request_space_hardware(space, "a10g-small", sleep_time=1200)  # type: ignore[arg-type]  # as people type it
    api.set_space_sleep_time(space, 900)
    api.enable_space_dev_mode(space)
    shown = told("get_space_runtime", {"repo_id": space})
    assert "hardware: requested a10g-small" in shown
    assert "gcTimeout: 900" in shown
    assert "devMode: yes" in shown
    api.disable_space_dev_mode(space)
    assert api.pause_space(space).stage == "PAUSED"
    assert "stage: PAUSED" in told("get_space_runtime", {"repo_id": space})
    assert api.restart_space(space, factory_reboot=True).stage == "BUILDING"


def test_the_prices_are_those_the_client_reads(told: Told, api: HfApi) -> None:
    theirs = {one.name: one.unit_cost_usd * 60 for one in api.list_spaces_hardware()}
    shown = told("list_space_hardware", {"columns": ["name", "price"]}).splitlines()[1:]
    prices = dict(row.split("\t") for row in shown)
    assert prices.keys() == theirs.keys()
    assert prices["cpu-basic"] == "free"
    assert all(f"${one:,.2f} an hour" == prices[name] for name, one in theirs.items() if one)


def test_a_static_space_runs_and_is_not_paused(told: Told, api: HfApi) -> None:
    assert "stage: RUNNING" in told("get_space_runtime", {"repo_id": "ada/portfolio"})
    with pytest.raises(BadRequestError, match="static"):
        api.pause_space("ada/portfolio")


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers lie beside the repository")
def test_a_runtime_has_the_keys_of_the_recorded_one(api: HfApi, space: str) -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))["body"]
    assert api.get_space_runtime(space).raw.keys() - {"sha"} == recorded.keys()


def test_what_is_mounted_by_one_is_listed_by_the_other(told: Told, api: HfApi, space: str) -> None:
    place: dict[str, Any] = {"repo_id": space}
    gpt2 = {"type": "model", "source": "openai-community/gpt2", "mount_path": "/models"}
    radar = {"type": "bucket", "source": "nimbus-labs/radar-frames", "mount_path": "/data"}
    assert "2 volumes, and no other" in told("set_space_volumes", {**place, "volumes": [gpt2, radar]})
    mounted = api.get_space_runtime(space).volumes or []
    assert [(one.source, one.mount_path, one.read_only) for one in mounted] == [
        ("openai-community/gpt2", "/models", True),
        ("nimbus-labs/radar-frames", "/data", False),
    ]
    squad = Volume(type="dataset", source="rajpurkar/squad", mount_path="/squad", path="plain_text")
    api.set_space_volumes(space, [squad])
    shown = told("get_space_runtime", place)
    assert "source rajpurkar/squad, mountPath /squad" in shown
    assert "gpt2" not in shown
    told("delete_space_volumes", place)
    assert api.get_space_runtime(space).volumes is None
    with pytest.raises(BadRequestError, match="no volumes"):
        api.delete_space_volumes(space)


def test_variables_set_by_one_are_listed_by_the_other(told: Told, api: HfApi, space: str) -> None:
    place: dict[str, Any] = {"repo_id": space}
    api.add_space_variable(space, "MODEL", "gpt2", description="Which.")
    told("set_space_variable", {**place, "key": "GREETING", "value": "Hello,\nyou"})
    theirs = api.get_space_variables(space)
    assert {one.key: one.value for one in theirs.values()} == {"MODEL": "gpt2", "GREETING": "Hello,\nyou"}
    assert theirs["GREETING"].updated_at is not None
    assert "MODEL\tgpt2\tWhich." in told("list_space_variables", place)
    told("delete_space_variable", {**place, "key": "MODEL"})
    assert api.get_space_variables(space).keys() == {"GREETING"}
    api.delete_space_variable(space, "GREETING")
    assert "GREETING" not in told("list_space_variables", place)


def test_secrets_set_by_one_are_named_by_the_other(told: Told, api: HfApi, space: str) -> None:
    place: dict[str, Any] = {"repo_id": space}
    api.add_space_secret(space, "THEIRS", "0123456789", description="By the client.")
    told("set_space_secret", {**place, "key": "OURS", "source": SOURCE})
    theirs = api.get_space_secrets(space)
    assert {name: one.description for name, one in theirs.items()} == {
        "THEIRS": "By the client.",
        "OURS": None,
    }
    shown = told("list_space_secrets", place)
    assert "THEIRS\tBy the client." in shown
    assert "0123456789" not in shown
    told("delete_space_secret", {**place, "key": "THEIRS"})
    api.delete_space_secret(space, "OURS")
    assert api.get_space_secrets(space) == {}


def test_a_space_that_runs_restarts_when_a_setting_changes(told: Told, api: HfApi) -> None:
    told("set_space_variable", {"repo_id": "ada/forecast-reader", "key": "A", "value": "b"})
    assert api.get_space_runtime("ada/forecast-reader").stage == "RUNNING_BUILDING"


def test_the_offers_for_a_new_space_are_the_same_for_both(told: Told, api: HfApi, eve: HfApi) -> None:
    asked = {"operation": "list_space_templates"}
    assert [one.repo_id for one in api.list_space_templates()]
    for one in api.list_space_templates():
        assert one.repo_id in told("read_operation", asked)
    quota = api.get_zero_gpu_quota()
    assert (quota.base, quota.remaining, quota.resets_at) == (2_400, 2_400, None)
    assert "base: 2,400" in told("read_operation", {"operation": "get_zero_gpu_quota"})
    assert eve.get_zero_gpu_quota().base == 300


def test_the_client_waits_until_a_space_is_there(api: HfApi) -> None:
    assert api.wait_for_space("ada/portfolio", timeout=PATIENCE).stage == "RUNNING"
    failed = api.run_as_future(api.wait_for_space, "eve/licence-reader", timeout=PATIENCE)
    assert failed.result(PATIENCE).stage == "RUNTIME_ERROR"
