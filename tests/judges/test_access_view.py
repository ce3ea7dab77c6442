"""The access view in a real browser: cells with reasons, filters, what a change would do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.judges.view_host import ViewHost, needs_a_host, view_host

pytestmark = needs_a_host
ROWS = "[...document.querySelectorAll('#body tr')]"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ViewHost]:
    with view_host(tmp_path_factory.mktemp("home")) as opened:
        opened.open("get_access", {"organization": "nimbus-labs"})
        opened.until(f"{ROWS}.length > 3")
        yield opened
        assert opened.seen["requests"] == []
        assert opened.seen["complaints"] == []


@pytest.fixture(autouse=True)
def as_it_is(host: ViewHost) -> None:
    host.js(
        "(() => { $('who').value = ''; $('may').value = ''; $('what').open = true; $('reset').click(); })()"
    )


def choose(host: ViewHost, field: str, label: str) -> None:
    """Pick the choice that begins so, as a person does."""
    host.js(
        f"""(() => {{
          const field = document.getElementById({field!r});
          field.value = [...field.options].find(one => one.text.startsWith({label!r})).value;
          field.dispatchEvent(new Event("change"));
        }})()"""
    )


def test_each_cell_says_what_somebody_may_and_why(host: ViewHost) -> None:
    people = host.js("[...document.querySelectorAll('#head th')].map(one => one.firstChild.textContent)")
    assert people[0] == "Repository"
    assert "ada" in people
    cells = host.js("[...document.querySelectorAll('#body td')].map(one => one.innerText)")
    assert any("admin of the organization" in one for one in cells)
    assert any(" in " in one for one in cells)
    assert "Writers can also read." in host.text("#missing")
    assert host.js("[...document.querySelectorAll('th')].every(one => one.scope)")


def test_what_somebody_can_write_is_a_filter(host: ViewHost) -> None:
    everything = host.js(f"{ROWS}.length")
    choose(host, "who", "bob")
    choose(host, "may", "write")
    assert host.js(f"{ROWS}.length") < everything
    assert host.js(f"{ROWS}.every(row => row.cells[1].innerText.startsWith('write'))")


def test_what_a_change_would_do_is_shown_before_it_is_made(host: ViewHost) -> None:
    choose(host, "person", "bob")
    choose(host, "role", "admin")
    choose(host, "place", "the organization")
    assert "bob: " in host.text("#gains")
    assert host.js("document.querySelectorAll('td.changed.gains').length") > 0
    choose(host, "role", "no role")
    assert host.js("document.querySelectorAll('td.changed:not(.gains)').length") > 0
    host.js("$('reset').click()")
    assert host.js("document.querySelectorAll('td.changed').length") == 0
    choose(host, "moved", "model")
    choose(host, "target", "the group")
    assert host.js("$('gains').innerText")
    assert host.seen["calls"] == []
