"""The TypeScript SDK's clients, old and new, over stdio and HTTP: each answer and error gets through."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.judges.npm import HUB_MCP, MODULES, NODE, OFFERED, PATIENCE, SANDBOX, environment

SCRIPT = Path(__file__).with_name("typescript_client.mjs")
CLIENTS = ("sdk-1-12", "sdk-1-20", "sdk-1-32", "@modelcontextprotocol/client")
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("list_models", {"limit": 2}),
    ("list_models", {"filter": '["transformers"]', "limit": "2", "sessionId": "x"}),
    ("get_model", {"repo_id": "ada/nothing-here"}),
    ("get_model", {"odd": 1}),
    ("create_repo", {"repo_id": "ada/judged", "type": "model"}),
    ("delete_repo", {"repo_id": "ada/judged", "type": "model"}),
    ("update_repo_settings", {"repo_id": "ada/judged", "type": "model", "gated": False, "dry_run": "true"}),
]
BEFORE_OBJECTS = ("sdk-1-12",)  # it speaks a revision that knows no structured content, so it is sent none
pytestmark = pytest.mark.skipif(not NODE.exists(), reason="the packages of tests/judges are not installed")


def judged(package: str, target: list[str], home: Path) -> Any:
    if not (MODULES / package).exists():
        pytest.skip(f"{package} is not installed")
    run = subprocess.run(
        [str(NODE), str(SCRIPT), package, *target],
        env={**environment(home), "CALLS": json.dumps(CALLS)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("structured", [False, True], ids=["text", "structured"])
@pytest.mark.parametrize("package", CLIENTS)
def test_a_client_of_any_version_gets_every_answer_completely(
    package: str, structured: bool, home: Path
) -> None:
    flags = ["--structured"] if structured else []
    told = judged(package, ["stdio", *HUB_MCP, *SANDBOX, *flags], home)
    structured = structured and package not in BEFORE_OBJECTS
    assert [tool["name"] for tool in told["tools"]] == OFFERED
    assert [bool(tool.get("outputSchema")) for tool in told["tools"]] == [structured] * len(OFFERED)
    assert [one["thrown"] for one in told["answers"] if "thrown" in one] == []
    texts = [one["content"][0]["text"] for one in told["answers"]]
    listed, filtered, missing, odd, created, plan, rehearsed = texts
    assert "More: cursor " in listed
    assert len(filtered.splitlines()) >= 3
    assert "ada/nothing-here" in missing
    assert "there is no such argument" in odd
    assert "ada/judged" in created
    assert "confirm_token: " in plan
    assert rehearsed.startswith("A dry run.")
    errors = [one for one in told["answers"] if one.get("isError")]
    assert len(errors) == 2
    assert not [one for one in errors if "structuredContent" in one]
    assert [("structuredContent" in one) for one in told["answers"][:2]] == [structured] * 2
    assert "resource_link" not in str(told["answers"]) or package == CLIENTS[-1]
    assert told["resources"] > 0
    assert json.loads(told["read"]["contents"][0]["text"])["items"]


@pytest.mark.parametrize("query", ["", "?structured=1"])
@pytest.mark.parametrize("package", CLIENTS)
def test_over_http_it_is_the_same_and_the_address_decides_about_the_form(
    package: str, query: str, url: str, home: Path
) -> None:
    told = judged(package, ["http", url + query], home)
    assert [tool["name"] for tool in told["tools"]] == OFFERED
    listed, filtered, missing, odd, created, *_ = told["answers"]
    structured = bool(query) and package not in BEFORE_OBJECTS
    assert ("structuredContent" in listed) is structured
    assert [bool(tool.get("outputSchema")) for tool in told["tools"]] == [structured] * len(OFFERED)
    assert len(filtered["content"][0]["text"].splitlines()) >= 3
    assert missing["isError"]
    assert odd["isError"]
    assert created["isError"]  # nobody is signed in
