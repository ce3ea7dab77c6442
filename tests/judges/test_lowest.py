"""The lowest versions allowed by pyproject.toml, in a fresh environment, have to work."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from hub_mcp.dev.project import ROOT
from tests.judges.fresh_environment import output, python_with

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


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the lowest versions."""
    pins = [f"{name}=={version}" for name, version in {**OURS, **THEIRS}.items()]
    return python_with(tmp_path_factory.mktemp("lowest"), "-e", ROOT, *pins)


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
