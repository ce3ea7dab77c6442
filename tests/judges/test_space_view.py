"""The view of a Space in a real browser: its state, refreshed as long as somebody follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.judges.view_host import ViewHost, needs_a_host, view_host

pytestmark = needs_a_host
SPACE = {"repo_id": "nimbus-labs/forecast-desk"}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ViewHost]:
    with view_host(tmp_path_factory.mktemp("home")) as opened:
        yield opened


def test_a_space_is_shown_and_followed_until_somebody_stops_or_the_view_ends(host: ViewHost) -> None:
    host.open("get_space", SPACE)
    host.until("document.getElementById('title').innerText === 'nimbus-labs/forecast-desk'")
    assert host.text("#stage") == "running"
    assert "cpu-upgrade" in host.text("#facts")
    host.click("#follow")
    assert host.until("document.getElementById('log').innerText")
    assert host.until("document.getElementById('status').innerText").startswith("As of ")
    asked = [call["arguments"]["operation"] for call in host.left("calls", 2)]
    assert asked[:2] == ["get_space_runtime", "read_space_logs"]
    assert "2 days without a visit" in host.until("document.getElementById('facts').innerText")
    assert host.js("document.getElementById('follow').ariaPressed") == "true"
    host.click("#follow")
    assert host.js("document.getElementById('follow').ariaPressed") == "false"
    assert host.do("page", js="window.teardown()") == {}
    assert host.seen["requests"] == host.seen["complaints"] == []


def test_what_a_space_has_printed_is_text(host: ViewHost) -> None:
    printed = ["<script>parent.postMessage(1,'*')</script>", "\u202etxt.exe"]
    shown = {
        **SPACE,
        "read": "read_operation",
        "runtime": {"stage": "RUNTIME_ERROR", "errorMessage": printed[0]},
    }
    host.open("get_space", result={"content": [], "_meta": {"hub_mcp/space": {**shown, "log": printed}}})
    assert host.until("document.getElementById('log').innerText").startswith("<script>")
    assert "\u202e" not in host.text("#log")
    assert host.js("document.querySelectorAll('pre script, dd script').length") == 0
    assert host.seen["requests"] == host.seen["complaints"] == []
