"""`hub-mcp doctor`: what a server would see, and what is wrong, but never the token."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_mcp import __version__
from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.cli.doctor import POLICIES
from hub_mcp.client.transport import retry
from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.serving import serving
from tests.cli.conftest import Run

PLANTED = "hf_sandbox_ada_write"  # a token the local Hub knows, so that it is used all the way
UNKNOWN = "hf_" + "Sample" * 5


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of a local Hub."""
    with serving(create_app()) as address:
        yield address


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address where nothing listens, reserved for the test."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_a_server_that_can_work_is_described_and_ends_with_nought(run: Run, endpoint: str) -> None:
    told = run("doctor", "--json", env={"HF_ENDPOINT": endpoint, "HF_TOKEN": PLANTED})
    assert (told.code, told.err) == (0, "")
    found = json.loads(told.out)
    assert found["well"] is True
    assert found["hub_mcp"] == __version__
    assert found["hub"] == endpoint
    assert found["answers"] == "yes"
    assert found["token"] == "from HF_TOKEN"
    assert found["signed_in"]["name"] == "ada"
    assert found["rate_limit"]["calls left"] > 0
    assert found["tools"] == {"offered": len(default_endpoints())}
    assert found["confirm"] == {"plan": POLICIES["plan"]}
    assert found["ignored_variables"] == "none"
    assert all(version != "missing" for version in found["packages"].values())


def test_words_say_what_json_says_in_80_columns(run: Run) -> None:
    words = run("--sandbox", "doctor")
    found = json.loads(run("--sandbox", "doctor", "--json").out)
    assert (words.code, words.err) == (0, "")
    assert max(map(len, words.out.splitlines())) <= 80
    named = [line.partition(":")[0] for line in words.out.splitlines() if line[0] != " "]
    assert named == [name.replace("_", " ") for name in found if name != "well"]
    assert "\n  name: ada\n" in words.out


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["words", "json"])
@pytest.mark.parametrize("token", [PLANTED, UNKNOWN])
@pytest.mark.parametrize("where", ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "--token-file", "hf auth login"])
def test_the_source_of_the_token_is_shown_but_never_the_token(
    run: Run, endpoint: str, tmp_path: Path, form: list[str], token: str, where: str
) -> None:
    env, given = {"HF_ENDPOINT": endpoint}, list(form)
    if where == "--token-file":
        (tmp_path / "secret").write_text(token + "\n")
        given += ["--token-file", str(tmp_path / "secret")]
    elif where == "hf auth login":
        (tmp_path / "hf_home").mkdir()
        (tmp_path / "hf_home" / "token").write_text(token)
    else:
        env[where] = token
    told = run("-vv", "doctor", *given, env=env)
    assert told.code == (0 if token == PLANTED else 1), told
    assert where in told.out
    assert token not in told.out + told.err


def test_a_token_the_hub_does_not_know_is_reported_as_the_problem(run: Run, endpoint: str) -> None:
    told = run("doctor", "--json", env={"HF_ENDPOINT": endpoint, "HF_TOKEN": UNKNOWN})
    found = json.loads(told.out)
    assert (told.code, found["well"]) == (1, False)
    assert "token" in json.dumps([found["answers"], found.get("signed_in")])


def test_a_hub_that_cannot_be_reached_ends_with_one(
    run: Run, nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "LONGEST_PAUSE", 0.0)
    plain = run("doctor", "--endpoint", nowhere, "--timeout", "5", env={"HF_TOKEN": PLANTED})
    assert (plain.code, plain.err) == (1, "")
    assert f"answers: {nowhere.removeprefix('http://')} cannot be reached." in plain.out
    assert PLANTED not in plain.out


def test_offline_is_reported_and_exits_with_one(run: Run, nowhere: str) -> None:
    told = run("doctor", "--json", env={"HF_HUB_OFFLINE": "1", "HF_ENDPOINT": nowhere})
    found = json.loads(told.out)
    assert (told.code, found["well"]) == (1, False)
    assert "offline" in found["answers"].lower()


def test_hidden_tools_are_listed_with_the_flag_that_hides_them(run: Run) -> None:
    given = (
        "doctor",
        "--sandbox",
        "--read-only=repos",
        "--toolsets=repos,models",
        "--exclude-tools=get_model",
    )
    tools = json.loads(run(*given, "--json").out)["tools"]
    assert tools["hidden"]["delete_repo"] == "--read-only"
    assert tools["hidden"]["get_model"] == "--exclude-tools"
    assert tools["hidden"]["list_datasets"] == "--toolsets"
    assert "list_models" not in tools["hidden"]
    assert tools["offered"] == len(default_endpoints()) - len(tools["hidden"])
    words = " ".join(run(*given).out.split())
    assert "--exclude-tools (1): get_model" in words
    for tool in tools["hidden"]:
        assert tool in words


def test_tools_that_the_token_can_never_use_are_listed(run: Run) -> None:
    found = json.loads(run("doctor", "--sandbox", "--anonymous", "--json").out)
    assert found["token"].startswith("none")
    assert found["tools"]["not for this token"]["create_repo"] == "needs a token"
    assert "list_models" not in found["tools"]["not for this token"]


@pytest.mark.parametrize("policy", POLICIES)
def test_the_policy_is_described_in_words(run: Run, policy: str) -> None:
    words = run("doctor", "--sandbox", "--confirm", policy).out
    assert POLICIES[policy] in " ".join(words.split())


def test_proxies_and_certificates_are_shown_without_passwords(run: Run) -> None:
    env = {"HTTPS_PROXY": "http://me:hush@proxy.localhost:3128", "NO_PROXY": "*"}
    told = run("doctor", "--sandbox", "--json", env=env)
    assert json.loads(told.out)["network"].items() >= {("HTTPS_PROXY", "set"), ("NO_PROXY", "set")}
    assert "hush" not in told.out
