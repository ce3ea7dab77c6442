"""The Hub's OpenAPI document as judge: our answers fit the schemas it gives for them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from .conftest import Ask

DOCUMENT = Path(__file__).parents[3] / "shared" / "hub" / "openapi.json"
pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not DOCUMENT.exists(), reason="the OpenAPI document lies beside the repository"),
]

REPO = "/api/models/{namespace}/{repo}"
CALLS: list[tuple[str, str, str, Any]] = [
    ("get", "/api/whoami-v2", "/api/whoami-v2", None),
    ("get", "/api/models-tags-by-type", "/api/models-tags-by-type", None),
    ("get", "/api/datasets-tags-by-type", "/api/datasets-tags-by-type?type=language", None),
    ("get", "/api/organizations/{name}/members", "/api/organizations/nimbus-labs/members", None),
    ("get", "/api/organizations/{name}/members", "/api/organizations/open-cartography/members", None),
    ("get", "/api/users/{username}/overview", "/api/users/ada/overview", None),
    ("get", "/api/settings/repositories", "/api/settings/repositories", None),
    ("get", "/api/organizations/{name}/settings/repositories",
     "/api/organizations/nimbus-labs/settings/repositories", None),
    ("get", f"{REPO}/refs", "/api/models/ada/fjord-names/refs", None),
    ("post", "/api/repos/create", "/api/repos/create", {"name": "fits"}),
    ("post", "/api/repos/create", "/api/repos/create", {"name": "fjord-names"}),
    ("put", f"{REPO}/settings", "/api/models/ada/fjord-names/settings", {"gated": "auto", "private": False}),
]  # fmt: skip


@cache
def _operations() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
    paths: dict[str, Any] = document["paths"]
    return paths


@pytest.mark.parametrize("token", ["hf_sandbox_ada_write", "hf_sandbox_ada_fine"])
@pytest.mark.parametrize(("method", "operation", "path", "body"), CALLS)
async def test_an_answer_fits_its_documented_schema(
    ask: Ask, token: str, method: str, operation: str, path: str, body: Any
) -> None:
    answer = await ask(method.upper(), path, token, json=body) if body else await ask("GET", path, token)
    responses = _operations()[operation][method]["responses"]
    if str(answer.status_code) not in responses:
        assert answer.status_code == 403  # errors are hardly ever documented
        return
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    jsonschema.validate(answer.json(), schema)
