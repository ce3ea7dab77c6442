"""Parquet lists, shards, files and Croissant documents."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from importlib import resources
from importlib.util import find_spec

import pytest

from hub_mcp.localhub.datasets.croissant import COLUMNS

from .conftest import Ask

pytestmark = pytest.mark.asyncio

DUORC = "/api/datasets/ibm/duorc"


async def test_the_three_depths_of_a_parquet_list_have_three_shapes(ask: Ask) -> None:
    whole = await ask.get(f"{DUORC}/parquet", None)
    assert set(whole) == {"ParaphraseRC", "SelfRC"}
    assert await ask.get(f"{DUORC}/parquet/SelfRC", None) == whole["SelfRC"]
    split = await ask.get(f"{DUORC}/parquet/SelfRC/train", None)
    assert split == ["http://hub.test/api/datasets/ibm/duorc/parquet/SelfRC/train/0.parquet"]


async def test_a_shard_is_two_hops_away_and_is_real_parquet(ask: Ask) -> None:
    first = await ask("GET", f"{DUORC}/parquet/ParaphraseRC/train/0.parquet", None)
    assert first.status_code == 302
    location = first.headers["Location"]
    assert location == "/datasets/ibm/duorc/resolve/refs%2Fconvert%2Fparquet/ParaphraseRC/train/0000.parquet"
    file = await ask("GET", location, None)
    assert file.content[:4] == file.content[-4:] == b"PAR1"
    head = await ask("HEAD", location, None)
    assert int(head.headers["Content-Length"]) == int(head.headers["X-Linked-Size"]) == len(file.content)
    assert head.headers["ETag"] == f'"{hashlib.sha256(file.content).hexdigest()}"'
    tail = await ask("GET", location, None, headers={"Range": "bytes=-4"})
    assert (tail.status_code, tail.content) == (206, b"PAR1")


async def test_the_described_columns_are_those_in_the_files() -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the judges' extra reads the files")
    for kind, columns in COLUMNS.items():
        for n in range(2):
            with resources.as_file(
                resources.files("hub_mcp.localhub") / "datasets" / "shards" / f"{kind}-{n}.parquet"
            ) as path:
                assert tuple(parquet.read_schema(path).names) == tuple(name for name, _ in columns)


@pytest.mark.parametrize(
    "path",
    [
        "/parquet/none",
        "/parquet/SelfRC/none",
        "/parquet/SelfRC/train/9.parquet",
        "/parquet/SelfRC/train/x.parquet",
        "/parquet/SelfRC/train/-1.parquet",
    ],
)
async def test_what_is_not_there_is_404(ask: Ask, path: str) -> None:
    assert (await ask("GET", DUORC + path)).status_code == 404


@pytest.mark.parametrize("path", ["/parquet", "/croissant", "/tree/main"])
async def test_a_gated_dataset_serves_its_rows_only_to_accepted_users(ask: Ask, path: str) -> None:
    url = f"/api/datasets/open-cartography/survey-diaries{path}"
    nobody, eve = await ask("GET", url, None), await ask("GET", url, "hf_sandbox_eve_write")
    assert (nobody.status_code, nobody.headers["X-Error-Code"]) == (401, "GatedRepo")
    assert nobody.json()["error"].startswith(
        "Access to dataset open-cartography/survey-diaries is restricted."
    )
    assert (eve.status_code, eve.headers["X-Error-Code"]) == (403, "GatedRepo")


async def test_accepted_users_get_the_files(ask: Ask) -> None:
    url = "/meta-llama/Llama-3.2-1B/resolve/main/README.md"
    assert (await ask("GET", url)).status_code == 200
    assert (await ask("GET", url, "hf_sandbox_eve_write")).status_code == 403


async def test_a_disabled_repository_says_so_in_the_known_words(ask: Ask) -> None:
    answer = await ask("GET", "/ykilcher/gpt-4chan/resolve/main/README.md")
    assert (answer.status_code, answer.json()) == (403, {"error": "Access to this resource is disabled."})


async def test_a_protected_space_shows_its_info_and_hides_its_files(ask: Ask) -> None:
    assert (await ask.get("/api/spaces/nimbus-labs/forecast-desk", None))["private"] is False
    url = "/spaces/nimbus-labs/forecast-desk/resolve/main/README.md"
    assert (await ask("GET", url, None)).status_code == 401
    assert (await ask("GET", url)).status_code == 200


async def test_a_missing_file_and_a_missing_revision_are_distinguished(ask: Ask) -> None:
    file = await ask("GET", "/openai-community/gpt2/resolve/main/none.txt", None)
    assert (file.status_code, file.headers["X-Error-Code"]) == (404, "EntryNotFound")
    revision = await ask("GET", "/openai-community/gpt2/resolve/none/README.md", None)
    assert (revision.status_code, revision.headers["X-Error-Code"]) == (404, "RevisionNotFound")


async def test_a_tree_shows_folders_or_everything(ask: Ask) -> None:
    url = "/api/models/nimbus-labs/checkpoint-archive/tree/main"
    assert [entry["path"] for entry in await ask.get(url, None)] == ["README.md", "steps"]
    inside = await ask.get(f"{url}/steps/003", None)
    assert len(inside) == 100
    deep = await ask("GET", f"{url}?recursive=true&limit=1000", None)
    assert len(deep.json()) == 1000
    assert "next" in deep.links


async def test_a_croissant_document_names_every_subset_and_column(ask: Ask) -> None:
    answer = await ask("GET", f"{DUORC}/croissant", None)
    assert answer.headers["Content-Type"] == "application/ld+json; charset=utf-8"
    document = answer.json()
    assert (document["@type"], document["name"], document["url"]) == (
        "sc:Dataset",
        "duorc",
        "http://hub.test/datasets/ibm/duorc",
    )
    files = {entry["@id"] for entry in document["distribution"]}
    assert files == {"repo", "parquet-files-for-config-ParaphraseRC", "parquet-files-for-config-SelfRC"}
    records = {record["@id"]: record for record in document["recordSet"]}
    assert set(records) == {"ParaphraseRC", "ParaphraseRC_splits", "SelfRC", "SelfRC_splits"}
    columns = {field["@id"].split("/")[1] for field in records["SelfRC"]["field"]}
    assert columns == {"split", "plot_id", "plot", "title", "question_id", "question", "no_answer"}


VALIDATE = """
import json, sys, mlcroissant
for document in json.load(sys.stdin):
    issues = mlcroissant.Dataset(jsonld=document).metadata.issues
    assert not issues.errors, issues.report()
"""


@pytest.mark.slow
@pytest.mark.skipif(find_spec("mlcroissant") is None, reason="the judges' extra holds it")
async def test_croissant_documents_satisfy_the_reference_implementation(ask: Ask) -> None:
    ids = ("rajpurkar/squad", "ibm/duorc", "allenai/c4", "nimbus-labs/rain-gauges")
    documents = [await ask.get(f"/api/datasets/{id}/croissant", None) for id in ids]
    # In a process of its own: it replaces the handlers of `logging` when imported.
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-c", VALIDATE, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    _, words = await run.communicate(json.dumps(documents).encode())
    assert run.returncode == 0, words.decode()
