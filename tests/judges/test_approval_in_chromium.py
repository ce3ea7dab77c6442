"""The approval page in a real browser: by keyboard, narrow and dark, back and forth, by others."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest
from mcp import Client
from mcp.types import ElicitResult

from hub_mcp.gate.approvals import Approvals
from hub_mcp.gate.awaited_secrets import AwaitedSecrets
from hub_mcp.gate.challenge import EXPIRES
from hub_mcp.server.http.http_app import Http
from tests.gate.gates import ADA, BASE, EVE, World, said, text_of
from tests.gate.test_gate_safety import DELETE
from tests.gate.test_space_settings import KEPT, SECRET
from tests.http.serving import app_of, client_of, served
from tests.http.test_typed_secrets import values
from tests.judges.npm import NODE
from tests.judges.view_host import CHROMIUM, MODULES

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(
        CHROMIUM is None or not (MODULES / "playwright-core").exists(),
        reason="no Chromium, or the packages of tests/judges are not installed",
    ),
]
SCRIPT = Path(__file__).with_name("plain_browser.mjs")
NAME = str(DELETE["repo_id"])
GONE = "Nothing is waiting here"
NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (Not Found)"
# Where the first name ends, and where the sign after it begins.
BESIDE = """(() => {
  const name = document.querySelector("pre bdi"), after = document.createRange();
  after.setStart(name.nextSibling, 0), after.setEnd(name.nextSibling, 1);
  return [name.getBoundingClientRect().right, after.getBoundingClientRect().left + 0.5];
})()"""


class Browser:
    """A browser with one page."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    async def do(self, order: str, **said: Any) -> Any:
        """What came of an order."""
        return await asyncio.to_thread(self._do, {"do": order, **said})

    def _do(self, order: dict[str, Any]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        done = json.loads(self._process.stdout.readline())
        assert "error" not in done, done["error"]
        return done["value"]

    async def text(self, order: str, **said: Any) -> str:
        """What the page says after an order."""
        return str((await self.do(order, **said))["text"])

    async def typed(self, text: str) -> str:
        """What the page says once something was typed where the focus is, and Enter pressed."""
        await self.do("type", text=text)
        return await self.text("send", key="Enter")

    async def signed_in(self, page: str, token: str = ADA) -> str:
        """The page after a sign-in at the Hub, by the keyboard alone."""
        await self.do("open", address=page)
        await self.do("press", key="Tab")
        assert "Authorize hub-mcp" in await self.text("send", key="Enter")
        await self.do("js", js="document.querySelector('[name=token]').focus()")  # the Hub's page is its own
        return await self.typed(token)


@dataclass
class Desk:
    """A person at a browser, and their assistant."""

    world: World
    client: Client
    browser: Browser
    led: list[str]

    async def plan(self, tool: str = "delete_repo", **arguments: Any) -> dict[str, Any]:
        return said(await self.client.call_tool(tool, arguments or DELETE))


@asynccontextmanager
async def at_work(tmp_path: Path) -> AsyncIterator[tuple[World, str, list[str]]]:
    """A server and a local Hub on ports of their own; flags by which a browser knows the Hub's name."""
    world = World(tmp_path)
    bound = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{bound.getsockname()[1]}"
    gate = world.gate(confirm="plan")
    gate.approvals = Approvals(world.place, world.clock, page=f"{origin}/approve")
    gate.awaited = AwaitedSecrets(gate.approvals.page, world.clock, waits=0.0)
    hub: Any = world.spy.inner.app
    async with served(hub) as there, served(app_of(world, Http(pages=origin), gate=gate), bound) as url:
        place = there.removeprefix("http://").removesuffix("/mcp")
        named = f"--host-resolver-rules=MAP {urlsplit(BASE).hostname} {place}"
        yield world, url, ["--no-proxy-server", named]


@asynccontextmanager
async def desk(tmp_path: Path, *, opens: bool = False, **manner: Any) -> AsyncIterator[Desk]:
    """A person at a browser, and their assistant.

    Args:
        opens: whether the client says that it opens pages; manner: the browser's width and theme.
    """
    led: list[str] = []

    def opened(params: Any) -> ElicitResult:
        led.append(params.url)
        return ElicitResult(action="accept")

    async with at_work(tmp_path) as (world, url, flags):
        command = [str(NODE), str(SCRIPT), str(CHROMIUM), *flags]
        with subprocess.Popen(  # noqa: ASYNC220  # its pipes are read in a thread
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            browser = Browser(process)
            async with client_of(url, "auto", opened if opens else None) as client:
                await browser.do("fresh", **manner)
                yield Desk(world, client, browser, led)
            assert process.stdin
            process.stdin.close()


async def test_a_plan_is_approved_by_the_keyboard_alone_and_neither_back_nor_reload_does_it_twice(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as at:
        plan = await at.plan()
        shown = await at.browser.signed_in(plan["approve"])
        assert "This cannot be undone." in shown
        assert await at.browser.do("js", js="location.search") == ""
        assert "That is not exactly the name" in await at.browser.typed(f"{NAME}x")
        for order in ("back", "reload"):
            assert f"type exactly {NAME}" in await at.browser.text(order)
        assert "Approved." in await at.browser.typed(NAME)
        for order in ("back", "reload"):
            assert GONE in await at.browser.text(order)
        again = {**DELETE, "confirm_token": plan["confirm_token"]}
        assert not (await at.client.call_tool("delete_repo", again)).is_error
        complaints = await at.browser.do("complaints")
        assert not [
            one for one in complaints if "status of 40" not in one
        ]  # for the wrong name, and at the end


async def test_a_secret_is_typed_unseen_on_a_narrow_dark_screen(tmp_path: Path) -> None:
    async with desk(tmp_path, opens=True, width=320, theme="dark") as at:
        await at.client.call_tool("set_space_secret", KEPT)
        shown = await at.browser.signed_in(at.led[0])
        assert "it replaces the present value" in shown
        assert await at.browser.do("js", js="document.documentElement.scrollWidth") <= 320
        dark = "getComputedStyle(document.body).color"
        assert await at.browser.do("js", js=dark) == "rgb(255, 255, 255)"
        assert await at.browser.do("js", js="document.activeElement.type") == "password"
        await at.browser.do("type", text="abc")
        await at.browser.do("press", key="Enter")  # which the browser itself does not send: it is too short
        await at.browser.do("js", js="document.activeElement.value = ''")
        assert "Thank you." in await at.browser.typed(SECRET)
        assert GONE in await at.browser.text("back")
        answer = await at.client.call_tool("set_space_secret", KEPT)
        assert not answer.is_error, text_of(answer)
        assert values(at.world) == [SECRET]
        assert not [one for one in await at.browser.do("complaints") if one != NOT_FOUND]


async def test_another_person_and_a_late_one_see_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        page = (await at.plan())["approve"]
        assert "was asked for by somebody else" in await at.browser.signed_in(page, EVE)
        assert NAME not in await at.browser.text("open", address=page)
        assert NAME in await at.browser.signed_in(page)
        at.world.clock.now += EXPIRES
        assert GONE in await at.browser.typed(NAME)


async def test_a_right_to_left_name_does_not_reorder_other_text(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        branch = "\u05d0\u05d1\u05d2/7"
        made = await at.client.call_tool("create_branch", {**DELETE, "branch": branch})
        assert not made.is_error, text_of(made)
        plan = await at.plan("delete_branch", **DELETE, branch=branch)
        shown = await at.browser.signed_in(plan["approve"])
        assert f'"{branch}"' in shown
        inside, after = await at.browser.do("js", js=BESIDE)
        assert inside <= after
        assert "Approved." in await at.browser.typed(branch)


@pytest.mark.parametrize("package", ["sdk-1-32", "@modelcontextprotocol/client"])
async def test_typescript_clients_lead_a_person_to_the_page_and_the_call_goes_on(
    tmp_path: Path, package: str
) -> None:
    if not (MODULES / package).exists():
        pytest.skip("the packages of tests/judges are not installed")
    async with at_work(tmp_path) as (world, url, flags):
        call = json.dumps({"name": "set_space_secret", "arguments": KEPT})
        more = {"AUTHORIZATION": f"Bearer {ADA}", "TOKEN": ADA, "SECRET": SECRET, "CALL": call}
        command = [str(NODE), str(SCRIPT.with_name("url_client.mjs")), package, url, str(CHROMIUM), *flags]
        ran = await anyio.run_process(command, env={**os.environ, **more}, stderr=None)
        told = json.loads(ran.stdout)
        assert "typed the secret on the server's page" in told["answer"]["content"][0]["text"]
        (asked,) = told["asked"]
        assert asked["mode"] == "url"
        assert SECRET not in ran.stdout.decode()
        assert values(world) == [SECRET]
