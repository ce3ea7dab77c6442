"""Creating, deleting, moving and configuring repositories, and who may do so."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Ask

pytestmark = pytest.mark.asyncio

EVE, BOB, CLEO = "hf_sandbox_eve_write", "hf_sandbox_bob_write", "hf_sandbox_cleo_write"
READ, FINE = "hf_sandbox_ada_read", "hf_sandbox_ada_fine"


async def test_a_created_repository_answers_with_address_name_and_id(ask: Ask) -> None:
    made = await ask("POST", "/api/repos/create", json={"name": "first", "type": "dataset", "private": True})
    assert made.status_code == 200
    assert made.json()["url"] == "http://hub.test/datasets/ada/first"
    info = await ask.get("/api/datasets/ada/first")
    assert (info["_id"], info["private"], info["likes"]) == (made.json()["id"], True, 0)


async def test_a_name_that_is_taken_is_answered_with_its_address(ask: Ask) -> None:
    again = await ask("POST", "/api/repos/create", json={"name": "Fjord-Names"})
    assert again.status_code == 409
    assert again.json() == {
        "error": "You already created this model repo",
        "url": "http://hub.test/ada/fjord-names",
    }


async def test_every_field_of_a_space_is_taken(ask: Ask) -> None:
    body: dict[str, Any] = {
        "name": "show",
        "organization": "nimbus-labs",
        "type": "space",
        "sdk": "docker",
        "visibility": "protected",
        "hardware": "t4-small",
        "sleepTimeSeconds": 3600,
        "short_description": "Rain or not",
        "sdkVersion": None,
        "devModeEnabled": True,
        "secrets": [{"key": "TOKEN", "value": "x"}],
        "variables": [{"key": "A", "value": "1"}],
        "volumes": [{"type": "model", "source": "nimbus-labs/nowcast-2b", "mountPath": "/data"}],
        "license": "other",
        "license_name": "nimbus-1",
        "license_link": "LICENSE",
        "region": "eu",
        "files": [{"path": "app.py", "content": "cHJpbnQoMSk=", "encoding": "base64"}],
    }
    assert (await ask("POST", "/api/repos/create", json=body)).status_code == 200
    info = await ask.get("/api/spaces/nimbus-labs/show")
    assert info["cardData"]["short_description"] == "Rain or not"
    assert info["runtime"]["hardware"] == {"current": None, "requested": "t4-small"}
    assert {"rfilename": "app.py"} in info["siblings"]
    text = await ask("GET", "/spaces/nimbus-labs/show/resolve/main/app.py")
    assert text.text == "print(1)"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "expected string, received undefined\n  → at name"),
        ({"name": "x", "type": "thing"}, "at type"),
        ({"name": "x", "private": "yes"}, "expected boolean, received string\n  → at private"),
        ({"name": "x", "private": True, "visibility": "public"}, "both"),
        ({"name": "x", "visibility": "protected"}, "only supported for Spaces"),
        ({"name": "x", "type": "space"}, "at sdk"),
        ({"name": "x", "license": "beer"}, "at license"),
        ({"name": "x", "files": [{"path": "../a", "content": ""}]}, "at files[0].path"),
        ({"name": "x", "files": [{"path": "a", "content": ""}] * 2}, "Duplicate"),
        ({"name": "x", "files": [{"path": "a", "content": "é", "encoding": "base64"}]}, "base64"),
        ({"name": "a--b"}, "--"),
        ({"name": "a..b"}, ".."),
        ({"name": "a.git"}, ".git"),
        ({"name": "-a"}, "at its ends"),
        ({"name": "ada/b"}, "letters"),
        ({"name": "x" * 97}, "96"),
        ({"name": "x", "type": "space", "sdk": "docker", "hardware": "zerogpu"}, "ZeroGPU"),
        ({"name": "x", "organization": "nimbus-labs", "resourceGroupId": "0" * 24}, "Resource group"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(ask: Ask, body: dict[str, Any], words: str) -> None:
    answer = await ask("POST", "/api/repos/create", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


@pytest.mark.parametrize(
    ("token", "body", "status", "words"),
    [
        (None, {"name": "x"}, 401, "Invalid username"),
        (READ, {"name": "x"}, 403, '"ada-read" has the role "read"'),
        (FINE, {"name": "x"}, 403, 'missing the permission "repo.write" for "ada"'),
        (FINE, {"name": "x", "organization": "nimbus-labs"}, 200, ""),
        (
            EVE,
            {"name": "x", "organization": "nimbus-labs"},
            403,
            'create a model under the namespace "nimbus-labs"',
        ),
        (EVE, {"name": "x", "organization": "no-such-org"}, 403, "no-such-org"),
        (CLEO, {"name": "x", "organization": "nimbus-labs"}, 200, ""),
        (EVE, {"name": "x", "type": "space", "sdk": "gradio"}, 402, "PRO"),
        (EVE, {"name": "x", "type": "space", "sdk": "static"}, 200, ""),
        (EVE, {"name": "x", "type": "space", "sdk": "static", "hardware": "t4-small"}, 402, "payment"),
        (EVE, {"name": "x", "region": "eu"}, 402, "region"),
    ],
)
async def test_rights_and_plans_decide_who_may_create(
    ask: Ask, token: str | None, body: dict[str, Any], status: int, words: str
) -> None:
    answer = await ask("POST", "/api/repos/create", token, json=body)
    assert answer.status_code == status
    assert words in answer.text.replace('\\"', '"')
    assert "hf_sandbox" not in answer.text


async def test_a_deleted_repository_is_gone_with_all_its_rows(ask: Ask) -> None:
    gone = await ask("DELETE", "/api/repos/delete", json={"name": "fjord-names", "organization": "ada"})
    assert (gone.status_code, gone.text) == (200, "OK")
    assert gone.headers["Content-Type"] == "text/plain; charset=utf-8"
    again = await ask("DELETE", "/api/repos/delete", json={"name": "fjord-names"})
    assert (again.status_code, again.headers["X-Error-Code"]) == (404, "RepoNotFound")
    store = ask.app.state.store
    for table in (
        "labels",
        "commits",
        "refs",
        "redirects",
        "parquet",
        "repo_large_files",
        "repo_likes",
        "discussions",
    ):
        assert store.count(f"select count(*) from {table} where repo not in (select key from repos)") == 0


@pytest.mark.parametrize(
    ("token", "id", "status"),
    [
        (EVE, "nimbus-labs/nowcast-2b", 403),
        (EVE, "ada/notes-to-self", 404),
        (READ, "ada/fjord-names", 403),
        (CLEO, "nimbus-labs/nowcast-2b", 403),
        (CLEO, "nimbus-labs/dialect-probe", 200),
        (BOB, "nimbus-labs/nowcast-2b", 200),
        (None, "ada/fjord-names", 401),
        ("hf_sandbox_ada_write", "nimbus-labs/rainfall-v1", 404),
    ],
)
async def test_only_those_with_the_right_may_delete(
    ask: Ask, token: str | None, id: str, status: int
) -> None:
    organization, name = id.split("/")
    answer = await ask(
        "DELETE", "/api/repos/delete", token, json={"name": name, "organization": organization}
    )
    assert answer.status_code == status


async def test_a_moved_repository_is_found_under_both_names(ask: Ask) -> None:
    before = await ask.get("/api/models/ada/fjord-names")
    moved = await ask(
        "POST", "/api/repos/move", json={"fromRepo": "ada/fjord-names", "toRepo": "nimbus-labs/fjords"}
    )
    assert moved.status_code == 200
    led = await ask("GET", "/api/models/ada/fjord-names?expand=sha")
    assert led.headers["Location"] == "/api/models/nimbus-labs/fjords?expand=sha"
    assert (await ask.get("/api/models/nimbus-labs/fjords"))["_id"] == before["_id"]


async def test_a_reused_name_no_longer_redirects(ask: Ask) -> None:
    body = {"fromRepo": "ada/fjord-names", "toRepo": "ada/fjords", "type": "model"}
    assert (await ask("POST", "/api/repos/move", json=body)).status_code == 200
    made = await ask("POST", "/api/repos/create", json={"name": "fjord-names"})
    assert made.status_code == 200
    again = await ask.get("/api/models/ada/fjord-names")
    assert again["_id"] == made.json()["id"] != (await ask.get("/api/models/ada/fjords"))["_id"]


async def test_a_repository_can_change_its_letter_case(ask: Ask) -> None:
    body = {"fromRepo": "ada/fjord-names", "toRepo": "ada/Fjord-Names"}
    assert (await ask("POST", "/api/repos/move", json=body)).status_code == 200
    assert (await ask.get("/api/models/ada/Fjord-Names"))["id"] == "ada/Fjord-Names"


@pytest.mark.parametrize(
    ("token", "source", "target", "status"),
    [
        ("hf_sandbox_ada_write", "ada/fjord-names", "ada/mood-of-the-weather", 409),
        ("hf_sandbox_ada_write", "ada/fjord-names", "eve/fjord-names", 403),
        ("hf_sandbox_ada_write", "nimbus-labs/nowcast-tiny", "ada/nowcast-tiny", 200),
        (BOB, "nimbus-labs/nowcast-tiny", "bob/nowcast-tiny", 403),
        (BOB, "nimbus-labs/nowcast-tiny", "nimbus-labs/tiny", 200),
        (CLEO, "nimbus-labs/nowcast-tiny", "nimbus-labs/tiny", 403),
        (EVE, "ada/notes-to-self", "eve/notes", 404),
        ("hf_sandbox_ada_write", "ada/fjord-names", "fjord-names", 400),
        ("hf_sandbox_ada_write", "ada/fjord-names", "ada/a--b", 400),
        (READ, "ada/fjord-names", "ada/b", 403),
        (FINE, "nimbus-labs/nowcast-tiny", "ada/b", 403),
    ],
)
async def test_moving_follows_the_rules_of_both_namespaces(
    ask: Ask, token: str, source: str, target: str, status: int
) -> None:
    answer = await ask(
        "POST", "/api/repos/move", token, json={"fromRepo": source, "toRepo": target, "type": "model"}
    )
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    "path", ["/api/models/ada/fjord-names/settings", "/api/repos/models/ada/fjord-names/settings"]
)
async def test_settings_change_what_is_sent_and_answer_what_is_set(ask: Ask, path: str) -> None:
    first = await ask("PUT", path, json={"private": True, "gated": "manual", "discussionsDisabled": True})
    assert first.json() == {
        "private": True,
        "visibility": "private",
        "gated": "manual",
        "discussionsDisabled": True,
    }
    second = await ask(
        "PUT", path, json={"visibility": "public", "gated": False, "gatedNotificationsMode": "bulk"}
    )
    assert second.json() == {
        "private": False,
        "visibility": "public",
        "gated": False,
        "discussionsDisabled": True,
        "gatedNotificationsMode": "bulk",
    }
    assert (await ask.get("/api/models/ada/fjord-names", None))["gated"] is False


@pytest.mark.parametrize(
    ("token", "body", "status"),
    [
        ("hf_sandbox_ada_write", {"private": True, "visibility": "private"}, 400),
        ("hf_sandbox_ada_write", {"visibility": "protected"}, 400),
        ("hf_sandbox_ada_write", {"gated": True}, 400),
        ("hf_sandbox_ada_write", {"gatedNotificationsEmail": "nobody"}, 400),
        (READ, {"private": True}, 403),
        (EVE, {"private": True}, 403),
        (None, {"private": True}, 401),
    ],
)
async def test_settings_refuse_nonsense_and_strangers(
    ask: Ask, token: str | None, body: dict[str, Any], status: int
) -> None:
    assert (await ask("PUT", "/api/models/ada/fjord-names/settings", token, json=body)).status_code == status
