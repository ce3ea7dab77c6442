"""Hostile input to the server itself: any arguments to any tool, any line on stdin, any answer of a Hub."""
# ruff: noqa: E501  # lines on stdin are as long as they are

from __future__ import annotations

import asyncio
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, TextContent

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.client.hub import Hub
from hub_mcp.errors import BadInput
from hub_mcp.localhub.app import create_app
from hub_mcp.server.resources.addresses import address_of, call_at
from hub_mcp.server.tools.read_calls import read_call
from hub_mcp.settings import Settings
from hub_mcp.wiring import SANDBOX as SANDBOX_URL
from hub_mcp.wiring import hub_of, server_of
from tests import hostile, samples
from tests.thoroughly import every_nth, one_of
from tests.waiting import PATIENCE
from tests.written import EVERY_TOOL

OF_AN_EXCEPTION = r"Traceback|pydantic|input_value|errors\.pydantic\.dev|<html|<!doctype|inside hub-mcp|httpx"
NEVER = re.compile(f"[{hostile.UNSEEN}]|{OF_AN_EXCEPTION}")
SANDBOX = Settings(sandbox="", confirm="deny", journal="off", **EVERY_TOOL)


def assume_it_is_not_theirs(said: Any) -> None:
    """What a caller says is quoted in an error, and words of these tests' own sources are drawn too."""
    assume(not re.search(OF_AN_EXCEPTION, repr(said)))


def assert_fit_to_read(result: CallToolResult) -> None:
    """A result a model may read: no exception's text, no page, nothing unseen."""
    for block in result.content:
        if isinstance(block, TextContent):
            assert not NEVER.search(block.text), block.text[:300]
    json.dumps(result.structured_content, allow_nan=False, ensure_ascii=False).encode()


ON_PAGES = ("/user-access-report", "/ask-access")  # what the Hub has outside of its API


def assert_asks_the_hub(call: Endpoint[Any]) -> None:
    """Whatever is asked is the Hub's API, a file of a repository, or where attachments go."""
    url = call.to_http("https://hub.test").url
    path = url.removeprefix("https://hub.test/").partition("?")[0]
    assert path.startswith("api/") or "/resolve/" in path or path.endswith(ON_PAGES) or path == "uploads"


@hostile.A_QUARTER
def test_arguments_become_a_call_or_a_sentence(endpoint: type[Endpoint[Any]]) -> None:
    @hostile.some(60)
    @given(hostile.arguments_of(endpoint))
    def check(arguments: Any) -> None:
        if not isinstance(arguments, dict):
            return  # the protocol's own types refuse it
        assume_it_is_not_theirs(arguments)
        try:
            call = read_call(endpoint, arguments)
        except BadInput as refusal:
            sentence = str(refusal)
            assert endpoint.tool in sentence
            assert not NEVER.search(sentence), sentence
            assert len(sentence) < 3_000
            return
        assert_asks_the_hub(call)

    check()


PIECES = st.sampled_from(
    ["models", "datasets", "spaces", "collections", "papers", "organizations", "stream", "whoami-v2", "ada", "atlas", "revision",
     "parquet", "resource-groups", "..", ".", "", "%2e%2e", "%2F", "%00", "a b", "?", "#", "search=x", "limit=2", "limit=2&limit=3",
     "&", "=", "cursor=7.20.x", "sort=%ff", "fields=tags", "\u202e", "@", ":", "//", "{repo}", "hub:"]
) | st.text(max_size=12)  # fmt: skip


@hostile.some(400)
@given(st.lists(PIECES, max_size=8), st.sampled_from(["/", "?", "&", ""]))
def test_any_address_is_a_reading_call_or_a_sentence(pieces: list[str], glue: str) -> None:
    assume_it_is_not_theirs(pieces)
    for text in ("hub://" + "/".join(pieces), "hub://models?" + glue.join(pieces), glue.join(pieces)):
        try:
            call = call_at(text)
        except BadInput as refusal:
            sentence = str(refusal)
            assert not NEVER.search(sentence)
            continue
        assert call.reads
        assert_asks_the_hub(call)
        assert call_at(address_of(call)) == call


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", one_of(["auto", "legacy"], 0))
async def test_no_text_in_any_argument_brings_the_server_down(mode: str) -> None:
    everything = replace(SANDBOX, toolsets=("all",))
    local = httpx.ASGITransport(create_app(quota=1_000_000))  # nothing waits for a limit on calls
    hub = Hub(SANDBOX_URL, hub_of(everything).token, transport=lambda: local)
    async with Client(server_of(everything, hub), mode=mode) as client:  # type: ignore[arg-type]  # a parameter
        for number, endpoint in enumerate(ENDPOINTS.values()):
            required = samples.forms(endpoint.tool)[0]
            texts = [name for name, value in required.items() if isinstance(value, str)]
            for n, odd in enumerate(every_nth(hostile.ODD_TEXTS, number)):
                if "\ud800" in odd or not texts:
                    continue  # which no client can send
                result = await client.call_tool(endpoint.tool, {**required, texts[n % len(texts)]: odd})
                assert_fit_to_read(result)
        with pytest.raises(MCPError, match="no tool"):
            await client.call_tool("no_such\u202e_tool", {})
        assert (await client.call_tool("whoami", {})).is_error is False


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "faults",
    ["html=1", "5xx=1", "truncate=1,seed=1", "content-type=1", "redirect-loop=1", "redirect-away=1", "quota=1", "edge429=1",
     "html-after=1", "500-after=1", "reset-after=1"],
)  # fmt: skip
async def test_every_fault_of_the_hub_is_told(faults: str) -> None:
    settings = Settings(sandbox="", confirm="off", journal="off", faults=faults, timeout=0.3, max_wait=0.3)
    async with Client(server_of(settings, hub_of(settings))) as client:
        for tool, arguments in (
            ("get_model", {"repo_id": "gpt2"}),
            ("list_models", {}),
            ("create_repo", {"repo_id": "ada/faulty", "type": "model"}),
        ):
            result = await client.call_tool(tool, arguments)
            assert_fit_to_read(result)
            if result.is_error:
                changed = re.search("Nothing was changed|not known", str(result.content))
                assert bool(changed) is ENDPOINTS[tool].changes
            else:
                assert faults in (
                    "content-type=1",
                    "truncate=1,seed=1",
                    "reset-after=1",
                    "500-after=1",
                    "html-after=1",
                )


LINES = [
    b"", b" ", b"null", b"[]", b"{}", b"1", b'"x"', b"{", b"\xff\xfe\x00", b"\x00" * 50, b"[" * 5_000, b'{"jsonrpc":"2.0"}',
    b'{"jsonrpc":"2.0","id":{},"method":"tools/list"}', b'{"jsonrpc":"1.0","id":1,"method":"tools/list"}',
    b'{"jsonrpc":"2.0","id":NaN,"method":"tools/list"}', b'{"jsonrpc":"2.0","id":7,"result":{}}',
    b'{"jsonrpc":"2.0","id":8,"method":"' + b"x" * 100_000 + b'"}', b'{"jsonrpc":"2.0","id":9,"method":"tools/call"}',
    b'{"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":7,"arguments":[]}}',
    b'{"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"list_models","arguments":{"limit":NaN}}}',
    b'{"jsonrpc":"2.0","id":12,"method":"tools/call","params":{"name":"list_models","arguments":{"limit":1e999}}}',
    b'{"jsonrpc":"2.0","id":13,"method":"tools/call","params":{"name":"list_models","arguments":{"search":"\\ud800"}}}',
    b'{"jsonrpc":"2.0","id":14,"method":"tools/call","params":{"name":"get_model","arguments":'
    b'{"repo_id":"a/b","repo_id":"../../api/whoami-v2"}}}',
    b'{"jsonrpc":"2.0","id":15,"method":"tools/call","params":{"name":"list_models","arguments":{"search":' + b"[" * 300 + b"]" * 300 + b"}}}",
    b'{"jsonrpc":"2.0","id":16,"method":"resources/read","params":{"uri":"hub://../../x"}}',
    b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{"a":1}}}',
    b'{"jsonrpc":"2.0","id":17,"method":"tools/call","params":{"name":"list_models","arguments":{"search":"' + b"x" * 2_000_000 + b'"}}}',
]  # fmt: skip


def test_no_line_on_stdin_brings_the_server_down(tmp_path: Path) -> None:
    script = (
        "from hub_mcp.settings import Settings; from hub_mcp.wiring import run_stdio;"
        "run_stdio(Settings(sandbox='', confirm='deny', journal='off'))"
    )

    def asked(number: int | str, method: str, **params: Any) -> bytes:
        return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()

    async def talk() -> tuple[int, bytes, list[dict[str, Any]]]:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, stdin=pipe, stdout=pipe, stderr=pipe, limit=2**24
        )
        assert process.stdin
        assert process.stdout
        client = {"name": "hostile", "version": "1"}
        first = asked(0, "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo=client)
        last = asked("last", "tools/call", name="whoami", arguments={})
        begun = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}).encode()
        process.stdin.write(b"\n".join([first, begun, *LINES, last, b""]))
        answers: list[dict[str, Any]] = []
        while not answers or answers[-1].get("id") != "last":
            answers.append(json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE)))
        process.stdin.close()
        stderr = await process.stderr.read() if process.stderr else b""
        return await process.wait(), stderr, answers

    status, stderr, answers = asyncio.run(talk())
    assert status == 0
    assert answers[-1]["result"]["content"][0]["text"].splitlines()[1] == "name: ada"
    assert b"Traceback" not in stderr
    for answer in answers:
        assert not NEVER.search(json.dumps(answer)), answer
    by_id = {answer["id"]: answer for answer in answers if "id" in answer}
    assert by_id[14]["result"]["isError"]
