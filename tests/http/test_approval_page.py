"""Over HTTP a person approves a plan on a page of the server: signed in to the Hub, by typing the name."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from mcp import Client

from hub_mcp.client.hub import Hub
from hub_mcp.gate.approvals import Approvals
from hub_mcp.gate.challenge import EXPIRES
from hub_mcp.server.handlers import build
from hub_mcp.server.http.approval_page import AWAY, COOKIE
from hub_mcp.server.http.http_app import Http, http_app, per_caller
from hub_mcp.server.tools.catalogue_tools import CatalogueTools
from tests.gate.gates import ADA, BASE, EVE, World, said, text_of
from tests.gate.test_gate_safety import DELETE

pytestmark = pytest.mark.asyncio
NAME = str(DELETE["repo_id"])
ORIGIN = "https://hub.example.org"


@asynccontextmanager
async def team(
    tmp_path: Path, origin: str = ORIGIN
) -> AsyncIterator[tuple[World, Client, httpx.AsyncClient]]:
    """Ada's assistant, and a browser, at one server; a path of its origin is a gateway's."""
    world = World(tmp_path)
    approvals = Approvals(world.place, world.clock, page=f"{origin}/approve")
    gate = world.gate(confirm="plan")
    gate.approvals = approvals
    hub = Hub(BASE, None, transport=lambda: world.spy)
    server = build(CatalogueTools(gate.settings), per_caller(hub), gate)
    http = Http(pages=origin, hosts=("hub.example.org",))
    app = http_app(server, hub, http, approvals=approvals)
    mounts = {BASE: world.spy.inner}
    async with (
        world.client("auto", gate=gate) as client,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, root_path=urlsplit(origin).path), mounts=mounts
        ) as browser,
    ):
        yield world, client, browser


async def signed_in(browser: httpx.AsyncClient, page: str, token: str) -> httpx.Response:
    """The page after a sign-in at the Hub, which is at the address of what waits."""
    first = await browser.get(page)
    assert first.status_code == 200
    assert NAME not in first.text
    away = await browser.post(f"{page}/sign-in", headers={"Origin": ORIGIN})
    assert away.status_code == 303
    agreed = await browser.post(away.headers["location"], data={"token": token})
    assert agreed.status_code == 302, agreed.text
    shown = await browser.get(agreed.headers["location"], follow_redirects=True)
    assert str(shown.url) == page or shown.status_code == 403
    return shown


async def sent(browser: httpx.AsyncClient, page: str, shown: httpx.Response, **fields: str) -> httpx.Response:
    """What comes of the form of a page, filled in."""
    proof = re.search(r"name='proof' value='([^']+)'", shown.text)
    form = {**fields, "proof": html.unescape(proof[1]) if proof else ""}
    return await browser.post(page, data=form, headers={"Origin": ORIGIN})


async def sent_slowly(
    browser: httpx.AsyncClient,
    page: str,
    shown: httpx.Response,
    meanwhile: Callable[[], Awaitable[object]],
    **fields: str,
) -> httpx.Response:
    """The same, but something happens while the form is on its way."""
    proof = re.search(r"name='proof' value='([^']+)'", shown.text)
    whole = urlencode({**fields, "proof": html.unescape(proof[1]) if proof else ""}).encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield whole[:9]
        await meanwhile()
        yield whole[9:]

    return await browser.post(page, content=pieces(), headers={"Origin": ORIGIN})


async def typed(browser: httpx.AsyncClient, page: str, shown: httpx.Response, name: str) -> httpx.Response:
    return await sent(browser, page, shown, name=name)


async def plan_of(client: Client) -> dict[str, Any]:
    return said(await client.call_tool("delete_repo", DELETE))


async def test_a_plan_is_carried_out_once_its_caller_has_signed_in_and_typed_the_name(tmp_path: Path) -> None:
    async with team(tmp_path) as (world, client, browser):
        plan = await plan_of(client)
        page = plan["approve"]
        assert page.startswith(f"{ORIGIN}/approve/")
        assert f"open {page} and to sign in to the Hub there as ada" in plan["next_step"]
        again = {**DELETE, "confirm_token": plan["confirm_token"]}
        waits = text_of(await client.call_tool("delete_repo", again))
        assert page in waits
        shown = await signed_in(browser, page, ADA)
        assert "This cannot be undone." in shown.text
        wrong = await typed(browser, page, shown, "ada/other")
        assert wrong.status_code == 400
        assert "That is not exactly the name" in wrong.text
        assert (await client.call_tool("delete_repo", again)).is_error
        done = await typed(browser, page, wrong, NAME)  # where it can be typed once more
        assert "Approved." in done.text
        assert world.spy.inner is not None
        deleted = text_of(await client.call_tool("delete_repo", again))
        assert "Confirmed by a person on the server's page, signed in to the Hub." in deleted
        assert not await world.exists(NAME)
        assert (await browser.get(page)).status_code == 404


async def test_the_page_works_behind_a_gateway_with_a_path_prefix(tmp_path: Path) -> None:
    async with team(tmp_path, f"{ORIGIN}/team") as (_, client, browser):
        page = (await plan_of(client))["approve"]
        assert page.startswith(f"{ORIGIN}/team/approve/")
        shown = await signed_in(browser, page, ADA)
        assert "Approved." in (await typed(browser, page, shown, NAME)).text


async def test_two_plans_are_approved_side_by_side_in_one_browser(tmp_path: Path) -> None:
    async with team(tmp_path) as (world, client, browser):
        pages = [(await plan_of(client))["approve"] for _ in range(2)]
        shown = [await signed_in(browser, page, ADA) for page in pages]
        for page, one in zip(pages, shown, strict=True):
            assert "Approved." in (await typed(browser, page, one, NAME)).text
        assert all(world.approvals.has_approved(one) for one in world.approvals.waiting())


async def test_nobody_else_sees_or_approves_a_plan(tmp_path: Path) -> None:
    async with team(tmp_path) as (world, client, browser):
        page = (await plan_of(client))["approve"]
        shown = await signed_in(browser, page, EVE)
        assert shown.status_code == 403
        assert NAME not in shown.text
        assert (await typed(browser, page, shown, NAME)).status_code == 403
        mine = await signed_in(browser, page, ADA)
        browser.cookies.clear()  # another browser brings what ada was shown
        assert (await typed(browser, page, mine, NAME)).status_code == 403
        proof = re.search(r"name='proof' value='([^']+)'", mine.text)
        for cookie in (AWAY, COOKIE):  # nor passes one for the other
            browser.cookies.set(cookie, html.unescape(proof[1]) if proof else "")
        assert (await browser.get(f"{ORIGIN}/approve/back", params={"code": "x"})).status_code == 400
        assert NAME not in (await browser.get(page)).text
        foreign = await browser.post(page, headers={"Origin": "https://elsewhere.example"})
        assert foreign.status_code == 403
        assert not any(world.approvals.has_approved(one) for one in world.approvals.waiting())


async def test_the_page_keeps_no_token_and_cannot_be_framed_or_sent_elsewhere(tmp_path: Path) -> None:
    async with team(tmp_path) as (world, client, browser):
        page = (await plan_of(client))["approve"]
        shown = await signed_in(browser, page, ADA)
        for answer in (shown, await browser.get(page)):
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["cache-control"] == "no-store"
        kept = "".join(
            path.read_text() for path in world.place.rglob("*") if path.suffix in (".json", ".jsonl")
        )
        assert "hf_oauth_" not in kept + shown.text + str(dict(browser.cookies))


async def test_a_plan_that_expires_while_its_form_arrives_is_not_approved(tmp_path: Path) -> None:
    async with team(tmp_path) as (world, client, browser):
        page = (await plan_of(client))["approve"]
        shown = await signed_in(browser, page, ADA)

        async def slowly() -> None:
            world.clock.now += EXPIRES

        done = await sent_slowly(browser, page, shown, slowly, name=NAME)
        assert (done.status_code, "Nothing is waiting here" in done.text) == (404, True)
