"""Resource groups: who may do what, auto-join, and what a group does to the repositories in it."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ADA, Ask

READ, FINE = "hf_sandbox_ada_read", "hf_sandbox_ada_fine"
BOB, CLEO, EVE = "hf_sandbox_bob_write", "hf_sandbox_cleo_write", "hf_sandbox_eve_write"
GROUPS = "/api/organizations/nimbus-labs/resource-groups"
ATLAS = "nimbus-labs/storm-atlas-7b"


async def group(ask: Ask, name: str) -> dict[str, Any]:
    """A resource group of the world."""
    found: dict[str, Any] = next(row for row in await ask.get(GROUPS) if row["name"] == name)
    return found


async def made(ask: Ask, **fields: Any) -> dict[str, Any]:
    """A new resource group."""
    answer = await ask("POST", GROUPS, json={"name": "New"} | fields)
    assert answer.status_code == 200, answer.text
    new: dict[str, Any] = answer.json()
    return new


def roles(group: dict[str, Any]) -> dict[str, str]:
    """The users of a group with their roles."""
    return {user["name"]: user["role"] for user in group["users"]}


@pytest.mark.asyncio
async def test_admins_see_all_groups_and_others_their_own(ask: Ask) -> None:
    assert {row["name"] for row in await ask.get(GROUPS)} == {"Storm team", "Partners", "Interns 2026"}
    assert {row["name"] for row in await ask.get(GROUPS, CLEO)} == {"Storm team", "Partners"}


@pytest.mark.asyncio
async def test_a_group_shows_its_users_and_resources(ask: Ask) -> None:
    storm = await group(ask, "Storm team")
    assert storm["autoJoin"] == {"enabled": False}
    assert roles(storm) == {"bob": "admin", "cleo": "contributor"}
    assert storm["users"][0]["addedBy"] == "ada"
    assert {(r["type"], r.get("name") or r["title"], r["private"]) for r in storm["resources"]} == {
        ("model", ATLAS, True),
        ("bucket", "nimbus-labs/storm-raw", True),
        ("collection", "Storm season drafts", True),
    }
    assert await ask.get(f"{GROUPS}/{storm['id']}") == storm
    partners = await group(ask, "Partners")
    assert partners["autoJoin"] == {"enabled": True, "role": "read", "scope": "read_plus"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("token", "organization", "status"),
    [
        (None, "nimbus-labs", 401),
        (EVE, "nimbus-labs", 403),
        (ADA, "drizzle-collective", 402),
        (ADA, "no-such-org", 404),
        (FINE, "nimbus-labs", 403),
        (READ, "Nimbus-Labs", 200),
    ],
)
async def test_groups_are_for_members_of_organizations_with_a_plan(
    ask: Ask, token: str | None, organization: str, status: int
) -> None:
    answer = await ask("GET", f"/api/organizations/{organization}/resource-groups", token)
    assert answer.status_code == status


@pytest.mark.asyncio
async def test_a_group_is_made_with_users_and_repositories(ask: Ask) -> None:
    new = await made(
        ask,
        description="Night shift",
        users=[{"user": "Bob", "role": "write"}, {"user": "finn", "role": "no_access"}],
        repos=[{"type": "space", "name": "nimbus-labs/incident-board"}],
    )
    assert roles(new) == {"bob": "write", "finn": "no_access"}
    assert new["resources"] == [{"type": "space", "name": "nimbus-labs/incident-board", "private": True}]
    assert new["description"] == "Night shift"
    assert new["autoJoin"] == {"enabled": False}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": ""}, 400),
        ({"name": "x" * 201}, 400),
        ({"name": None}, 400),
        ({"description": "x" * 501}, 400),
        ({"users": [{"user": "bob", "role": "owner"}]}, 400),
        ({"users": [{"user": "nobody-at-all", "role": "read"}]}, 400),
        ({"users": [{"user": "bob", "role": "read"}, {"user": "BOB", "role": "admin"}]}, 400),
        ({"users": [{"user": "eve", "role": "read"}]}, 403),
        ({"repos": [{"type": "model", "name": "eve/secret-sauce"}]}, 404),
        ({"repos": [{"type": "model", "name": "openai-community/gpt2"}]}, 400),
        ({"repos": [{"type": "job", "name": "a/b"}]}, 400),
        ({"autoJoin": {"enabled": True}}, 400),
        ({"autoJoin": {"enabled": True, "role": "read", "scope": "some"}}, 400),
    ],
)
async def test_a_group_that_cannot_be_is_not_made(ask: Ask, fields: dict[str, Any], status: int) -> None:
    assert (await ask("POST", GROUPS, json={"name": "New"} | fields)).status_code == status
    assert len(await ask.get(GROUPS)) == 3


@pytest.mark.asyncio
async def test_who_is_no_admin_makes_a_group_only_with_an_admin_in_it(ask: Ask) -> None:
    assert (await ask("POST", GROUPS, BOB, json={"name": "Bob's"})).status_code == 400
    users = [{"user": "bob", "role": "admin"}]
    assert (await ask("POST", GROUPS, BOB, json={"name": "Bob's", "users": users})).status_code == 200
    assert (await ask("POST", GROUPS, CLEO, json={"name": "Cleo's", "users": users})).status_code == 403


@pytest.mark.asyncio
async def test_names_descriptions_and_spend_limits_change_each_on_its_own(ask: Ask) -> None:
    path = f"{GROUPS}/{(await made(ask, description='Old'))['id']}"
    answer = await ask("PATCH", path, json={"spendLimits": {"total": 5000, "jobs": 100}})
    assert (answer.json()["name"], answer.json()["description"]) == ("New", "Old")
    answer = await ask("PATCH", path, json={"name": "Newer", "spendLimits": {"jobs": None, "spaces": 0}})
    assert answer.json()["name"] == "Newer"
    assert answer.json()["spendLimits"] == {"total": 5000, "spaces": 0}
    assert (await ask("PATCH", path, json={"spendLimits": {"total": -1}})).status_code == 400
    assert (await ask("PATCH", path, json={"name": ""})).status_code == 400


@pytest.mark.asyncio
async def test_auto_join_lets_everybody_in_at_once_and_turning_it_off_puts_nobody_out(ask: Ask) -> None:
    path = f"{GROUPS}/{(await made(ask, users=[{'user': 'bob', 'role': 'admin'}]))['id']}"
    on = {"autoJoin": {"enabled": True, "role": "read", "scope": "read_plus"}}
    answer = (await ask("POST", f"{path}/settings", json=on)).json()
    assert answer["autoJoin"] == on["autoJoin"]
    joined = {"ada": "read", "bob": "admin", "cleo": "read", "dan": "read"}
    assert roles(answer) == joined
    off = (await ask("POST", f"{path}/settings", json={"autoJoin": {"enabled": "false"}})).json()
    assert off["autoJoin"] == {"enabled": False}
    assert roles(off) == joined
    everybody = {"autoJoin": {"enabled": True, "role": "read"}}
    answer = (await ask("POST", f"{path}/settings", json=everybody)).json()
    assert roles(answer) == joined | {"finn": "read"}
    assert answer["autoJoin"]["scope"] == "all"
    assert (await ask("POST", f"{path}/settings", json={"autoJoin": {"enabled": 1}})).status_code == 400


@pytest.mark.asyncio
async def test_users_join_together_or_not_at_all(ask: Ask) -> None:
    path = f"{GROUPS}/{(await made(ask))['id']}"

    async def add(*users: tuple[str, str]) -> Any:
        body = {"users": [{"user": user, "role": role} for user, role in users]}
        return await ask("POST", f"{path}/users", json=body)

    assert roles((await add(("bob", "write"), ("dan", "read"))).json()) == {"bob": "write", "dan": "read"}
    assert (await add(("finn", "read"), ("bob", "read"))).status_code == 403
    assert (await add(("finn", "read"), ("eve", "read"))).status_code == 403
    assert (await add(("finn", "read"), ("nobody-at-all", "read"))).status_code == 400
    assert (await add(("finn", "read"), ("finn", "read"))).status_code == 400
    assert (await add()).status_code == 400
    assert roles(await ask.get(path)) == {"bob": "write", "dan": "read"}
    named = {"users": [{"name": "finn", "role": "read"}]}
    assert "finn" in roles((await ask("POST", f"{path}/users", json=named)).json())


@pytest.mark.asyncio
async def test_roles_change_and_users_leave(ask: Ask) -> None:
    path = f"{GROUPS}/{(await made(ask, users=[{'user': 'bob', 'role': 'write'}]))['id']}/users"
    assert roles((await ask("PATCH", f"{path}/bob", json={"role": "admin"})).json()) == {"bob": "admin"}
    assert (await ask("PATCH", f"{path}/bob", json={"role": "king"})).status_code == 400
    assert (await ask("PATCH", f"{path}/dan", json={"role": "read"})).status_code == 404
    assert roles((await ask("DELETE", f"{path}/bob")).json()) == {}
    assert (await ask("DELETE", f"{path}/bob")).status_code == 404


@pytest.mark.asyncio
async def test_an_admin_of_the_group_runs_it_and_a_member_does_not(ask: Ask) -> None:
    path = f"{GROUPS}/{(await group(ask, 'Storm team'))['id']}"
    assert (await ask("PATCH", path, BOB, json={"description": "Stormy"})).status_code == 200
    assert (
        await ask("POST", f"{path}/users", BOB, json={"users": [{"user": "dan", "role": "read"}]})
    ).status_code == 200
    for method, where, body in (
        ("PATCH", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/settings", {"autoJoin": {"enabled": False}}),
        ("POST", "/users", {"users": [{"user": "finn", "role": "read"}]}),
        ("DELETE", "/users/dan", None),
        ("PATCH", "/users/cleo", {"role": "admin"}),
    ):
        assert (await ask(method, f"{path}{where}", CLEO, json=body)).status_code == 403
        assert (await ask(method, f"{path}{where}", READ, json=body)).status_code == 403
    interns = f"{GROUPS}/{(await group(ask, 'Interns 2026'))['id']}"
    assert (await ask("GET", interns, BOB)).status_code == 403


@pytest.mark.asyncio
@pytest.mark.parametrize(("id", "status"), [("0" * 24, 404), ("not-an-id", 400)])
async def test_an_unknown_group_is_missing(ask: Ask, id: str, status: int) -> None:
    for method in ("GET", "DELETE"):
        assert (await ask(method, f"{GROUPS}/{id}")).status_code == status


@pytest.mark.asyncio
async def test_a_group_decides_who_reads_a_private_repository(ask: Ask) -> None:
    path = f"{GROUPS}/{(await group(ask, 'Storm team'))['id']}"
    info = f"/api/models/{ATLAS}"
    assert (await ask("GET", info, CLEO)).status_code == 200
    await ask("DELETE", f"{path}/users/cleo")
    assert (await ask("GET", info, CLEO)).status_code == 404
    assert (await ask("GET", info)).status_code == 200
    assert (await ask("DELETE", path)).json() == {"success": True}
    assert (await ask("GET", info, CLEO)).status_code == 200
    assert (await ask("GET", f"{info}/resource-group")).status_code == 404


@pytest.mark.asyncio
async def test_a_repository_is_in_one_group_at_most(ask: Ask) -> None:
    storm, partners = await group(ask, "Storm team"), await group(ask, "Partners")
    where = f"/api/models/{ATLAS}/resource-group"
    assert await ask.get(where) == {"id": storm["id"], "name": "Storm team", "numUsers": 2}
    moved = await ask("POST", where, json={"resourceGroupId": partners["id"]})
    assert moved.json() == {"name": ATLAS, "type": "model", "private": True, "addedBy": "ada"}
    assert ATLAS not in {r.get("name") for r in (await group(ask, "Storm team"))["resources"]}
    assert ATLAS in {r.get("name") for r in (await group(ask, "Partners"))["resources"]}
    assert (await ask("POST", where, json={"resourceGroupId": None})).status_code == 200
    assert (await ask("GET", where)).status_code == 404


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("token", "repo", "body", "status"),
    [
        (ADA, ATLAS, {}, 400),
        (ADA, ATLAS, {"resourceGroupId": "storm"}, 400),
        (ADA, ATLAS, {"resourceGroupId": "0" * 24}, 404),
        (None, ATLAS, {"resourceGroupId": None}, 401),
        (EVE, ATLAS, {"resourceGroupId": None}, 404),
        (BOB, ATLAS, {"resourceGroupId": None}, 200),
        (CLEO, ATLAS, {"resourceGroupId": None}, 403),
        (FINE, ATLAS, {"resourceGroupId": None}, 403),
        (READ, ATLAS, {"resourceGroupId": None}, 403),
        (ADA, "ada/notes-to-self", {"resourceGroupId": None}, 400),
        (ADA, "drizzle-collective/night-shift-1b", {"resourceGroupId": None}, 402),
        (EVE, "nimbus-labs/nowcast-base", {"resourceGroupId": None}, 403),
    ],
)
async def test_moving_a_repository_between_groups_takes_the_right_to(
    ask: Ask, token: str | None, repo: str, body: dict[str, Any], status: int
) -> None:
    assert (await ask("POST", f"/api/models/{repo}/resource-group", token, json=body)).status_code == status


@pytest.mark.asyncio
async def test_only_members_learn_of_a_repositorys_group(ask: Ask) -> None:
    where = "/api/models/nimbus-labs/partners-preview/resource-group"
    assert (await ask.get(where, BOB))["name"] == "Partners"
    assert (await ask("GET", where, EVE)).status_code == 403
    assert (await ask("GET", where, None)).status_code == 401


@pytest.mark.asyncio
async def test_spaces_datasets_buckets_and_collections_have_groups_too(ask: Ask) -> None:
    id = (await group(ask, "Partners"))["id"]
    (drafts,) = [r for r in (await group(ask, "Storm team"))["resources"] if r["type"] == "collection"]
    for path in (
        "/api/spaces/nimbus-labs/incident-board",
        "/api/datasets/nimbus-labs/rain-gauges",
        "/api/buckets/nimbus-labs/radar-frames",
        f"/api/collections/{drafts['slug']}",
    ):
        assert (await ask("POST", f"{path}/resource-group", json={"resourceGroupId": id})).status_code == 200
        assert (await ask.get(f"{path}/resource-group"))["name"] == "Partners"
    assert len((await group(ask, "Partners"))["resources"]) == 7


@pytest.mark.asyncio
async def test_a_groups_private_collection_is_for_its_users(ask: Ask) -> None:
    (drafts,) = [r for r in (await group(ask, "Storm team"))["resources"] if r["type"] == "collection"]
    path = f"/api/collections/{drafts['slug']}"
    assert (await ask("GET", path, CLEO)).status_code == 200
    assert (
        await ask("DELETE", f"{GROUPS}/{(await group(ask, 'Storm team'))['id']}/users/cleo")
    ).status_code == 200
    assert (await ask("GET", path, CLEO)).status_code == 404
