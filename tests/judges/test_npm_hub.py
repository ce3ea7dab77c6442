"""`@huggingface/hub` from npm, the official JavaScript client, unchanged against a local Hub on a port.

`hub.mjs` takes its steps once and prints what came of each; the tests here judge that. The client comes with
`npm install --prefix tests/judges --no-package-lock`. It exports no functions for papers, organizations or
groups, and for collections those that list, create and delete.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from tests.waiting import PATIENCE

HERE = Path(__file__).parent
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(
    NODE is None or not (HERE / "node_modules/@huggingface/hub").exists(),
    reason="Node or @huggingface/hub is not installed",
)
EXTRA = 600  # models in addition to the world's, so that the client needs two of its pages of 500
ADA = {"Authorization": "Bearer hf_sandbox_ada_write"}
Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def told() -> Told:
    """The result of every step, by its name."""
    with serving(create_app(quota=1_000_000, models=EXTRA)) as url:
        groups = f"{url}/api/organizations/nimbus-labs/resource-groups"
        group = httpx.get(groups, headers=ADA, trust_env=False, timeout=PATIENCE).json()[0]["id"]
        run = subprocess.run(
            [str(NODE), "hub.mjs", url, group], cwd=HERE, capture_output=True, text=True, timeout=300
        )
    assert run.returncode == 0, run.stderr
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return {line.pop("step"): line for line in lines}


def answer(told: Told, step: str) -> Any:
    """The answer of a step, which threw nothing."""
    assert "threw" not in told[step], told[step]
    return told[step]["answer"]


def test_it_knows_whom_a_token_belongs_to(told: Told) -> None:
    who = answer(told, "whoAmI")
    assert (who["type"], who["name"], who["fullname"], who["isPro"]) == ("user", "ada", "Ada Okafor", True)
    assert {org["name"]: org["roleInOrg"] for org in who["orgs"]} == {
        "drizzle-collective": "admin",
        "nimbus-labs": "admin",
    }
    access = who["auth"]["accessToken"]
    assert (access["displayName"], access["role"], access["createdAt"]) == (
        "ada-write",
        "write",
        "2026-01-12T09:30:00.000Z",
    )
    fine = answer(told, "whoAmI fine-grained")["auth"]["accessToken"]["fineGrained"]
    assert fine["scoped"][0]["entity"]["name"] == "nimbus-labs"
    assert told["whoAmI without hf_"]["threw"]["kind"] == "TypeError"  # never sent


@pytest.mark.parametrize(
    ("step", "pages", "rows"),
    [
        ("listModels", 2, None),
        ("listModels, small pages", 9, None),
        ("listModels, limit", 2, 30),
        ("listDatasets", 1, None),
        ("listDatasets, small pages", 14, None),
        ("listSpaces", 1, None),
        ("listSpaces, small pages", 11, None),
        ("listCollections", 1, None),
        ("listCollections, small pages", 17, None),
        ("listCollections, limit", 3, 5),
    ],
)
def test_it_reads_listings_to_their_end_or_its_limit(
    told: Told, step: str, pages: int, rows: int | None
) -> None:
    found = answer(told, step)
    assert found["requests"] == pages
    assert len(found["names"]) == len(set(found["names"]))
    if rows is not None:
        assert len(found["names"]) == rows


@pytest.mark.parametrize("listing", ["listModels", "listDatasets", "listSpaces"])
def test_small_pages_bring_the_same_rows_in_the_same_order(told: Told, listing: str) -> None:
    whole = answer(told, listing)["names"]
    assert len(whole) > {"listModels": 800, "listDatasets": 90, "listSpaces": 60}[listing]
    assert answer(told, f"{listing}, small pages")["names"] == whole


def test_its_search_finds_what_it_asks_for(told: Told) -> None:
    [model] = answer(told, "listModels searched")
    assert model["filePaths"][:3] == [".gitattributes", "README.md", "config.json"]
    assert {key: value for key, value in model.items() if key != "filePaths"} == {
        "id": "66944f1fee6b8efc838ccdff",
        "name": "meta-llama/Llama-3.1-8B-Instruct",
        "author": "meta-llama",
        "private": False,
        "task": "text-generation",
        "downloads": 9_620_518,
        "gated": "manual",
        "likes": 4_911,
        "updatedAt": "2025-10-29T04:12:50.000Z",
    }
    served = answer(told, "listModels by provider and app")
    assert "meta-llama/Llama-3.1-8B-Instruct" in served
    assert {name.split("/")[0] for name in served} == {"meta-llama"}
    assert [row["name"] for row in answer(told, "listDatasets searched")] == ["ibm/duorc"]
    assert answer(told, "listDatasets by rows")[:2] == ["allenai/c4", "nimbus-labs/rain-gauges"]
    assert [row["name"] for row in answer(told, "listSpaces searched")] == ["nimbus-labs/will-it-rain"]
    # A protected Space is listed for all, a private one for nobody outside.
    assert answer(told, "listSpaces anonymously") == ["nimbus-labs/will-it-rain", "nimbus-labs/forecast-desk"]


@pytest.mark.parametrize("listing", ["listModels", "listDatasets"])
@pytest.mark.parametrize(
    ("sort", "field"),
    [
        ("createdAt", "createdAt"),
        ("downloads", "downloads"),
        ("likes", "likes"),
        ("lastModified", "updatedAt"),
        ("id", "name"),
    ],
)
def test_its_orders_are_kept(told: Told, listing: str, sort: str, field: str) -> None:
    values = [row[field] for row in answer(told, f"{listing} by {sort}")]
    assert len(values) == 40
    if sort == "id":
        values = [value.lower() for value in values]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("sort", ["likes30d", "trendingScore", "num_parameters", "mainSize"])
def test_the_orders_of_hidden_numbers_are_answered(told: Told, sort: str) -> None:
    assert len(answer(told, f"listModels by {sort}")) == 40
    if sort != "num_parameters":  # which datasets do not have
        assert len(answer(told, f"listDatasets by {sort}")) == 40


def test_every_field_it_can_ask_for_is_answered(told: Told) -> None:
    model = answer(told, "modelInfo")
    assert (model["name"], model["task"], model["library_name"]) == (
        "google-bert/bert-base-uncased",
        "fill-mask",
        "transformers",
    )
    assert (model["createdAt"], model["gated"], model["model-index"]) == (
        "2022-03-02T23:29:04.000Z",
        False,
        None,
    )
    assert model["cardData"]["datasets"] == ["bookcorpus", "wikipedia"]
    assert model["safetensors"]["total"] == 110_106_428
    assert model["downloadsAllTime"] > model["downloads"] > 0
    dataset = answer(told, "datasetInfo")
    assert (dataset["name"], dataset["downloads"], dataset["gated"]) == ("rajpurkar/squad", 61_204, False)
    assert dataset["citation"].startswith("@article{2016arXiv160605250R")
    assert "Dataset Card for SQuAD" in dataset["description"]
    space = answer(told, "spaceInfo")
    assert (space["sdk"], space["runtime"]["stage"], space["subdomain"]) == (
        "gradio",
        "RUNNING",
        "nimbus-labs-will-it-rain",
    )
    assert space["models"] == ["nimbus-labs/nowcast-2b", "nimbus-labs/nowcast-base"]
    assert space["datasets"] == ["nimbus-labs/rain-gauges"]
    listed = answer(told, "listModels expanded")
    assert listed[0].keys() >= {"author", "cardData", "config", "sha", "spaces", "tags", "transformersInfo"}


def test_providers_come_as_the_client_normalizes_them(told: Told) -> None:
    mapping = answer(told, "modelInfo served")["inferenceProviderMapping"]
    assert mapping[0] == {
        "provider": "novita",
        "hfModelId": "meta-llama/Llama-3.1-8B-Instruct",
        "providerId": "meta-llama/llama-3.1-8b-instruct",
        "status": "live",
        "task": "conversational",
    }


@pytest.mark.parametrize("step", ["modelInfo, old name", "modelInfo, other case"])
def test_it_follows_names_that_moved(told: Told, step: str) -> None:
    assert answer(told, step)["name"] == "openai-community/gpt2"


def test_it_sees_what_exists_for_its_caller(told: Told) -> None:
    assert answer(told, "modelInfo, gated")["gated"] == "manual"  # the info stays open
    assert answer(told, "checkRepoAccess") is None
    exists = {step: line["answer"] for step, line in told.items() if step.startswith("repoExists ")}
    assert exists == {
        "repoExists openai-community/gpt2": True,
        "repoExists datasets/rajpurkar/squad": True,
        "repoExists spaces/ada/portfolio": True,
        "repoExists eve/secret-sauce": False,
        "repoExists anonymously": False,
        "repoExists after": False,
    }


def test_it_lists_and_downloads_files(told: Told) -> None:
    files = {file["path"]: file for file in answer(told, "listFiles")}
    assert files["model.safetensors"]["lfs"]["size"] == 497_759_232
    assert files["README.md"]["lastCommit"]["date"] == "2026-01-27T06:29:35.000Z"
    assert answer(told, "listFiles, several pages") == 9_999
    assert answer(told, "modelInfo, ten thousand files") == 10_000
    assert answer(told, "downloadFile") == "---\n"
    shard = answer(told, "downloadFile, a shard")
    assert (shard["starts"], shard["ends"]) == ("PAR1", "PAR1")
    assert answer(told, "downloadFile, none") is None
    assert answer(told, "fileDownloadInfo")["url"].endswith(
        "/datasets/rajpurkar/squad/resolve/main/README.md"
    )


def test_it_creates_repositories_of_every_type(told: Told) -> None:
    made = {
        step: line["answer"]
        for step, line in told.items()
        if step.startswith("createRepo") and "answer" in line
    }
    places = {step: repo["repoUrl"].split("/", 3)[3] for step, repo in made.items()}
    assert places == {
        "createRepo model": "ada/js-model",
        "createRepo dataset": "datasets/ada/js-data",
        "createRepo space": "spaces/ada/js-space",
        "createRepo protected": "spaces/ada/js-app",
        "createRepo for an organization": "nimbus-labs/js-model",
    }
    model = answer(told, "its model")
    assert (model["id"], model["private"]) == (made["createRepo model"]["id"], True)
    assert model["cardData"] == {"license": "mit"}
    assert model["filePaths"] == [".gitattributes", "README.md", "notes/a.txt"]
    assert answer(told, "its file") == "åøå"
    assert answer(told, "its dataset")["private"] is True
    space = answer(told, "its space")
    assert (space["sdk"], space["runtime"]["stage"], space["private"]) == ("gradio", "BUILDING", False)
    assert told["createRepo again"]["threw"]["data"]["url"].endswith("/ada/js-model")


def test_it_creates_finds_and_deletes_a_collection(told: Told) -> None:
    slug = answer(told, "createCollection")["slug"]
    assert slug.startswith("ada/from-javascript-")
    [found] = answer(told, "its collection")
    assert (found["slug"], found["description"], found["private"]) == (slug, "By hand.", True)
    assert [(item["type"], item["id"]) for item in found["items"]] == [("paper", "1810.04805")]
    assert answer(told, "its collection anonymously") == []
    assert told["createCollection again"]["threw"]["data"]["slug"] == slug
    [weather] = answer(told, "listCollections searched")
    assert (weather["title"], len(weather["items"])) == ("Rain & shine", 4)  # of seven
    assert weather["items"][0]["note"]["text"] == "Start here: small, and right more often than not."
    [bert] = answer(told, "listCollections by paper")["names"]
    assert bert.startswith("google-bert/bert-release-")


@pytest.mark.parametrize(
    "step",
    [
        *(f"deleteRepo {repo}" for repo in ("ada/js-model", "datasets/ada/js-data", "spaces/ada/js-space")),
        *(f"deleteRepo {repo}" for repo in ("spaces/ada/js-app", "nimbus-labs/js-model")),
        "deleteCollection",
    ],
)
def test_it_deletes(told: Told, step: str) -> None:
    assert answer(told, step) is None


REFUSED = {
    "whoAmI with an unknown token": (401, "Invalid username or password."),
    "listDatasets by num_parameters": (400, "Invalid sort parameter"),
    "checkRepoAccess anonymously": (401, "Invalid username or password."),
    "listFiles, gated": (401, "Access to model meta-llama/Llama-3.1-8B is restricted"),
    "listFiles, refused": (403, "you are not in the authorized list"),
    "listFiles, disabled": (403, "Access to this resource is disabled."),
    "createRepo again": (409, "You already created this model repo"),
    "createRepo read-only": (403, 'has the role "read"'),
    "createRepo outside the token": (403, 'missing the permission "repo.write"'),
    "createRepo for others": (403, "You don't have the rights to create a model under the namespace"),
    "createRepo signed out": (401, "Invalid credentials in Authorization header"),
    "createRepo beyond the plan": (402, "need PRO"),
    "createRepo, a bad name": (400, "may not contain '--'"),
    "createRepo, a bad licence": (400, "at license"),
    "deleteRepo by another": (403, "You don't have the rights to delete"),
    "deleteRepo of another, private": (404, "Repository not found"),
    "deleteRepo again": (404, "Repository not found"),
    "createCollection again": (409, "You already have a collection"),
    "createCollection for others": (403, "You don't have the rights to create a collection"),
    "createCollection, a long title": (400, "at title"),
    "createCollection read-only": (403, 'has the role "read"'),
    "deleteCollection by another": (404, "Collection not found"),
    "deleteCollection again": (404, "Collection not found"),
    "listModels, no such sort": (400, 'Invalid sort parameter "author"'),
    "listSpaces, no such sort": (400, 'Invalid sort parameter "downloads"'),
    "listModels, no such field": (400, "at expand[6]"),
    "modelInfo of another, private": (404, "Repository not found"),
    "modelInfo anonymously, private": (401, "Invalid username or password."),
    "modelInfo, no such revision": (404, "Invalid rev id: none"),
    "datasetInfo, none": (404, "Repository not found"),
    "spaceInfo, none": (404, "Repository not found"),
}


@pytest.mark.parametrize(("step", "status", "words"), [(step, *how) for step, how in REFUSED.items()])
def test_it_is_refused_with_the_right_status(told: Told, step: str, status: int, words: str) -> None:
    threw = told[step]["threw"]
    assert (threw["kind"], threw["status"]) == ("HubApiError", status)
    assert words in threw["message"]
    assert threw["requestId"].startswith("Root=1-")


def test_nothing_else_was_refused(told: Told) -> None:
    threw = {step for step, line in told.items() if "threw" in line}
    assert threw == {*REFUSED, "whoAmI without hf_"}
