"""What a caller may see is the same wherever it can be asked, for every repository and every token."""

from __future__ import annotations

from typing import Any

import pytest

from hub_mcp.localhub.world.tokens import TOKENS

from .conftest import Ask

pytestmark = pytest.mark.asyncio

CALLERS = [None, *(token.token for token in TOKENS)]
PLURALS = {"model": "models", "dataset": "datasets", "space": "spaces"}


@pytest.mark.parametrize("token", CALLERS)
async def test_a_listing_shows_exactly_the_repositories_whose_info_is_shown(
    ask: Ask, token: str | None
) -> None:
    for row in ask.app.state.store.rows("select type, id from repos where visibility = 'private'"):
        listed = {
            found["id"] for found in await ask.get(f"/api/{PLURALS[row['type']]}?expand=private", token)
        }
        info = await ask("GET", f"/api/{PLURALS[row['type']]}/{row['id']}", token)
        assert (info.status_code == 200) == (row["id"] in listed), row["id"]


async def test_a_resource_group_hides_its_repositories_from_the_rest_of_the_organization(ask: Ask) -> None:
    store = ask.app.state.store
    group = store.new_id()
    org = store.row("select id from orgs where name = 'nimbus-labs'")["id"]
    store.run(
        "insert into resource_groups (id, org_id, name, created_at) values (?, ?, 'radar', ?)",
        group,
        org,
        store.now(),
    )
    body: dict[str, Any] = {"name": "radar-1b", "organization": "nimbus-labs", "private": True}
    made = await ask("POST", "/api/repos/create", json=body | {"resourceGroupId": group})
    assert made.status_code == 200, made.text
    path, bob = "/api/models/nimbus-labs/radar-1b", "hf_sandbox_bob_write"
    assert (await ask("GET", path, bob)).status_code == 404
    assert (await ask("GET", path)).status_code == 200
    user = store.row("select id from users where name = 'bob'")["id"]
    store.run("insert into resource_group_users (group_id, user_id, role) values (?, ?, 'read')", group, user)
    shown = await ask.get(f"{path}?expand=resourceGroup", bob)
    assert shown["resourceGroup"] == {"id": group, "name": "radar", "numUsers": 1}
    assert "nimbus-labs/radar-1b" in {
        row["id"] for row in await ask.get("/api/models?author=nimbus-labs", bob)
    }
    refused = await ask(
        "DELETE", "/api/repos/delete", bob, json={"name": "radar-1b", "organization": "nimbus-labs"}
    )
    assert refused.status_code == 403


@pytest.mark.parametrize("token", CALLERS)
async def test_no_answer_ever_holds_a_token(ask: Ask, token: str | None) -> None:
    paths = [
        "/api/whoami-v2",
        "/api/users/ada/overview",
        "/api/organizations/nimbus-labs/members",
        "/api/models/a/b",
    ]
    for path in paths:
        answer = await ask("GET", path, token)
        assert "hf_sandbox" not in answer.text + repr(answer.headers)
    made = await ask("POST", "/api/repos/create", token, json={"name": "x", "organization": "meta-llama"})
    assert made.status_code in (401, 403)
    assert "hf_sandbox" not in made.text + repr(made.headers)
