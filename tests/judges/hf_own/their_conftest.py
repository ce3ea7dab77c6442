"""What huggingface_hub's own tests ask of their conftest, which its source package leaves out.

It is copied to where they look for it; `HF_ENDPOINT` names the Hub that stands for both of theirs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import httpx2
import pytest
from huggingface_hub import HfApi, RepoUrl, constants

from . import testing_constants

HERE = os.environ["HF_ENDPOINT"]
testing_constants.ENDPOINT_STAGING = testing_constants.ENDPOINT_PRODUCTION = HERE

from .testing_utils import repo_name  # noqa: E402  # behind the constants, which it reads

RepoFactory = Callable[..., RepoUrl]
MARKERS = ("api", "transfer", "inference", "xet", "no_xet", "production", "deprecated", "git_lfs")


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", f"{marker}: one of theirs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("xet") or item.get_closest_marker("git_lfs"):
            item.add_marker(pytest.mark.skip(reason="needs Xet's storage, or git itself"))


@pytest.fixture(autouse=True)
def _nothing_is_kept(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp("home")
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_ASSETS_CACHE"):
        monkeypatch.setattr(constants, name, str(home / "cache"))
    monkeypatch.setattr(constants, "HF_HOME", str(home))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(home / "stored_tokens"))


@pytest.fixture(autouse=True)
def _note_what_reaches_the_hub(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    sent = httpx2.Client.send

    def send(self: httpx2.Client, *given: object, **more: object) -> object:
        record_property("reached", "the Hub")
        return sent(self, *given, **more)

    monkeypatch.setattr(httpx2.Client, "send", send)


@pytest.fixture(scope="session")
def api() -> HfApi:
    return HfApi(endpoint=HERE, token=testing_constants.TOKEN)


@pytest.fixture(scope="session")
def api_prod() -> HfApi:
    return HfApi(endpoint=HERE)


@pytest.fixture
def repo_factory(api: HfApi) -> Iterator[RepoFactory]:
    """A repository that is deleted after the test."""
    made: list[tuple[RepoUrl, str | None]] = []

    def create(
        repo_type: str = "model", *, repo_id: str = "", token: str | None = None, **more: object
    ) -> RepoUrl:
        if repo_type == "space":
            more.setdefault("space_sdk", "gradio")
        url = api.create_repo(
            repo_id or repo_name(prefix=repo_type), repo_type=repo_type, token=token, **more
        )
        made.append((url, token))
        return url

    yield create
    for url, token in made:
        api.delete_repo(url.repo_id, repo_type=url.repo_type, token=token, missing_ok=True)
