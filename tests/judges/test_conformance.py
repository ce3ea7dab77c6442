"""The protocol's own conformance suite against `hub-mcp http`, for both revisions that it knows.

Most scenarios drive tools, prompts and resources of a reference server (`test_simple_text`,
`test://static-text`), and the suite counts some that tested nothing as passed. Here a scenario passes when
one of its own checks succeeded and none failed, warned, was skipped or was content with the absence of a
reference tool. All others stand in `NOT_APPLYING` with the reason, and one that passes must leave it. (The
suite's own `--expected-failures` sees failures only.)
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.judges.npm import MODULES, NODE, PATIENCE, environment, served

SUITE = MODULES / "@modelcontextprotocol" / "conformance"
pytestmark = pytest.mark.skipif(
    not (NODE.exists() and SUITE.exists()), reason="the conformance suite is not installed"
)
REVISIONS = ("2025-11-25", "2026-07-28")
WIRE = (
    "wire-schema-valid"  # every message we sent fits the protocol's schema: holds whatever the scenario wants
)
ABSENT = re.compile(r"There is no \w+ 'test_")

REASONS = {
    "calls a tool of the reference server": """
        tools-call-simple-text tools-call-image tools-call-audio tools-call-embedded-resource
        tools-call-mixed-content tools-call-error tools-call-with-progress tools-call-sampling
        tools-call-elicitation elicitation-sep1034-defaults elicitation-sep1330-enums json-schema-2020-12
        input-required-result-basic-elicitation input-required-result-basic-sampling
        input-required-result-basic-list-roots input-required-result-request-state
        input-required-result-multiple-input-requests input-required-result-multi-round
        input-required-result-missing-input-response input-required-result-result-type
        input-required-result-tampered-state input-required-result-capability-check
        input-required-result-ignore-extra-params
        input-required-result-validate-input/sep-2322-error-on-protocol-error
        server-stateless/sep-2575-server-rejects-undeclared-capability
        server-stateless/sep-2575-missing-capability-http-400
        server-stateless/sep-2575-http-server-no-independent-requests-on-stream
        server-stateless/sep-2575-server-no-log-without-loglevel""",
    "gets a prompt of the reference server": """
        prompts-get-simple prompts-get-with-args prompts-get-embedded-resource prompts-get-with-image
        input-required-result-non-tool-request""",
    "reads or watches a resource of the reference server": """
        resources-read-text resources-read-binary resources-templates-read resources-subscribe
        resources-unsubscribe""",
    "has a tool of the reference server change the lists of tools and prompts; ours never change": """
        server-stateless/sep-2575-server-sends-tools-list-changed-on-subscription
        server-stateless/sep-2575-server-sends-prompts-list-changed-on-subscription""",
    "wants logs through the protocol; ours go to stderr": "logging-set-level tools-call-with-logging",
    "wants a stream that is cut off to be taken up again; ours ends with its request": "server-sse-polling",
    "wants the tasks extension; our calls end within their request": """
        tasks-lifecycle tasks-capability-negotiation tasks-wire-fields tasks-request-state-removal
        tasks-mrtr-input tasks-request-headers tasks-dispatch-and-envelope tasks-status-notifications
        tasks-required-task-error tasks-mrtr-composition""",
    "wants a tool that takes arguments from headers; none of ours does": """
        http-custom-header-server-validation""",
}
# A scenario, or scenario/check where the scenario's other checks do apply: the reason.
NOT_APPLYING = {name: reason for reason, names in REASONS.items() for name in names.split()}

Shortcomings = dict[str, str]  # check: what it told


def shortcomings(checks: list[dict[str, Any]]) -> Shortcomings:
    """What of a scenario was not met; of one that tried nothing, that."""
    unmet: Shortcomings = {}
    for check in checks:
        details = json.dumps(check.get("details"))
        if check["status"] not in ("SUCCESS", "INFO") or ABSENT.search(details):
            unmet[check["id"]] = f"{check['status']}: {check.get('errorMessage') or details}"
    tried = any(check["status"] == "SUCCESS" and check["id"] != WIRE for check in checks)
    return unmet or ({} if tried else {"nothing": "No check of its own succeeded or failed."})


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Shortcomings]]:
    """Revision: scenario: what was not met."""
    home = tmp_path_factory.mktemp("home")
    with served(home) as url:
        return {revision: _judged(url, revision, home) for revision in REVISIONS}


def _judged(url: str, revision: str, home: Path) -> dict[str, Shortcomings]:
    place = home / revision
    command = [str(NODE), str(SUITE / "dist" / "index.js"), "server", "--url", url, "--timeout", "120000"]
    flags = ["--requirements", revision, "--output-dir", str(place)]
    run = subprocess.run(
        [*command, *flags],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,  # it is 1 as long as one scenario fails
    )
    found = {}
    for file in place.glob("*/checks.json"):
        named = re.fullmatch(r"server-(.+?)-\d{4}-\d\d-\d\dT.*", file.parent.name)
        assert named, file.parent.name
        found[named[1]] = shortcomings(json.loads(file.read_text("utf-8")))
    assert found, run.stdout + run.stderr
    return found


@pytest.mark.parametrize("revision", REVISIONS)
def test_no_scenario_of_a_revision_is_left_out(
    told: dict[str, dict[str, Shortcomings]], revision: str
) -> None:
    listed = yaml.safe_load((SUITE / "requirements" / f"{revision}.yaml").read_text("utf-8"))
    beside = [entry["scenario"] for entry in listed["not_scored"] if entry["leg"] == "server"]
    assert set(told[revision]) == {*listed["server"], *beside}


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_scenario_that_applies_passes(told: dict[str, dict[str, Shortcomings]], revision: str) -> None:
    unforeseen = {
        f"{scenario}/{check}": why
        for scenario, unmet in told[revision].items()
        for check, why in unmet.items()
        if f"{scenario}/{check}" not in NOT_APPLYING and (check == WIRE or scenario not in NOT_APPLYING)
    }
    assert unforeseen == {}
    whole = sorted(scenario for scenario, unmet in told[revision].items() if not unmet)
    print(f"{revision}: {len(whole)} of {len(told[revision])} scenarios pass whole: {', '.join(whole)}")


@pytest.mark.parametrize("name", NOT_APPLYING)
def test_what_is_listed_as_not_applying_does_not_pass(
    told: dict[str, dict[str, Shortcomings]], name: str
) -> None:
    scenario, _, check = name.partition("/")
    runs = [found[scenario] for found in told.values() if scenario in found]
    assert runs, "no revision has it"
    assert any(check in unmet for unmet in runs) if check else all(unmet.keys() - {WIRE} for unmet in runs)
