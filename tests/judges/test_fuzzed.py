"""Parsers of hostile text under a coverage-guided fuzzer (atheris): Link headers, cursors, refusals, ids.

Each runs in a process of its own, for HUB_MCP_FUZZ_SECONDS or 10. For longer:
`python tests/judges/test_fuzzed.py link 600`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SECONDS = os.environ.get("HUB_MCP_FUZZ_SECONDS", "10")
HERE = Path(__file__).resolve()


def link(text: str, data: bytes) -> None:
    from hub_mcp.catalogue.http import HttpResponse
    from hub_mcp.catalogue.listing import next_link
    from hub_mcp.catalogue.repos.models import ListModels
    from hub_mcp.errors import HubError

    found = next_link(text)
    assert found in text
    assert not set(found) & set("<>")
    call = ListModels(limit=1)
    try:
        page = call.from_http(
            HttpResponse(200, {"link": text}, b'[{"id":"a/b"}]', "https://hub.test/api/models", True)
        )
    except HubError:
        return
    if page.next_cursor:
        assert (
            call.after(page.next_cursor)
            .to_http("https://hub.test")
            .url.startswith("https://hub.test/api/models?")
        )


def cursor(text: str, data: bytes) -> None:
    from hub_mcp.catalogue.repos.models import ListModels
    from hub_mcp.catalogue.search.papers import ListDailyPapers

    for listing in (ListModels, ListDailyPapers):
        try:
            call = listing.model_validate({"cursor": text})
        except ValueError:
            continue
        url = call.to_http("https://hub.test").url
        assert url.startswith(f"https://hub.test{listing.line.path}?")
        assert url.isprintable()
        assert url.isascii()


def refusal(text: str, data: bytes) -> None:
    from hub_mcp.catalogue.refusals import error_of

    status = 300 + (data[0] if data else 0)
    headers = dict.fromkeys(("ratelimit", "retry-after", "location", "x-error-message", "x-error-code"), text)
    for given in (headers, {"content-type": text}, {}):
        sentence = str(error_of(status, given, data, subject="x", signed_in=True, about_repository=True))
        sentence.encode()
        assert "\n" not in sentence


def repo_id(text: str, data: bytes) -> None:
    from hub_mcp.catalogue.repos.models import GetModel

    try:
        call = GetModel.model_validate({"repo_id": text})
    except ValueError:
        return
    whole = call.real_path()
    path, asked, revision = whole.partition("/revision/")  # of an address that names one, or of id@revision
    assert bool(asked) is (call.revision is not None)
    assert bool(revision) is bool(asked)
    assert "/" not in revision
    assert revision not in (".", "..")
    assert path.startswith("/api/models/")
    assert 3 <= path.count("/") <= 4
    assert not {"", ".", ".."} & set(path.split("/")[1:])
    assert whole.isascii()


def address(text: str, data: bytes) -> None:
    from hub_mcp.errors import HubError
    from hub_mcp.server.resources.addresses import call_at

    try:
        call = call_at(text)
    except (HubError, ValueError):
        return
    assert call.reads


TARGETS: dict[str, Callable[[str, bytes], None]] = {
    "link": link,
    "cursor": cursor,
    "refusal": refusal,
    "repo_id": repo_id,
    "address": address,
}
SEEDS: dict[str, list[str]] = {
    "link": [
        '<https://hub.test/api/models?limit=2&cursor=eyIk>; rel="next"',
        '<a>; rel=prev, </x?cursor=b>; title="n"; rel="next"',
    ],
    "cursor": ["7.20.eyIk", "0.100.3", "0.0."],
    "refusal": [
        '{"error":"no"}',
        '{"errors":[{"message":"x"}]}',
        '"api";r=0;t=13',
        "30",
        "https://a.b/c",
        "text/html",
    ],
    "repo_id": [
        "ada/atlas",
        "gpt2",
        "datasets/a/b",
        "https://huggingface.co/datasets/a/b/tree/main",
        "a%2Fb",
        "../x",
    ],
    "address": [
        "hub://models?search=bert&limit=5",
        "hub://models/a/b",
        "hub://stream/models",
        "hub://daily_papers?date=2026-01-01",
    ],
}


@pytest.mark.parametrize("name", TARGETS)
def test_a_fuzzer_finds_nothing(name: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    if name == "address":
        pytest.importorskip("hub_mcp.server.resources.addresses")
    command = [sys.executable, str(HERE), name, SECONDS]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[2])},
    )
    assert done.returncode == 0, done.stderr[-3_000:]


def main() -> None:
    import atheris

    name, seconds = sys.argv[1:3]
    target = TARGETS[name]
    with atheris.instrument_imports(include=["hub_mcp.catalogue", "hub_mcp.server.resources.addresses"]):
        import hub_mcp.catalogue.listing
        import hub_mcp.catalogue.repos.models
        import hub_mcp.catalogue.search.papers

        if name == "address":
            import hub_mcp.server.resources.addresses  # noqa: F401

    def once(data: bytes) -> None:
        target(data.decode("latin-1" if name == "link" else "utf-8", "surrogateescape"), data)

    corpus = Path("corpus")
    corpus.mkdir(exist_ok=True)
    for n, seed in enumerate(SEEDS[name]):
        (corpus / str(n)).write_text(seed, encoding="utf-8")
    atheris.enabled_hooks.add("RegEx")
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={seconds}", "-max_len=400", "-print_final_stats=1", str(corpus)], once
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
