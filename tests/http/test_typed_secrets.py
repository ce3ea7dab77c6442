"""Over HTTP a person types a Space's secret on a page of the server, which is also the question."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp.types import ElicitRequestURLParams, ElicitResult

from hub_mcp.gate.approvals import Approvals
from hub_mcp.gate.awaited_secrets import EXPIRES, LONGEST, MOST_OF_ONE, AwaitedSecrets, keeps_secrets
from hub_mcp.server.http.http_app import Http
from tests.gate.gates import (
    ADA,
    BASE,
    ERAS,
    EVE,
    NOTHING,
    AtOnce,
    World,
    agreeing,
    declining,
    refused,
    text_of,
)
from tests.gate.test_space_settings import KEPT, RAIN, SECRET
from tests.http.serving import app_of, client_of, served
from tests.http.test_approval_page import ORIGIN, sent, sent_slowly, signed_in
from tests.waiting import until

pytestmark = pytest.mark.asyncio
OPENED = ElicitResult(action="accept")


@dataclass
class Team:
    """A server with a page, a browser, and whom its clients lead to the page."""

    world: World
    url: str
    browser: httpx.AsyncClient
    awaited: AwaitedSecrets
    led: list[ElicitRequestURLParams] = field(default_factory=list)

    async def typed(self, page: str, secret: str, token: str = ADA) -> httpx.Response:
        """What comes of typing a secret on a page."""
        return await sent(self.browser, page, await signed_in(self.browser, page, token), secret=secret)

    def typing(self, secret: str) -> Any:
        """A person who goes to the page and types it."""

        async def lead(params: ElicitRequestURLParams) -> ElicitResult:
            self.led.append(params)
            assert "Thank you." in (await self.typed(params.url, secret)).text
            return OPENED

        return lead

    def opening(self, params: ElicitRequestURLParams) -> ElicitResult:
        """A person who goes to the page, and has typed nothing yet."""
        self.led.append(params)
        return OPENED


@asynccontextmanager
async def team(tmp_path: Path, confirm: str = "deny", waits: float = 0.0) -> AsyncIterator[Team]:
    world = World(tmp_path)
    gate = world.gate(confirm=confirm)
    gate.approvals = Approvals(world.place, world.clock, page=f"{ORIGIN}/approve")
    gate.awaited = AwaitedSecrets(gate.approvals.page, world.clock, waits=waits)
    app = app_of(world, Http(pages=ORIGIN, hosts=("hub.example.org",)), gate=gate)
    async with (
        served(app) as url,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), mounts={BASE: world.spy.inner}) as browser,
    ):
        yield Team(world, url, browser, gate.awaited)


def values(world: World) -> list[Any]:
    """What the Hub got of secrets."""
    return [
        json.loads(one.content)["value"] for one in world.spy.changes if one.url.path.endswith("/secrets")
    ]


@pytest.mark.parametrize("era", ERAS)
async def test_a_secret_is_typed_on_the_page_and_nothing_but_the_hub_gets_it(
    tmp_path: Path, era: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with team(tmp_path) as at, client_of(at.url, era, at.typing(SECRET)) as client:
        answer = await client.call_tool("set_space_secret", KEPT)
        assert not answer.is_error, text_of(answer)
        assert "typed the secret on the server's page" in text_of(answer)
        assert values(at.world) == [SECRET]
        (led,) = at.led
        assert (led.mode, led.url.startswith(f"{ORIGIN}/approve/")) == ("url", True)
        assert 'Set the secret "MAPS_KEY" of' in led.message
        kept = "".join(one.read_text("utf-8") for one in sorted(tmp_path.rglob("*.json*")))  # noqa: ASYNC240  # small
        assert SECRET not in repr(answer) + led.message + led.url + kept + caplog.text
        assert at.world.outcomes() == ["asked", "done"]


async def test_its_page_asks_all_that_the_gate_asks_and_does_not_show_what_is_typed(tmp_path: Path) -> None:
    async with team(tmp_path) as at, client_of(at.url, "auto", at.opening) as client:
        await client.call_tool("set_space_secret", KEPT)
        shown = await signed_in(at.browser, at.led[0].url, ADA)
        for said in (
            "it replaces the present value, which nobody can read",
            "it restarts, and what is on its disk is lost",
            "what you type goes to the Space",
            "<input type='password' name='secret' autocomplete='off'",
        ):
            assert said in shown.text
        assert shown.headers["cache-control"] == "no-store"
        again = await sent(at.browser, at.led[0].url, shown, secret="abc")
        assert again.status_code == 400
        assert "value='abc'" not in again.text
        long = await sent(at.browser, at.led[0].url, shown, secret="a" * (LONGEST + 1))
        assert long.status_code == 400
        assert values(at.world) == []


@pytest.mark.parametrize("era", ERAS)
async def test_a_call_that_did_not_wait_is_made_again_and_finds_what_was_typed_once(
    tmp_path: Path, era: str
) -> None:
    async with team(tmp_path) as at, client_of(at.url, era, at.opening) as client:
        waits = text_of(await client.call_tool("set_space_secret", KEPT))
        page = at.led[0].url
        assert f"open {page}, to sign in to the Hub there as ada" in waits
        assert NOTHING in waits
        await client.call_tool("set_space_secret", KEPT)
        assert {one.url for one in at.led} == {page}
        await at.typed(page, SECRET)
        assert (await at.browser.get(page)).status_code == 404
        for other in ({**KEPT, "key": "OTHER"}, {**KEPT, "description": "x"}):
            assert NOTHING in text_of(await client.call_tool("set_space_secret", other))
        async with client_of(at.url, era, at.opening, token=EVE) as eve:
            assert NOTHING in text_of(await eve.call_tool("set_space_secret", KEPT))
        assert values(at.world) == []
        assert not (await client.call_tool("set_space_secret", KEPT)).is_error
        assert values(at.world) == [SECRET]
        assert NOTHING in text_of(await client.call_tool("set_space_secret", KEPT))
        assert at.led[-1].url != page


@pytest.mark.parametrize("era", ERAS)
async def test_a_call_waits_for_the_person(tmp_path: Path, era: str) -> None:
    async with team(tmp_path, waits=EXPIRES) as at, client_of(at.url, era, at.opening) as client:

        async def types_once_it_waits() -> None:
            await until(at.awaited._awaited.values)
            (one,) = at.awaited._awaited.values()
            await until(lambda: one.typed.statistics().tasks_waiting)
            await at.typed(at.awaited.address(one), SECRET)

        async with anyio.create_task_group() as group:
            group.start_soon(types_once_it_waits)
            assert not (await client.call_tool("set_space_secret", KEPT)).is_error
        assert values(at.world) == [SECRET]


async def test_only_who_asked_types_it(tmp_path: Path) -> None:
    async with team(tmp_path) as at, client_of(at.url, "auto", at.opening) as client:
        await client.call_tool("set_space_secret", KEPT)
        page = at.led[0].url
        assert "MAPS_KEY" not in (await at.browser.get(page)).text
        assert (await at.typed(page, SECRET, EVE)).status_code == 403
        mine = await signed_in(at.browser, page, ADA)
        at.browser.cookies.clear()  # another site's form, or another browser
        assert (await sent(at.browser, page, mine, secret=SECRET)).status_code == 403
        await client.call_tool("set_space_secret", KEPT)
        assert values(at.world) == []


async def test_a_form_that_is_slow_neither_replaces_what_was_typed_nor_is_thanked_for_in_vain(
    tmp_path: Path,
) -> None:
    async with team(tmp_path) as at, client_of(at.url, "auto", at.opening) as client:
        await client.call_tool("set_space_secret", KEPT)
        page = at.led[0].url
        (one,) = at.awaited._awaited.values()
        shown = await signed_in(at.browser, page, ADA)

        async def typed_meanwhile() -> None:
            assert "Thank you." in (await sent(at.browser, page, shown, secret=SECRET)).text

        late = await sent_slowly(at.browser, page, shown, typed_meanwhile, secret="another-secret")
        assert (late.status_code, one.value) == (404, SECRET)
        await client.call_tool("set_space_secret", KEPT)
        assert values(at.world) == [SECRET]
        await client.call_tool("set_space_secret", KEPT)
        (one,) = at.awaited._awaited.values()
        shown = await signed_in(at.browser, at.led[-1].url, ADA)

        async def expires() -> None:
            at.awaited.drop(one)

        late = await sent_slowly(at.browser, at.led[-1].url, shown, expires, secret=SECRET)
        assert (late.status_code, one.value) == (404, "")


async def test_what_was_typed_is_forgotten_in_time_whether_or_not_anybody_asks(tmp_path: Path) -> None:
    timers: list[tuple[float, Callable[[], None]]] = []
    async with team(tmp_path) as at, client_of(at.url, "auto", at.opening) as client:
        at.awaited._later = lambda seconds, do: timers.append((seconds, do))
        await client.call_tool("set_space_secret", KEPT)
        (one,) = at.awaited._awaited.values()
        await at.typed(at.led[0].url, SECRET)
        assert one.value == SECRET
        ((seconds, forget),) = timers
        forget()
        assert (seconds, one.value) == (EXPIRES, "")
        await client.call_tool("set_space_secret", KEPT)
        await at.typed(at.led[1].url, SECRET)
        at.world.clock.now += EXPIRES
        assert NOTHING in text_of(await client.call_tool("set_space_secret", KEPT))
        assert at.led[2].url != at.led[1].url
        assert (await at.browser.get(at.led[1].url)).status_code == 404
        assert values(at.world) == []


@pytest.mark.parametrize("era", ERAS)
async def test_a_person_who_does_not_go_to_the_page_has_said_no(tmp_path: Path, era: str) -> None:
    async with team(tmp_path) as at:
        decline = at.world.in_time(declining)
        async with client_of(at.url, era, decline) as client:
            answer = await client.call_tool("set_space_secret", KEPT)
        assert refused(answer)
        assert "The person said no." in text_of(answer)
        assert (at.world.outcomes(), at.awaited._awaited) == (["asked", "refused"], {})
        async with client_of(at.url, era, AtOnce(declining)) as client:  # and who is no person has not
            answer = await client.call_tool("set_space_secret", KEPT)
        assert "The client declined at once" in text_of(answer)


@pytest.mark.parametrize("confirm", ["plan", "deny", "elicit", "off"])
async def test_a_client_that_opens_no_pages_gets_the_address_if_models_may_show_plans(
    tmp_path: Path, confirm: str
) -> None:
    async with team(tmp_path, confirm) as at, client_of(at.url) as client:
        answer = await client.call_tool("set_space_secret", KEPT)
        if confirm in ("deny", "elicit"):
            assert refused(answer)
            assert "this client does not lead a person to the page" in text_of(answer)
            return
        (one,) = at.awaited._awaited.values()
        assert at.awaited.address(one) in text_of(answer)
        await at.typed(at.awaited.address(one), SECRET)
        assert not (await client.call_tool("set_space_secret", KEPT)).is_error
        assert values(at.world) == [SECRET]


async def test_too_many_that_wait_are_refused_and_none_is_lost(tmp_path: Path) -> None:
    async with team(tmp_path) as at, client_of(at.url, "auto", at.opening) as client:
        for n in range(MOST_OF_ONE):
            await client.call_tool("set_space_secret", {**RAIN, "key": f"KEY_{n}"})
        answer = await client.call_tool("set_space_secret", KEPT)
        assert refused(answer)
        assert "Too many calls here wait for a secret" in text_of(answer)
        assert "Thank you." in (await at.typed(at.led[0].url, SECRET)).text


@pytest.mark.parametrize("era", ERAS)
async def test_a_call_that_is_made_twice_at_once_has_one_page(tmp_path: Path, era: str) -> None:
    async with team(tmp_path) as at, client_of(at.url, era, at.opening) as client:
        async with anyio.create_task_group() as group:
            for _ in range(2):
                group.start_soon(client.call_tool, "set_space_secret", KEPT)
        assert len(at.led) == 2
        assert {one.url for one in at.led} == {at.led[0].url}
        await at.typed(at.led[1].url, SECRET)
        assert not (await client.call_tool("set_space_secret", KEPT)).is_error
        assert values(at.world) == [SECRET]


@pytest.mark.parametrize("era", ERAS)
async def test_pages_that_nobody_may_have_seen_do_not_count_as_awaited(tmp_path: Path, era: str) -> None:
    async with team(tmp_path) as at, client_of(at.url, era, AtOnce(declining)) as client:
        for n in range(MOST_OF_ONE + 1):
            answer = await client.call_tool("set_space_secret", {**RAIN, "key": f"KEY_{n}"})
            assert "The client declined at once" in text_of(answer)
        assert at.awaited._awaited == {}


async def test_a_call_is_stopped_where_there_is_no_page_and_among_many(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.client("auto", agreeing) as client:
        answer = await client.call_tool("set_space_secret", KEPT)
        assert refused(answer)
        assert "Name its place in `source`" in text_of(answer)
        many = {"calls": [{"tool": "set_space_secret", "arguments": KEPT}]}
        assert "cannot be one of many" in text_of(await client.call_tool("change_many", many))
    assert world.spy.changes == []


@pytest.mark.parametrize(
    ("page", "keeps"),
    [
        ("https://hub.example.org", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://hub.example.org", False),
        ("", False),
    ],
)
async def test_secrets_are_typed_only_where_nobody_reads_them_on_the_way(page: str, keeps: bool) -> None:
    assert keeps_secrets(page) is keeps
