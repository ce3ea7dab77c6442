"""The official Python client against a Hub on a port: nothing of the machine's own login takes part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from huggingface_hub import HfApi, constants

ADA, READ, BOB, EVE = (f"hf_sandbox_{name}" for name in ("ada_write", "ada_read", "bob_write", "eve_write"))


@pytest.fixture(autouse=True)
def by_lfs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A home of its own, and HF_HUB_DISABLE_XET as the client has read it: the local Hub has LFS alone."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)


@pytest.fixture
def api(hub_url: str) -> HfApi:
    """The client as ada uses it."""
    return HfApi(endpoint=hub_url, token=ADA)


@pytest.fixture
def eve(hub_url: str) -> HfApi:
    """The client as somebody else uses it."""
    return HfApi(endpoint=hub_url, token=EVE)


@pytest.fixture
def fresh(api: HfApi) -> Iterator[str]:
    """A model of ada's, made for one test."""
    id = f"ada/made-{uuid4().hex[:8]}"
    api.create_repo(id)
    yield id
    api.delete_repo(id, missing_ok=True)
