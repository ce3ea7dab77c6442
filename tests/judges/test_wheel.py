"""What is built and published: complete, typed, and running in a clean environment."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from hub_mcp import __version__
from hub_mcp.dev.project import ROOT, load
from tests.judges.fresh_environment import output, python_with

pytest.importorskip("hatchling", reason="hatchling (extra `judges`) is not installed")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a fresh wheel and sdist."""
    folder = tmp_path_factory.mktemp("dist")
    output(sys.executable, "-m", "hatchling", "build", "-d", folder)
    return folder


@pytest.fixture(scope="module")
def python(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a clean environment with nothing but the wheel and what it asks for."""
    (wheel,) = built.glob("*.whl")
    return python_with(tmp_path_factory.mktemp("clean"), wheel)


def tracked(folder: str) -> set[str]:
    listed = output("git", "ls-files", folder).splitlines()
    return {name for name in listed if (ROOT / name).exists()}


def test_the_wheel_contains_every_file_of_the_package_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    package = {name for name in tracked("hub_mcp") if not name.startswith("hub_mcp/dev/")}
    assert package - names == set()
    assert {name for name in names if not name.startswith("hub_mcp/")} == set()
    assert not [name for name in names if name.startswith("hub_mcp/dev/")]  # developers work in a checkout
    for needed in (
        "py.typed",
        "localhub/schema.sql",
        "localhub/view.html",
        "server/icon.png",
        "server/icon.svg",
    ):
        assert f"hub_mcp/{needed}" in names
    assert any(name.endswith(".parquet") for name in names)


def test_the_wheel_says_what_the_project_says(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        (name,) = (one for one in file.namelist() if one.endswith(".dist-info/METADATA"))
        said = file.read(name).decode()
    project = load()
    assert f"Version: {__version__}" in said
    assert f"Summary: {project.description}" in said
    assert f"mcp-name: {project.registered}" in said  # by which the MCP registry knows the package


def test_the_sdist_can_be_tested_and_holds_no_leftovers(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    assert {"tests/__init__.py", "manifests/server.json", "README.md", "LICENSE", "CHANGELOG.md"} <= names
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name]


def test_the_installed_command_prints_its_version(python: Path, tmp_path: Path) -> None:
    script = python.with_name("hub-mcp.exe" if os.name == "nt" else "hub-mcp")
    assert __version__ in output(script, "--version", cwd=tmp_path)
    assert __version__ in output(python, "-m", "hub_mcp", "--version", cwd=tmp_path)


def test_the_installed_command_connects_an_assistant_to_itself(python: Path, tmp_path: Path) -> None:
    script = python.with_name("hub-mcp.exe" if os.name == "nt" else "hub-mcp")
    assert str(script) in output(script, "install", "cursor", "--print", cwd=tmp_path).replace("\\\\", "\\")


UV = shutil.which("uv", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))
needs_uv = pytest.mark.skipif(UV is None, reason="uv is not installed")


@needs_uv
def test_uv_runs_the_wheel_without_installing_it_and_names_itself_to_an_assistant(
    built: Path, tmp_path: Path
) -> None:
    (wheel,) = built.glob("*.whl")
    run = (UV or "", "tool", "run", "--from", wheel, "hub-mcp")
    assert __version__ in output(*run, "--version", cwd=tmp_path)
    entry = json.loads(output(*run, "install", "cursor", "--print", cwd=tmp_path))["mcpServers"]["hub"]
    assert Path(entry["command"]).stem == "uvx"
    assert Path(entry["command"]).is_absolute()
    assert entry["args"] == [f"hub-mcp=={__version__}"]


@needs_uv
def test_the_bundle_runs_as_a_desktop_assistant_starts_it(tmp_path: Path) -> None:
    output(sys.executable, "-m", "hub_mcp.dev", "bundle", tmp_path / "bundle")
    command = json.loads((tmp_path / "bundle" / "manifest.json").read_text("utf-8"))["server"]["mcp_config"]
    assert command["command"] == "uv"
    args = [one.replace("${__dirname}", str(tmp_path / "bundle")) for one in command["args"]]
    assert __version__ in output(UV or "", *args, "--version", cwd=tmp_path)


def test_the_local_hub_runs_from_the_wheel(python: Path, tmp_path: Path) -> None:
    program = (
        "from hub_mcp.localhub.app import create_app\n"
        "from hub_mcp.localhub.serving import serving\n"
        "import httpx\n"
        "with serving(create_app()) as address:\n"
        "    print(httpx.get(f'{address}/api/models?limit=1').status_code)\n"
    )
    assert output(python, "-c", program, cwd=tmp_path).split() == ["200"]
