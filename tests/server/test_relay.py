"""One connection as hosts use it: both eras in any order, answers before the end, malformed lines."""

from __future__ import annotations

import codecs
import json
import subprocess
from typing import Any

import anyio
import pytest
from mcp.shared.message import SessionMessage
from mcp.types import jsonrpc_message_adapter

from hub_mcp.client.hub import Hub
from hub_mcp.server.relay import Relay, refusals_of
from hub_mcp.server.stdio import LONGEST_LINE
from hub_mcp.settings import Settings
from hub_mcp.wiring import server_of
from tests.server.test_stdio import HELLO, SERVER, request
from tests.waiting import PATIENCE

MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
}
INITIALIZED = b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n'


def hello(number: Any) -> bytes:
    return request(number, "initialize", **HELLO)


def discover(number: Any) -> bytes:
    return request(number, "server/discover", _meta=MODERN)


def answers_of(lines: list[bytes], *flags: str) -> dict[Any, Any]:
    """What a process of its own answers when its input is a pipe that ends, by the ids."""
    server = [*SERVER, *flags]
    told = subprocess.run(server, input=b"".join(lines), capture_output=True, timeout=PATIENCE, check=True)
    answers = [json.loads(line) for line in told.stdout.splitlines()]
    return {answer["id"]: answer for answer in answers if "id" in answer}


ORDERS = {
    "discover first": [discover("d"), hello("i")],
    "initialize first": [hello("i"), discover("d")],
    "discover again and again": [discover("e"), hello("i"), INITIALIZED, discover("d"), discover("f")],
}


@pytest.mark.parametrize("order", ORDERS)
def test_discover_and_initialize_are_served_on_one_connection_whichever_comes_first(order: str) -> None:
    answers = answers_of([*ORDERS[order], INITIALIZED, request(1, "tools/list")])
    assert "2026-07-28" in answers["d"]["result"]["supportedVersions"]
    assert answers["i"]["result"]["protocolVersion"] == HELLO["protocolVersion"]
    assert answers[1]["result"]["tools"]


def test_after_discover_a_modern_client_goes_on_as_one() -> None:
    answers = answers_of([discover("d"), request(1, "tools/list", _meta=MODERN)])
    assert "2026-07-28" in answers["d"]["result"]["supportedVersions"]
    assert answers[1]["result"]["tools"]


def test_what_was_read_before_the_input_ended_is_answered() -> None:
    search = {"name": "list_models", "arguments": {"limit": 1}}
    create = {"name": "create_repo", "arguments": {"repo_id": "ada/at-the-end", "type": "model"}}
    answers = answers_of(
        [
            hello(0), INITIALIZED, request(1, "tools/list"), request(2, "tools/call", **search),
            request("3", "tools/call", **create), request(4, "resources/read", uri="hub://whoami-v2"),
        ]
    )  # fmt: skip
    assert sorted(map(str, answers)) == ["0", "1", "2", "3", "4"]
    assert not any("error" in answer for answer in answers.values())
    assert not answers["3"]["result"].get("isError")


TOOLS = '"jsonrpc":"2.0","method":"tools/list"'
ODD: dict[str, tuple[str, dict[Any, int]]] = {
    "not JSON": ("{" + TOOLS + ',"id":7,oops}', {7: -32700}),
    "cut": ("{" + TOOLS + ',"id":"seven","params":{', {"seven": -32700}),
    "an id among the parameters": ("{" + TOOLS + ',"params":{"id":8,"x":"\\x"},"id":7}', {7: -32700}),
    "a batch": (f'[{{{TOOLS},"id":7}},{{{TOOLS},"id":"8"}},{{{TOOLS}}},3]', {7: -32600, "8": -32600}),
    "no version": ('{"method":"tools/list","id":7}', {7: -32600}),
    "no method": ('{"jsonrpc":"2.0","id":7}', {7: -32600}),
    "a method that is a number": ('{"jsonrpc":"2.0","id":7,"method":5}', {7: -32600}),
    "params that are a list": ("{" + TOOLS + ',"id":7,"params":[1]}', {7: -32600}),
    "no id that can be read": ("{" + TOOLS + ',"id":{}}', {}),
    "a boolean as id": ("{" + TOOLS + ',"id":true}', {}),
    "words": ("hello", {}),
    "an empty batch": ("[]", {}),
    "a broken answer": ('{"jsonrpc":"2.0","id":7,"result":5}', {}),
    "bytes": ("\x00\x01", {}),
    "a broken answer that tells of a method": ('{"id":7,"result":{"method":"x" 5}}', {}),
    "an id in another object": ("{" + TOOLS + ',"x":{"id":8},"id":7,"params":{5}}', {7: -32700}),
    "nested": ("[" * 5_000, {}),
}


@pytest.mark.parametrize("odd", ODD)
def test_a_line_that_is_not_a_message_gets_an_error_if_its_id_can_be_read(odd: str) -> None:
    line, codes = ODD[odd]
    refusals = refusals_of(line.encode())
    assert {one.id: one.error.code for one in refusals} == codes


def test_the_connection_goes_on_after_lines_that_are_no_messages() -> None:
    lines = [line.encode() + b"\n" for line, _ in ODD.values()]
    answers = answers_of([hello(0), INITIALIZED, *lines, request(1, "tools/list")])
    assert answers[1]["result"]["tools"]
    assert {answers[one]["error"]["code"] for one in (7, "8", "seven")} <= {-32700, -32600}


def test_a_message_too_long_to_keep_is_refused_by_its_id_and_a_mark_of_byte_order_is_none_of_it() -> None:
    text = b"a" * (LONGEST_LINE + 1)
    first = b'{"jsonrpc":"2.0","id":"first","method":"ping","params":{"id":8,"x":"' + text + b'"}}\n'
    last = b'{"method":"ping","params":{"id":8,"x":"' + 2 * text + b'"},"jsonrpc":"2.0","id":7}\n'
    told = b'{"method":"ping","params":{"x":"' + text + b'","y":{},"id":8}}\n'
    answer = b'{"jsonrpc":"2.0","id":9,"result":{"content":{"method":"x","y":"' + text + b'"}}}\n'
    late = b'{"result":{"content":{"y":"' + text + b'","method":"x"}},"id":9}\n'
    lines = [codecs.BOM_UTF8 + hello(0), INITIALIZED, first, last, told, answer, late, request(1, "ping")]
    answers = answers_of(lines)
    assert [answers[one]["error"]["message"] for one in ("first", 7)] == 2 * [
        "A message has at most 8,388,608 bytes."
    ]
    assert {one for one in answers if "result" in answers[one]} == {0, 1}
    assert len(answers) == 4


@pytest.mark.asyncio
async def test_what_is_never_answered_holds_the_end_up_for_its_time_only() -> None:
    server = server_of(Settings(journal="off", sandbox=""), Hub("http://hub.test"))
    to_server, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](10)
    outgoing, answers = anyio.create_memory_object_stream[SessionMessage](100)
    listening = {"_meta": MODERN, "notifications": {"toolsListChanged": True}}
    for line in (discover(1), request(2, "subscriptions/listen", **listening)):
        await to_server.send(SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False)))
    to_server.close()
    with anyio.fail_after(PATIENCE):
        await Relay(server, time_to_answer=0.1).run(incoming, outgoing)
    assert [one.message.id async for one in answers if hasattr(one.message, "id")][:1] == [1]
