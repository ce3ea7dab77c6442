"""Whatever fails after a change was sent, the caller learns that it was done, or that this is unknown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp.types import CallToolResult

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.client.hub import Hub
from hub_mcp.client.transport.rate_limit import RateLimitTransport
from hub_mcp.errors import NOTHING_CHANGED, UNCERTAIN
from hub_mcp.server.confirm import change_tool
from tests.gate.gates import World, only_reads, text_of
from tests.gate.test_gate_property import CHANGING, Case, cases_of
from tests.thoroughly import a_quarter, every_nth
from tests.written import offering

JSON = (b"content-type", b"application/json")
BODIES = {
    "nothing": b"",
    "null": b"null",
    "a number": b"3",
    "a list": b"[]",
    "a list of odd things": b"[null, 3, [], {}]",
    "an empty object": b"{}",
    "odd fields": b'{"url": 3, "slug": [], "id": {}, "_id": [1], "items": 7, "error": [[{}]], "name": null}',
    "bytes of no encoding": b"\xff\xfe\x00\x80",
    "half a character": b'{"url": "\\ud800", "slug": "\\udfff"}',
    "half an object": b'{"url": "https://',
    "deep nesting": b"[" * 50_000 + b"]" * 50_000,
    "a number no machine holds": b'{"likes": ' + b"9" * 5_000 + b"}",
    "words that are no JSON": b'{"x": NaN, "y": Infinity}',
    "a page": b"<!doctype html><p>Sign in",
}
HEADERS: dict[str, list[tuple[bytes, bytes]]] = {
    "plain": [JSON],
    "a byte above 0x7f": [JSON, (b"x-note", b"caf\xe9 \xff\x80"), (b"server", b"\xc3\x28")],
    "an odd type": [(b"content-type", b"\xff/\xfe; charset=\x80")],
    "odd limits": [
        JSON,
        (b"ratelimit", b'"api";r=99999999999999999999;t=-1'),
        (b"ratelimit-policy", b"\xff;q=;w="),
        (b"retry-after", b"1e400"),
        (b"etag", b"\x80"),
    ],
    "no known compression": [JSON, (b"content-encoding", b"br, \xff")],
    "a lie about compression": [JSON, (b"content-encoding", b"gzip")],
    "an odd place": [JSON, (b"location", b"http://[::1/\xff")],
}
STATUSES = (200, 201, 204, 299, 302, 400, 404, 409, 418, 429, 500, 503)


def told(result: CallToolResult, status: int) -> bool:
    """Whether the text says what is known: done, unknown, or (after a refusal) nothing."""
    text = text_of(result)
    known = UNCERTAIN in text or (not result.is_error and status < 300)
    return "inside hub-mcp" not in text and (known or (300 <= status < 500 and NOTHING_CHANGED in text))


ODD = [
    *((200, "plain", body) for body in BODIES),
    *(
        (status, headers, body)
        for status in (200, 404)
        for headers in HEADERS
        for body in ("odd fields", "nothing")
    ),
    *((status, "plain", body) for status in STATUSES for body in ("odd fields", "a page", "nothing")),
]


@pytest.mark.parametrize("tool", a_quarter(CHANGING))
def test_a_malformed_answer_is_not_reported_as_an_internal_failure(tmp_path: Path, tool: str) -> None:
    case = cases_of(tool)[0]

    async def all_of_them() -> None:
        world = World(tmp_path)
        async with world.client(confirm="off", max_wait=0, **offering(tool)) as client:
            for status, headers, body in every_nth(ODD, CHANGING.index(tool)):
                world.spy.before = answering(status, headers, body)
                result = await client.call_tool(case.tool, case.arguments)
                assert told(result, status), (status, headers, body, text_of(result))
                outcome = world.outcomes()[-1]
                assert outcome in (("done", "unknown") if status < 300 else ("failed", "unknown")), (
                    status,
                    body,
                )

    anyio.run(all_of_them)


def answering(
    status: int, headers: str, body: str
) -> Callable[[httpx.Request], Awaitable[httpx.Response | None]]:
    async def odd(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=HEADERS[headers], stream=httpx.ByteStream(BODIES[body]))

    return odd


def unforeseen(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("nobody foresaw this")


async def unforeseen_later(self: Any, *_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("nobody foresaw this")


def break_reading(patch: pytest.MonkeyPatch, case: Case) -> None:
    patch.setattr(ENDPOINTS[case.tool], "from_http", unforeseen)


def break_transport(patch: pytest.MonkeyPatch, case: Case) -> None:
    inner = RateLimitTransport.handle_async_request

    async def breaks(self: RateLimitTransport, request: httpx.Request) -> httpx.Response:
        answer = await inner(self, request)
        return answer if only_reads(request) else unforeseen()

    patch.setattr(RateLimitTransport, "handle_async_request", breaks)


def break_rendering(patch: pytest.MonkeyPatch, case: Case) -> None:
    patch.setattr(change_tool, "render_done", unforeseen)


def break_announcing(patch: pytest.MonkeyPatch, case: Case) -> None:
    from hub_mcp.server.resources.subscriptions import Subscriptions

    patch.setattr(Subscriptions, "changed", unforeseen_later)


BREAKS = [break_reading, break_transport, break_rendering, break_announcing]


@pytest.mark.parametrize(
    ("tool", "break_it"),
    a_quarter([(tool, one) for n, tool in enumerate(CHANGING) for one in every_nth(BREAKS, n)]),
)
def test_an_unexpected_exception_does_not_hide_the_outcome_of_a_change(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tool: str,
    break_it: Callable[[pytest.MonkeyPatch, Case], None],
) -> None:
    case = cases_of(tool)[0]

    async def make() -> None:
        world = World(tmp_path)
        break_it(monkeypatch, case)
        async with world.client(confirm="off", **offering(tool)) as client:
            result = await client.call_tool(case.tool, case.arguments)
        assert len(world.spy.changes) == 1
        assert told(result, 200), text_of(result)
        assert "nobody foresaw" not in text_of(result)
        assert world.outcomes()[-1] == (
            "done" if break_it in (break_rendering, break_announcing) else "unknown"
        )

    anyio.run(make)


@pytest.mark.asyncio
async def test_a_call_that_could_not_be_journaled_is_not_reported_as_unknown(tmp_path: Path) -> None:
    """What never left was not done, whatever broke."""
    world = World(tmp_path)

    class Breaks(Hub):
        async def exchange(self, *_: Any, **__: Any) -> Any:
            raise ZeroDivisionError

    hub = Breaks("http://hub.test", world.hub().token, transport=lambda: world.spy)
    from hub_mcp.catalogue.repos.repos import CreateRepo

    with pytest.raises(ZeroDivisionError):
        await hub.send(CreateRepo(repo_id="ada/x", type="model"))
