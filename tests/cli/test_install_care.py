"""`hub-mcp install` and `uninstall` leave alone what is not theirs, and write nothing that would not work."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from hub_mcp.cli.assistants.client_entries import Remote, Start
from hub_mcp.cli.assistants.clients import CLIENTS, Client, Machine
from hub_mcp.cli.assistants.config_files import BOM, entry_of, value_of
from hub_mcp.cli.assistants.install import configuration_text, install, uninstall
from tests.cli.test_install import ALL, TOKEN, lived_in, run
from tests.cli.test_install import home as home  # a fixture

ADDRESS = "https://hub.example.com/mcp"
SOMEBODYS = {
    "an address": Remote("http://elsewhere.example/mcp"),
    "an address like ours": Remote("https://hub-mcp.elsewhere.example/hub-mcp"),
    "github": Start("docker", ("run", "ghcr.io/github/github-mcp-server")),
    "a file of ours": Start("editor-mcp", ("--root", "/home/ada/hub-mcp")),
    "another module": Start("python", ("-m", "github_mcp")),
    "another package": Start("uvx", ("github-mcp==1.0.0", "--url", "https://x.example/hub-mcp")),
}


def holding(client: Client, server: Start | Remote, name: str = "hub") -> Path:
    """The client's file with one entry in it."""
    path = client.path(Machine.here())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(configuration_text(client, name, client.write(name, server, "")), "utf-8")
    return path


@ALL
@pytest.mark.parametrize("whose", SOMEBODYS)
def test_somebody_elses_server_is_neither_replaced_nor_removed(
    home: Path, client: Client, whose: str
) -> None:
    path = holding(client, SOMEBODYS[whose])
    before = path.read_bytes()
    for command in (install, uninstall):
        result = run(command, client.key, "--yes")
        assert result.exit_code == 1, result.output
    assert run(install, client.key, "--yes", "--remote", ADDRESS).exit_code == 1
    assert path.read_bytes() == before


OURS = {
    "the script": Start("/opt/venv/bin/hub-mcp", ("--read-only",)),
    "the script of Windows": Start(r"C:\Tools\Hub-MCP.exe"),
    "the module": Start("/opt/venv/bin/python", ("-m", "hub_mcp")),
    "the package": Start("/usr/bin/uvx", ("hub-mcp==0.9.0", "--sandbox")),
    "the package with an extra": Start("uvx", ("hub-mcp[socks]==0.9.0",)),
}


@ALL
@pytest.mark.parametrize("how", OURS)
def test_an_entry_that_starts_us_is_ours_whoever_wrote_it(home: Path, client: Client, how: str) -> None:
    path = holding(client, OURS[how])
    assert run(install, client.key, "--yes").exit_code == 0
    assert run(uninstall, client.key, "--yes").exit_code == 0
    assert not path.exists() or entry_of(client, path.read_text("utf-8"), "hub") is None


@ALL
def test_an_address_is_ours_only_where_install_wrote_it(home: Path, client: Client) -> None:
    path = holding(client, Remote(ADDRESS))
    before = path.read_bytes()
    assert run(uninstall, client.key, "--yes").exit_code == 1
    assert path.read_bytes() == before
    path.unlink()
    assert run(install, client.key, "--yes", "--remote", ADDRESS).exit_code == 0
    path.write_bytes(path.read_bytes().replace(b"hub.example.com", b"elsewhere.example"))
    changed = path.read_bytes()
    assert run(uninstall, client.key, "--yes").exit_code == 1
    assert path.read_bytes() == changed
    path.write_bytes(before)
    moved = run(install, client.key, "--yes", "--remote", "https://other.example.com/mcp")
    assert moved.exit_code == 0, moved.output
    assert run(uninstall, client.key, "--yes").exit_code == 0
    assert not path.exists()


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--readonly"], "--readonly"),
        (["--confirm", "maybe"], "maybe"),
        (["--toolsets", "nothing-such"], "nothing-such"),
        (["--timeout", "soon"], "soon"),
        (["http"], "http"),
        (["--sandbox", "http"], "http"),
        (["--version"], "--version"),
        (["--help"], "--help"),
    ],
)
def test_flags_are_checked_before_they_are_written(home: Path, flags: list[str], why: str) -> None:
    result = run(install, "cursor", "--yes", "--", *flags)
    assert result.exit_code == 2
    assert why in result.output
    assert list(home.iterdir()) == []


def test_files_are_written_with_absolute_paths(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = home / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in ("token", "secret"):
        (here / name).write_text("hf_x", "utf-8")
    monkeypatch.setenv("HF_HOME", "cache")
    monkeypatch.setenv("MODE", "x")
    given = {
        "--sandbox team.hub --log-file=~/a.log": f"--sandbox {here}/team.hub --log-file={home}/a.log",
        "--token-file ./token --journal ../j": f"--token-file {here}/token --journal {home}/j",
        "--secrets-from env:MODE,file:secret": f"--secrets-from env:MODE,file:{here}/secret",
        "--sandbox --read-only": "--sandbox --read-only",
        "--sandbox=:memory: --journal off": "--sandbox=:memory: --journal off",
        "--sandbox=1 --journal redis://cache/0": "--sandbox=1 --journal redis://cache/0",
    }
    for flags, written in given.items():
        result = run(install, "cursor", "--print", "--", *flags.split())
        assert result.exit_code == 0, result.output
        entry = json.loads(result.output)["mcpServers"]["hub"]
        assert entry["args"][-len(written.split()) :] == written.split()
        assert entry["env"]["HF_HOME"] == str(here / "cache")


def test_variables_of_the_terminal_do_not_count_for_what_is_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_MCP_CONFIRM", "perhaps")
    monkeypatch.setenv("HUB_MCP_TOOLSETS", "nothing-such")
    assert run(install, "cursor", "--yes", "--", "-v", "--read-only").exit_code == 0


@ALL
def test_a_read_only_file_is_left_as_it_is(home: Path, client: Client) -> None:
    path = holding(client, Start("hub-mcp"))
    before, mode = path.read_bytes(), stat.S_IRUSR
    path.chmod(mode)
    for command in (install, uninstall):
        result = run(command, client.key, "--yes")
        assert result.exit_code == 1, result.output
        assert "read-only" in result.output
        assert "Nothing was changed" in result.output
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == mode or sys.platform == "win32"


@ALL
def test_a_byte_order_mark_stays_where_it_was(home: Path, client: Client) -> None:
    if client.format == "file":
        pytest.skip("the whole file is ours")
    path = lived_in(client)
    before = BOM.encode() + path.read_bytes()
    path.write_bytes(before)
    assert run(install, client.key, "--yes").exit_code == 0
    after = path.read_bytes().decode()
    assert after.count(BOM) == 1
    assert after.startswith(BOM)
    assert entry_of(client, after, "hub") is not None
    assert run(uninstall, client.key, "--yes").exit_code == 0
    assert path.read_bytes() == before
    run(install, client.key, "--yes")
    for backup in path.parent.glob("*.bak"):
        backup.unlink()
    assert run(uninstall, client.key, "--yes").exit_code == 0
    assert path.read_bytes().startswith(BOM.encode())
    assert entry_of(client, path.read_bytes().decode(), "hub") is None


@pytest.mark.parametrize(
    "text",
    [
        'mcp_servers = { other = { command = "x" } } # mine\nmodel = "m"\n',
        'mcp_servers = { other = { command = "x" }, hub = { command = "hub-mcp", env = { A = "b" } } }\n',
        "mcp_servers = {}\n",
        '[mcp_servers]\nhub = { command = "hub-mcp" }\nother = { command = "x", args = ["a"] }\n',
        'mcp_servers.other = { command = "x" }\n[mcp_servers.hub]\ncommand = "hub-mcp"\n[tui]\na = 1\n',
        '[mcp_servers.other]\ncommand = "x"\n[tui]\na = 1\n[mcp_servers.hub]\ncommand = "hub-mcp"\n',
    ],
)
def test_codex_is_written_in_every_layout_of_tables(home: Path, text: str) -> None:
    client = CLIENTS["codex"]
    path = client.path(Machine.here())
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    known = dict(value_of("toml", text))
    servers = known.get("mcp_servers")
    assert isinstance(servers, dict)
    others = {name: one for name, one in servers.items() if name != "hub"}
    result = run(install, "codex", "--yes", "--", "--read-only")
    assert result.exit_code == 0, result.output
    after = path.read_text("utf-8")
    entry = entry_of(client, after, "hub")
    assert entry is not None
    assert entry["args"][-1] == "--read-only"  # type: ignore[index,call-overload]  # a list, by its writer
    assert value_of("toml", after) == {**known, "mcp_servers": {**others, "hub": entry}}
    for backup in path.parent.glob("*.bak"):
        backup.unlink()
    assert run(uninstall, "codex", "--yes").exit_code == 0
    left = value_of("toml", path.read_text("utf-8"))
    assert left.get("mcp_servers", {}) == others
    assert {**left, "mcp_servers": 0} == {**known, "mcp_servers": 0}


def test_a_file_that_cannot_be_edited_safely_is_left_alone_and_the_entry_to_add_is_shown(home: Path) -> None:
    path = CLIENTS["codex"].path(Machine.here())
    path.parent.mkdir(parents=True)
    before = 'mcp_servers.other.command = "x"\nmcp_servers.hub.command = "hub-mcp"\nmodel = "m"\n'
    path.write_text(before, "utf-8")
    result = run(install, "codex", "--yes")
    assert result.exit_code == 1
    assert f"{path}: " in result.output
    assert "--print shows what to add" in result.output
    assert path.read_text("utf-8") == before


@ALL
def test_with_token_says_when_there_is_no_variable_to_take_it_from(
    home: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not client.reference or client.prompts:
        pytest.skip("it takes the token from no variable")
    unset = run(install, client.key, "--yes", "--with-token").output
    assert "HF_TOKEN is not set here" in unset
    monkeypatch.setenv("HF_TOKEN", "${HF_TOKEN}")
    assert "is not set here" in run(install, client.key, "--yes", "--with-token", "--name", "two").output
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert (
        "is not set here" not in run(install, client.key, "--yes", "--with-token", "--name", "three").output
    )


def test_what_was_written_is_remembered_by_its_owner_alone(home: Path) -> None:
    run(install, "cursor", "--yes", "--remote", ADDRESS)
    (noted,) = home.rglob("installed.json")
    assert "example" not in noted.read_text("utf-8").replace(str(home), "")
    assert stat.S_IMODE(noted.stat().st_mode) == 0o600 or sys.platform == "win32"
    run(uninstall, "cursor", "--yes")
    assert noted.read_text("utf-8") == "{}"


def test_an_address_that_cannot_be_remembered_is_not_written(home: Path) -> None:
    (home / ".local").write_text("in the way", "utf-8")
    if os.name == "nt":
        pytest.skip("the state directory lies elsewhere")
    assert run(install, "cursor", "--yes", "--remote", ADDRESS).exit_code == 1
    assert not CLIENTS["cursor"].path(Machine.here()).exists()
    assert run(install, "cursor", "--yes").exit_code == 0  # a command needs no remembering
