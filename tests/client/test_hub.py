"""The Hub as the rest of the code uses it: redirects, progress, refusals explained, pages that end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.access.ask_access import AskAccess
from hub_mcp.catalogue.answers import Done
from hub_mcp.catalogue.content.lfs_upload import AskUploadAddresses, AskUploadModes, FileBody
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.operations.calls import reading_of
from hub_mcp.catalogue.operations.table import operations
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.catalogue.repos.datasets import GetDatasetParquetShard
from hub_mcp.catalogue.repos.models import GetModel, ListModels
from hub_mcp.catalogue.repos.repos import CreateRepo, DeleteRepo
from hub_mcp.client.deadline import reporting
from hub_mcp.client.hub import EMPTY_PAGES, Hub, user_agent
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.token import Token
from hub_mcp.errors import (
    UNCERTAIN,
    Forbidden,
    HubDown,
    HubError,
    LedElsewhere,
    NotAHub,
    Offline,
    RateLimited,
    Renamed,
    TokenRejected,
    UnexpectedAnswer,
)
from tests.catalogue.operations.examples import least_arguments
from tests.client.scripts import BASE, FarSide, Step, Time, Told, rate
from tests.samples import forms
from tests.waiting import PATIENCE

READ = GetModel(repo_id="ada/atlas")
CHANGE = CreateRepo(repo_id="ada/atlas", type="model")
DONE = DeleteRepo(repo_id="ada/atlas", type="model")
FOUND = httpx.Response(200, json={"id": "ada/atlas"})


def hub_of(
    *script: Step | Callable[[httpx.Request], Step], token: str = "hf_planted", **said: Any
) -> tuple[Hub, FarSide]:
    far = FarSide(*script)
    shared = SharedTransports(lambda: far.transport, sleep=Time().sleep)
    return Hub(BASE, Token(token, "a test") if token else None, shared=shared, **said), far


async def failure(hub: Hub, call: Endpoint[Any]) -> HubError:
    with pytest.raises(HubError) as caught:
        await hub.send(call)
    return caught.value


def to(where: str, status: int = 307) -> httpx.Response:
    return httpx.Response(
        status, headers={"Location": where}, text=f"Temporary Redirect. Redirecting to {where}"
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("call", [READ, CHANGE], ids=["read", "change"])
async def test_one_attempt_may_use_all_the_time_of_its_call(call: Endpoint[Any]) -> None:
    hub, far = hub_of(httpx.Response(200, json={"id": "ada/atlas", "name": "ada/atlas"}), timeout=PATIENCE)
    await hub.send(call)
    (asked,) = far.asked
    assert asked.extensions["timeout"]["read"] == PATIENCE


# ── redirects ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "where", ["/api/models/ada/map", f"{BASE}/api/models/ada/map", "map", "//hub.test/api/models/ada/map"]
)
async def test_a_read_follows_a_redirect_on_its_own_origin(where: str) -> None:
    hub, far = hub_of(to(where), FOUND)
    assert (await hub.send(READ)).id == "ada/atlas"
    assert [str(asked.url) for asked in far.asked] == [
        f"{BASE}/api/models/ada/atlas",
        f"{BASE}/api/models/ada/map",
    ]
    assert all(asked.headers["authorization"] == "Bearer hf_planted" for asked in far.asked)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("where", "named"),
    [
        ("https://elsewhere.invalid/api/models/ada/atlas", "elsewhere.invalid"),
        ("//elsewhere.invalid/x", "elsewhere.invalid"),
        ("http://hub.test/api/models/ada/atlas", "hub.test"),
        ("https://hub.test:444/api", "hub.test"),
        ("https://hub.test.elsewhere.invalid/", "hub.test.elsewhere.invalid"),
        ("https://hub.test@elsewhere.invalid/", "elsewhere.invalid"),
        ("https://somebody@hub.test/api/models/ada/atlas", "hub.test"),
        ("file:///etc/passwd", ""),
        ("https://[", ""),
        ("https://hub.test\\@elsewhere.invalid/", "elsewhere.invalid"),
    ],
)
async def test_a_redirect_elsewhere_is_named_and_not_followed(where: str, named: str) -> None:
    hub, far = hub_of(to(where))
    trouble = await failure(hub, READ)
    assert type(trouble) is LedElsewhere
    assert named in str(trouble)
    assert len(far.asked) == 1


@pytest.mark.asyncio
async def test_a_redirect_loop_ends() -> None:
    hub, far = hub_of(to("/api/models/ada/atlas"))
    assert type(await failure(hub, READ)) is NotAHub
    assert len(far.asked) == 6


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_change_follows_no_redirect_and_names_the_new_id(status: int) -> None:
    hub, far = hub_of(to("/api/models/ada/map/settings", status))
    trouble = await failure(hub, DONE)
    assert type(trouble) is Renamed
    assert "ada/map" in str(trouble)
    assert "Nothing was changed." in str(trouble)
    assert len(far.asked) == 1


def posted() -> list[Endpoint[Any]]:
    """Every call in the catalogue, the table and a commit's steps that reads with a method other than GET."""
    written = [ENDPOINTS[tool].model_validate(one) for tool in ENDPOINTS for one in forms(tool)[:1]]
    table = [one for one in operations().values() if one.name not in ENDPOINTS and one.reads]
    raw = [(reading_of(one.name), least_arguments(one)) for one in table if not one.keeps_back]
    place = {"repo_id": "ada/atlas", "type": "model", "revision": "main", "files": (FileBody("a", b"x"),)}
    steps = [AskUploadModes(**place, create_pr=False), AskUploadAddresses(**place)]
    every = [*written, *steps, *(endpoint.model_validate(said) for endpoint, said in raw if endpoint)]
    return [one for one in every if one.reads and one.to_http(BASE).method not in ("GET", "HEAD")]


@pytest.mark.asyncio
@pytest.mark.parametrize("call", posted(), ids=lambda one: one.tool)
async def test_a_read_that_is_posted_is_not_led_to_what_changes_something(call: Endpoint[Any]) -> None:
    hub, far = hub_of(to("/api/models/ada/atlas/super-squash/main"))
    assert type(await failure(hub, call)) is Renamed
    assert len(far.asked) == 1


@pytest.mark.asyncio
async def test_a_form_is_answered_by_the_address_of_its_page_which_is_not_followed() -> None:
    hub, far = hub_of(to("/ada/map", 303))
    assert await hub.send(AskAccess(repo_id="ada/map", type="model")) == Done()
    assert len(far.asked) == 1


@pytest.mark.asyncio
async def test_a_shard_is_described_by_its_address_on_the_hub_without_a_request_to_storage() -> None:
    shard = GetDatasetParquetShard(repo_id="ada/rain", subset="default", split="train", n=0)
    kept = "/datasets/ada/rain/resolve/refs%2Fconvert%2Fparquet/default/train/0000.parquet"
    storage = httpx.Response(
        302, headers={"Location": "https://cas.invalid/x?Signature=1", "X-Linked-Size": "4321"}
    )
    hub, far = hub_of(to(kept, 302), storage)
    assert (await hub.send(shard)).content() == {"url": BASE + kept, "size": 4321}
    assert [asked.method for asked in far.asked] == ["HEAD", "HEAD"]


@pytest.mark.asyncio
async def test_a_shard_elsewhere_from_the_start_is_not_believed() -> None:
    hub, _ = hub_of(to("https://elsewhere.invalid/resolve/0.parquet", 302))
    assert (
        type(await failure(hub, GetDatasetParquetShard(repo_id="a/b", subset="c", split="d", n=0)))
        is LedElsewhere
    )


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
async def test_offline_nothing_is_sent() -> None:
    hub, far = hub_of(FOUND, offline=True)
    assert type(await failure(hub, READ)) is Offline
    assert far.asked == []


@pytest.mark.asyncio
async def test_a_change_travels_as_json_and_a_read_without_a_body() -> None:
    hub, far = hub_of(httpx.Response(200, json={"name": "ada/atlas", "id": "ada/atlas"}))
    await hub.send(CHANGE)
    await hub.send(READ)
    assert [(one.method, one.headers.get("content-type"), one.content) for one in far.asked] == [
        ("POST", "application/json", b'{"name": "atlas", "organization": "ada", "type": "model"}'),
        ("GET", None, b""),
    ]
    assert far.asked[0].headers["user-agent"].startswith("hub_mcp/")


@pytest.mark.asyncio
@pytest.mark.parametrize("secret", ["hf_with\nbreak", "hf_with blank", "hf_ümlaut", "hf_\x00"])
async def test_a_token_that_cannot_stand_in_a_header_is_not_sent(secret: str) -> None:
    hub, far = hub_of(FOUND, token=secret)
    trouble = await failure(hub, READ)
    assert type(trouble) is TokenRejected
    assert secret not in str(trouble)
    assert far.asked == []


def test_telemetry_can_be_turned_off_and_the_origin_is_sent() -> None:
    said = user_agent({"DO_NOT_TRACK": "1", "HF_HUB_USER_AGENT_ORIGIN": "an\nide"})
    assert said.startswith("hub_mcp/")
    assert said.endswith("; origin/an ide")
    assert "python" not in said
    assert "python/" in user_agent()


# ── what is told ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
async def test_waits_are_reported_through_reporting() -> None:
    hub, _ = hub_of(rate(0, reset=14, status=429), FOUND)
    told = Told()
    with reporting(told):
        await hub.send(READ)
    await hub.send(READ)
    assert told.lines == ["waiting 15 s for the Hub's rate limit", "waiting 5 s for the Hub's rate limit"]


@pytest.mark.asyncio
async def test_a_wait_beyond_max_wait_is_refused_by_name() -> None:
    hub, far = hub_of(rate(0, reset=200, status=429), max_wait=60)
    trouble = await failure(hub, CHANGE)
    assert type(trouble) is RateLimited
    assert trouble.next_step == "Call again in 3 min."
    assert len(far.asked) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503),
        httpx.Response(200, html="<h1>Sign in</h1>"),
        httpx.Response(200, text="{"),
        httpx.Response(500),
    ],
)
async def test_a_change_that_may_have_happened_is_reported_as_uncertain(answer: httpx.Response) -> None:
    hub, _ = hub_of(answer)
    assert UNCERTAIN in str(await failure(hub, CHANGE))


@pytest.mark.asyncio
async def test_a_web_page_is_not_taken_for_done() -> None:
    hub, _ = hub_of(httpx.Response(200, html="<h1>Sign in to this network</h1>"))
    trouble = await failure(hub, DONE)
    assert type(trouble) is NotAHub
    assert "<" not in str(trouble)


@pytest.mark.asyncio
async def test_an_outage_of_the_hub_is_reported_without_its_html_page() -> None:
    hub, _ = hub_of(httpx.Response(502, html="<h1>Bad Gateway</h1>"))
    trouble = await failure(hub, CHANGE)
    assert (type(trouble), trouble.quoted) == (HubDown, "")


@pytest.mark.asyncio
async def test_a_token_that_somebody_shows_is_masked() -> None:
    hub, _ = hub_of(
        httpx.Response(404, json={"error": "no hf_planted here"}, headers={"X-Error-Code": "RepoNotFound"})
    )
    assert 'The Hub said: "no hf_… here"' in str(await failure(hub, READ))


# ── a refusal, and what the token lacks ──────────────────────────────────────────────────────────────────


def whoami(role: str = "write", orgs: list[dict[str, Any]] | None = None, **fine: Any) -> dict[str, Any]:
    token = {
        "displayName": "laptop",
        "role": role,
        **({"fineGrained": fine} if role == "fineGrained" else {}),
    }
    return {"name": "ada", "orgs": orgs or [], "auth": {"accessToken": token}}


def scoped(name: str, *permissions: str) -> dict[str, Any]:
    return {"entity": {"_id": "1", "type": "org", "name": name}, "permissions": list(permissions)}


MEMBER = {"name": "Nimbus", "roleInOrg": "write"}
TABLE = [
    (whoami("read"), 'The token "laptop" may only read; changing nimbus/x needs one that may write.'),
    (whoami("fineGrained", [MEMBER]), 'The token "laptop" lacks the permission "repo.write" on nimbus.'),
    (
        whoami(
            "fineGrained",
            [MEMBER],
            scoped=[scoped("nimbus", "repo.content.read"), scoped("ada", "repo.write")],
        ),
        'The token "laptop" lacks the permission "repo.write" on nimbus (it has repo.content.read).',
    ),
    (whoami(), "ada is not a member of nimbus, and changing nimbus/x is for its members."),
    (
        whoami(orgs=[{"name": "nimbus", "roleInOrg": "read"}]),
        "The role of ada in nimbus is read; changing nimbus/x needs a role that may write.",
    ),
    (
        whoami(orgs=[{**MEMBER, "securityRestrictions": ["mfa", "sso"]}]),
        "nimbus restricts access (mfa, sso): resolve it on the Hub first.",
    ),
    (whoami("fineGrained", [MEMBER], scoped=[scoped("nimbus/x", "repo.write")]), Forbidden.advice),
    (whoami("fineGrained", [MEMBER], **{"global": ["repo.write"]}), Forbidden.advice),
    (whoami(orgs=[MEMBER]), Forbidden.advice),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("identity", "advice"), TABLE)
async def test_a_refusal_names_what_is_missing(identity: dict[str, Any], advice: str) -> None:
    hub, far = hub_of(httpx.Response(403, json={"error": "No."}), httpx.Response(200, json=identity))
    trouble = await failure(hub, CreateRepo(repo_id="nimbus/x", type="model"))
    assert type(trouble) is Forbidden
    assert trouble.next_step.startswith(advice)
    assert far.asked[-1].url.path == "/api/whoami-v2"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer", [httpx.Response(429, html="<p>no"), httpx.Response(200, json=[]), httpx.Response(403)]
)
async def test_a_refusal_is_reported_even_if_whoami_fails_too(answer: httpx.Response) -> None:
    hub, _ = hub_of(httpx.Response(403, json={"error": "No."}), answer)
    assert (await failure(hub, CHANGE)).next_step == Forbidden.advice


@pytest.mark.asyncio
async def test_whoami_is_asked_once_for_many_refusals() -> None:
    def answer(asked: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(200, json=whoami())
            if asked.url.path.endswith("whoami-v2")
            else httpx.Response(403)
        )

    hub, far = hub_of(answer)
    await hub.send(Whoami())
    for _ in range(3):
        await failure(hub, GetModel(repo_id="nimbus/x"))
    assert [asked.url.path for asked in far.asked].count("/api/whoami-v2") == 1


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.asyncio
async def test_pages_that_lead_in_a_circle_end() -> None:
    link = {"Link": f'<{BASE}/api/models?cursor=again>; rel="next"'}
    hub, _ = hub_of(httpx.Response(200, json=[{"id": "a/b"}], headers=link))
    with pytest.raises(UnexpectedAnswer, match="form a loop"):
        [row async for page in hub.pages(ListModels(limit=1)) for row in page.items]


@pytest.mark.asyncio
async def test_empty_pages_are_walked_over_but_not_without_end() -> None:
    count = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        link = {"Link": f'<{BASE}/api/models?cursor=c{count}>; rel="next"'}
        return httpx.Response(200, json=[{"id": "a/b"}] if count == 3 else [], headers=link)

    hub, _ = hub_of(answer)
    with pytest.raises(UnexpectedAnswer, match="hardly any rows"):
        [row async for page in hub.pages(ListModels()) for row in page.items]
    assert count == 3 + EMPTY_PAGES + 1
