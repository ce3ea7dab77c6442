"""The protocol's own conformance suite against `hub-mcp http`, for both revisions it knows.

Most of its scenarios drive tools, prompts and resources of a reference server (`test_simple_text`,
`test://static-text`). Those stand below with the reason; whatever else fails is a failure, and so is one of
those that passes, so that the list stays true.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NODE = HERE / "node_modules/.bin/node"
SUITE = HERE / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
pytestmark = pytest.mark.skipif(
    not (NODE.exists() and SUITE.exists()), reason="the conformance suite is not installed"
)
REVISIONS = ("2025-11-25", "2026-07-28")

FIXTURE = "drives a tool, prompt or resource of the suite's reference server"
FIXTURES = [
    "tools-call-simple-text",
    "tools-call-image",
    "tools-call-audio",
    "tools-call-embedded-resource",
    "tools-call-mixed-content",
    "tools-call-error",
    "tools-call-with-progress",
    "tools-call-with-logging",
    "tools-call-sampling",
    "tools-call-elicitation",
    "resources-read-text",
    "resources-read-binary",
    "resources-templates-read",
    "resources-subscribe",
    "resources-unsubscribe",
    "prompts-get-simple",
    "prompts-get-with-args",
    "prompts-get-embedded-resource",
    "prompts-get-with-image",
    "elicitation-sep1034-defaults",
    "elicitation-sep1330-enums",
    "json-schema-2020-12",
    "input-required-result-basic-elicitation",
    "input-required-result-basic-sampling",
    "input-required-result-basic-list-roots",
    "input-required-result-request-state",
    "input-required-result-multiple-input-requests",
    "input-required-result-multi-round",
    "input-required-result-non-tool-request",
    "input-required-result-result-type",
    "input-required-result-tampered-state",
    "input-required-result-capability-check",
]
TASKS = [
    "tasks-lifecycle",
    "tasks-capability-negotiation",
    "tasks-wire-fields",
    "tasks-request-state-removal",
    "tasks-mrtr-input",
    "tasks-request-headers",
    "tasks-dispatch-and-envelope",
    "tasks-required-task-error",
    "tasks-mrtr-composition",
]
APART = {
    **dict.fromkeys(FIXTURES, FIXTURE),
    **dict.fromkeys(TASKS, "the extension for tasks is not offered: each call ends within its own request"),
    "logging-set-level": "logs go to stderr, not through the protocol",
    "http-custom-header-server-validation": "no tool asks for headers of its own",
}
# Checks within a scenario whose others pass.
PARTS = {
    "sep-2575-server-rejects-undeclared-capability": FIXTURE,
    "sep-2575-missing-capability-http-400": FIXTURE,
    "sep-2575-http-server-no-independent-requests-on-stream": FIXTURE,
    "sep-2575-server-no-log-without-loglevel": FIXTURE,
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server's endpoint."""
    command = [sys.executable, "-m", "hub_mcp", "http", "--sandbox", "--port", "0"]
    environment = {**os.environ, "HUB_MCP_KEYS": ""}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        yield server.stderr.readline().split()[-1]
        server.terminate()
        server.stderr.read()


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_scenario_that_applies_passes(url: str, tmp_path: Path, revision: str) -> None:
    command = [str(NODE), str(SUITE), "server", "--url", url, "--requirements", revision, "-o", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    failed: dict[str, list[str]] = {}
    for told in tmp_path.glob("*/checks.json"):
        named = re.fullmatch(r"server-(.+?)-\d{4}-\d\d-\d\dT.*", told.parent.name)
        assert named, told.parent.name
        checks = json.loads(told.read_text("utf-8"))
        failed[named[1]] = [
            f"{check['id']}: {check.get('errorMessage')}"
            for check in checks
            if check["status"] == "FAILURE" and check["id"] not in PARTS
        ]
    assert len(failed) > 30, run.stdout + run.stderr
    unforeseen = {name: why for name, why in failed.items() if why and name not in APART}
    assert not unforeseen, json.dumps(unforeseen, indent=1)
    assert {name for name in APART if name in failed and not failed[name]} == set()
    print(f"{revision}: {sum(not why for why in failed.values())} of {len(failed)} scenarios apply and pass")
