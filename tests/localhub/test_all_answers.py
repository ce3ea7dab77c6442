"""What every answer has in common: rate limits, request ids, ETags, refusals."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette

from hub_mcp.localhub.app import create_app

from .conftest import Ask

pytestmark = pytest.mark.asyncio

PATHS = [
    ("/api/models?limit=1", 200),
    ("/api/models/gpt2", 307),
    ("/api/models?sort=author", 400),
    ("/api/models/openai-community/none", 404),
    ("/api/nowhere", 404),
    ("/openai-community/gpt2/resolve/main/README.md", 200),
]


@pytest.mark.parametrize(("path", "status"), PATHS)
async def test_every_answer_has_the_rate_limit_and_a_request_id(ask: Ask, path: str, status: int) -> None:
    answer = await ask("GET", path, headers={"X-Amzn-Trace-Id": "mine-1"})
    assert answer.status_code == status
    assert re.fullmatch(r'"(api|resolvers)";r=\d+;t=\d+', answer.headers["RateLimit"])
    assert re.fullmatch(r'"fixed window";"(api|resolvers)";q=\d+;w=300', answer.headers["RateLimit-Policy"])
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};mine-1", answer.headers["X-Request-Id"])


async def test_quotas_follow_the_plan(ask: Ask) -> None:
    for token, quota in ((None, 500), ("hf_sandbox_eve_write", 1000), ("hf_sandbox_ada_write", 3000)):
        answer = await ask("GET", "/api/models?limit=1", token)
        assert f'"api";q={quota};' in answer.headers["RateLimit-Policy"]


async def test_a_used_up_window_is_refused_until_the_next_one_begins() -> None:
    now = [1_800_000_010.0]
    ask = Ask(create_app(quota=2, clock=lambda: now[0]))
    answers = [await ask("GET", "/api/whoami-v2") for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert [a.headers["RateLimit"] for a in answers] == [
        '"api";r=1;t=290',
        '"api";r=0;t=290',
        '"api";r=0;t=290',
    ]
    assert (await ask("GET", "/api/whoami-v2", "hf_sandbox_eve_write")).status_code == 200
    now[0] += 290
    assert (await ask("GET", "/api/whoami-v2")).status_code == 200


async def test_an_unchanged_answer_is_not_sent_again(ask: Ask) -> None:
    first = await ask("GET", "/api/models/openai-community/gpt2")
    assert re.fullmatch(r'W/"[0-9a-f]+-[\w+/]{27}"', first.headers["ETag"])
    again = await ask(
        "GET", "/api/models/openai-community/gpt2", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "RateLimit" in again.headers


async def test_head_answers_like_get_without_a_body(ask: Ask) -> None:
    get = await ask("GET", "/api/models/openai-community/gpt2")
    head = await ask("HEAD", "/api/models/openai-community/gpt2")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert head.headers["ETag"] == get.headers["ETag"]


async def test_a_token_of_nobody_is_refused_everywhere(ask: Ask) -> None:
    answer = await ask("GET", "/api/models/openai-community/gpt2", "hf_wrong")
    assert (answer.status_code, answer.headers["X-Error-Message"]) == (
        401,
        "Invalid credentials in Authorization header",
    )
    whoami = await ask("GET", "/api/whoami-v2", "hf_wrong")
    assert whoami.json() == {"error": "Invalid username or password."}
    assert whoami.headers["WWW-Authenticate"].startswith('Bearer realm="Authentication required"')


async def test_a_refusal_says_the_same_in_body_and_header(ask: Ask) -> None:
    answer = await ask("GET", "/api/models/openai-community/none")
    assert (answer.status_code, answer.json()) == (404, {"error": "Repository not found"})
    assert answer.headers["X-Error-Code"] == "RepoNotFound"
    assert answer.headers["X-Error-Message"] == "Repository not found"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


async def test_requests_are_noted_for_whoever_watches_and_hold_no_token(ask: Ask, app: Starlette) -> None:
    await ask("GET", "/api/models?search=bert")
    row = app.state.store.row("select * from requests order by id desc")
    assert (row["method"], row["path"], row["query"], row["status"], row["caller"]) == (
        "GET",
        "/api/models",
        "search=bert",
        200,
        "ada",
    )
    dump = [tuple(r) for r in app.state.store.rows("select * from requests")]
    assert "hf_sandbox" not in repr(dump)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b'{"name": "\\ud800"}',
        b'{"name": 3}',
        b'{"name": null}',
        b"",
        b"\xff\xfe",
        b"[" * 9999,
    ],
)
async def test_a_body_that_is_not_what_it_should_be_gets_400(ask: Ask, body: bytes) -> None:
    answer = await ask(
        "POST", "/api/repos/create", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/models?limit=x",
        "/api/models?limit=0",
        "/api/models?cursor=nonsense",
        "/api/models?cursor=WzEsMl0",
        "/api/models?cursor=WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwLCJhIl0%3D",
        "/api/models?num_parameters=big",
        "/api/models?gated=maybe",
        "/api/models?inference=cold",
        "/api/models?skip=-1",
        "/api/models?direction=up",
        "/api/models?sort=likes&direction=1",
        "/api/models?" + "filter=a&" * 200,
        "/api/models-tags-by-type?type=color",
        "/api/organizations/nimbus-labs/members?limit=3",
    ],
)
async def test_a_parameter_that_makes_no_sense_gets_400(ask: Ask, path: str) -> None:
    assert (await ask("GET", path)).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/api/users/%41da/overview",
        "/api/models/%4fpenai-community/gpt2",
        "/api/models/caf%C3%A9/%E2%98%95",
        "/api/models/a%0ab/c",
        "/api/models/openai-community%2Fgpt2/x",
        "/api/models?search=" + "%25" * 3000,
    ],
)
async def test_malformed_addresses_never_break_the_hub(ask: Ask, path: str) -> None:
    assert (await ask("GET", path)).status_code in (200, 307, 404)
