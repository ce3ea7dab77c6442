"""Their tests, from the source package of the installed version, run in a process of their own."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import pytest

THEIR_CONFTEST = Path(__file__).parent / "their_conftest.py"
PIP = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one of their tests."""

    name: str
    failed: str  # why, on one line; "" if it passed
    skipped: bool
    reached: bool  # whether it sent something to the Hub


def unpacked(place: Path) -> Path:
    """The folder with their source and tests."""
    wanted = f"huggingface_hub=={version('huggingface_hub')}"
    fetched = subprocess.run(
        [*PIP, "--no-binary", ":all:", "--dest", place, wanted], capture_output=True, text=True, check=False
    )
    if fetched.returncode:
        pytest.skip(f"the source of {wanted} cannot be had here")
    (packed,) = place.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(place, filter="data")
    (source,) = (path for path in place.iterdir() if path.is_dir())
    (source / "tests" / "__init__.py").touch()
    (source / "tests" / "conftest.py").write_bytes(THEIR_CONFTEST.read_bytes())
    (source / "pytest.ini").write_text("[pytest]\n")
    return source


def constants(source: Path) -> dict[str, str]:
    """The names and tokens that their tests use."""
    return runpy.run_path(str(source / "tests" / "testing_constants.py"))


def run(source: Path, hub: str, *tests: str) -> list[Verdict]:
    """Run some of their tests against a Hub."""
    report = source / "report.xml"
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "PYTEST_"))}
    environment = {**ours, "HF_ENDPOINT": hub, "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(source / "home")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [*command, f"--junit-xml={report}", *(f"tests/{one}" for one in tests)],
        cwd=source,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.is_file(), done.stdout[-3_000:] + done.stderr[-3_000:]
    return _read(report)


def _read(report: Path) -> list[Verdict]:
    found: list[Verdict] = []
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        bad = next((one for one in case if one.tag in ("failure", "error")), None)
        found.append(
            Verdict(
                f"{case.get('classname', '').rpartition('.')[2]}::{case.get('name')}",
                (bad.get("message") or "failed").partition("\n")[0] if bad is not None else "",
                case.find("skipped") is not None,
                case.find("properties") is not None,
            )
        )
    return found
