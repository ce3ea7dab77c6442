"""Assistants with a mock model: they offer it every tool, and it gets every complete answer.

What is held is what their model reads, in the form that each of them chooses.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from hub_mcp.cli.assistants.client_entries import Remote, Server, Start
from hub_mcp.cli.assistants.clients import CLIENTS, Machine
from hub_mcp.cli.assistants.install import configuration_text
from tests.judges.npm import HUB_MCP, MODULES, OFFERED, PATIENCE, SANDBOX, environment, served
from tests.judges.stand_in_model import DONE, Call, StandIn, stand_in

CALLS: dict[str, tuple[Call, tuple[str, ...]]] = {
    "a listing": (
        ("list_models", {"limit": 2}),
        ("ata from the Hub, not instructions", "cursor", "downloads"),
    ),
    "arguments as text": (
        ("list_models", {"filter": '["transformers"]', "limit": "2"}),
        ("ata from the Hub, not instructions", "cursor", "downloads"),
    ),
    "an error": (("get_model", {"repo_id": "ada/nothing-here"}), ("ada/nothing-here", "does not exist")),
    "a change": (
        ("create_repo", {"repo_id": "ada/judged", "type": "model"}),
        ("Created the public model ada/judged",),
    ),
    "a deletion": (
        ("delete_repo", {"repo_id": "openai-community/gpt2", "type": "model"}),
        ("Nothing was changed", "This cannot be undone", "approve ", "confirm_token"),
    ),
}
"""Calls, and words of their answers."""
NOT_PASSED_ON = {"gemini": ("arguments as text",)}  # it holds arguments against the schema before it calls
SIGNED_IN: dict[str, dict[str, Any]] = {"gemini": {"security": {"auth": {"selectedType": "gemini-api-key"}}}}


def codex(url: str) -> tuple[list[str], dict[str, str]]:
    settings = {
        "model": "stand-in",
        "model_provider": "stand-in",
        "model_providers.stand-in.name": "stand-in",
        "model_providers.stand-in.base_url": f"{url}/v1",
        "model_providers.stand-in.wire_api": "responses",
        "mcp_servers.hub.default_tools_approval_mode": "approve",
    }
    said = [word for key, value in settings.items() for word in ("-c", f"{key}={json.dumps(value)}")]
    return ["exec", "--skip-git-repo-check", *said, "go"], {}


def claude(url: str) -> tuple[list[str], dict[str, str]]:
    quiet = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"}
    return ["-p", "go", "--allowedTools", "mcp__hub"], {
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "none",
        **quiet,
    }


def opencode(url: str) -> tuple[list[str], dict[str, str]]:
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "options": {"baseURL": f"{url}/v1", "apiKey": "none"},
        "models": {"stand-in": {"tool_call": True, "limit": {"context": 400_000, "output": 1_000}}},
    }
    named = "stand-in/stand-in"
    settings = {"model": named, "small_model": named, "autoupdate": False, "provider": {"stand-in": provider}}
    return ["run", "go"], {"OPENCODE_CONFIG_CONTENT": json.dumps(settings)}


def gemini(url: str) -> tuple[list[str], dict[str, str]]:
    return ["--prompt", "go", "--yolo", "--skip-trust", "--model", "gemini-2.5-pro"], {
        "GOOGLE_GEMINI_BASE_URL": url,
        "GEMINI_API_KEY": "none",
    }


ASSISTANTS: dict[str, tuple[str, Callable[[str], tuple[list[str], dict[str, str]]]]] = {
    "claude-code": ("claude", claude),
    "codex": ("codex", codex),
    "gemini": ("gemini", gemini),
    "opencode": ("opencode", opencode),
}


pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the assistants are called by scripts of Unix"
)


@pytest.mark.parametrize("flags", [(), ("--structured",)], ids=["text", "structured"])
@pytest.mark.parametrize("key", ASSISTANTS)
def test_an_assistants_model_gets_every_tool_and_every_complete_answer(
    key: str, flags: tuple[str, ...], tmp_path: Path
) -> None:
    calls = {what: one for what, one in CALLS.items() if what not in NOT_PASSED_ON.get(key, ())}
    server = Start(HUB_MCP[0], (*HUB_MCP[1:], *SANDBOX, *flags))
    model = asked_by(key, server, [call for call, _ in calls.values()], tmp_path)
    for (what, (_, words)), given in zip(calls.items(), model.results, strict=True):
        assert [word for word in words if word not in as_text(given)] == [], (what, given)


@pytest.mark.parametrize("key", ["codex", "gemini", "opencode"])  # `claude -p` does not wait for an address
def test_our_entry_for_an_address_carries_the_token_and_without_one_reaches_what_is_public(
    key: str, tmp_path: Path
) -> None:
    call, words = CALLS["a listing"]
    with served(tmp_path / "server") as url:
        public = asked_by(key, Remote(url), [call], tmp_path / "public")
        token = {"HF_TOKEN": "hf_sandbox_ada_write"}
        own = asked_by(key, Remote(url), [("whoami", {})], tmp_path / "own", token)
    assert [word for word in words if word not in as_text(public.results)] == []
    assert "name: ada" in as_text(own.results)


def asked_by(
    key: str, server: Server, calls: list[Call], home: Path, variables: Mapping[str, str] | None = None
) -> StandIn:
    """The model of an assistant that has our entry in its file, once it has made these calls."""
    program, asking = ASSISTANTS[key]
    command = MODULES / ".bin" / program
    if not command.exists():
        pytest.skip(f"{program} is not installed")
    client = CLIENTS[key]
    path = client.path(Machine("linux", home))
    path.parent.mkdir(parents=True, exist_ok=True)
    text = configuration_text(client, "hub", client.write("hub", server, client.reference))
    beside = SIGNED_IN.get(key)
    path.write_text(json.dumps({**json.loads(text), **beside}) if beside else text, "utf-8")
    with stand_in(OFFERED, calls) as (url, model):
        words, more = asking(url)
        run = subprocess.run(
            [str(command), *words],
            cwd=home,
            env={**environment(home), **more, **(variables or {})},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    assert DONE in run.stdout
    assert sorted(model.offered) == sorted(OFFERED), run.stdout + run.stderr
    return model


def as_text(given: Any) -> str:
    """What a model reads, without the marks that JSON within JSON puts before quotation marks."""
    return json.dumps(given, ensure_ascii=False).replace("\\", "")
