"""The official Python client as judge: its documented methods, unchanged, against a Hub on a port."""

from __future__ import annotations

import itertools
from typing import Any, get_args
from uuid import uuid4

import pytest
from huggingface_hub import HfApi, ModelCard, hf_hub_download
from huggingface_hub.errors import (
    BadRequestError,
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import ExpandDatasetProperty_T, ExpandModelProperty_T, ExpandSpaceProperty_T
from huggingface_hub.utils._pagination import paginate

from .official import ADA, EVE, READ, api, fresh

__all__ = ["api", "fresh"]


@pytest.fixture(autouse=True)
def no_login(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Nothing of the machine's own login or cache takes part."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_TOKEN", raising=False)


@pytest.mark.parametrize(
    ("repo_type", "parts"), [("model", {}), ("dataset", {}), ("space", {"space_sdk": "static"})]
)
def test_a_repository_is_created_found_and_deleted(api: HfApi, repo_type: str, parts: dict[str, Any]) -> None:
    id = f"nimbus-labs/{repo_type}-{uuid4().hex[:8]}"
    url = api.create_repo(id, repo_type=repo_type, private=True, **parts)
    assert (url.repo_id, url.repo_type) == (id, repo_type)
    assert api.create_repo(id, repo_type=repo_type, exist_ok=True, **parts).repo_id == id
    with pytest.raises(HfHubHTTPError, match="You already created this"):
        api.create_repo(id, repo_type=repo_type, **parts)
    assert api.repo_exists(id, repo_type=repo_type)
    info = api.repo_info(id, repo_type=repo_type)
    assert (info.private, info.id) == (True, id)
    api.delete_repo(id, repo_type=repo_type)
    assert not api.repo_exists(id, repo_type=repo_type)
    api.delete_repo(id, repo_type=repo_type, missing_ok=True)
    with pytest.raises(RepositoryNotFoundError):
        api.delete_repo(id, repo_type=repo_type)


def test_a_space_is_created_with_all_its_options(api: HfApi) -> None:
    id = f"ada/space-{uuid4().hex[:8]}"
    api.create_repo(
        id,
        repo_type="space",
        space_sdk="gradio",
        visibility="protected",
        space_hardware="t4-small",
        space_sleep_time=600,
        space_secrets=[{"key": "A", "value": "b"}],
        space_variables=[{"key": "C", "value": "d"}],
    )
    space = api.space_info(id)
    assert space.runtime is not None
    assert (space.sdk, space.runtime.stage, space.runtime.requested_hardware) == (
        "gradio",
        "BUILDING",
        "t4-small",
    )
    api.delete_repo(id, repo_type="space")


def test_infos_are_read_in_full(api: HfApi) -> None:
    model = api.model_info("openai-community/gpt2", files_metadata=True, securityStatus=True)
    assert model.safetensors is not None
    assert model.siblings is not None
    assert model.card_data is not None
    assert (model.safetensors.total, model.card_data.license) == (124_439_808, "mit")
    assert any(file.lfs and file.lfs.size > 10**8 for file in model.siblings)
    dataset = api.dataset_info("rajpurkar/squad", revision="refs/convert/parquet")
    assert dataset.citation is not None
    assert dataset.card_data is not None
    assert dataset.card_data["pretty_name"] == "SQuAD"
    space = api.space_info("nimbus-labs/will-it-rain")
    assert (space.models, space.datasets) == (
        ["nimbus-labs/nowcast-2b", "nimbus-labs/nowcast-base"],
        ["nimbus-labs/rain-gauges"],
    )


def test_every_expand_the_client_offers_is_answered(api: HfApi) -> None:
    api.model_info("google-bert/bert-base-uncased", expand=list(get_args(ExpandModelProperty_T)))
    api.dataset_info("rajpurkar/squad", expand=list(get_args(ExpandDatasetProperty_T)))
    api.space_info("nimbus-labs/will-it-rain", expand=list(get_args(ExpandSpaceProperty_T)))


def test_old_names_are_followed(api: HfApi) -> None:
    assert api.model_info("gpt2").id == "openai-community/gpt2"
    assert api.dataset_info("squad").id == "rajpurkar/squad"
    assert api.model_info("OpenAI-Community/GPT2").id == "openai-community/gpt2"


def test_listings_go_on_over_several_pages(hub_url: str) -> None:
    api = HfApi(endpoint=hub_url, token=False)
    everything = [model.id for model in api.list_models(sort="downloads")]
    assert len(everything) > 200
    pages = paginate(f"{hub_url}/api/models", params={"sort": "downloads", "limit": 25}, headers={})
    assert [row["id"] for row in pages] == everything
    assert [
        model.id for model in itertools.islice(api.list_models(sort="downloads", limit=30), 40)
    ] == everything[:30]


def test_listings_take_the_clients_filters(api: HfApi) -> None:
    models = list(
        api.list_models(
            author="meta-llama",
            search="8b",
            pipeline_tag="text-generation",
            gated=True,
            apps=["vllm"],
            inference="warm",
            inference_provider=["novita"],
            num_parameters="min:6B,max:10B",
            filter=["en", "conversational"],
            full=True,
            cardData=True,
            fetch_config=True,
            sort="last_modified",
        )
    )
    assert [model.id for model in models] == ["meta-llama/Llama-3.1-8B-Instruct"]
    assert models[0].config is not None
    datasets = list(
        api.list_datasets(author="ibm", language="en", task_categories="question-answering", full=True)
    )
    assert [dataset.id for dataset in datasets] == ["ibm/duorc"]
    spaces = list(api.list_spaces(models="nimbus-labs/nowcast-2b", expand=["runtime", "sdk"], sort="likes"))
    assert {space.id for space in spaces} == {"nimbus-labs/will-it-rain", "nimbus-labs/forecast-desk"}
    trained = {model.id for model in api.list_models(trained_dataset="bookcorpus")}
    assert "google-bert/bert-base-uncased" in trained


def test_a_repository_is_moved_and_set_up(api: HfApi, fresh: str) -> None:
    new = f"nimbus-labs/moved-{uuid4().hex[:8]}"
    api.move_repo(fresh, new)
    assert api.model_info(fresh).id == new
    api.update_repo_settings(new, gated="manual", private=True)
    info = api.model_info(new)
    assert (info.gated, info.private) == ("manual", True)
    api.update_repo_settings(new, gated=False, visibility="public")
    with pytest.raises(HfHubHTTPError, match="already exists"):
        api.move_repo(new, "nimbus-labs/nowcast-2b")
    with pytest.raises(HfHubHTTPError, match="rights"):
        api.move_repo(new, "eve/mine-now")
    api.delete_repo(new)


def test_people_are_read(api: HfApi) -> None:
    assert api.whoami()["name"] == "ada"
    org = api.get_organization_overview("nimbus-labs")
    assert (org.num_users, org.plan) == (5, "team")
    assert len(list(api.list_organization_members("open-cartography"))) == 640
    assert len(list(api.list_organization_followers("open-cartography"))) == 1310
    assert api.get_user_overview("ada").is_pro is True
    assert {repo.id for repo in api.list_user_repos()} >= {"ada/notes-to-self", "ada/portfolio"}


def test_tags_are_read(api: HfApi) -> None:
    assert {tag["id"] for tag in api.get_model_tags()["pipeline_tag"]} >= {"text-generation", "fill-mask"}
    assert api.get_dataset_tags()["language"]


def test_files_cards_and_refs_are_read(api: HfApi, hub_url: str, tmp_path: Any) -> None:
    path = hf_hub_download(
        "rajpurkar/squad", "README.md", repo_type="dataset", endpoint=hub_url, token=ADA, cache_dir=tmp_path
    )
    assert ModelCard.load(path).data.to_dict()["pretty_name"] == "SQuAD"
    shard = hf_hub_download(
        "ibm/duorc",
        "SelfRC/test/0000.parquet",
        repo_type="dataset",
        revision="refs/convert/parquet",
        endpoint=hub_url,
        token=ADA,
        cache_dir=tmp_path,
    )
    with open(shard, "rb") as file:
        assert file.read(4) == b"PAR1"
    assert "config.json" in api.list_repo_files("openai-community/gpt2")
    assert api.list_repo_refs("ada/fjord-names").branches[0].name == "main"


@pytest.mark.parametrize(
    ("token", "call", "error"),
    [
        (ADA, lambda api: api.model_info("eve/secret-sauce"), RepositoryNotFoundError),
        (ADA, lambda api: api.model_info("ada/none"), RepositoryNotFoundError),
        (False, lambda api: api.model_info("eve/secret-sauce"), HfHubHTTPError),
        (ADA, lambda api: api.model_info("ada/fjord-names", revision="none"), RevisionNotFoundError),
        (EVE, lambda api: list(api.list_repo_tree("meta-llama/Llama-3.1-8B")), GatedRepoError),
        (False, lambda api: list(api.list_repo_tree("meta-llama/Llama-3.1-8B")), GatedRepoError),
        (ADA, lambda api: list(api.list_repo_tree("ykilcher/gpt-4chan")), DisabledRepoError),
        (ADA, lambda api: list(api.list_repo_tree("ada/fjord-names", "none")), RemoteEntryNotFoundError),
        (ADA, lambda api: list(api.list_models(sort="author")), BadRequestError),
        (READ, lambda api: api.create_repo("ada/x"), HfHubHTTPError),
        (EVE, lambda api: api.delete_repo("ada/fjord-names"), HfHubHTTPError),
        (ADA, lambda api: api.get_organization_overview("nobody"), HfHubHTTPError),
        ("hf_wrong", lambda api: api.whoami(), HfHubHTTPError),
    ],
)
def test_the_clients_own_exceptions_are_raised(
    hub_url: str, token: Any, call: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        call(HfApi(endpoint=hub_url, token=token))
