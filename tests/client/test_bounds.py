"""What a hostile Hub may send: bombs, masses of tiny parts, bad headers, endless windows, foreign links."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.refusals import LONGEST_RETRY, LONGEST_WINDOW, USUAL_WINDOW
from hub_mcp.catalogue.repos.datasets import GetDatasetParquetShard
from hub_mcp.catalogue.repos.models import GetModel, ListModels
from hub_mcp.catalogue.repos.repos import CreateRepo
from hub_mcp.client.deadline import Deadline
from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token
from hub_mcp.client.transport.inflated import LARGEST, MOST_PARTS
from hub_mcp.client.transport.network import WholeAnswerTransport
from hub_mcp.client.transport.rate_limit import RateLimitTransport
from hub_mcp.client.transport.refused_tokens import MOST_REFUSED, REMEMBERED_FOR, RefusedTokenTransport
from hub_mcp.errors import NotAHub, RateLimited, UnexpectedAnswer
from tests.client.scripts import BASE, FarSide, Time, rate, request

pytestmark = pytest.mark.asyncio
CALL = GetModel(repo_id="ada/atlas")
ROW = {"id": "ada/atlas"}


class Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces; `sent` counts the bytes read."""

    def __init__(self, body: bytes, piece: int = 65_536) -> None:
        self._body, self._piece, self.sent = body, piece, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self._body), self._piece):
            self.sent += self._piece
            yield self._body[at : at + self._piece]


def hub_answering(answer: Callable[[httpx.Request], httpx.Response], token: str = "") -> Hub:
    class Far(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return answer(request)

    return Hub(BASE, Token(token, "a test") if token else None, transport=Far)


async def sent_whole(body: bytes, encoding: str = "") -> httpx.Response:
    """What the innermost transport makes of a body."""
    headers = {"Content-Type": "application/json", **({"Content-Encoding": encoding} if encoding else {})}

    class Far(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, headers=headers, stream=Pieces(body))

    return await WholeAnswerTransport(Far()).handle_async_request(request())


# ── sizes ────────────────────────────────────────────────────────────────────────────────────────────────

PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "identity, gzip": gzip.compress,
}
STACKED = ["gzip, gzip", "gzip,gzip,gzip", "deflate, gzip", "gzip, deflate", "br", "zstd", "gzip, br", "odd"]


@pytest.mark.parametrize("encoding", PACKINGS)
async def test_an_answer_at_the_bound_is_read_and_one_beyond_it_is_not(encoding: str) -> None:
    fits, beyond = b" " * LARGEST, b" " * (LARGEST + 1)
    assert (await sent_whole(PACKINGS[encoding](fits), encoding)).content == fits
    with pytest.raises(NotAHub, match="larger than 8 MiB"):
        await sent_whole(PACKINGS[encoding](beyond), encoding)


@pytest.mark.parametrize("encoding", STACKED)
async def test_an_answer_compressed_twice_or_in_an_unknown_way_is_refused(encoding: str) -> None:
    bomb = gzip.compress(gzip.compress(bytes(2**26)))
    with pytest.raises(NotAHub, match="compression"):
        await sent_whole(bomb, encoding)


@pytest.mark.parametrize("kind", [gzip.compress, zlib.compress])
async def test_a_bomb_is_stopped_while_it_is_unpacked(kind: Callable[[bytes], bytes]) -> None:
    stream = Pieces(kind(bytes(LARGEST * 16)), piece=1_024)
    encoding = "gzip" if kind is gzip.compress else "deflate"

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": encoding}, stream=stream)

    with pytest.raises(NotAHub, match="larger than"):
        await hub_answering(answer).send(CALL)
    assert stream.sent < LARGEST * 16 / 1_000


async def test_deflate_without_its_wrapping_is_read_too() -> None:
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert (await sent_whole(bare.compress(b"[1]") + bare.flush(), "deflate")).json() == [1]


async def test_what_follows_the_end_of_a_packed_body_is_not_kept() -> None:
    assert (await sent_whole(gzip.compress(b"[1]") + bytes(2**20), "gzip")).json() == [1]


@pytest.mark.parametrize("part", [b"[],", b"{},", b"1,", b'{"":0},', b'"",'])
async def test_a_mass_of_tiny_parts_is_refused_before_it_is_read(part: bytes) -> None:
    body = b"[" + part * MOST_PARTS + b"1]"
    assert len(body) < LARGEST
    with pytest.raises(NotAHub, match="parts"):
        await sent_whole(body)


async def test_recorded_answers_are_far_within_the_bounds() -> None:
    siblings = [{"rfilename": f"model-{n:05}-of-20000.safetensors"} for n in range(20_000)]
    body = json.dumps({"id": "ada/atlas", "siblings": siblings}).encode()
    assert (await sent_whole(gzip.compress(body), "gzip")).content == body


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────────

ODD_HEADERS = [
    (b"X-Gateway", b"caf\xe9"),
    (b"X-Gateway", "жук".encode()),
    (b"ETag", b'"\xff\xfe"'),
    (b"Link", b"<\xe9>; rel=next"),
    (b"RateLimit", b"\xff;r=1;t=\xb2"),
    (b"Retry-After", b"\xb2"),
    (b"X-Error-Message", b"\x80\x81"),
    (b"Location", b"\xe9"),
]


@pytest.mark.parametrize("header", ODD_HEADERS)
@pytest.mark.parametrize("call", [CALL, CreateRepo(repo_id="ada/atlas", type="model"), ListModels()])
async def test_header_bytes_above_ascii_break_no_call(
    header: tuple[bytes, bytes], call: Endpoint[Any]
) -> None:
    said: object = [ROW] if isinstance(call, ListModels) else ROW | {"name": "ada/atlas", "url": BASE}

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=[header], json=said)

    hub = hub_answering(answer)
    for _ in range(2):  # the second time from memory, where there is an ETag
        await hub.send(call)


# ── rate windows ─────────────────────────────────────────────────────────────────────────────────────────

WINDOWS: list[tuple[dict[str, str], float]] = [
    ({"RateLimit": '"api";r=0;t=999999999'}, USUAL_WINDOW + 1),
    ({"RateLimit": '"api";r=0;t=999999999', "RateLimit-Policy": '"api";q=500;w=60'}, 61),
    ({"RateLimit": '"api";r=0;t=999999999', "RateLimit-Policy": '"api";q=5;w=999999999'}, LONGEST_WINDOW),
    ({"RateLimit": '"api";r=0;t=' + "9" * 400}, USUAL_WINDOW),
    ({"RateLimit": '"api";r=0;t=-5'}, USUAL_WINDOW),
    ({"RateLimit": '"api";r=0;t=NaN'}, USUAL_WINDOW),
    ({"RateLimit": '"api";r=0;t=inf'}, USUAL_WINDOW),
    ({"RateLimit": '"api";r=-1;t=1e9'}, USUAL_WINDOW),
    ({"Retry-After": "999999999"}, LONGEST_RETRY),
    ({"Retry-After": "NaN"}, LONGEST_RETRY),
    ({"Retry-After": "-1"}, LONGEST_RETRY),
    ({"Retry-After": "1e300"}, LONGEST_RETRY),
]


@pytest.mark.parametrize(("said", "longest"), WINDOWS)
async def test_one_429_stops_a_caller_no_longer_than_the_policy_says(
    said: dict[str, str], longest: float
) -> None:
    time, far = Time(), FarSide(httpx.Response(429, headers=said, json={}), rate(400))
    transport = RateLimitTransport(far.transport, clock=time, sleep=time.sleep)
    await transport.handle_async_request(request())
    time.now += longest + 0.1
    waiting = request(deadline=Deadline(max_wait=0, clock=time))
    assert (await transport.handle_async_request(waiting)).status_code == 200


async def test_an_unbelievably_long_wait_is_not_reported() -> None:
    headers = {"RateLimit": '"api";r=0;t=999999999'}
    hub = hub_answering(lambda _: httpx.Response(429, headers=headers, json={}))
    with pytest.raises(RateLimited) as refused:
        await hub.send(CreateRepo(repo_id="ada/atlas", type="model"))
    assert refused.value.wait <= USUAL_WINDOW + 1


# ── refused tokens ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_refused_token_is_not_asked_about_again_for_a_moment_and_then_is() -> None:
    time, far = Time(), FarSide(httpx.Response(401, json={"error": "Invalid credentials"}), rate(400))
    transport = RefusedTokenTransport(far.transport, clock=time)
    statuses = [(await transport.handle_async_request(request(token="hf_a"))).status_code for _ in range(50)]
    assert (set(statuses), len(far.asked)) == ({401}, 1)
    assert (await transport.handle_async_request(request(token="hf_b"))).status_code == 200
    time.now += REMEMBERED_FOR + 0.1
    assert (await transport.handle_async_request(request(token="hf_a"))).status_code == 200


async def test_a_401_about_a_repository_is_no_word_on_the_token() -> None:
    hidden = httpx.Response(401, headers={"X-Error-Code": "RepoNotFound"}, json={})
    far = FarSide(hidden, rate(400))
    transport = RefusedTokenTransport(far.transport, clock=Time())
    await transport.handle_async_request(request(token="hf_a"))
    assert (await transport.handle_async_request(request(token="hf_a"))).status_code == 200


async def test_made_up_tokens_fill_no_memory() -> None:
    far = FarSide(httpx.Response(401, json={"error": "x" * 100_000}))
    transport = RefusedTokenTransport(far.transport, clock=Time())
    for n in range(MOST_REFUSED + 100):
        await transport.handle_async_request(request(token=f"hf_{n}"))
    kept = transport._refused.values()  # nothing outside tells how much is kept
    assert len(kept) == MOST_REFUSED
    assert max(len(one.said) for one in kept) <= 4_096


# ── mirrors and gateways ─────────────────────────────────────────────────────────────────────────────────

FOREIGN = ["https://huggingface.co", "http://hub.test", "https://hub.test:8443", "//elsewhere.example", ""]
UNREADABLE = [
    "http://[",
    "https://huggingface.co/api/models",
    "?cursor=",
    "?cursor=%00",
    "?cursor=" + "x" * 5_000,
]


@pytest.mark.parametrize("host", FOREIGN)
async def test_of_a_link_to_the_next_page_only_the_cursor_is_taken(host: str) -> None:
    asked: list[httpx.URL] = []

    def answer(sent: httpx.Request) -> httpx.Response:
        asked.append(sent.url)
        link = {"Link": f'<{host}/api/models?limit=1&cursor=abc>; rel="next"'} if len(asked) == 1 else {}
        return httpx.Response(200, headers=link, json=[ROW])

    pages = [page async for page in hub_answering(answer, "hf_secret").pages(ListModels(limit=1))]
    assert [len(page.items) for page in pages] == [1, 1]
    assert {f"{url.scheme}://{url.host}" for url in asked} == {BASE}
    assert asked[1].params["cursor"] == "abc"


@pytest.mark.parametrize("link", UNREADABLE)
async def test_an_unreadable_link_loses_no_row_and_is_reported_if_the_listing_cannot_continue(
    link: str,
) -> None:
    rows = [{"id": f"ada/{n}"} for n in range(5)]

    def answer(sent: httpx.Request) -> httpx.Response:
        some = rows[: int(sent.url.params["limit"])]
        return httpx.Response(200, headers={"Link": f"<{link}>; rel=next"}, json=some)

    seen: list[str] = []

    async def walk() -> None:
        async for page in hub_answering(answer).pages(ListModels(limit=2)):
            seen.extend(row.content()["id"] for row in page.items)

    with pytest.raises(UnexpectedAnswer, match="There is more"):
        await walk()
    assert seen == [row["id"] for row in rows]


async def test_a_shard_that_a_mirror_redirects_is_described_and_nothing_is_sent_there() -> None:
    asked: list[httpx.URL] = []
    lies = "https://huggingface.co/datasets/a/b/resolve/refs%2Fconvert%2Fparquet/default/train/0000.parquet"

    def answer(sent: httpx.Request) -> httpx.Response:
        asked.append(sent.url)
        return httpx.Response(302, headers={"Location": lies + "?X-Signature=secret", "X-Linked-Size": "7"})

    call = GetDatasetParquetShard(repo_id="a/b", subset="default", split="train", n=0)
    shard = await hub_answering(answer, "hf_secret").send(call)
    assert (shard.url, shard.bytes) == (lies, 7)
    assert {url.host for url in asked} == {"hub.test"}


async def test_between_large_answers_the_loop_serves_others() -> None:
    body = b"[" + b'{"id":"a/b"},' * 30_000 + b'{"id":"a/b"}]'
    hub = hub_answering(lambda _: httpx.Response(200, content=body))
    order: list[str] = []

    async def large(number: int) -> None:
        await hub.send(ListModels(limit=1, search=str(number)))
        order.append("large")

    async def another() -> None:
        while order.count("large") < 4:
            order.append("other")
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as group:
        for number in range(4):
            group.start_soon(large, number)
        group.start_soon(another)
    told = "".join(one[0] for one in order)
    assert told.count("l") == 4
    assert all(len(between) > 10 for between in told.strip("o").split("l")[1:-1])
