"""What of the gate's and the pages' tests is not repeated over HTTP; servers for npm's and `hf`'s judges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from tests.judges.npm import served

if TYPE_CHECKING:
    from tests.judges.test_hf_command import Hf

GATE, PAGES = "tests/judges/test_gate_over_http.py", "tests/judges/test_pages_over_http.py"
APART = {
    # They ask a client of the legacy era by name, which cannot be asked over stateless HTTP.
    "test_a_call_cancelled_before_the_answer_changes_nothing",
    "test_a_client_that_fails_to_show_the_form_changes_nothing",
    # They tell such a client something between its calls.
    "test_a_subscribed_stream_announces_each_page_to_a_legacy_client",
    # They need no server, or start one of their own.
    "test_a_modern_client_hears_that_a_watched_repository_changed_over_stdio",
    "test_no_address_reaches_a_call_that_changes_something",
    "test_prompts_name_only_tools_that_exist",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the protocol's judges from npm have their home."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    """Where a server over HTTP answers them."""
    with served(home) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def now() -> list[float]:
    """The clock of the Hub that `hf` talks to, which is moved by hand."""
    return [1_791_288_000.0]


@pytest.fixture(scope="module")
def hf(tmp_path_factory: pytest.TempPathFactory, now: list[float]) -> Iterator[Hf]:
    """The `hf` command against a Hub of the file's own."""
    from tests.judges.test_hf_command import Hf

    with serving(create_app(quota=1_000_000, clock=lambda: now[0])) as url:
        yield Hf(url, tmp_path_factory.mktemp("home"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what does not apply; plans need no asking, so they are tried in the legacy era too."""
    items[:] = [item for item in items if not (item.nodeid.startswith((GATE, PAGES)) and _apart(item))]


def _apart(item: pytest.Item) -> bool:
    assert isinstance(item, pytest.Function)
    params = item.callspec.params if hasattr(item, "callspec") else {}
    by_form = params.get("form", item.function.__module__ != "tests.gate.test_gate_plans")
    asks = params.get("era") == "legacy" and by_form
    return asks or item.originalname in APART
