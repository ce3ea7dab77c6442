"""One repository: revisions, fields, redirects, and who may know of it."""

from __future__ import annotations

from typing import Any

import pytest

from hub_mcp.localhub.repos.selected_fields import EXPAND

from .conftest import Ask

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("revision", ["main", "HEAD", "v1.0", "refs%2Ftags%2Fv1.0", "experimental"])
async def test_a_revision_is_a_branch_a_tag_or_a_commit(ask: Ask, revision: str) -> None:
    tagged = "meta-llama/Llama-3.1-8B"
    rows = await ask.get("/api/models?expand=sha", None)
    for row in rows:  # the first model that has tags at all
        refs = await ask.get(f"/api/models/{row['id']}/refs", None)
        if refs["tags"]:
            tagged = row["id"]
            break
    info = await ask.get(f"/api/models/{tagged}/revision/{revision}", None)
    again = await ask.get(f"/api/models/{tagged}/revision/{info['sha'][:7]}", None)
    assert again["sha"] == info["sha"]


async def test_an_unknown_revision_is_distinguished_from_an_unknown_repository(ask: Ask) -> None:
    answer = await ask("GET", "/api/models/openai-community/gpt2/revision/no-such-branch-x9", None)
    assert (answer.status_code, answer.json()) == (404, {"error": "Invalid rev id: no-such-branch-x9"})
    assert answer.headers["X-Error-Code"] == "RevisionNotFound"


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/api/models/gpt2", "/api/models/openai-community/gpt2"),
        ("/api/models/gpt2?expand=sha&blobs=true", "/api/models/openai-community/gpt2?expand=sha&blobs=true"),
        ("/api/models/gpt2/revision/main", "/api/models/openai-community/gpt2/revision/main"),
        ("/api/models/OpenAI-Community/GPT2", "/api/models/openai-community/gpt2"),
        ("/api/models/meta-llama/Meta-Llama-3.1-8B", "/api/models/meta-llama/Llama-3.1-8B"),
        (
            "/api/models/nimbus-labs/rainfall-v1/revision/refs%2Fpr%2F1",
            "/api/models/nimbus-labs/nowcast-base/revision/refs%2Fpr%2F1",
        ),
        ("/api/datasets/squad/parquet/plain_text", "/api/datasets/rajpurkar/squad/parquet/plain_text"),
        ("/api/datasets/squad/croissant", "/api/datasets/rajpurkar/squad/croissant"),
        (
            "/nimbus-labs/rainfall-v1/resolve/main/README.md",
            "/nimbus-labs/nowcast-base/resolve/main/README.md",
        ),
        ("/api/models/%4fpenai-community/gpt2", "/api/models/openai-community/gpt2"),
    ],
)
async def test_another_name_leads_to_the_one_of_today(ask: Ask, asked: str, location: str) -> None:
    answer = await ask("GET", asked)
    assert (answer.status_code, answer.headers["Location"]) == (307, location)
    assert answer.text == f"Temporary Redirect. Redirecting to {location}"


@pytest.mark.parametrize("id", ["eve/secret-sauce", "eve/never-was"])
async def test_a_private_repository_looks_like_a_missing_one(ask: Ask, id: str) -> None:
    nobody = await ask("GET", f"/api/models/{id}", None)
    assert (nobody.status_code, nobody.json()) == (401, {"error": "Invalid username or password."})
    assert "X-Error-Code" not in nobody.headers
    ada = await ask("GET", f"/api/models/{id}")
    assert (ada.status_code, ada.headers["X-Error-Code"]) == (404, "RepoNotFound")


async def test_gated_and_disabled_repositories_still_have_an_info(ask: Ask) -> None:
    gated = await ask.get("/api/models/meta-llama/Llama-3.1-8B", None)
    assert gated["gated"] == "manual"
    shut = await ask.get("/api/models/ykilcher/gpt-4chan", None)
    assert (shut["disabled"], shut["gated"]) == (True, "auto")


async def test_expand_options_are_those_the_hub_names(ask: Ask) -> None:
    answer = await ask("GET", "/api/models/openai-community/gpt2?expand=foo", None)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(
        '✖ Invalid option: expected one of "author"|"baseModels"|"cardData"|'
    )
    assert answer.json()["error"].endswith('"childrenModelCount"|"usedStorage"\n  → at expand[0]')


async def test_every_expand_option_of_every_type_can_be_asked_for(ask: Ask) -> None:
    known: dict[str, str] = {
        "model": "models/meta-llama/Llama-3.1-8B-Instruct",
        "dataset": "datasets/rajpurkar/squad",
        "space": "spaces/nimbus-labs/will-it-rain",
    }
    for type, path in known.items():
        query = "&".join(f"expand={name}" for name in EXPAND[type])
        answer = await ask.get(f"/api/{path}?{query}", None)
        assert set(answer) <= {"_id", "id", *EXPAND[type]}
        for name in EXPAND[type]:
            one = await ask.get(f"/api/{path}?expand[]={name}", None)
            assert set(one) <= {"_id", "id", name}


async def test_what_was_made_of_a_model_is_counted_and_named(ask: Ask) -> None:
    rows: list[dict[str, Any]] = await ask.get("/api/models?filter=base_model:quantized:Qwen/Qwen3-8B", None)
    base = await ask.get("/api/models/Qwen/Qwen3-8B?expand=childrenModelCount", None)
    assert base["childrenModelCount"]["quantized"] == len(rows)
    made = await ask.get(f"/api/models/{rows[0]['id']}?expand=baseModels", None)
    assert made["baseModels"]["relation"] == "quantized"
    assert made["baseModels"]["models"][0]["id"] == "Qwen/Qwen3-8B"


async def test_blobs_and_security_status_are_added_when_asked_for(ask: Ask) -> None:
    info = await ask.get("/api/models/openai-community/gpt2?blobs=true&securityStatus=true", None)
    files = {file["rfilename"]: file for file in info["siblings"]}
    weights = files["model.safetensors"]
    assert weights["lfs"]["size"] == weights["size"] > 10**8
    assert set(weights["lfs"]) == {"sha256", "size", "pointerSize"}
    assert "lfs" not in files["README.md"]
    assert info["securityRepoStatus"] == {"scansDone": True, "filesWithIssues": []}


async def test_one_repository_has_ten_thousand_files(ask: Ask) -> None:
    info = await ask.get("/api/models/nimbus-labs/checkpoint-archive", None)
    assert len(info["siblings"]) == 10_000
