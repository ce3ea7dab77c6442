"""The lowest versions that pyproject.toml allows are put into a fresh environment and have to do the work."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
import venv
from pathlib import Path

import pytest

from hub_mcp.dev.project import ROOT

PATIENCE = 600
LOWEST = re.compile(r"([A-Za-z0-9_.-]+)>=([0-9.]+)")
TESTERS = ("pytest", "pytest-asyncio", "hypothesis")  # what the quick tests import
QUICK = (
    "tests/cli/test_options.py",
    "tests/cli/test_call.py",
    "tests/cli/test_doctor.py",
    "tests/cli/test_hub_command.py",
    "tests/client/test_hub.py",
    "tests/http/test_endpoint.py",
    "tests/server/test_pages.py",
    "tests/server/test_stdio.py",
)


def lowest(requirements: list[str]) -> dict[str, str]:
    """For each requirement the version that it begins with."""
    found = [LOWEST.match(one) for one in requirements]
    assert all(found), f"each requirement names its lowest version: {requirements}"
    return {one[1]: one[2] for one in found if one}


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
OURS = lowest(PROJECT["dependencies"])
THEIRS = {
    name: version
    for name, version in lowest(PROJECT["optional-dependencies"]["test"]).items()
    if name in TESTERS
}


def output(*command: str | Path) -> str:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "HUB_MCP_", "PYTHON"))
    }
    run = subprocess.run(
        [*map(str, command)],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4_000:] + run.stderr[-4_000:]
    return run.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the lowest versions."""
    folder = tmp_path_factory.mktemp("lowest")
    venv.create(folder, with_pip=True)
    interpreter = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pins = [f"{name}=={version}" for name, version in {**OURS, **THEIRS}.items()]
    output(interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", ROOT, *pins)
    return interpreter


def test_the_environment_has_the_lowest_versions(python: Path) -> None:
    asked = f"from importlib.metadata import version; print(*map(version, {list(OURS)}))"
    for there, wanted in zip(output(python, "-c", asked).split(), OURS.values(), strict=True):
        assert (there + ".0.0").startswith(wanted + ".") or there == wanted


def test_the_first_minute_goes_as_it_should(python: Path) -> None:
    said = output(python, "-m", "hub_mcp", "try")
    assert "Everything worked." in said


def test_the_quick_tests_pass(python: Path) -> None:
    said = output(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *QUICK)
    assert " passed" in said or "[100%]" in said
