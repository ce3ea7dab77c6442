"""The Inspector's command line against the server: over stdio and HTTP, in both protocol eras, strictly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub_mcp.catalogue import ENDPOINTS

HERE = Path(__file__).parent
NODE = HERE / "node_modules/.bin/node"
INSPECTOR = HERE / "node_modules/.bin/inspector"
ERAS = ("modern", "legacy")
pytestmark = pytest.mark.skipif(
    not (NODE.exists() and INSPECTOR.exists()), reason="the Inspector is not installed"
)


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


@pytest.fixture(params=["stdio", "http"])
def target(request: pytest.FixtureRequest, url: str) -> list[str]:
    """How the Inspector reaches the server."""
    if request.param == "http":
        return [url, "--transport", "http", "--header", "Authorization: Bearer hf_sandbox_ada_write"]
    return [sys.executable, "-m", "hub_mcp", "--sandbox", "--journal", "off"]


def inspected(target: list[str], era: str, method: str, *more: str) -> Any:
    """What a method answers, as the Inspector prints it."""
    command = [str(NODE), str(INSPECTOR.resolve()), "--cli", *target]
    asked = ["--method", method, "--protocol-era", era, *more]
    run = subprocess.run([*command, *asked], capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("era", ERAS)
def test_tools_are_listed_without_a_complaint_and_called(target: list[str], era: str) -> None:
    listed = inspected(target, era, "tools/list", "--strict")
    assert [tool["name"] for tool in listed["tools"]] == list(ENDPOINTS)
    arguments = ("--tool-name", "list_models", "--tool-arg", "search=bert", "--tool-arg", "limit=2")
    called = inspected(target, era, "tools/call", *arguments)
    assert len(called["structuredContent"]["items"]) == 2


@pytest.mark.parametrize("era", ERAS)
def test_resources_and_prompts_are_listed_and_read(target: list[str], era: str) -> None:
    fixed = inspected(target, era, "resources/list")["resources"]
    assert "hub://whoami-v2" in {resource["uri"] for resource in fixed}
    assert inspected(target, era, "resources/templates/list")["resourceTemplates"]
    read = inspected(target, era, "resources/read", "--uri", "hub://models/openai-community/gpt2")
    assert json.loads(read["contents"][0]["text"])["id"] == "openai-community/gpt2"
    assert inspected(target, era, "prompts/list")["prompts"]
    asked = ("--prompt-name", "find_a_model", "--prompt-args", "task=transcribe bird song")
    said = inspected(target, era, "prompts/get", *asked)
    assert "transcribe bird song" in said["messages"][0]["content"]["text"]
