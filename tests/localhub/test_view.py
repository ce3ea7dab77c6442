"""The page that shows the local Hub's state: to whom, and what it never shows."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from starlette.applications import Starlette

from hub_mcp.localhub.world.tokens import TOKENS

from .conftest import ADA, Ask

HERE = "http://127.0.0.1:8000"


async def look(app: Starlette, path: str, host: str = HERE, client: str = "127.0.0.1") -> httpx.Response:
    """The page as a browser on some machine asks for it."""
    transport = httpx.ASGITransport(app=app, client=(client, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url=host, trust_env=False) as browser:
        return await browser.get(path)


@pytest.mark.asyncio
async def test_the_page_needs_nothing_from_elsewhere_and_may_load_nothing(app: Starlette) -> None:
    page = await look(app, "/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page.text)


@pytest.mark.asyncio
async def test_the_state_holds_repositories_collections_groups_and_requests(app: Starlette, ask: Ask) -> None:
    await ask("POST", "/api/repos/create", json={"name": "rainy-days", "private": True})
    await ask("GET", "/api/models/eve/secret-sauce?expand=sha", None)
    state = (await look(app, "/_view/state")).json()
    repository = state["repositories"][0]
    assert (repository["id"], repository["type"], repository["visibility"]) == (
        "ada/rainy-days",
        "model",
        "private",
    )
    assert {"ada", "nimbus-labs"} <= {row["owner"] for row in state["collections"]}
    assert {row["name"] for row in state["groups"]} == {"Storm team", "Partners", "Interns 2026"}
    read, made = state["requests"]
    assert (made["method"], made["path"], made["said"], made["status"], made["caller"], made["changing"]) == (
        "POST",
        "/api/repos/create",
        "name: rainy-days, private: true",
        200,
        "ada",
        True,
    )
    assert (read["path"], read["query"], read["status"], read["caller"]) == (
        "/api/models/eve/secret-sauce",
        "expand=sha",
        401,
        None,
    )


@pytest.mark.asyncio
async def test_the_state_holds_what_there_is_of_every_area(app: Starlette, ask: Ask) -> None:
    secret = TOKENS[0].token
    await ask(
        "POST", "/api/models/nimbus-labs/nowcast-base/discussions", json={"title": secret, "description": "x"}
    )
    answer = await look(app, "/_view/state?q=nowcast")
    assert secret not in answer.text
    state = answer.json()
    assert state["discussions"][0]["title"] == "hf_…"
    assert all("nowcast" in row["repo"] for row in (*state["commits"], *state["asked"]))
    everything = (await look(app, "/_view/state?everybody")).json()
    assert {row["id"]: row["stage"] for row in everything["spaces"]}["nimbus-labs/forecast-desk"] == "RUNNING"
    assert {row["stage"] for row in everything["jobs"]} >= {"RUNNING", "COMPLETED"}
    assert {row["status"] for row in everything["asked"]} >= {"pending"}


@pytest.mark.asyncio
async def test_watching_neither_counts_nor_is_noted(app: Starlette) -> None:
    for _ in range(3):
        answer = await look(app, "/_view/state")
    assert answer.json()["requests"] == []
    assert "ratelimit" not in answer.headers


@pytest.mark.asyncio
async def test_a_search_narrows_and_everybody_widens(app: Starlette) -> None:
    found = (await look(app, "/_view/state?q=NOWCAST")).json()["repositories"]
    assert {row["id"] for row in found} >= {"nimbus-labs/nowcast-base", "nimbus-labs/nowcast-2b"}
    assert all("nowcast" in row["id"] for row in found)
    ours = (await look(app, "/_view/state")).json()["repositories"]
    assert not any(row["id"].startswith("openai-community/") for row in ours)
    everybodys = (await look(app, "/_view/state?everybody=1&q=gpt2")).json()["repositories"]
    assert "openai-community/gpt2" in {row["id"] for row in everybodys}


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/", "/_view/state"])
@pytest.mark.parametrize(
    ("host", "client"),
    [(HERE, "192.0.2.7"), ("http://rebound.example", "127.0.0.1"), (HERE, "not an address")],
)
async def test_it_is_shown_on_the_same_machine_under_its_own_name_only(
    app: Starlette, path: str, host: str, client: str
) -> None:
    assert (await look(app, path, host, client)).status_code == 403


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["http://localhost:8000", "http://[::1]:8000", "http://127.0.0.1"])
async def test_every_name_of_the_machine_will_do(app: Starlette, host: str) -> None:
    assert (await look(app, "/", host, "::1")).status_code == 200


@pytest.mark.asyncio
async def test_no_token_is_ever_shown(app: Starlette, ask: Ask) -> None:
    foreign = "hf_" + "aB3" * 12
    await ask("GET", f"/api/models?search={ADA}&token={foreign}")
    await ask("POST", "/api/collections", json={"title": foreign, "namespace": "ada", "secrets": "kept"})
    await ask("GET", "/api/whoami-v2", token=foreign)
    shown = (await look(app, "/_view/state")).text
    requests = json.dumps(json.loads(shown)["requests"])
    assert not [token.token for token in TOKENS if token.token in shown]
    assert foreign not in requests
    assert "kept" not in shown
