"""The `hf` command's verbs for Spaces that run, unchanged against a local Hub on a port."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_hf_command import EVE, HF, Hf

pytestmark = pytest.mark.skipif(not HF.exists(), reason="the hf command is not installed beside this Python")
READER = "ada/forecast-reader"


def test_a_space_is_paused_restarted_watched_and_waited_for(hf: Hf, now: list[float]) -> None:
    hf.text("spaces", "pause", READER)
    assert hf.json("spaces", "info", READER)["runtime"]["stage"] == "PAUSED"
    assert hf.run("spaces", "wait", READER, "--timeout", "120").returncode != 0
    hf.text("spaces", "restart", READER, "--factory-reboot")
    assert hf.json("spaces", "info", READER)["runtime"]["stage"] == "BUILDING"
    now[0] += 600
    hf.text("spaces", "wait", READER, "--timeout", "120")
    assert "Application Startup" in hf.text("spaces", "logs", READER)
    assert hf.text("spaces", "logs", READER, "--build", "--tail", "1").strip() == "DONE"
    assert len(hf.text("spaces", "logs", READER, "--tail", "3").splitlines()) == 3
    assert hf.run("spaces", "pause", READER, token=EVE).returncode != 0


def test_hardware_costs_what_is_listed_and_is_set_with_a_sleep_time(hf: Hf) -> None:
    listed = {one["name"]: one for one in hf.json("spaces", "hardware")}
    assert listed.keys() > {"cpu-basic", "t4-small", "a100-large"}
    hf.text("spaces", "settings", READER, "--hardware", "t4-small", "--sleep-time", "600")
    runtime = hf.json("spaces", "info", READER)["runtime"]
    assert (runtime["requested_hardware"], runtime["sleep_time"]) == ("t4-small", 600)
    hf.text("spaces", "dev-mode", READER, "--stop")
    assert hf.json("spaces", "info", READER)["runtime"]["dev_mode"] is False


def test_variables_and_secrets_are_added_listed_and_deleted(hf: Hf, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.env"
    secrets.write_text("API_KEY=0123456789\n", encoding="utf-8")
    hf.text("spaces", "variables", "add", READER, "-e", "GREETING=hello", "--env-file", str(secrets))
    hf.text("spaces", "secrets", "add", READER, "-s", "GREETING=hello", "--secrets-file", str(secrets))
    assert "0123456789" in hf.text("spaces", "variables", "list", READER, "--json")
    told = hf.text("spaces", "secrets", "list", READER, "--json")
    assert "API_KEY" in told
    assert "0123456789" not in told
    hf.text("spaces", "variables", "delete", READER, "API_KEY", "--yes")
    hf.text("spaces", "secrets", "delete", READER, "API_KEY", "--yes")
    for kind in ("variables", "secrets"):
        left = hf.text("spaces", kind, "list", READER)
        assert ("GREETING" in left, "API_KEY" in left) == (True, False)


def test_volumes_are_set_listed_and_taken_away(hf: Hf) -> None:
    hf.text("spaces", "volumes", "set", READER, "-v", "hf://datasets/rajpurkar/squad:/data")
    assert "rajpurkar/squad" in hf.text("spaces", "volumes", "list", READER)
    hf.text("spaces", "volumes", "delete", READER, "--yes")
    assert "rajpurkar/squad" not in hf.text("spaces", "volumes", "list", READER)


def test_spaces_are_found_by_meaning_and_what_there_is_for_new_ones_is_listed(hf: Hf) -> None:
    assert hf.ids("spaces", "search", "weather forecast", "--include-non-running", "--limit", "3")
    assert "SpacesExamples/jupyterlab" in hf.text("spaces", "templates")
    assert hf.json("spaces", "zero-gpu", "quota")["remaining"] == 2_400
    assert hf.json("spaces", "zero-gpu", "quota", token=EVE)["remaining"] == 300
