"""The reference host of the views, driven from tests, one line per request and answer."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.judges.npm import HUB_MCP, MODULES, NODE, SANDBOX, environment

SCRIPT = Path(__file__).with_name("view_host.mjs")
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
NEEDED = ("@modelcontextprotocol/ext-apps", "@modelcontextprotocol/client", "playwright-core", "rolldown")
needs_a_host = pytest.mark.skipif(
    CHROMIUM is None or not NODE.exists() or not all((MODULES / one).exists() for one in NEEDED),
    reason="no Chromium, or the packages of tests/judges are not installed",
)


class ViewHost:
    """A host with one view open at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def do(self, order: str, **said: Any) -> Any:
        """What came of an order."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"do": order, **said}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the host went away"
        done = json.loads(line)
        assert "error" not in done, done["error"]
        return done["value"]

    def open(self, tool: str, arguments: dict[str, Any] | None = None, **said: Any) -> Any:
        """Call a tool as the model does, and show the view of its answer."""
        return self.do("open", tool=tool, arguments=arguments or {}, **said)

    def js(self, expression: str) -> Any:
        """What an expression in the view comes to."""
        return self.do("frame", js=expression)

    def until(self, condition: str) -> Any:
        """The value of an expression in the view as soon as it is true."""
        return self.do("until", js=condition)

    def text(self, selector: str) -> str:
        return str(self.js(f"document.querySelector({json.dumps(selector)}).innerText"))

    def click(self, selector: str) -> None:
        self.do("click", selector=selector)

    def left(self, what: str, least: int = 1) -> list[Any]:
        """What left the view, as soon as there is so much of it."""
        found: list[Any] = self.do("left", what=what, least=least)
        return found

    @property
    def seen(self) -> dict[str, list[Any]]:
        """What left the view: requests, complaints, messages, contexts, links, calls."""
        seen: dict[str, list[Any]] = self.do("seen")
        return seen


@contextmanager
def view_host(home: Path, *flags: str, plain: bool = False) -> Generator[ViewHost]:
    """A host with a server of its own on the local Hub.

    Args:
        plain: whether the client does not say that it shows views.
    """
    assert CHROMIUM
    command = [str(NODE), str(SCRIPT), CHROMIUM, *HUB_MCP, *SANDBOX, *flags]
    ours = {**environment(home), **({"PLAIN_CLIENT": "1"} if plain else {})}
    with subprocess.Popen(
        command, env=ours, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield ViewHost(process)
        assert process.stdin
        process.stdin.close()
        process.wait()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ViewHost]:
    with view_host(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def nothing_left_the_frame(host: ViewHost) -> Iterator[None]:
    """Whatever a test does: no request, no complaint of the browser's."""
    yield
    assert host.seen["requests"] == []
    assert host.seen["complaints"] == []
