"""The page of the local Hub in a real browser: headless Chromium, driven through its debugging pipe."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from tests.waiting import PATIENCE

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(os.name == "nt", reason="the debugging pipe needs POSIX file descriptors"),
]
ADA = {"Authorization": "Bearer hf_sandbox_ada_write"}


class Page:
    """One page of a browser; messages are JSON objects that end with a zero byte."""

    def __init__(self, browser: subprocess.Popen[bytes], to: int, back: int) -> None:
        self.browser, self.back, self.sent, self.rest, self.session = browser, back, 0, b"", ""
        self.to = to
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> Any:
        """The result of one command; what the page complains about meanwhile is kept."""
        self.sent += 1
        message: dict[str, Any] = {"id": self.sent, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.complaints.append(json.dumps(answer["params"]))
            if answer.get("id") == self.sent:
                assert "error" not in answer, answer["error"]
                return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            piece = os.read(self.back, 1 << 16)
            assert piece, "the browser went away"
            self.rest += piece
        message, _, self.rest = self.rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def js(self, expression: str) -> Any:
        """What an expression or a promise comes to."""
        done = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def until(self, condition: str) -> Any:
        """The value of an expression as soon as it is true, within ten seconds."""
        never = json.dumps(f"never: {condition}")
        return self.js(
            f"""new Promise((done, fail) => {{
              const end = Date.now() + 10000;
              const look = () => {{
                let value;
                try {{ value = {condition}; }} catch {{ value = null; }}  // the page is just being opened
                if (value) done(value);
                else if (Date.now() > end) fail(new Error({never}));
                else setTimeout(look, 20);
              }};
              look();
            }})"""
        )


@pytest.fixture
def hub() -> Iterator[httpx.Client]:
    """A client of a Hub on a port, as ada."""
    with (
        serving(create_app()) as url,
        httpx.Client(base_url=url, headers=ADA, trust_env=False, timeout=PATIENCE) as client,
    ):
        yield client


@pytest.fixture
def page(hub: httpx.Client, tmp_path: Path) -> Iterator[Page]:
    """The Hub's page, open in a browser and filled."""
    assert CHROMIUM is not None
    ours_in, theirs_out = os.pipe()
    theirs_in, ours_out = os.pipe()

    def pipes() -> None:
        os.dup2(theirs_in, 3)
        os.dup2(theirs_out, 4)

    words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"]
    browser = subprocess.Popen(
        [CHROMIUM, *words, f"--user-data-dir={tmp_path}", "about:blank"],
        preexec_fn=pipes,  # Chromium reads from 3 and writes to 4
        close_fds=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        opened = Page(browser, ours_out, ours_in)
        opened.call("Page.navigate", url=f"{hub.base_url}/")
        opened.until("document.documentElement.dataset.ready === 'yes'")
        yield opened
        assert opened.complaints == []
    finally:
        browser.kill()
        browser.wait()
        os.close(ours_in)
        os.close(ours_out)


def rows(table: str, of: str = "innerText") -> str:
    """An expression: the texts of a table's rows."""
    return f"[...document.querySelectorAll('#{table} tr')].map(row => row.{of})"


def test_what_an_assistant_does_appears_by_itself(hub: httpx.Client, page: Page) -> None:
    hub.get("/api/models", params={"search": "nowcast"})
    hub.post("/api/repos/create", json={"name": "rainy-days", "private": True})
    changed = page.until("document.querySelector('#requests tr.changed')?.innerText")
    assert "POST /api/repos/create" in changed
    assert "name: rainy-days, private: true" in changed
    assert page.js(rows("requests"))[1].split("\t")[1] == "ada"
    first = page.until("document.querySelector('#repositories tr')?.innerText.includes('rainy-days') && "
                       "document.querySelector('#repositories tr').innerText")  # fmt: skip
    assert "private" in first
    hub.request("DELETE", "/api/repos/delete", json={"name": "rainy-days"})
    gone = page.until("document.querySelector('#repositories tr.gone')?.innerText")
    assert "rainy-days" in gone
    assert "deleted" in gone


def test_what_happens_in_every_area_appears_by_itself(hub: httpx.Client, page: Page) -> None:
    for table in ("commits", "discussions", "spaces", "asked", "jobs"):
        assert page.js(f"document.querySelectorAll('#{table} tr').length") > 0, table
    hub.post("/api/repos/create", json={"name": "rainy-days"})
    header = {"key": "header", "value": {"summary": "Say more"}}
    file = {"key": "file", "value": {"path": "NOTES.md", "content": "Rain.\n"}}
    body = f"{json.dumps(header)}\n{json.dumps(file)}\n"
    sent = {"content-type": "application/x-ndjson"}
    hub.post("/api/models/ada/rainy-days/commit/main", content=body, headers=sent).raise_for_status()
    page.until("document.querySelector('#commits tr.new')?.innerText.includes('Say more')")
    said = {"title": "Why rain?", "description": "It is wet.", "pullRequest": False}
    hub.post("/api/models/ada/rainy-days/discussions", json=said).raise_for_status()
    page.until("document.querySelector('#discussions tr.new')?.innerText.includes('Why rain?')")
    job = {"dockerImage": "python:3.12", "command": ["sleep", "90"], "flavor": "cpu-basic"}
    hub.post("/api/jobs/ada", json=job).raise_for_status()
    page.until("document.querySelector('#jobs tr.new')?.innerText.includes('python:3.12')")


def test_only_changes_are_shown_when_asked_for(hub: httpx.Client, page: Page) -> None:
    hub.get("/api/whoami-v2")
    hub.post("/api/collections", json={"title": "Autumn", "namespace": "ada"})
    page.until("document.querySelectorAll('#requests tr').length === 2")
    page.js("document.getElementById('only').click()")
    (only,) = page.js(rows("requests"))
    assert "/api/collections" in only
    assert page.js("document.getElementById('only').ariaPressed") == "true"


def test_a_filter_narrows_what_is_there(page: Page) -> None:
    assert len(page.js(rows("repositories"))) > 10
    page.js(
        "(() => { const box = document.getElementById('search'); box.value = 'storm';"
        " box.dispatchEvent(new Event('input')); })()"
    )
    page.until(f"{rows('repositories')}.every(text => text.includes('storm'))")
    page.until(f"{rows('groups')}.length === 1")


def test_what_strangers_wrote_is_text_and_nothing_else(hub: httpx.Client, page: Page) -> None:
    page.js("document.getElementById('everybody').click()")
    hostile = page.until(f"{rows('collections')}.find(text => text.startsWith('Ignore previous'))")
    assert "\u202e" not in hostile
    hub.post("/api/collections", json={"title": "<img src=x onerror=alert(1)>", "namespace": "ada"})
    page.until(f"{rows('collections')}.some(text => text.startsWith('<img src=x onerror=alert(1)>'))")
    assert page.js("document.images.length") == 0


def test_it_fits_a_telephone_and_follows_the_dark(page: Page) -> None:
    page.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    assert page.js("document.documentElement.scrollWidth <= 390")
    light = page.js("getComputedStyle(document.body).backgroundColor")
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert page.js("getComputedStyle(document.body).backgroundColor") != light


def test_a_keyboard_and_a_screen_reader_find_their_way(page: Page) -> None:
    nameless = (
        "[...document.querySelectorAll('button, input')].filter(n => !n.textContent.trim() && !n.ariaLabel)"
    )
    assert page.js(f"{nameless}.length") == 0
    assert page.js("document.querySelectorAll('table').length") == page.js(
        "document.querySelectorAll('table > caption').length"
    )
    assert page.js("[...document.querySelectorAll('th')].every(cell => cell.scope)")
    assert page.js("[...document.querySelectorAll('.scroll')].every(area => area.tabIndex === 0)")
    assert page.js("document.querySelector('[role=status]').textContent") == "watching"
