"""The Hub's own OpenAPI document as judge: requests are made from it, and every answer is checked against it.

Paths, names and ids come from the local Hub's world, so that requests reach something; the rest of each
request is whatever the document allows. A request the document allows must not be refused as malformed
(400), a body it forbids must be, and a success must match the response schema. Each request meets a fresh
Hub.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hub_mcp.localhub.app import create_app

schemathesis = pytest.importorskip("schemathesis")
requests = pytest.importorskip("requests")
response_schema_conformance = pytest.importorskip(
    "schemathesis.specs.openapi.checks"
).response_schema_conformance

DOCUMENT = Path(__file__).resolve().parents[2].parent / "shared" / "hub" / "openapi.json"
pytestmark = pytest.mark.skipif(
    not DOCUMENT.exists(), reason="the OpenAPI document is not beside the repository"
)
ADA = {"Authorization": "Bearer hf_sandbox_ada_write"}
HOW: dict[str, Any] = {
    "max_examples": 25,
    "deadline": None,
    "derandomize": True,
    "database": None,
    "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}
MEMBERS = ("ada", "bob", "cleo", "dan", "finn")
GROUP = "/api/organizations/{name}/resource-groups"
COLLECTION = "/api/collections/{namespace}/{slug}-{id}"
ITEMS = (
    {"type": "model", "id": "openai-community/gpt2"},
    {"type": "dataset", "id": "rajpurkar/squad"},
    {"type": "space", "id": "ada/portfolio"},
    {"type": "paper", "id": "1810.04805"},
    {"type": "bucket", "id": "nimbus-labs/radar-frames"},
    {"type": "collection", "id": "ada/empty-shelf"},
)

# What our documented endpoints are in the document; buckets' settings belong to what is not imitated.
OPERATIONS = (
    "GET /api/models-tags-by-type",
    "GET /api/datasets-tags-by-type",
    "POST /api/repos/create",
    "POST /api/repos/move",
    *(f"PUT /api/{plural}/{{namespace}}/{{repo}}/settings" for plural in ("models", "datasets", "spaces")),
    *(
        f"{method} /api/{plural}/{{namespace}}/{{repo}}/resource-group"
        for plural in ("models", "datasets", "spaces", "buckets")
        for method in ("GET", "POST")
    ),
    "GET /api/whoami-v2",
    "GET /api/organizations/{name}/members",
    f"GET {GROUP}",
    f"POST {GROUP}",
    *(f"{method} {GROUP}/{{resourceGroupId}}" for method in ("GET", "PATCH", "DELETE")),
    f"POST {GROUP}/{{resourceGroupId}}/settings",
    f"POST {GROUP}/{{resourceGroupId}}/users",
    *(f"{method} {GROUP}/{{resourceGroupId}}/users/{{username}}" for method in ("PATCH", "DELETE")),
    "GET /api/papers/{paperId}",
    "GET /api/papers/search",
    "GET /api/daily_papers",
    "GET /api/collections",
    "POST /api/collections",
    *(f"{method} {COLLECTION}" for method in ("GET", "PATCH", "DELETE")),
    "GET /api/collections/{namespace}/{slug}",
    f"POST {COLLECTION}/items",
    f"POST {COLLECTION}/items/batch",
    f"DELETE {COLLECTION}/items/{{itemId}}",
    f"GET {COLLECTION}/resource-group",
    f"POST {COLLECTION}/resource-group",
)

# Requests that the document allows and the Hub refuses nevertheless, and why.
REFUSED = {
    "GET /api/daily_papers": "dates and weeks of the future",
    "GET /api/collections": "a cursor that is nobody's",
    "GET /api/organizations/{name}/members": "a cursor that is nobody's",
}


@cache
def world() -> dict[str, Any]:
    """Ids of the world, read once through the Hub itself."""
    groups = ask("GET", "/api/organizations/nimbus-labs/resource-groups").json()
    group = next(row for row in groups if row["name"] == "Storm team")
    rows = ask("GET", "/api/collections?owner=ada&owner=nimbus-labs&limit=100").json()
    slugs = {row["title"]: row["slug"] for row in rows}
    whole = {title: ask("GET", f"/api/collections/{slug}").json() for title, slug in slugs.items()}
    return {"group": group["id"], "collections": whole}


def ask(method: str, url: str, **parts: Any) -> httpx.Response:
    """The answer of a Hub made for this request."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app())
        async with httpx.AsyncClient(
            transport=transport, base_url="http://hub.test", trust_env=False
        ) as client:
            return await client.request(method, url, headers=parts.pop("headers", {}) | ADA, **parts)

    return asyncio.run(send())


def path_of(operation: str, draw: Callable[[Any], Any]) -> dict[str, str]:
    """Values for the parameters of a path."""
    path = operation.split(" ")[1]
    if "/collections/" in path:
        grouped = "resource-group" in path
        title = (
            "Storm season drafts"
            if grouped
            else draw(st.sampled_from(("Rain & shine", "Nowcasting releases")))
        )
        collection = world()["collections"][title]
        namespace, _, slug = collection["slug"].partition("/")
        item = draw(st.sampled_from(collection["items"]))["_id"]
        short = slug[:-25] if "{id}" in path else draw(st.sampled_from((slug, slug[:-25])))
        return {"namespace": namespace, "slug": short, "id": slug[-24:], "itemId": item}
    if "{resourceGroupId}" in path:
        user = draw(st.sampled_from(("bob", "cleo")))
        return {"name": "nimbus-labs", "resourceGroupId": world()["group"], "username": user}
    if "{repo}" in path:
        repo = {
            "models": "storm-atlas-7b",
            "datasets": "storm-reports",
            "spaces": "forecast-desk",
            "buckets": "storm-raw",
        }
        return {"namespace": "nimbus-labs", "repo": repo[path.split("/")[2]]}
    return {
        "name": "nimbus-labs",
        "paperId": draw(st.sampled_from(("1810.04805", "2303.04421", "2609.00666"))),
    }


def meant(operation: str, body: Any, draw: Callable[[Any], Any]) -> Any:
    """A generated body with names and ids that mean something."""
    if operation.endswith("/items/batch"):
        return [entry | {"_id": item["_id"]} for entry, item in zip(body, _items_of(draw), strict=False)]
    if not isinstance(body, dict):
        return body
    if operation == "POST /api/repos/move":
        type = body.get("type", "model")
        held = {"model": "mood-of-the-weather", "dataset": "weather-diaries", "space": "portfolio"}.get(
            type, "none"
        )
        return body | {"fromRepo": f"ada/{held}", "toRepo": f"ada/moved-{draw(st.integers(1, 99))}"}
    if operation == "POST /api/repos/create":
        body = {key: value for key, value in body.items() if key not in ("resourceGroupId", "organization")}
        body |= {"name": f"made-{draw(st.integers(1, 99))}", "files": []}
        if body.get("type") == "kernel":
            body["type"] = "model"  # kernels are none of the documented endpoints', and not kept
    body = dict(body)
    if {"private", "visibility"} <= set(body):
        del body["private"]  # sending both is refused (FACTS §10)
    if body.get("visibility") == "protected" and "space" not in (
        body.get("type"),
        operation.split("/")[2][:-1],
    ):
        body["visibility"] = "public"  # only a Space is protected
    if "namespace" in body:
        body["namespace"] = "nimbus-labs"
    if "item" in body:
        body["item"] = draw(st.sampled_from(ITEMS))
    if "resourceGroupId" in body:
        body["resourceGroupId"] = draw(st.sampled_from((world()["group"], None)))
        if body["resourceGroupId"] is None and operation == "POST /api/collections":
            del body["resourceGroupId"]
    if "repos" in body:
        body["repos"] = [{"type": "space", "name": "nimbus-labs/incident-board"}]
    if "users" in body:
        joining = MEMBERS if operation == f"POST {GROUP}" else ("ada", "dan", "finn")
        body["users"] = [
            {key: value for key, value in user.items() if key == "role"} | {"user": name}
            for user, name in zip(body["users"], joining, strict=False)
        ]
    return body


def _items_of(draw: Callable[[Any], Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = world()["collections"]["Rain & shine"]["items"]
    return items


@cache
def schema() -> Any:
    """The document with our operations alone, and as its authors mean it."""
    whole = json.loads(DOCUMENT.read_text("utf-8"))
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        method, path = operation.split(" ")
        described = _opened(whole["paths"][path][method.lower()])
        if "requestBody" in described:
            described["requestBody"]["required"] = True  # which it never says
        paths.setdefault(path, {})[method.lower()] = described
    return schemathesis.openapi.from_dict(whole | {"paths": paths, "security": []})


def _opened(node: Any) -> Any:
    """A part of the document, with what can match nothing put right."""
    if isinstance(node, list):
        return [_opened(part) for part in node]
    if not isinstance(node, dict):
        return node
    opened = {key: _opened(value) for key, value in node.items()}
    opened.pop("prefixItems", None)  # of Spaces' replicas; schemathesis 4.32 stumbles over it
    if isinstance(opened.get("properties"), dict):
        for name in opened.get("required", ()):  # `repos` and `success` are required, yet described nowhere
            opened["properties"].setdefault(name, {})
    if "allOf" in opened:
        for part in _branches(opened["allOf"]):  # each forbids the other's fields
            part.pop("additionalProperties", None)
        opened["unevaluatedProperties"] = False
    return opened


def _branches(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield part
        yield from _branches([*part.get("anyOf", ()), *part.get("oneOf", ())])


def exchange(operation: str, case: Any, draw: Callable[[Any], Any]) -> httpx.Response:
    """The answer to a generated request, under a path that leads somewhere."""
    path = operation.split(" ")[1]
    values = path_of(operation, draw)
    case.path_parameters = {name: value for name, value in values.items() if f"{{{name}}}" in path}
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://hub.test")).prepare()
    assert sent.method is not None
    return ask(sent.method, sent.url, content=sent.body, headers={"content-type": "application/json"})


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_allowed_request_is_answered_as_the_document_says(operation: str) -> None:
    method, path = operation.split(" ")
    statuses: set[int] = set()

    @settings(**HOW)
    @given(data=st.data())
    def try_it(data: st.DataObject) -> None:
        case = data.draw(schema()[path][method].as_strategy())
        case.body = meant(operation, case.body, data.draw)
        answer = exchange(operation, case, data.draw)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, answer.text
        if operation not in REFUSED:
            assert answer.status_code != 400, (case.query, case.body, answer.text)
        if answer.status_code in (200, 409):
            case.validate_response(answer, checks=[response_schema_conformance])

    try_it()
    assert 200 in statuses, f"only refusals: {statuses}"


@pytest.mark.parametrize(
    "operation", [name for name in OPERATIONS if name.startswith(("POST", "PUT", "PATCH"))]
)
def test_a_body_the_document_forbids_is_refused(operation: str) -> None:
    method, path = operation.split(" ")

    @settings(**HOW)
    @given(data=st.data())
    def try_it(data: st.DataObject) -> None:
        wrong = schemathesis.GenerationMode.NEGATIVE
        case = data.draw(schema()[path][method].as_strategy(generation_mode=wrong))
        case.query = {}
        answer = exchange(operation, case, data.draw)
        assert answer.status_code == 400, (case.body, answer.status_code, answer.text)

    try_it()
