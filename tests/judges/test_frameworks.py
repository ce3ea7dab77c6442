"""Agent frameworks' own clients: every tool is imported, every answer and every error reaches the model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hub_mcp.catalogue import ENDPOINTS
from tests.judges.npm import HUB_MCP, MODULES, NODE, OFFERED, PATIENCE, SANDBOX, environment, served

SCRIPT = Path(__file__).with_name("framework_client.py")
PACKAGES = (
    "mcp>=1.30,<2", "google-genai>=3.6,<4", "openai-agents>=0.24,<0.25", "langchain-mcp-adapters>=0.3,<0.4",
    "llama-index-tools-mcp>=0.4,<0.5", "smolagents[mcp]>=1.26,<2", "huggingface_hub[mcp]>=2.4,<3",
)  # fmt: skip
NEWER = ("pydantic-ai-slim[mcp]>=2.68,<3",)  # on the protocol's present SDK
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("list_models", {"limit": 2}),
    ("list_models", {"filter": '["transformers"]', "limit": 2}),
    ("get_model", {"repo_id": "ada/nothing-here"}),
    ("create_repo", {"repo_id": "ada/judged", "type": "model"}),
    ("delete_repo", {"repo_id": "openai-community/gpt2", "type": "model"}),
]
GPT2 = "openai-community/gpt2"
WORDS = (
    "More: cursor ", "rows, data from the Hub", "ada/nothing-here", "Created the public model ada/judged",
    "confirm_token",
)  # fmt: skip


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the frameworks that need an older SDK than the server."""
    return python_with(PACKAGES, tmp_path_factory.mktemp("frameworks"))


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the frameworks that need the SDK of the server."""
    return python_with(NEWER, tmp_path_factory.mktemp("newer"))


def python_with(packages: Sequence[str], folder: Path) -> Path:
    pytest.importorskip("uv", reason="the extra `judges` is not installed")
    place = folder / "venv"
    for command in (
        ["venv", "--quiet", "--python", sys.executable, str(place)],
        ["pip", "install", "--quiet", "--python", str(place), *packages],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "uv", *command], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"the frameworks cannot be had here: {done.stderr[-300:]}")
    return place / "bin" / "python"


def judged(
    framework: str, interpreter: Path, home: Path, calls: list[tuple[str, dict[str, Any]]], *flags: str
) -> Any:
    run = subprocess.run(
        [str(interpreter), str(SCRIPT), framework, *HUB_MCP, *SANDBOX, *flags],
        env={**environment(home), "CALLS": json.dumps(calls)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2_000:]
    return json.loads(run.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize(
    "framework", ["python_sdk", "openai_agents", "langchain", "llama_index", "smolagents", "huggingface_hub"]
)
def test_a_framework_takes_every_tool_and_its_model_reads_every_answer(
    framework: str, interpreter: Path, tmp_path: Path
) -> None:
    told = judged(framework, interpreter, tmp_path, CALLS)
    assert told["tools"] == OFFERED
    for answer, words in zip(told["answers"], WORDS, strict=True):
        assert words in json.dumps(answer, ensure_ascii=False)
        assert "resource_link" not in str(answer)


def test_pydantic_ai_takes_every_tool_and_its_model_reads_every_answer(newer: Path, tmp_path: Path) -> None:
    told = judged("pydantic_ai", newer, tmp_path, CALLS)
    assert told["tools"] == OFFERED
    for answer, words in zip(told["answers"], WORDS, strict=True):
        assert words in json.dumps(answer, ensure_ascii=False)


@pytest.mark.skipif(not (MODULES / "ai").exists(), reason="the packages of tests/judges are not installed")
def test_the_ai_sdk_takes_every_tool_and_its_model_reads_every_answer(tmp_path: Path) -> None:
    def asked(calls: list[tuple[str, dict[str, Any]]], *target: str) -> Any:
        run = subprocess.run(
            [str(NODE), str(SCRIPT.with_name("ai_sdk.mjs")), *target],
            env={**environment(tmp_path), "CALLS": json.dumps(calls)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert run.returncode == 0, run.stderr[-2_000:]
        return json.loads(run.stdout)

    told = asked(CALLS, "stdio", *HUB_MCP, *SANDBOX)
    with served(tmp_path / "server") as url:
        public = asked(CALLS[:3], "http", url)  # nobody is signed in
    for one, words in ((told, WORDS), (public, WORDS[:3])):
        assert one["tools"] == OFFERED
        for answer, said in zip(one["answers"], words, strict=True):
            assert said in json.dumps(answer, ensure_ascii=False)


def test_gemini_converts_every_tool_and_none_is_without_properties(interpreter: Path, tmp_path: Path) -> None:
    told = judged("google_genai", interpreter, tmp_path, [])
    assert told["tools"] == OFFERED
    assert told["empty"] == []


def test_where_optional_arguments_may_be_null_strict_schemas_want_nothing_that_was_not_said(
    interpreter: Path, tmp_path: Path
) -> None:
    bare = judged("openai_agents", interpreter, tmp_path, [], "--nullable")
    assert bare["tools"] == OFFERED
    assert bare["loose"] == []
    assert bare["open"] == []
    moved = {"slug": "Rain & shine", "item_id": f"models/{GPT2}", "note": "A note."}
    calls = [
        ("add_collection_item", {"slug": "Rain & shine", "item": [f"models/{GPT2}"]}),
        ("update_collection_item", moved),
        *CALLS,
    ]
    filled = [(tool, {**dict.fromkeys(bare["required"][tool]), **given}) for tool, given in calls]
    told = judged("openai_agents", interpreter, tmp_path, filled, "--nullable")
    assert "Its note is now" in str(told["answers"][1])
    assert "The order is now" not in str(told["answers"][1])
    for answer, words in zip(told["answers"][2:], WORDS, strict=True):
        assert words in json.dumps(answer, ensure_ascii=False)
    gemini = judged("google_genai", interpreter, tmp_path, [], "--nullable")
    assert (gemini["tools"], gemini["empty"]) == (OFFERED, [])


def test_with_every_argument_filled_in_as_strict_schemas_want_nothing_else_happens(
    interpreter: Path, tmp_path: Path
) -> None:
    bare = judged("openai_agents", interpreter, tmp_path, [])
    assert bare["loose"] == []
    empties: dict[str, Any] = {"string": "", "array": [], "boolean": None, "integer": 0, "object": None}
    filled: list[tuple[str, dict[str, Any]]] = []
    for tool, given in CALLS:
        schema = ENDPOINTS[tool].model_json_schema(by_alias=False)["properties"]
        kinds = {name: (one.get("anyOf") or [one])[0].get("type", "string") for name, one in schema.items()}
        absent = {name: empties[kinds.get(name, "string")] for name in bare["required"][tool]}
        filled.append((tool, {**absent, **given}))
    told = judged("openai_agents", interpreter, tmp_path, filled)
    for answer, words in zip(told["answers"], WORDS, strict=True):
        assert words in json.dumps(answer, ensure_ascii=False)
