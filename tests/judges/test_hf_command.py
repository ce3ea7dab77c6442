"""The `hf` command of huggingface_hub, unchanged against a local Hub on a port: what is typed, what is seen.

Every command that meets a documented endpoint is run, most of them with `--json`; not `hf datasets parquet`,
which refuses any Hub but huggingface.co before it asks. Uploads and discussions are in test_hf_content.py,
Spaces that run in test_hf_spaces.py, jobs in test_hf_jobs.py; what is in none has its reason in
test_compared.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving

HF = Path(sys.executable).with_name("hf")
pytestmark = pytest.mark.skipif(not HF.exists(), reason="the hf command is not installed beside this Python")
ADA, READ, EVE = "hf_sandbox_ada_write", "hf_sandbox_ada_read", "hf_sandbox_eve_write"
OURS = ("HF_", "HUGGING", "HUB_MCP_", "XDG_")
SQUAD, GPT2, BERT = "rajpurkar/squad", "openai-community/gpt2", "1810.04805"


class Hf:
    """The command, at home in an empty folder."""

    def __init__(self, url: str, home: Path) -> None:
        outside = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        quiet = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_UPDATE_CHECK": "1", "NO_COLOR": "1"}
        self.environment = outside | quiet | {"HF_ENDPOINT": url, "HF_HOME": str(home)}

    def run(self, *words: str, token: str = ADA) -> subprocess.CompletedProcess[str]:
        """What came of a command."""
        signed_in = {"HF_TOKEN": token} if token else {}
        return subprocess.run(
            [str(HF), *words],
            env=self.environment | signed_in,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def text(self, *words: str, token: str = ADA) -> str:
        """What a command that succeeds prints."""
        done = self.run(*words, token=token)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ids(self, *words: str, token: str = ADA) -> list[str]:
        """The ids that a command prints, a line each."""
        return self.text(*words, "--quiet", token=token).split()

    def json(self, *words: str, token: str = ADA) -> Any:
        """What a command prints as JSON."""
        return json.loads(self.text(*words, "--json", token=token))


@pytest.fixture(scope="module")
def hf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hf]:
    """The command against a Hub of this file's own."""
    with serving(create_app(quota=1_000_000)) as url:
        yield Hf(url, tmp_path_factory.mktemp("home"))


def test_it_shows_who_is_signed_in(hf: Hf) -> None:
    who = hf.json("auth", "whoami")
    assert (who["user"], who["orgs"]) == ("ada", "drizzle-collective,nimbus-labs")
    assert hf.json("auth", "whoami", token=EVE)["user"] == "eve"
    assert "Not logged in" in hf.run("auth", "whoami", token="").stderr
    assert "invalid" in hf.run("auth", "whoami", token="hf_nobody").stderr


def test_it_signs_in_and_out_with_a_token_of_the_world(hf: Hf) -> None:
    assert hf.run("auth", "login", "--token", EVE, token="").returncode == 0
    assert hf.json("auth", "whoami", token="")["user"] == "eve"
    assert "eve-write" in hf.text("auth", "list", token="")
    hf.text("auth", "logout", token="")
    assert "Not logged in" in hf.run("auth", "whoami", token="").stderr


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("models ls --search Qwen3-0.6B --sort downloads --limit 1", ["Qwen/Qwen3-0.6B"]),
        (
            "models ls --author meta-llama --gated --sort downloads --limit 3",
            [f"meta-llama/Llama-3.{name}" for name in ("1-8B-Instruct", "2-1B-Instruct", "2-1B")],
        ),
        ("models ls --author meta-llama --no-gated", []),
        (
            "models ls --author meta-llama --num-parameters min:6B,max:9B --pipeline-tag text-generation"
            " --inference-provider novita --apps vllm --filter en --filter conversational",
            ["meta-llama/Llama-3.1-8B-Instruct"],
        ),
        ("models ls --search bert-base-uncased --warm", ["google-bert/bert-base-uncased"]),
        ("datasets ls --search squad", [SQUAD]),
        ("datasets ls --author ibm --filter language:en --sort last_modified", ["ibm/duorc"]),
        ("spaces ls --search rain --sort created_at", ["nimbus-labs/will-it-rain"]),
        ("spaces ls --sort likes --limit 1", ["stabilityai/stable-diffusion"]),
        ("papers ls --date 2023-05-09", ["2303.04421"]),
        ("papers ls --week 2023-W19", ["2303.04421"]),
        ("papers ls --month 2023-05", ["2305.14233", "2303.04421"]),
        ("papers ls --submitter nobody", []),
        ("papers search bert", [BERT]),
    ],
)
def test_it_finds_what_it_asks_for(hf: Hf, words: str, found: list[str]) -> None:
    assert hf.ids(*words.split()) == found


@pytest.mark.parametrize("kind", ["models", "datasets", "spaces"])
def test_a_limit_beyond_one_page_brings_every_row(hf: Hf, kind: str) -> None:
    ids = hf.ids(kind, "ls", "--limit", "5000", "--sort", "created_at", token="")
    assert len(ids) == len(set(ids)) > 60
    assert hf.ids(kind, "ls", "--limit", "40", "--sort", "created_at", token="") == ids[:40]


def test_listed_rows_have_the_fields_that_were_asked_for(hf: Hf) -> None:
    [row] = hf.json("models", "ls", "--search", GPT2, "--sort", "downloads", "--limit", "1")
    assert (row["id"], row["downloads"], row["likes"]) == (GPT2, 14_347_531, 2_865)
    assert (row["pipeline_tag"], row["created_at"]) == ("text-generation", "2022-03-02T23:29:04+00:00")
    [row] = hf.json("datasets", "ls", "--author", "ibm", "--expand", "downloads,gated,createdAt")
    assert row == {
        "id": "ibm/duorc",
        "downloads": 2_004,
        "gated": False,
        "created_at": "2022-03-02T23:29:04+00:00",
    }
    [row] = hf.json("spaces", "ls", "--search", "will-it-rain", "--expand", "sdk,runtime,models")
    assert (row["sdk"], row["runtime"]["stage"]) == ("gradio", "RUNNING")
    assert row["models"] == ["nimbus-labs/nowcast-2b", "nimbus-labs/nowcast-base"]


def test_infos_are_shown_completely_and_by_field(hf: Hf) -> None:
    model = hf.json("models", "info", "gpt2")  # the name it had before namespaces
    assert (model["id"], model["safetensors"]["total"], model["card_data"]["license"]) == (
        GPT2,
        124_439_808,
        "mit",
    )
    assert hf.json("models", "info", GPT2, "--expand", "downloads,likes") == {
        "id": GPT2,
        "downloads": 14_347_531,
        "likes": 2_865,
    }
    dataset = hf.json("datasets", "info", SQUAD, "--revision", "refs/convert/parquet")
    assert (dataset["id"], dataset["card_data"]["pretty_name"]) == (SQUAD, "SQuAD")
    space = hf.json("spaces", "info", "nimbus-labs/will-it-rain")
    assert (space["sdk"], space["subdomain"]) == ("gradio", "nimbus-labs-will-it-rain")
    paper = hf.json("papers", "info", BERT)
    assert (paper["title"].split(":")[0], paper["authors"][0]["name"]) == ("BERT", "Jacob Devlin")


def test_files_and_cards_are_read(hf: Hf) -> None:
    files = {file["path"]: file for file in hf.json("models", "ls", GPT2)}
    assert files["model.safetensors"]["size"] == 497_759_232
    assert len(hf.ids("models", "ls", "nimbus-labs/checkpoint-archive", "-R")) > 10_000  # several pages
    assert "index.html" in hf.ids("spaces", "ls", "ada/portfolio")
    assert hf.json("models", "card", GPT2, "--metadata")["license"] == "mit"
    assert "# SQuAD" in hf.text("datasets", "card", SQUAD, "--text")
    assert "sdk: static" in hf.text("spaces", "card", "ada/portfolio")
    assert "## Abstract" in hf.text("papers", "read", BERT)


def test_daily_papers_come_with_who_submitted_them(hf: Hf) -> None:
    [paper] = hf.json("papers", "ls", "--date", "2023-05-09")
    assert paper["authors"][0]["user"]["username"] == "ada"
    assert paper["published_at"] == "2023-03-08T00:00:00+00:00"
    upvotes = [row["upvotes"] for row in hf.json("papers", "ls", "--sort", "trending", "--limit", "3")]
    assert upvotes == [350, 168, 156]


def test_a_model_is_created_set_up_moved_and_deleted(hf: Hf) -> None:
    assert hf.json("repos", "create", "ada/typed", "--private")["url"].endswith("/ada/typed")
    assert "You already created" in hf.run("repos", "create", "ada/typed").stderr
    assert hf.ids("repos", "create", "ada/typed", "--exist-ok") == ["ada/typed"]
    hf.text("repos", "settings", "ada/typed", "--gated", "manual")
    hf.text("repos", "settings", "ada/typed", "--public")
    hf.text("repos", "move", "ada/typed", "nimbus-labs/typed")
    moved = hf.json("models", "info", "ada/typed", "--expand", "gated,private")  # the old name leads on
    assert moved == {"id": "nimbus-labs/typed", "gated": "manual", "private": False}
    assert "nimbus-labs/typed" in hf.ids("repos", "ls", "--namespace", "nimbus-labs")
    hf.text("repos", "delete", "nimbus-labs/typed", "--yes")
    assert "Repository not found" in hf.run("repos", "delete", "nimbus-labs/typed", "--yes").stderr
    hf.text("repos", "delete", "nimbus-labs/typed", "--yes", "--missing-ok")


def test_a_dataset_and_a_space_are_created_and_deleted(hf: Hf) -> None:
    made = hf.json("repos", "create", "datasets/ada/typed", "--public")
    assert (made["repo_id"], made["url"].partition("/datasets/")[2]) == ("ada/typed", "ada/typed")
    with_everything = "--sdk gradio --flavor t4-medium --protected --sleep-time 600 -e A=b"
    hf.text("repos", "create", "ada/typed", "--type", "space", *with_everything.split())
    space = hf.json("spaces", "info", "ada/typed")
    assert (space["runtime"]["requested_hardware"], space["runtime"]["sleep_time"]) == ("t4-medium", 600)
    hf.text("repos", "settings", "ada/typed", "--type", "space", "--private")
    assert hf.json("spaces", "info", "ada/typed", "--expand", "private")["private"] is True
    hf.text("repos", "move", "spaces/ada/typed", "spaces/nimbus-labs/typed")
    hf.text("repos", "delete", "spaces/nimbus-labs/typed", "--yes")
    hf.text("repos", "delete", "ada/typed", "--type", "dataset", "--yes")
    assert "not found" in hf.run("datasets", "info", "ada/typed").stderr


def test_a_collection_is_made_filled_renamed_and_deleted(hf: Hf) -> None:
    create = ("collections", "create", "Typed by hand", "--namespace", "nimbus-labs")
    slug = hf.json(*create, "--description", "Some of it.", "--private")["slug"]
    assert slug.startswith("nimbus-labs/typed-by-hand-")
    assert slug in hf.run(*create).stderr
    assert hf.ids(*create, "--exists-ok") == [slug]
    [qwen] = hf.ids("collections", "ls", "--owner", "Qwen")
    things = [
        ("model", GPT2),
        ("dataset", SQUAD),
        ("space", "ada/portfolio"),
        ("paper", BERT),
        ("bucket", "nimbus-labs/radar-frames"),
        ("collection", qwen),
    ]
    for kind, id in things:
        hf.text("collections", "add-item", slug, id, kind, "--note", f"A {kind}.")
    assert "already" in hf.run("collections", "add-item", slug, SQUAD, "dataset").stderr
    hf.text("collections", "add-item", slug, SQUAD, "dataset", "--exists-ok")
    items = hf.json("collections", "info", slug)["items"]
    assert [(item["item_type"], item["item_id"]) for item in items] == things
    assert [item["note"] for item in items] == [f"A {kind}." for kind, _ in things]

    first, second = items[0]["item_object_id"], items[1]["item_object_id"]
    hf.text("collections", "update-item", slug, first, "--note", "Old.", "--position", "2")
    hf.text("collections", "delete-item", slug, second)
    assert "404" in hf.run("collections", "delete-item", slug, second).stderr
    hf.text("collections", "delete-item", slug, second, "--missing-ok")
    update = ("collections", "update", slug, "--title", "Renamed", "--theme", "green", "--no-private")
    renamed = hf.json(*update)["slug"]
    assert renamed == f"nimbus-labs/renamed-{slug[-24:]}"
    now = hf.json("collections", "info", slug)  # the old slug leads to it
    assert (now["slug"], now["title"], now["theme"], now["private"]) == (renamed, "Renamed", "green", False)
    assert [item["item_id"] for item in now["items"]][:2] == ["ada/portfolio", GPT2]
    assert now["items"][1]["note"] == "Old."

    listed = hf.json("collections", "ls", "--owner", "nimbus-labs", "--sort", "lastModified")
    assert (listed[0]["slug"], len(listed[0]["items"])) == (renamed, 4)  # of five
    hf.text("collections", "delete", slug)
    assert "Collection not found" in hf.run("collections", "delete", slug).stderr
    hf.text("collections", "delete", slug, "--missing-ok")


def test_collections_are_found_by_what_they_hold(hf: Hf) -> None:
    slugs = hf.ids("collections", "ls", "--item", "models/nimbus-labs/nowcast-2b", "--sort", "upvotes")
    assert [slug.rpartition("-")[0] for slug in slugs] == [
        "nimbus-labs/nowcasting-releases",
        "ada/rain-shine",
    ]
    assert len(hf.ids("collections", "ls", "--limit", "1000", token="")) > 40


@pytest.mark.parametrize(
    ("token", "words", "said"),
    [
        (READ, "repos create ada/typed", '403 Forbidden: The token "ada-read" has the role "read"'),
        (ADA, "repos create openai-community/typed", "403 Forbidden: You don't have the rights to create"),
        (EVE, "repos create eve/typed --type space --sdk gradio", "402 Payment Required"),
        (EVE, "repos settings ada/fjord-names --private", "403 Forbidden: You don't have the rights"),
        (EVE, "repos move ada/fjord-names eve/fjord-names", "403 Forbidden: You don't have the rights"),
        (EVE, "repos delete ada/fjord-names --yes", "403 Forbidden: You don't have the rights to delete"),
        (ADA, "repos delete eve/secret-sauce --yes", "Repository not found"),
        (ADA, "models info eve/secret-sauce", "Model 'eve/secret-sauce' not found"),
        ("", "models info eve/secret-sauce", "401 Unauthorized"),
        (ADA, f"models info {GPT2} --revision none", "Revision"),
        (EVE, "models ls meta-llama/Llama-3.1-8B", "requires approval"),
        (ADA, "models ls ykilcher/gpt-4chan", "disabled"),
        (ADA, "spaces info ada/none", "Space 'ada/none' not found"),
        (ADA, "papers info 9912.99999", "Paper '9912.99999' not found"),
        (ADA, "collections create Typed --namespace eve", "403 Forbidden: You don't have the rights"),
        (ADA, "collections info eve/none-0123456789abcdef01234567", "Collection not found"),
    ],
)
def test_it_says_why_something_is_refused(hf: Hf, token: str, words: str, said: str) -> None:
    done = hf.run(*words.split(), token=token)
    assert done.returncode == 1
    assert said in done.stderr
