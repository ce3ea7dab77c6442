"""Who am I, organizations, members, followers."""

from __future__ import annotations

import pytest

from .conftest import Ask

pytestmark = pytest.mark.asyncio


async def test_whoami_shows_the_user_the_organizations_and_the_token(ask: Ask) -> None:
    me = await ask.get("/api/whoami-v2")
    assert (me["name"], me["type"], me["isPro"]) == ("ada", "user", True)
    orgs = {org["name"]: org for org in me["orgs"]}
    assert (orgs["nimbus-labs"]["roleInOrg"], orgs["nimbus-labs"]["plan"]) == ("admin", "team")
    assert "plan" not in orgs["drizzle-collective"]
    assert me["auth"]["accessToken"]["role"] == "write"
    fine = await ask.get("/api/whoami-v2", "hf_sandbox_ada_fine")
    scoped = fine["auth"]["accessToken"]["fineGrained"]["scoped"]
    assert scoped[0]["entity"]["name"] == "nimbus-labs"


async def test_whoami_of_nobody_is_401(ask: Ask) -> None:
    assert (await ask("GET", "/api/whoami-v2", None)).status_code == 401


async def test_an_organization_answers_in_any_letter_case_and_a_user_is_none(ask: Ask) -> None:
    org = await ask.get("/api/organizations/NIMBUS-Labs/overview", None)
    assert (org["name"], org["numUsers"], org["plan"]) == ("nimbus-labs", 5, "team")
    for name in ("ada", "nobody-here"):
        answer = await ask("GET", f"/api/organizations/{name}/overview", None)
        assert answer.json() == {"error": "Sorry, we can't find the page you are looking for."}
        assert answer.status_code == 404


async def test_roles_are_shown_only_to_members(ask: Ask) -> None:
    path = "/api/organizations/nimbus-labs/members"
    roles = {member["user"]: member["role"] for member in await ask.get(path)}
    assert roles == {
        "ada": "admin",
        "bob": "write",
        "cleo": "contributor",
        "dan": "read",
        "finn": "no_access",
    }
    for token in (None, "hf_sandbox_eve_write"):
        assert all("role" not in member for member in await ask.get(path, token))
    bobs = await ask.get(path, "hf_sandbox_bob_write")
    assert all("role" in member and "verifiedEmail" not in member for member in bobs)


@pytest.mark.parametrize(("list", "count"), [("members", 640), ("followers", 1310)])
async def test_people_come_by_the_page(ask: Ask, list: str, count: int) -> None:
    answer = await ask("GET", f"/api/organizations/open-cartography/{list}", None)
    people = answer.json()
    assert len(people) == 500
    while "next" in answer.links:
        answer = await ask("GET", answer.links["next"]["url"], None)
        people += answer.json()
    assert len({person["_id"] for person in people}) == len(people) == count


async def test_members_can_be_searched_and_admins_can_look_an_address_up(ask: Ask) -> None:
    path = "/api/organizations/nimbus-labs/members"
    assert [member["user"] for member in await ask.get(f"{path}?search=marchand", None)] == ["cleo"]
    assert [member["user"] for member in await ask.get(f"{path}?email=bob@example.invalid")] == ["bob"]
    assert (await ask("GET", f"{path}?email=bob@example.invalid", "hf_sandbox_bob_write")).status_code == 403


async def test_a_user_overview_counts_what_the_caller_may_see(ask: Ask) -> None:
    mine = await ask.get("/api/users/ada/overview")
    theirs = await ask.get("/api/users/ada/overview", None)
    assert mine["numModels"] == theirs["numModels"] + 2
    answer = await ask("GET", "/api/users/nobody-here/overview", None)
    assert (answer.status_code, answer.json()) == (404, {"error": "This user does not exist"})


async def test_a_namespace_lists_what_it_stores_to_its_own_people(ask: Ask) -> None:
    mine = await ask.get("/api/settings/repositories?type=model&sort=updatedAt")
    assert {row["id"] for row in mine} >= {"ada/notes-to-self", "ada/untitled"}
    assert [row["updatedAt"] for row in mine] == sorted((row["updatedAt"] for row in mine), reverse=True)
    path = "/api/organizations/nimbus-labs/settings/repositories"
    assert {row["visibility"] for row in await ask.get(path)} == {"public", "private", "protected"}
    assert (await ask("GET", path, "hf_sandbox_eve_write")).status_code == 403
