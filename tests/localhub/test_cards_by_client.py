"""`huggingface_hub` unchanged with `HF_ENDPOINT` set: cards by their names, files by `hf://` addresses."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from .official import ADA

ASK = """
import json, sys
import fsspec
from huggingface_hub import (
    DatasetCard, EvalResult, HfApi, ModelCard, ModelCardData, SpaceCard, metadata_eval_result, metadata_update
)

api, told = HfApi(), {}
for kind, more in (("model", {}), ("dataset", {}), ("space", {"space_sdk": "static"})):
    api.create_repo(f"ada/card-{kind}", repo_type=kind, **more)
result = EvalResult(task_type="text-classification", dataset_type="glue", dataset_name="GLUE",
                    metric_type="accuracy", metric_value=0.9)
data = ModelCardData(language="en", license="mit", model_name="Fjords", eval_results=[result])
pushed = ModelCard.from_template(data, model_description="About fjords.").push_to_hub("ada/card-model")
told["pushed"] = pushed.oid == api.model_info("ada/card-model").sha
loaded = ModelCard.load("ada/card-model")
told["results"] = [(one.dataset_name, one.metric_value) for one in loaded.data.eval_results]
told["shown"] = api.model_info("ada/card-model").card_data.eval_results[0].metric_value
loaded.validate()
metadata_update("ada/card-model", {"tags": ["fjord"]})
metadata_update("ada/card-model", {"license": "apache-2.0"}, overwrite=True, create_pr=True)
told["opened"] = api.get_discussion_details("ada/card-model", 1).is_pull_request
proposed = api.hf_hub_download("ada/card-model", "README.md", revision="refs/pr/1")
told["proposed"] = ModelCard.load(proposed).data.license
told["stays"] = (ModelCard.load("ada/card-model").data.license, ModelCard.load("ada/card-model").data.tags)
measured = metadata_eval_result(model_pretty_name="Fjords", task_pretty_name="Text",
                                task_id="text-classification", metrics_pretty_name="F1",
                                metrics_id="f1", metrics_value=0.3,
                                dataset_pretty_name="GLUE", dataset_id="glue")
metadata_update("ada/card-model", measured)
told["measured"] = sorted(one.metric_type for one in ModelCard.load("ada/card-model").data.eval_results)

DatasetCard("---\\nlicense: mit\\npretty_name: Diaries\\n---\\n# D\\n").push_to_hub("ada/card-dataset")
told["datasets"] = [DatasetCard.load(id).data.pretty_name for id in ("ada/card-dataset", "squad")]
SpaceCard("---\\ntitle: Rain\\nsdk: static\\ncolorFrom: red\\n---\\n").push_to_hub("ada/card-space")
told["space"] = SpaceCard.load("ada/card-space").data.title
for card in ("---\\ntitle: x\\nsdk: none\\n---\\n", "---\\ntitle: x\\nsdk: static\\ncolorTo: mauve\\n---\\n"):
    try:
        SpaceCard(card).push_to_hub("ada/card-space")
    except ValueError as error:
        told.setdefault("refused", []).append(json.loads(str(error))["errors"][0]["message"].split(" ")[0])

with fsspec.open("hf://ada/card-model/notes/x.txt", "w") as file:
    file.write("by fsspec")
with fsspec.open("hf://ada/card-model@main/notes/x.txt") as file:
    told["fsspec"] = file.read().decode()
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of it."""
    from hub_mcp.localhub.app import create_app
    from hub_mcp.localhub.serving import serving
    from tests.cli.conftest import own_environment

    home = tmp_path_factory.mktemp("home")
    with serving(create_app(quota=1_000_000)) as url:
        ours = own_environment(home) | {
            "HF_ENDPOINT": url, "HF_TOKEN": ADA, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1",
        }  # fmt: skip
        run = subprocess.run(
            [sys.executable, "-c", ASK], env=ours, capture_output=True, text=True, check=False
        )
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return told


def test_a_model_card_is_pushed_loaded_by_name_and_shown_with_its_results(said: dict[str, Any]) -> None:
    assert said["pushed"]
    assert (said["results"], said["shown"]) == ([["GLUE", 0.9]], 0.9)
    assert said["measured"] == ["accuracy", "f1"]


def test_metadata_is_updated_and_proposed(said: dict[str, Any]) -> None:
    assert said["opened"]
    assert said["proposed"] == "apache-2.0"
    assert said["stays"] == ["mit", ["fjord"]]


def test_cards_of_datasets_and_spaces_are_pushed_loaded_and_checked(said: dict[str, Any]) -> None:
    assert said["datasets"] == ["Diaries", "SQuAD"]
    assert said["space"] == "Rain"
    assert said["refused"] == ['"sdk"', '"colorTo"']


def test_files_are_written_and_read_by_their_addresses(said: dict[str, Any]) -> None:
    assert said["fsspec"] == "by fsspec"
