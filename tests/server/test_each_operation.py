"""Each callable operation is called once: its request and answer match the Hub's document."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import httpx
import jsonschema
import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.operations.table import Answers
from hub_mcp.dev.operations.import_operations import BEYOND, with_beyond
from tests.catalogue.operations.examples import least_arguments
from tests.catalogue.operations.test_table import SHARED, needs_document, without_undefined
from tests.gate.gates import World, text_of
from tests.server.test_operation_tools import OF_TABLE, OPERATIONS, only_outlines, reading, world
from tests.test_every_endpoint import recorded

__all__ = ["world"]
WRITTEN = [one for one in OPERATIONS.values() if not one.keeps_back and one.name in ENDPOINTS]
# What the Hub accepts in addition to its document, as its official clients send it.
UNDOCUMENTED = {
    "/api/models": {"limit", "search", "sort", "expand[]", "filter"},
    "/api/datasets": {"limit", "search", "sort", "expand[]", "filter"},
    "/api/spaces": {"limit", "search", "sort", "expand[]", "filter"},
    "/api/organizations/{name}/followers": {"limit"},
    "/api/{repoType}/{namespace}/{repo}/discussions/{num}": {"diff"},
}

OTHERWISE = {  # written classes whose recording the document does not fit, and why
    "update_webhook": "it is sent with what is there beside what is said; the recording is of what is said",
    "ask_access": "the document has JSON where the Hub redirects, with no body",
    "list_space_variables": "the real Hub answers without the `key` that the document requires (recorded)",
}


def test_each_callable_operation_is_among_those_called_here() -> None:
    assert len(OF_TABLE) + len(WRITTEN) == len([one for one in OPERATIONS.values() if not one.keeps_back])
    assert len(OF_TABLE) + len(WRITTEN) >= 241


@needs_document
@pytest.mark.parametrize("tool", [one.name for one in WRITTEN if one.name not in OTHERWISE])
def test_the_recorded_exchange_of_a_written_class_is_as_the_document_says(tool: str) -> None:
    exchange = recorded(tool)
    asked, answered = exchange["request"], exchange["response"]
    lines = isinstance(asked["body"], list) and tool == "commit"
    content = "\n".join(map(json.dumps, asked["body"])) if lines else json.dumps(asked["body"])
    request = httpx.Request(
        "GET" if asked["method"] == "HEAD" else asked["method"],
        f"http://hub.test{asked['path']}",
        content=content if asked["body"] is not None else None,
        headers={"content-type": "application/x-ndjson" if lines else "application/json"},
    )
    body = answered["body"] if isinstance(answered["body"], str) else json.dumps(answered["body"])
    said = misfits(whole_document(), OPERATIONS[tool].answers, request, answered["status"], body.encode())
    assert said == []


class Heard(httpx.AsyncBaseTransport):
    """Keeps each request with its answer."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.exchanges: list[tuple[httpx.Request, int, bytes]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        body = await answer.aread()
        self.exchanges.append((request, answer.status_code, body))
        return answer


@needs_document
@pytest.mark.asyncio
async def test_each_callable_operation_is_called_as_the_document_says_and_answered_so(world: World) -> None:
    whole = whole_document()
    world.spy.inner = heard = Heard(httpx.ASGITransport(only_outlines()))  # type: ignore[assignment]
    faults: list[str] = []
    async with reading(world) as client:
        for one in OF_TABLE:
            heard.exchanges.clear()
            tool = "read_operation" if one.reads else "change_operation"
            asked = {"operation": one.name, "arguments": least_arguments(one)}
            result = await client.call_tool(tool, asked)
            if result.is_error:
                faults.append(f"{one.name}: {text_of(result)}")
                continue
            request, status, body = heard.exchanges[-1]
            faults += [f"{one.name}: {why}" for why in misfits(whole, one.answers, request, status, body)]
    assert faults == [], "\n".join(faults)


@cache
def whole_document() -> Mapping[str, Any]:
    """The Hub's document, and what is known to be beyond it."""
    document = json.loads((SHARED / "openapi.json").read_text("utf-8"))
    return with_beyond(document, json.loads(BEYOND.read_text("utf-8")))


def misfits(
    document: Mapping[str, Any], answers: Answers, request: httpx.Request, status: int, body: bytes
) -> list[str]:
    """Where a request or its answer is not what the document says."""
    path, operation = operation_at(document, request)
    if operation is None:
        return [f"no operation {request.method} {request.url.path}"]
    found: list[str] = []
    content = operation.get("requestBody", {}).get("content", {})
    schema = next((one["schema"] for one in content.values() if "schema" in one), None)
    kind = request.headers.get("content-type", "")
    if schema and kind != "application/octet-stream":
        lines = [json.loads(line) for line in request.content.splitlines()]
        sent = lines if "ndjson" in kind else json.loads(request.content)
        found += [f"{path} body: {one.message}" for one in judge(without_undefined(schema), sent)]
    asked = dict(parse_qsl(request.url.query.decode()))
    known = {one["name"]: one for one in operation.get("parameters", ()) if one["in"] == "query"}
    beyond = UNDOCUMENTED.get(path, set())
    found += [f"{path} takes no query {name}" for name in asked if name not in known and name not in beyond]
    found += [f"{path} lacks query {n}" for n, one in known.items() if one.get("required") and n not in asked]
    answered = operation.get("responses", {}).get(str(status), {}).get("content", {})
    wanted = answered.get("application/json", {}).get("schema")
    if wanted and answers is Answers.JSON:
        inlined = json.loads(json.dumps(wanted).replace("#/components", "#/$defs/components"))
        defs = {"$defs": {"components": document["components"]}}
        found += [
            f"{path} answer: {one.message[:200]}"
            for one in judge({**opened(inlined), **defs}, json.loads(body))
        ]
    return found


def opened(schema: Any) -> Any:
    """A schema that forbids no further fields: where the document joins two, each forbids the other's."""
    if isinstance(schema, list):
        return [opened(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: opened(one) for key, one in schema.items() if not (key == "additionalProperties" and not one)
    }


def judge(schema: Mapping[str, Any], value: Any) -> list[jsonschema.ValidationError]:
    return list(jsonschema.Draft202012Validator(dict(schema)).iter_errors(value))[:3]


def operation_at(document: Mapping[str, Any], request: httpx.Request) -> tuple[str, Mapping[str, Any] | None]:
    """The document's operation for a request; the path with the most fixed words where several fit."""
    fitting = [
        path
        for path, item in document["paths"].items()
        if request.method.lower() in item
        and re.fullmatch(
            re.sub(r"/\\\{path\\\}$", "(/.*)?", re.sub(r"\\\{(?!path)\w+\\\}", "[^/]+", re.escape(path))),
            request.url.raw_path.decode().partition("?")[0],
        )
    ]
    if not fitting:
        return "", None
    best = max(fitting, key=lambda path: len(re.sub(r"\{\w+\}", "", path)))
    return best, document["paths"][best][request.method.lower()]
