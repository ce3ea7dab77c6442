"""The table of clients in manifests/README.md names the versions that the judges really run."""

from __future__ import annotations

import json
import re

from hub_mcp.dev.project import ROOT
from tests.judges.test_assistants import ASSISTANTS
from tests.judges.test_frameworks import NEWER, PACKAGES
from tests.judges.test_typescript_clients import CLIENTS

PACKAGES_OF = {
    "TypeScript SDK": ("sdk-1-12", "sdk-1-20", "sdk-1-32"),
    "TypeScript client": ("@modelcontextprotocol/client",),
    "Python SDK": ("mcp",),
    "google-genai": ("google-genai",),
    "OpenAI Agents": ("openai-agents",),
    "LangChain adapters": ("langchain-mcp-adapters",),
    "LlamaIndex": ("llama-index-tools-mcp",),
    "smolagents": ("smolagents",),
    "huggingface_hub `MCPClient`": ("huggingface_hub",),
    "pydantic-ai": ("pydantic-ai-slim",),
    "AI SDK": ("ai",),
    "Claude Code": ("@anthropic-ai/claude-code",),
    "Codex": ("@openai/codex",),
    "opencode": ("opencode-ai",),
    "Gemini CLI": ("@google/gemini-cli",),
}


def run_versions() -> dict[str, str]:
    """The first two numbers of each package that is run."""
    named = json.loads((ROOT / "tests" / "judges" / "package.json").read_text("utf-8"))["dependencies"]
    wanted = {name: said for name, said in named.items() if said}
    for one in (*PACKAGES, *NEWER):
        name, _, bounds = one.partition(">=")
        wanted[name.partition("[")[0]] = bounds
    found = {name: re.search(r"(?:^|[@~^])(\d+\.\d+)", said) for name, said in wanted.items()}
    return {name: version[1] for name, version in found.items() if version}


def test_the_table_of_clients_is_what_the_judges_run() -> None:
    text = (ROOT / "manifests" / "README.md").read_text("utf-8").partition("## Frameworks")[2]
    rows = dict(re.findall(r"^\| ([^|]+?) \| ([\d., ]+) \|", text, re.MULTILINE))
    versions = run_versions()
    expected = {name: ", ".join(versions[one] for one in packages) for name, packages in PACKAGES_OF.items()}
    assert rows == expected
    known = {one for packages in PACKAGES_OF.values() for one in packages}
    assert known >= {one.partition(">=")[0].partition("[")[0] for one in (*PACKAGES, *NEWER)} | {*CLIENTS}
    assert len([name for name in rows if name in ("Claude Code", "Codex", "opencode", "Gemini CLI")]) == len(
        ASSISTANTS
    )
