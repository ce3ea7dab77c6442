"""Recorded exchanges with real Spaces as judge: the same requests have the same answers here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Ask

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
FILES = sorted(RECORDINGS.glob("TestSpaceAPIProduction.*.yaml"))
OURS = ("/secrets", "/variables", "/runtime", "/pause", "/restart")
STATIC = "victor/static-space"
pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not FILES, reason="the recordings lie beside the repository"),
]


def timeless(value: Any) -> Any:
    """An answer without what no two have alike: times, names, and the commit that runs."""
    if not isinstance(value, dict):
        return value
    return {name: timeless(one) for name, one in value.items() if name not in ("updatedAt", "domains", "sha")}


def exchanges_in(file: Path) -> list[Any]:
    yaml = pytest.importorskip("yaml", reason="recordings are YAML")
    found: list[Any] = yaml.safe_load(file.read_text("utf-8"))["interactions"]
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem.rpartition(".")[2])
async def test_a_recorded_exchange_goes_the_same_way_here(ask: Ask, file: Path) -> None:
    exchanges = exchanges_in(file)
    await ask("POST", "/api/repos/create", json={"name": "tmp", "type": "space", "sdk": "gradio"})
    compared = 0
    for one in exchanges:
        path = one["request"]["uri"].removeprefix("https://huggingface.co")
        if not path.endswith(OURS):
            continue
        path = path.replace("user/tmp_test_space", "ada/tmp").replace(STATIC, "ada/portfolio")
        sent = one["request"]["body"]
        answer = await ask(one["request"]["method"], path, **({"content": sent} if sent else {}))
        assert answer.status_code == one["response"]["status"]["code"], path
        assert timeless(answer.json()) == timeless(json.loads(one["response"]["body"]["string"])), path
        compared += 1
    assert compared
