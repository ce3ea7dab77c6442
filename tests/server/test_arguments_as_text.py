"""All arguments of a call as one text: understood, or refused with a sentence that says what to send."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.catalogue.fields.host_arguments import arguments_in
from hub_mcp.server.tools.operation_tools import TOOLS
from tests import samples
from tests.gate.gates import World
from tests.http.serving import app_of, served
from tests.server.test_stdio import HELLO, SERVER, request
from tests.waiting import PATIENCE

MODEL = {"repo_id": "openai-community/gpt2"}
EMPTY = ("", "  ", "{}", "null", [], None)
NO_OBJECT: tuple[Any, ...] = ('{"repo_id":', "[]", '"x"', "x", ["a"], [MODEL], 5, True, json.dumps([MODEL]))
VERSION = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
}
ERAS = pytest.mark.parametrize("modern", [False, True], ids=["legacy", "modern"])


def answers(calls: Sequence[tuple[str, Any]], *, modern: bool) -> list[dict[str, Any]]:
    """What the server on stdio answers to these calls, in their order."""
    more = {"_meta": META} if modern else {}
    lines = [] if modern else [request(0, "initialize", **HELLO)]
    lines += [
        request(number, "tools/call", name=tool, arguments=given, **more)
        for number, (tool, given) in enumerate(calls, 1)
    ]
    run = subprocess.run(SERVER, input=b"".join(lines), capture_output=True, timeout=PATIENCE, check=True)
    told = {one["id"]: one for one in map(json.loads, run.stdout.splitlines())}
    return [told[number] for number, _ in enumerate(calls, 1)]


@pytest.mark.parametrize("tool", ENDPOINTS)
def test_the_arguments_of_every_tool_may_come_as_one_text(tool: str) -> None:
    for arguments in samples.forms(tool):
        assert arguments_in(json.dumps(arguments)) == arguments == arguments_in(arguments)


@ERAS
def test_on_stdio_they_are_read_as_meant_and_what_is_empty_is_absent(modern: bool) -> None:
    plain, text, *empty = answers(
        [("get_model", MODEL), ("get_model", json.dumps(MODEL)), *(("whoami", one) for one in EMPTY)],
        modern=modern,
    )
    assert plain["result"] == text["result"]
    assert not plain["result"].get("isError")
    assert [one["result"].get("isError", False) for one in empty] == [False] * len(EMPTY)


@ERAS
def test_what_is_no_object_is_refused_for_every_tool_with_what_to_send(modern: bool) -> None:
    tools = [*default_endpoints(), *TOOLS]
    calls = [(tool, NO_OBJECT[n % len(NO_OBJECT)]) for n, tool in enumerate(tools)]
    for (tool, _), told in zip(calls, answers(calls, modern=modern), strict=True):
        assert told["result"]["isError"] is True
        assert ("resultType" in told["result"]) is modern
        said = told["result"]["content"][0]["text"]
        assert said.startswith(f"{tool} was not called")
        assert "as an object" in said


@pytest.mark.asyncio
@ERAS
async def test_over_http_it_is_the_same(tmp_path: Path, modern: bool) -> None:
    version = VERSION if modern else HELLO["protocolVersion"]
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": str(version),
        **({"Mcp-Method": "tools/call", "Mcp-Name": "get_model"} if modern else {}),
    }
    async with served(app_of(World(tmp_path))) as url, httpx.AsyncClient(timeout=PATIENCE) as client:
        for given, words in ((json.dumps(MODEL), "id: openai-community/gpt2"), ("[]", "as an object")):
            more = {"_meta": META} if modern else {}
            params = {"name": "get_model", "arguments": given, **more}
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            said = await client.post(url, json=body, headers=headers)
            assert said.status_code == 200, said.text
            assert words in said.text
