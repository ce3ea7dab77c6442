"""What is cached, for whom, for how long, and what evicts it."""

from __future__ import annotations

import httpx
import pytest

from hub_mcp.client.transport.cache import MOST_BYTES_OF_ONE, TAGS, WHOAMI, CacheTransport
from tests.client.scripts import FarSide, Time, request


def tagged(body: bytes = b'{"n":1}', etag: str = 'W/"1"') -> httpx.Response:
    return httpx.Response(200, headers={"ETag": etag, "Content-Type": "application/json"}, content=body)


def honest(asked: httpx.Request) -> httpx.Response:
    """A Hub that answers 304 to a caller who has its one answer."""
    same = asked.headers.get("if-none-match") == 'W/"1"'
    return httpx.Response(304, headers={"ETag": 'W/"1"'}) if same else tagged()


async def body_of(transport: CacheTransport, **said: str) -> bytes:
    answer = await transport.handle_async_request(request(**said))
    assert answer.status_code == 200
    return await answer.aread()


@pytest.mark.asyncio
async def test_an_etag_is_sent_along_and_a_304_is_answered_from_memory() -> None:
    far = FarSide(honest)
    transport = CacheTransport(far.transport, clock=Time())
    assert [await body_of(transport) for _ in range(3)] == [b'{"n":1}'] * 3
    assert [asked.headers.get("if-none-match") for asked in far.asked] == [None, 'W/"1"', 'W/"1"']


@pytest.mark.asyncio
async def test_headers_of_a_single_exchange_are_not_cached() -> None:
    lasting = {"ETag": 'W/"1"', "Link": '<https://hub.test/next>; rel="next"', "X-Repo-Commit": "abc"}
    passing = {"Date": "today", "RateLimit": '"api";r=7;t=9', "X-Request-Id": "7", "X-Amz-Cf-Id": "x"}
    far = FarSide(httpx.Response(200, headers={**lasting, **passing}, json={}), httpx.Response(304))
    transport = CacheTransport(far.transport, clock=Time())
    first, again = [await transport.handle_async_request(request()) for _ in range(2)]
    assert set(map(str.lower, {**lasting, **passing})) <= set(first.headers)
    assert {name: again.headers.get(name) for name in lasting} == lasting
    assert not set(map(str.lower, passing)) & set(again.headers)


@pytest.mark.asyncio
async def test_a_new_answer_takes_the_place_of_the_old_one() -> None:
    far = FarSide(tagged(), tagged(b'{"n":2}', 'W/"2"'), httpx.Response(304))
    transport = CacheTransport(far.transport, clock=Time())
    assert [await body_of(transport) for _ in range(3)] == [b'{"n":1}', b'{"n":2}', b'{"n":2}']
    assert far.asked[-1].headers["if-none-match"] == 'W/"2"'


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        ("/api/whoami-v2", WHOAMI),
        ("/api/models-tags-by-type", TAGS),
        ("/api/datasets-tags-by-type?type=x", TAGS),
    ],
)
async def test_whoami_and_tags_need_no_asking_for_a_while(path: str, seconds: float) -> None:
    far, time = FarSide(httpx.Response(200, json={})), Time()
    transport = CacheTransport(far.transport, clock=time)
    await body_of(transport, path=path)
    time.now += seconds - 1
    await body_of(transport, path=path)
    assert len(far.asked) == 1
    time.now += 2
    await body_of(transport, path=path)
    assert len(far.asked) == 2


@pytest.mark.asyncio
async def test_nothing_else_is_answered_from_the_cache() -> None:
    far = FarSide(httpx.Response(200, json={}))
    transport = CacheTransport(far.transport, clock=Time())
    for _ in range(3):
        await body_of(transport)
    assert len(far.asked) == 3


@pytest.mark.asyncio
async def test_answers_are_never_shared_between_callers() -> None:
    def own(asked: httpx.Request) -> httpx.Response:
        assert "if-none-match" not in asked.headers
        return tagged(asked.headers.get("authorization", "nobody").encode())

    transport = CacheTransport(FarSide(own).transport, clock=Time())
    for path in ("/api/whoami-v2", "/api/models/a/b"):
        answers = {await body_of(transport, path=path, token=token) for token in ("hf_a", "hf_b", "")}
        assert answers == {b"Bearer hf_a", b"Bearer hf_b", b"nobody"}


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [200, 500, 409])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_change_drops_its_callers_cached_answers(method: str, status: int) -> None:
    far = FarSide(honest)
    transport = CacheTransport(far.transport, clock=Time())
    for token in ("hf_a", "hf_b"):
        await body_of(transport, token=token)
    far.script = [httpx.Response(status, json={})]
    await transport.handle_async_request(request(method, "/api/repos/move", "hf_a"))
    far.script = [honest]
    for token in ("hf_a", "hf_b"):
        await body_of(transport, token=token)
    assert [asked.headers.get("if-none-match") for asked in far.asked[-2:]] == [None, 'W/"1"']


@pytest.mark.asyncio
async def test_whoami_stays_cached_after_a_change() -> None:
    far = FarSide(httpx.Response(200, json={}))
    transport = CacheTransport(far.transport, clock=Time())
    for _ in range(3):
        await body_of(transport, path="/api/whoami-v2", token="hf_a")
        await transport.handle_async_request(request("POST", "/api/repos/move", "hf_a"))
    assert [asked.url.path for asked in far.asked].count("/api/whoami-v2") == 1


@pytest.mark.asyncio
async def test_an_answer_from_before_a_change_is_not_kept() -> None:
    transport: CacheTransport

    async def answer(asked: httpx.Request) -> httpx.Response:
        if asked.url.path == "/api/whoami-v2" and not changed:
            changed.append(1)
            await transport.handle_async_request(request("POST", "/api/repos/create"))
        return httpx.Response(200, json={})

    changed: list[int] = []
    asked: list[str] = []

    async def noted(one: httpx.Request) -> httpx.Response:
        asked.append(one.method)
        return await answer(one)

    transport = CacheTransport(httpx.MockTransport(noted), clock=Time())
    await body_of(transport, path="/api/whoami-v2")
    await body_of(transport, path="/api/whoami-v2")
    assert asked == ["GET", "POST", "GET"]


@pytest.mark.asyncio
async def test_a_rejected_token_drops_its_cached_answers() -> None:
    far = FarSide(httpx.Response(200, json={}), httpx.Response(401), httpx.Response(401))
    transport = CacheTransport(far.transport, clock=Time())
    await body_of(transport, path="/api/whoami-v2", token="hf_a")
    await transport.handle_async_request(request(path="/api/models/a/b", token="hf_a"))
    again = await transport.handle_async_request(request(path="/api/whoami-v2", token="hf_a"))
    assert again.status_code == 401


@pytest.mark.asyncio
async def test_memory_is_bounded_in_bytes_and_entries() -> None:
    far = FarSide(tagged(b"x" * 9_000))
    transport = CacheTransport(far.transport, clock=Time(), most_bytes=100_000, most_entries=50)
    for n in range(40):
        await body_of(transport, path=f"/api/models/a/{n}")
    assert transport.bytes == 10_000 * 10
    far.script = [tagged(b"")]
    for n in range(200):
        await body_of(transport, path=f"/api/models/b/{n}")
    assert transport.bytes == 1_000 * 50


@pytest.mark.asyncio
async def test_what_is_used_stays_longest() -> None:
    far = FarSide(tagged())
    transport = CacheTransport(far.transport, clock=Time(), most_entries=2)
    for path in ("/a", "/b", "/a", "/c", "/a"):
        await body_of(transport, path=path)
    assert far.asked[-1].headers.get("if-none-match") == 'W/"1"'


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer",
    [
        tagged(b"x" * (MOST_BYTES_OF_ONE + 1)),
        httpx.Response(404, headers={"ETag": 'W/"1"'}),
        httpx.Response(307, headers={"ETag": 'W/"1"', "Location": "/api/models/c/d"}),
        httpx.Response(200, headers={"ETag": 'W/"1"', "Cache-Control": "no-store"}),
        httpx.Response(200),
    ],
    ids=["large", "missing", "redirect", "no-store", "no etag"],
)
async def test_some_answers_are_not_remembered(answer: httpx.Response) -> None:
    far = FarSide(answer)
    transport = CacheTransport(far.transport, clock=Time())
    for _ in range(2):
        await transport.handle_async_request(request())
    assert "if-none-match" not in far.asked[-1].headers


@pytest.mark.asyncio
async def test_no_key_holds_a_token() -> None:
    transport = CacheTransport(FarSide(tagged()).transport, clock=Time())
    await body_of(transport, path="/api/whoami-v2", token="hf_secret_secret")
    assert "hf_secret_secret" not in repr(vars(transport))
