"""Fixtures for all tests: machines differ in speed, and the user's own state directory is not touched."""

import gc
import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from tests.thoroughly import DICE, THOROUGH, share

settings.register_profile(
    "everywhere",
    max_examples=share(100),
    deadline=None,
    derandomize=not DICE,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("everywhere")

os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="hub-mcp-tests-")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked `slow`, unless all is to be tried."""
    if THOROUGH:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if not item.get_closest_marker("slow")]


def pytest_collection_finish() -> None:
    """Keep the tests themselves from the collector: as long as it counts them it comes round too seldom.

    A database in memory is freed by it alone, and each test that has a local Hub leaves one.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # so that it starts to count from nothing
    gc.set_threshold(10_000, 10, 10)  # seldom enough not to take a sixth of the time


def pytest_runtest_teardown() -> None:
    """A test that leaves the collector off takes the memory of all that follow."""
    assert gc.isenabled()
