"""However small a Hub's pages are, a call that reads many of them ends, and says where to continue."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.listing import Listing
from hub_mcp.client.counting import SECONDS
from hub_mcp.client.hub import EMPTY_PAGES, MOST_LEFT_OUT, Hub
from hub_mcp.client.token import Token
from hub_mcp.localhub.app import create_app
from hub_mcp.server.resources.streams import LASTS, stream_of
from hub_mcp.server.tools.read_calls import read_call
from hub_mcp.settings import Settings
from hub_mcp.wiring import server_of
from tests.gate.gates import ADA, BASE, text_of
from tests.samples import CALLS
from tests.thoroughly import a_quarter, one_of
from tests.waiting import LoopClock, standing_clock

LISTINGS = [tool for tool, endpoint in ENDPOINTS.items() if endpoint.is_listing()]
FOLLOWED = [tool for tool in LISTINGS if not ENDPOINTS[tool].numbered]  # type: ignore[attr-defined]  # listings all
EXCHANGES = Path(__file__).parents[1] / "exchanges"
A_PAGE = 10.0  # seconds
WAYS = ("tool", "count", "stream")
FOLLOWED_EACH_WAY = [(tool, way) for n, tool in enumerate(FOLLOWED) for way in one_of(WAYS, n)]
pytestmark = pytest.mark.asyncio


class OneRowAPage(httpx.AsyncBaseTransport):
    """The local Hub, slow and with one row per page, whatever page size is requested."""

    def __init__(self, clock: LoopClock) -> None:
        self._inner = httpx.ASGITransport(create_app(quota=1_000_000))
        self._clock = clock
        self.asked = 0
        self.more = False  # whether there is another page

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        self._clock.forward(A_PAGE)
        url = request.url.copy_set_param("limit", "1")
        shortened = httpx.Request(request.method, url, headers=request.headers)
        answer = await self._inner.handle_async_request(shortened)
        self.more = "link" in answer.headers
        return answer


def page_without_rows(tool: str) -> Any:
    """What the Hub answers to a listing, with nothing in it."""
    body = json.loads((EXCHANGES / f"{tool}.json").read_text("utf-8"))["response"]["body"]
    return {name: [] for name, one in body.items() if isinstance(one, list)} if isinstance(body, dict) else []


class Barren(httpx.AsyncBaseTransport):
    """A Hub whose pages are all the same, each with a link to another page."""

    def __init__(self, page: Any) -> None:
        self._body = json.dumps(page).encode()
        self._pages = itertools.count(1)
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        link = {"Link": f'<{BASE}{request.url.path}?cursor=c{next(self._pages)}>; rel="next"'}
        return httpx.Response(200, content=self._body, headers=link)


@asynccontextmanager
async def client_of(far: httpx.AsyncBaseTransport) -> AsyncGenerator[Client]:
    hub = Hub(BASE, Token(ADA, "a test"), transport=lambda: far)
    async with Client(
        server_of(Settings(journal="off", resource_links="off", toolsets=("all",)), hub)
    ) as client:
        yield client


def listing(tool: str) -> Listing[Any]:
    call = read_call(ENDPOINTS[tool], CALLS[tool])
    assert isinstance(call, Listing)
    return call


async def walked(client: Client, tool: str, way: str) -> str:
    """What a walk says in the end, also where that is an error."""
    if way == "stream":
        try:
            read = await client.read_resource(stream_of(listing(tool)))
        except Exception as error:
            return str(error)
        return read.contents[0].text  # type: ignore[union-attr]  # a stream is text
    arguments = {**CALLS[tool], **({"count": True} if way == "count" else {"limit": 1_000})}
    if way == "tool" and (limit := ENDPOINTS[tool].model_fields["limit"].metadata):
        arguments["limit"] = next((one.le for one in limit if hasattr(one, "le")), 1_000)
    return text_of(await client.call_tool(tool, arguments))


@pytest.mark.parametrize(("tool", "way"), a_quarter(FOLLOWED_EACH_WAY))
async def test_a_walk_of_one_row_a_page_has_a_deadline_in_all(tool: str, way: str) -> None:
    most = int(max(SECONDS, LASTS) / A_PAGE) + 2  # the last is under way when the time is over
    with standing_clock() as clock:
        far = OneRowAPage(clock)
        async with client_of(far) as client:
            said = await walked(client, tool, way)
        assert 1 <= far.asked <= most
        if far.more:
            assert "hub://" in said or "go on with cursor" in said


@pytest.mark.parametrize("way", ["tool", "stream"])
async def test_what_came_before_the_deadline_is_given_and_the_rest_follows(way: str) -> None:
    found: list[str] = []
    with standing_clock() as clock:
        far = OneRowAPage(clock)
        async with client_of(far) as client:
            cursor, address = "", "hub://stream/models"
            for _ in range(3):
                if way == "tool":
                    more = {"cursor": cursor} if cursor else {}
                    said = text_of(await client.call_tool("list_models", {"limit": 100, **more}))
                    found += [line.split("\t")[0] for line in said.splitlines()[1:] if "\t" in line]
                    cursor = said.partition("More: cursor ")[2].split()[0]
                else:
                    read = await client.read_resource(address)
                    *rows, last = map(json.loads, read.contents[0].text.splitlines())  # type: ignore[union-attr]
                    found += [row["id"] for row in rows]
                    address = last["next"]
    async with client_of(httpx.ASGITransport(create_app(quota=1_000_000))) as client:
        said = text_of(await client.call_tool("list_models", {"limit": 100}))
    assert len(found) >= 3 * int(SECONDS / A_PAGE) - 3
    assert found == [line.split("\t")[0] for line in said.splitlines()[1 : len(found) + 1]]


@pytest.mark.parametrize(("tool", "way"), FOLLOWED_EACH_WAY)
async def test_pages_without_rows_are_not_followed_for_long(tool: str, way: str) -> None:
    far = Barren(page_without_rows(tool))
    async with client_of(far) as client:
        assert "hardly any rows" in await walked(client, tool, way)
    assert far.asked == EMPTY_PAGES + 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("odd", [[], 1, "row", None, {"no": "id"}], ids=str)
async def test_pages_of_what_is_no_row_are_not_followed_for_long(odd: Any, way: str) -> None:
    far = Barren([{"id": "ada/atlas"}, *[odd] * 999])
    async with client_of(far) as client:
        assert "hardly any rows" in await walked(client, "list_models", way)
    assert far.asked <= MOST_LEFT_OUT // 249 + 1


async def test_a_page_with_a_few_malformed_rows_is_followed_to_the_end() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        link = {"Link": f'<{BASE}{request.url.path}?cursor=c{len(asked)}>; rel="next"'}
        rows = [*({"id": f"ada/m{len(asked)}-{n}"} for n in range(6)), *[1] * 4]
        return httpx.Response(200, json=rows, headers=link if len(asked) < 30 else {})

    async with client_of(httpx.MockTransport(answer)) as client:
        assert "count: 180" in text_of(await client.call_tool("list_models", {"count": True}))
    assert len(asked) == 30
