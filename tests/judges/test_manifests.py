"""`manifests/` before the official validators, and before the clients themselves where they can be asked.

The tools come from npm (`npm install --prefix tests/judges --no-package-lock`) and from the extra `judges`; a
test skips where its tool is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from hub_mcp.dev.project import ROOT
from tests.judges.npm import OFFERED

MANIFESTS = ROOT / "manifests"
PLUGIN = MANIFESTS / "plugin"
NPM = ROOT / "tests" / "judges" / "node_modules" / ".bin"
PLACES = os.pathsep.join((str(NPM), str(Path(sys.executable).parent)))
PATIENCE = 120  # seconds; the first start of some of them is slow


def judged(tool: str, *arguments: str | Path, home: Path) -> str:
    """What a tool says of something that it must find good; it runs in a home of its own."""
    found = shutil.which(tool, path=PLACES)
    if found is None:
        pytest.skip(f"{tool} is not installed")
    ours = ("HF_", "HUB_MCP_", "XDG_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    homes = {"HOME": home, "USERPROFILE": home, "CODEX_HOME": home / ".codex"}
    run = subprocess.run(
        [found, *map(str, arguments)],
        cwd=home,
        env={**environment, "NO_COLOR": "1", **{name: str(place) for name, place in homes.items()}},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    told = run.stdout + run.stderr
    assert run.returncode == 0, told
    return told


def test_mcpb_accepts_the_bundle_and_packs_it(tmp_path: Path) -> None:
    bundle, packed = tmp_path / "bundle", tmp_path / "hub-mcp.mcpb"
    subprocess.run([sys.executable, "-m", "hub_mcp.dev", "bundle", bundle], check=True, cwd=ROOT)
    (bundle / "tests").mkdir()  # what .mcpbignore keeps out
    (bundle / "tests" / "test.py").write_text("")
    judged("mcpb", "validate", bundle / "manifest.json", home=tmp_path)
    judged("mcpb", "pack", bundle, packed, home=tmp_path)
    names = set(zipfile.ZipFile(packed).namelist())
    assert {"manifest.json", "icon.png", "pyproject.toml", "hub_mcp/__main__.py"} <= names
    assert not [name for name in names if name.startswith(("tests/", "."))]
    assert packed.stat().st_size < 2_000_000


@pytest.mark.parametrize("path", [PLUGIN, MANIFESTS], ids=["plugin", "marketplace"])
def test_claude_code_accepts_plugin_and_marketplace_without_a_warning(path: Path, tmp_path: Path) -> None:
    judged("claude", "plugin", "validate", "--strict", path, home=tmp_path)


def test_claude_code_installs_the_plugin_from_the_marketplace(tmp_path: Path) -> None:
    judged("claude", "plugin", "marketplace", "add", MANIFESTS, home=tmp_path)
    judged("claude", "plugin", "install", "hub-mcp@hub-mcp", home=tmp_path)
    assert "hub-mcp@hub-mcp" in judged("claude", "plugin", "list", home=tmp_path)


def test_gemini_accepts_the_extension(tmp_path: Path) -> None:
    assert "successfully validated" in judged("gemini", "extensions", "validate", PLUGIN, home=tmp_path)


@pytest.mark.parametrize("path", [PLUGIN, MANIFESTS], ids=["plugin", "all"])
def test_skillsaw_finds_nothing_to_warn_of(path: Path, tmp_path: Path) -> None:
    judged("skillsaw", "lint", "--strict", path, home=tmp_path)


def test_the_skill_is_a_valid_agent_skill(tmp_path: Path) -> None:
    judged("agentskills", "validate", PLUGIN / "skills" / "hub-mcp", home=tmp_path)


def test_server_json_fits_the_schema_of_the_registry(tmp_path: Path) -> None:
    found = find_spec("skillsaw")
    if found is None or found.origin is None:
        pytest.skip("skillsaw, which has the registry's schema, is not installed")
    schema = Path(found.origin).parent / "schemas" / "mcp_registry" / "v2025_12_11" / "server.schema.json"
    judged("check-jsonschema", "--schemafile", schema, MANIFESTS / "server.json", home=tmp_path)


@pytest.mark.parametrize(
    ("piece", "told"),
    [
        ("codex.toml", ("uvx", "hub-mcp", "HF_TOKEN")),
        ("codex-remote.toml", ("hub-mcp.example.com",)),
    ],
)
def test_codex_lists_the_server_from_our_piece(piece: str, told: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / ".codex").mkdir()
    shutil.copy(MANIFESTS / "clients" / piece, tmp_path / ".codex" / "config.toml")
    said = judged("codex", "mcp", "list", home=tmp_path)
    assert [word for word in ("hub", "enabled", *told) if word not in said] == []


@pytest.mark.parametrize("piece", ["opencode.json", "opencode-remote.json"])
def test_opencode_lists_the_server_from_our_piece(piece: str, tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "opencode"
    folder.mkdir(parents=True)
    text = (MANIFESTS / "clients" / piece).read_text("utf-8")
    # Nothing listens there: opencode connects to what it lists, and is to fail at once.
    (folder / "opencode.json").write_text(
        text.replace("https://hub-mcp.example.com", "http://127.0.0.1:9"), "utf-8"
    )
    said = judged("opencode", "mcp", "list", home=tmp_path)
    assert "hub" in said
    assert "1 server" in said


def test_gemini_lists_the_server_from_our_piece(tmp_path: Path) -> None:
    (tmp_path / ".gemini").mkdir()
    shutil.copy(MANIFESTS / "clients" / "gemini.json", tmp_path / ".gemini" / "settings.json")
    assert "uvx hub-mcp" in judged("gemini", "mcp", "list", home=tmp_path)


def test_claude_code_lists_the_server_that_install_wrote(tmp_path: Path) -> None:
    shutil.copy(MANIFESTS / "clients" / "claude-code-remote.json", tmp_path / ".claude.json")
    said = judged("claude", "mcp", "get", "hub", home=tmp_path)
    assert "https://hub-mcp.example.com/mcp" in said


@pytest.mark.parametrize("piece", ["continue.yaml", "continue-remote.yaml"])
def test_continue_accepts_our_block(piece: str, tmp_path: Path) -> None:
    judged("config-yaml", MANIFESTS / "clients" / piece, home=tmp_path)


def test_the_tool_list_is_json_every_reader_takes() -> None:
    assert len(json.loads((MANIFESTS / "tools.json").read_text("utf-8"))["tools"]) == len(OFFERED)
