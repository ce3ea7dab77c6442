"""Settings on the command line: each has a flag and a variable, which mean the same in every position."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.cli.flags.flag_table import FLAGS, Flag
from hub_mcp.cli.flags.options import bare_values, settings_behind
from hub_mcp.cli.main import COMMANDS
from hub_mcp.settings import Settings
from tests.cli.conftest import Ran, Run

EVERY = pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.field)
NUMBERS = [flag for flag in FLAGS if flag.kind in ("number", "whole")]
SWITCHES = [flag for flag in FLAGS if flag.kind == "switch"]
# What is written, and what it means, where that does not follow from the flag's kind; {tmp} is a folder.
WRITTEN = {
    "endpoint": ("http://127.0.0.1:9/", "http://127.0.0.1:9"),
    "sandbox": ("{tmp}/world.db", "{tmp}/world.db"),
    "sandbox_user": ("bob", "bob"),
    "token_file": ("{tmp}/token", "{tmp}/token"),
    "confirm": ("Deny", "deny"),
    "read_only": ("models, repos", ("models", "repos")),
    "namespaces": ("ada,bob", ("ada", "bob")),
    "allow": ("discussions.comment discussions.create", ("discussions.comment", "discussions.create")),
    "secrets_from": ("env:PATH", ("env:PATH",)),
    "toolsets": ("models datasets", ("models", "datasets")),
    "tools": ("whoami", ("whoami",)),
    "exclude_tools": ("delete_repo", ("delete_repo",)),
    "tool_prefix": ("hub_", "hub_"),
    "views": ("off", "off"),
    "journal": ("{tmp}/journal.jsonl", "{tmp}/journal.jsonl"),
    "faults": ("latency=1ms", "latency=1ms"),
    "resource_links": ("on", "on"),
    "log_level": ("debug", "debug"),
    "log_file": ("{tmp}/log", "{tmp}/log"),
}


@pytest.fixture
def seen(run: Run, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `hub-mcp … probe …`, a subcommand that only takes its settings, and give these."""
    found: list[Settings] = []

    @click.command()
    @settings_behind()
    @click.pass_obj
    def probe(settings: Settings) -> None:
        found.append(settings)

    module = ModuleType("hub_mcp.cli.probe")
    module.__dict__["probe"] = probe
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(COMMANDS, "probe", ("probe:probe", "Take settings."))

    def ran(*arguments: str, env: dict[str, str] | None = None) -> Settings:
        found.clear()
        told = run(*arguments, env=env)
        assert (told, len(found)) == (Ran(0, "", ""), 1)
        return found[0]

    return ran


def written(flag: Flag, folder: Path) -> tuple[str, Any]:
    """A value as it is typed, and as it is meant."""
    if flag.kind == "switch":
        return "true", True
    if flag.kind in ("number", "whole"):
        return "7", 7
    (folder / "token").write_text("hf_" + "Sample" * 5)
    typed, meant = WRITTEN[flag.field]
    return typed.format(tmp=folder), meant.format(tmp=folder) if isinstance(meant, str) else meant


def typed_as(flag: Flag, value: str) -> list[str]:
    return [flag.flag] if flag.kind == "switch" else [flag.flag, value]


def test_every_setting_has_a_flag_and_nothing_else_has() -> None:
    assert sorted(flag.field for flag in FLAGS) == sorted(field.name for field in fields(Settings))


def test_the_help_names_every_flag_with_its_variables(run: Run) -> None:
    shown = " ".join(run("--help").out.split())
    for flag in FLAGS:
        assert f"{flag.flag} " in shown
        assert f"[env var: {', '.join(flag.variables)}" in shown


@EVERY
def test_a_flag_means_the_same_before_a_command_after_it_and_as_a_variable(
    seen: Any, flag: Flag, tmp_path: Path
) -> None:
    value, meant = written(flag, tmp_path)
    wanted = replace(Settings(), **{flag.field: meant})
    assert seen(*typed_as(flag, value), "probe") == wanted
    assert seen("probe", *typed_as(flag, value)) == wanted
    for variable in flag.variables:
        assert seen("probe", env={variable: value}) == wanted


def test_the_nearest_word_wins(seen: Any) -> None:
    env = {"HUB_MCP_TIMEOUT": "1"}
    assert seen("probe", env=env).timeout == 1
    assert seen("--timeout", "2", "probe", env=env).timeout == 2
    assert seen("--timeout", "2", "probe", "--timeout", "3", env=env).timeout == 3


def test_our_own_variable_wins_over_the_one_of_the_hubs_clients(seen: Any) -> None:
    env = {"HF_ENDPOINT": "http://theirs.localhost", "HUB_MCP_ENDPOINT": "http://ours.localhost"}
    assert seen("probe", env=env).endpoint == "http://ours.localhost"


@pytest.mark.parametrize("flag", SWITCHES, ids=lambda flag: flag.field)
@pytest.mark.parametrize("value", ["0", "false", "off", "no"])
def test_a_switch_is_off_where_its_variable_says_so(seen: Any, flag: Flag, value: str) -> None:
    assert seen("probe", env={flag.variables[0]: value}) == Settings()


@EVERY
@pytest.mark.parametrize("junk", ["", "  ", "${UNFILLED}", "${user_config.value}", "{{value}}"])
def test_blanks_and_unfilled_placeholders_count_as_unset(seen: Any, flag: Flag, junk: str) -> None:
    assert seen("probe", env=dict.fromkeys(flag.variables, junk)) == Settings()


def test_doctor_lists_the_variables_it_ignored(run: Run) -> None:
    env = {"HF_TOKEN": "${HF_TOKEN}", "HUB_MCP_TOOLS": " ", "HUB_MCP_TIMEOUT": "9"}
    told = run("--sandbox", "doctor", env=env)
    assert told.code == 0
    assert "\nignored variables: HF_TOKEN, HUB_MCP_TOOLS\n" in told.out


@pytest.mark.parametrize("value", ["1", "true", "ON"])
def test_the_sandbox_is_a_checkbox_too(seen: Any, value: str) -> None:
    assert seen("probe", env={"HUB_MCP_SANDBOX": value}).sandbox == ""
    assert seen("probe", env={"HUB_MCP_SANDBOX": "0"}).sandbox is None


def test_read_only_alone_means_every_area(seen: Any) -> None:
    assert seen("--read-only", "probe").read_only == ("all",)
    assert seen("probe", env={"HUB_MCP_READ_ONLY": "true"}).read_only == ("all",)
    assert seen("probe", env={"HUB_MCP_READ_ONLY": "false"}).read_only == ()


@pytest.mark.parametrize("flag", ["--sandbox", "--read-only"])
def test_a_bare_flag_never_eats_a_command_a_tool_or_an_address(flag: str) -> None:
    bare = {"--sandbox": "--sandbox=", "--read-only": "--read-only=all"}[flag]
    for command in COMMANDS:
        assert bare_values([flag, command], list(COMMANDS)) == [bare, command]
    for tool in ENDPOINTS:
        for spelt in (tool, tool.replace("_", "-")):
            assert bare_values(["call", flag, spelt], list(COMMANDS)) == ["call", bare, spelt]
    assert bare_values(["read", flag, "hub://models"], list(COMMANDS)) == ["read", bare, "hub://models"]
    assert bare_values([flag, "./try"], list(COMMANDS)) == [flag, "./try"]
    assert bare_values(["doctor", flag], list(COMMANDS)) == ["doctor", bare]
    assert bare_values([flag, "--json"], list(COMMANDS)) == [bare, "--json"]
    assert bare_values(["install", "zed", "--", flag], list(COMMANDS)) == ["install", "zed", "--", flag]


def test_a_bare_sandbox_flag_is_accepted_anywhere(run: Run) -> None:
    wanted = Ran(0, "ada\n", "")
    assert run("--sandbox", "call", "whoami", "-q") == wanted
    assert run("call", "--sandbox", "whoami", "-q") == wanted
    assert run("call", "whoami", "-q", "--sandbox") == wanted
    assert '"ada"' in run("read", "--sandbox", "hub://whoami-v2").out


def refused(told: Ran, *words: str) -> None:
    """A refusal is exit code 2 and one line on stderr."""
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1), told
    assert told.err.startswith("hub-mcp: ")
    for word in words:
        assert word in told.err


@pytest.mark.parametrize("flag", NUMBERS, ids=lambda flag: flag.field)
@pytest.mark.parametrize("value", ["nan", "NaN", "-1", "-0.5", "1e", "seven", "0x10", "1,5"])
def test_what_is_no_count_and_no_time_is_refused(run: Run, flag: Flag, value: str) -> None:
    refused(run(flag.flag, value, "doctor"), flag.flag, value.lstrip("-").rstrip("e"))
    refused(run("doctor", f"{flag.flag}={value}"), flag.flag)
    refused(run("doctor", env={flag.variables[0]: value}), flag.variables[0])


@pytest.mark.parametrize(
    "given",
    [
        ["--endpoint", "ftp://x"],
        ["--endpoint", "huggingface.co"],
        ["--token-file", "no/such/file"],
        ["--confirm", "maybe"],
        ["--log-level", "loud"],
        ["--log-file", "no/such/folder/log"],
        ["--namespaces", "a/b"],
        ["--allow", "discussions"],
        ["--toolsets", "modles"],
        ["--tools", "get_modell"],
        ["--exclude-tools", "delete_everything"],
        ["--read-only", "modles"],
        ["--faults", "5xx=2"],
        ["--sandbox", "no/such/folder/file"],
        ["--no-such-flag"],
    ],
    ids=lambda given: " ".join(given),
)
def test_garbage_is_refused_in_one_line_before_anything_starts(run: Run, given: list[str]) -> None:
    refused(run(*given), given[0])
    refused(run("doctor", *given), given[0])


def test_an_address_with_a_password_is_refused_without_showing_it(run: Run) -> None:
    told = run("--endpoint", "https://me:secret@hub.example.org", "doctor")
    refused(told, "--endpoint", "hub.example.org")
    assert "secret" not in told.err


@pytest.mark.parametrize(
    "command", [[], ["doctor"], ["http"], ["call", "whoami"], ["read", "hub://models"], ["tools"]]
)
@pytest.mark.parametrize(
    "where", ["?token=s3cret", "/?a=1&token=s3cret", "#s3cret", "/x#s3cret", ":s3cret@evil"]
)
def test_an_address_with_a_query_or_a_fragment_is_refused_without_showing_it(
    run: Run, command: list[str], where: str
) -> None:
    for variable in ("HF_ENDPOINT", "HUB_MCP_ENDPOINT"):
        told = run(*command, env={variable: f"https://hub.example.org{where}"})
        refused(told, "HF_ENDPOINT")
        assert "s3cret" not in told.err
    assert "s3cret" not in "".join(
        run("install", "cursor", "--print", env={"HF_ENDPOINT": f"https://h.example{where}"})[1:]
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["docter"], "doctor"),
        (["instal"], "install"),
        (["call", "get_modle"], "get_model"),
        (["--sandbox", "docter"], "doctor"),
        (["call", "--sandbox", "get_modle"], "get_model"),
    ],
    ids=str,
)
def test_a_misspelt_command_gets_a_guess(run: Run, typed: list[str], meant: str) -> None:
    refused(run(*typed), f"Did you mean {meant!r}?")


def test_what_resembles_nothing_gets_no_guess(run: Run) -> None:
    told = run("xyzzy")
    refused(told, "No such command 'xyzzy'.", "--help")
    assert "mean" not in told.err
