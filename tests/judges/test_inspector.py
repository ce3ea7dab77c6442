"""The Inspector's command line against the server: over stdio and HTTP, in both protocol eras, strictly.

`--strict` says what some model provider's dialect may not take of a tool's schema. It fails for errors only;
here nothing at all may be said.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.judges.npm import HUB_MCP, MODULES, NODE, OFFERED, PATIENCE, SANDBOX, environment

INSPECTOR = MODULES / ".bin" / "inspector"
ERAS = ("modern", "legacy")
pytestmark = pytest.mark.skipif(
    not (NODE.exists() and INSPECTOR.exists()), reason="the Inspector is not installed"
)


class Inspector:
    """The Inspector before a server, in one era of the protocol."""

    def __init__(self, target: list[str], era: str, home: Path) -> None:
        self.target, self.era, self.home = target, era, home

    def __call__(self, method: str, *more: str) -> Any:
        """What a method answers; nothing may be said on the side."""
        command = [str(NODE), str(INSPECTOR.resolve()), "--cli", *self.target, "--method", method, *more]
        manners = ["--protocol-era", self.era, "--connect-timeout", "120000"]
        run = subprocess.run(
            [*command, *manners],
            env=environment(self.home),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (run.returncode, run.stderr) == (0, ""), run.stdout
        return json.loads(run.stdout)


@pytest.fixture(params=["stdio", "http"])
def target(request: pytest.FixtureRequest) -> list[str]:
    """How the Inspector reaches the server."""
    if request.param == "stdio":
        return [*HUB_MCP, *SANDBOX]
    endpoint = request.getfixturevalue("url")
    return [endpoint, "--transport", "http", "--header", "Authorization: Bearer hf_sandbox_ada_write"]


@pytest.fixture(params=ERAS)
def inspector(request: pytest.FixtureRequest, target: list[str], home: Path) -> Inspector:
    return Inspector(target, request.param, home)


def test_tools_are_listed_without_a_complaint(inspector: Inspector) -> None:
    listed = inspector("tools/list", "--strict")
    assert [tool["name"] for tool in listed["tools"]] == OFFERED


def test_a_tool_is_called(inspector: Inspector) -> None:
    arguments = ("--tool-arg", "search=bert", "--tool-arg", "limit=2")
    called = inspector("tools/call", "--tool-name", "list_models", *arguments)
    head, *rows, more = called["content"][0]["text"].splitlines()
    assert head.startswith("id\t")
    assert len(rows) == 2
    assert more.startswith("More: cursor ")
    assert "structuredContent" not in called


def test_resources_are_listed_and_read(inspector: Inspector) -> None:
    fixed = inspector("resources/list")["resources"]
    assert "hub://whoami-v2" in {resource["uri"] for resource in fixed}
    templates = inspector("resources/templates/list")["resourceTemplates"]
    assert "hub://arxiv/{arxiv_id}/repos{?cursor}" in {template["uriTemplate"] for template in templates}
    read = inspector("resources/read", "--uri", "hub://models/openai-community/gpt2")
    assert json.loads(read["contents"][0]["text"])["id"] == "openai-community/gpt2"


def test_prompts_are_listed_and_filled_in(inspector: Inspector) -> None:
    assert "find_a_model" in {prompt["name"] for prompt in inspector("prompts/list")["prompts"]}
    asked = ("--prompt-name", "find_a_model", "--prompt-args", "task=transcribe bird song")
    said = inspector("prompts/get", *asked)
    assert "transcribe bird song" in said["messages"][0]["content"]["text"]
