"""Logs of Spaces: our tool and `huggingface_hub` agree; bounded, without tokens and colors."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from huggingface_hub import HfApi

from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.jobs.log_lines import LogLines
from hub_mcp.catalogue.space_runtime.space_logs import ReadSpaceLogs
from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token
from hub_mcp.errors import Forbidden
from hub_mcp.localhub.app import create_app
from hub_mcp.server.resources.addresses import address_of, call_at

from .conftest import ADA
from .official import EVE, Told, api, by_lfs, told

__all__ = ["api", "by_lfs", "told"]
READER = "ada/forecast-reader"
RUN: dict[str, Any] = {"repo_id": READER, "log_type": "run"}
NOW = 1_800_000_000.0


def read(events: list[Any], **arguments: Any) -> LogLines:
    """What the tool makes of a stream."""
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in events) + "data:\n\n"
    call = ReadSpaceLogs.model_validate({**RUN, **arguments})
    return call.from_http(HttpResponse(200, {"content-type": "text/event-stream"}, body.encode()))


def line(text: str, second: int = 0) -> dict[str, str]:
    return {"data": text, "timestamp": f"2026-10-06T12:00:{second:02d}.000Z"}


@pytest.mark.parametrize("log_type", ["build", "run"])
def test_our_tool_returns_the_lines_that_the_client_reads(told: Told, api: HfApi, log_type: str) -> None:
    board = "nimbus-labs/incident-board"  # asleep, so that nothing is added meanwhile
    theirs = [one.rstrip("\n") for one in api.fetch_space_logs(board, build=log_type == "build")]
    ours = told("read_space_logs", {"repo_id": board, "log_type": log_type})
    told_lines = ours.split("to the end of this:\n")[1].splitlines()
    assert [one[9:] for one in told_lines] == theirs
    assert theirs[0].startswith("=====")
    (last,) = [one.removeprefix("last: ") for one in ours.splitlines() if one.startswith("last: ")]
    nothing = told("read_space_logs", {"repo_id": board, "log_type": log_type, "since": last})
    assert "lines: 0" in nothing


@pytest.mark.asyncio
async def test_a_log_grows_and_since_returns_only_new_lines() -> None:
    now = [NOW]
    app = create_app(clock=lambda: now[0])
    hub = Hub("http://hub.test", Token(ADA, "a test"), transport=lambda: httpx.ASGITransport(app))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.test") as client:
        await client.post(f"/api/spaces/{READER}/restart", headers={"Authorization": f"Bearer {ADA}"})
    build = {**RUN, "log_type": "build"}
    now[0] += 10
    first = await hub.send(ReadSpaceLogs.model_validate(build))
    now[0] += 20
    whole = await hub.send(ReadSpaceLogs.model_validate(build))
    rest = await hub.send(ReadSpaceLogs.model_validate({**build, "since": first.last}))
    assert len(first.lines) > 1
    assert whole.lines == first.lines + rest.lines
    assert str(rest.lines[-1]).endswith("DONE")
    started = await hub.send(ReadSpaceLogs.model_validate(RUN))
    now[0] += 600
    later = await hub.send(ReadSpaceLogs.model_validate({**RUN, "since": started.last}))
    assert len(later.lines) == 20
    await hub.aclose()


@pytest.mark.asyncio
async def test_a_failing_space_says_why_to_those_who_may_write_to_it_alone() -> None:
    app = create_app()
    call = ReadSpaceLogs.model_validate({"repo_id": "eve/licence-reader", "log_type": "run"})
    for token, may in ((EVE, True), (ADA, False)):
        hub = Hub("http://hub.test", Token(token, "a test"), transport=lambda: httpx.ASGITransport(app))
        if may:
            assert "No module named" in (await hub.send(call)).content()["text"]
        else:
            with pytest.raises(Forbidden):
                await hub.send(call)
        await hub.aclose()


def test_tokens_colours_and_progress_are_taken_out_of_lines() -> None:
    secret = "hf_" + "a1B2" * 8
    found = read(
        [line(f"\x1b[31mHF_TOKEN={secret}\x1b[0m\n"), line("10%\r50%\r100%\n", 1), line("a\nb\n", 2)]
    )
    text = found.content()["text"]
    assert secret not in text
    assert "\x1b" not in text
    assert text.splitlines()[1:] == ["12:00:01 100%", "12:00:02 a", "12:00:02 b"]


def test_a_log_is_bounded_by_lines_seconds_and_tokens() -> None:
    request = ReadSpaceLogs.model_validate({**RUN, "tail": 7, "seconds": 2}).to_http("")
    assert (request.lasts, request.url) == (2, f"/api/spaces/{READER}/logs/run?tail=7")
    many = [line(f"line {n} " + "word " * 100, n % 60) for n in range(2_000)]
    assert len(read(many, tail=7).lines) == 7
    content = read(many, tail=2_000).content()
    assert content["lines"] < 2_000
    assert "left out" in content["earlier"]
    assert content["text"].splitlines()[-1].startswith("12:00:19 line 1999")
    for odd in ({"seconds": 60}, {"tail": 0}, {"since": "yesterday"}, {"log_type": "other"}):
        with pytest.raises(ValueError, match=str(next(iter(odd)))):
            ReadSpaceLogs.model_validate({**RUN, **odd})


def test_a_log_has_an_address_of_its_own() -> None:
    call = ReadSpaceLogs.model_validate({**RUN, "tail": 50})
    assert address_of(call) == f"hub://spaces/{READER}/logs/run?tail=50"
    assert call_at(address_of(call)) == call
