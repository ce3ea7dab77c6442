"""`hub-mcp install` and `uninstall`, for every known client, in temporary home directories."""

from __future__ import annotations

import json
import re
import stat
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from hub_mcp import __version__
from hub_mcp.cli.assistants.client_entries import Remote, Start
from hub_mcp.cli.assistants.clients import CLIENTS, Client, Machine
from hub_mcp.cli.assistants.config_files import BACKUP, entry_of, value_of
from hub_mcp.cli.assistants.install import configuration_text, install, uninstall
from hub_mcp.dev.manifests.check_clients import PIECES
from hub_mcp.dev.manifests.check_shapes import faults
from tests.thoroughly import a_quarter, every_nth

TOKEN = "hf_" + "Sample" * 5
PLACES_NAMED = (
    "XDG_CONFIG_HOME", "XDG_STATE_HOME", "CODEX_HOME", "CLAUDE_CONFIG_DIR", "CLINE_MCP_SETTINGS_PATH",
)  # fmt: skip
ALL = pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
JSON = [client for client in CLIENTS.values() if client.format == "json"]

# Existing content for each format: comments, other servers, unusual but valid layout.
LIVED_IN = {
    "json": """\
// mine
{
    "theme": "dark", /* at night */
    "%s": {
        // a friend
        "other": {"command": "x", "args": ["--", "// no comment"]}, // keep
    },
    "last": [1, 2]
}
""",
    "toml": """\
model = "m" # why not

[mcp_servers.other]
command = "x"

[mcp_servers.other.env]
A = "[b]"

# about the history
[history]
keep = true
""",
    "yaml": """\
GOOSE_MODEL: m  # why not
extensions:
  # a friend
  other:
    type: stdio
    cmd: x

# the end
GOOSE_MODE: auto
""",
    "file": "",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it, and nothing of this machine's in the environment."""
    for name in (*PLACES_NAMED, "HF_TOKEN", "HF_HOME", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path / "AppData" / "Roaming"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "AppData" / "Local"))
    return tmp_path


def run(command: click.Command, *arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(command, arguments, input=answer)


def lived_in(client: Client) -> Path:
    """The client's file, with something in it already."""
    path = client.path(Machine.here())
    path.parent.mkdir(parents=True, exist_ok=True)
    text = LIVED_IN[client.format]
    path.write_bytes((text % client.under[0] if client.format == "json" else text).encode())
    return path


def said(client: Client, path: Path) -> dict[str, object]:
    return dict(value_of(client.format, path.read_bytes().decode()))


def lines_kept(before: str, after: str) -> bool:
    """Whether every line of the former text is still there, in its order, but for a comma."""
    rest = iter(line.rstrip(" ,") for line in after.splitlines())
    return all(line.rstrip(" ,") in rest for line in before.splitlines())


# ── every client ────────────────────────────────────────────────────────────────────────────────────────────


@ALL
def test_a_new_file_holds_what_the_client_reads(home: Path, client: Client) -> None:
    result = run(install, client.key, "--yes")
    assert result.exit_code == 0, result.output
    path = client.path(Machine.here())
    assert home in path.parents
    assert faults(said(client, path), PIECES[client.key]) == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or sys.platform == "win32"


@ALL
def test_comments_and_other_entries_stay_as_they_are(home: Path, client: Client) -> None:
    path = lived_in(client)
    before, known = path.read_bytes().decode(), said(client, path)
    assert run(install, client.key, "--yes").exit_code == 0
    after = path.read_bytes().decode()
    assert lines_kept(before, after)
    entry = entry_of(client, after, "hub")
    assert entry is not None
    if client.under:
        expected = {**known, client.under[0]: {**known[client.under[0]], "hub": entry}}  # type: ignore[dict-item]  # a mapping, by LIVED_IN
        assert said(client, path) == expected


@ALL
def test_uninstall_gives_back_the_very_same_bytes(home: Path, client: Client) -> None:
    path = lived_in(client)
    before = path.read_bytes()
    run(install, client.key, "--yes")
    assert path.read_bytes() != before
    assert run(uninstall, client.key, "--yes").exit_code == 0
    assert path.read_bytes() == before


@ALL
def test_uninstall_removes_a_file_without_other_content(home: Path, client: Client) -> None:
    run(install, client.key, "--yes")
    run(uninstall, client.key, "--yes")
    assert not client.path(Machine.here()).exists()


@ALL
def test_uninstall_takes_only_ours_after_others_have_changed_the_file(home: Path, client: Client) -> None:
    if client.format == "file":
        pytest.skip("the whole file is ours")
    path = lived_in(client)
    known = said(client, path)
    run(install, client.key, "--yes")
    for backup in path.parent.glob(f"*{BACKUP}"):
        backup.unlink()
    assert run(uninstall, client.key, "--yes").exit_code == 0
    assert said(client, path) == known
    assert lines_kept(LIVED_IN[client.format].replace("%s", client.under[0]), path.read_bytes().decode())


@ALL
def test_a_second_install_has_nothing_to_do(home: Path, client: Client) -> None:
    run(install, client.key, "--yes")
    path = client.path(Machine.here())
    before = path.read_bytes()
    result = run(install, client.key)
    assert (result.exit_code, path.read_bytes()) == (0, before)
    assert "Nothing was changed" in result.output


@ALL
def test_another_install_replaces_our_entry_only(home: Path, client: Client) -> None:
    path = lived_in(client)
    run(install, client.key, "--yes")
    once = path.read_bytes().decode()
    assert run(install, client.key, "--yes", "--", "--read-only").exit_code == 0
    twice = path.read_bytes().decode()
    assert "--read-only" in twice
    assert "--read-only" not in once
    run(uninstall, client.key, "--yes")
    assert path.read_bytes().decode() == LIVED_IN[client.format].replace("%s", "".join(client.under))


@ALL
def test_the_change_is_shown_and_nothing_happens_without_approval(home: Path, client: Client) -> None:
    path = lived_in(client)
    before = path.read_bytes()
    result = run(install, client.key, answer="n\n")
    assert result.exit_code == 1
    assert re.search(r"^\+.*hub", result.output, re.MULTILINE)
    assert run(install, client.key, "--dry-run").exit_code == 0
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@ALL
def test_a_backup_holds_the_former_text(home: Path, client: Client) -> None:
    path = lived_in(client)
    before = path.read_bytes()
    run(install, client.key, answer="y\n")
    (backup,) = path.parent.glob(f"{path.name}.*{BACKUP}")
    assert backup.read_bytes() == before


@ALL
def test_a_file_that_does_not_parse_is_left_alone(home: Path, client: Client) -> None:
    path = client.path(Machine.here())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{ : [ \n\t- = 'half", "utf-8")
    for command in (install, uninstall):
        result = run(command, client.key, "--yes")
        assert result.exit_code == 1
        assert "Nothing was changed" in result.output
    assert path.read_text("utf-8") == "{ : [ \n\t- = 'half"
    assert list(path.parent.iterdir()) == [path]


@ALL
def test_printing_reads_and_writes_nothing(home: Path, client: Client) -> None:
    result = run(install, client.key, "--print")
    assert result.exit_code == 0
    assert list(home.iterdir()) == []
    parse = {"json": json.loads, "toml": tomllib.loads}.get(client.format, yaml.safe_load)
    assert faults(parse(result.output), PIECES[client.key]) == []


# ── what stands beside our entry ────────────────────────────────────────────────────────────────────────────

# A secret in every place where a file of that format can have one; @ marks it.
PLACES = {
    "json": {
        "a variable": '{"%s": {"other": {"command": "x", "env": {"GITHUB_TOKEN": "@"}}}}',
        "a header": '{"%s": {"other": {"url": "https://x.example", "headers": {"X": "Bearer @"}}}}',
        "an argument": '{"%s": {"other": {"command": "x", "args": ["--key", "@", "--k=@"]}}}',
        "an address": '{"%s": {"other": {"url": "https://me:@@x.example/?k=@#@"}}}',
        "another setting": '{"password": "@", "deep": [{"a": ["@"]}],\n"%s": {}}',
        "a key": '{"tokens": {"@ @": 1}, "%s": {}}',
        "a number": '{"pin": 4711471147114711, "%s": {}}',
        "escapes": '{"a": "\\u0040\\n\\"@", "%s": {}}',
        "a comment": '{\n"a": 1, // old: @\n/* @ */\n"%s": {} // @\n}',
        "a long comment": '{\n/*\n  token: @\n  @\n*/\n"%s": {}\n}',
    },
    "toml": {
        "a variable": '[%s.other.env]\nTOKEN = "@"\n',
        "an inline table": "[%s.other]\nenv = { TOKEN = \"@\", B = '@' }\n",
        "many lines": 'a = """\nx = @\n@ """\n[%s.other]\ncommand = "x"\n',
        "a comment": "# @\n[%s.other] # @\n# token = @\n",
    },
    "yaml": {
        "a variable": "%s:\n  other:\n    envs: {TOKEN: @}\n",
        "a block": "%s:\n  other:\n    key: |\n      a: @\n      @\n",
        "an address": "%s:\n  other:\n    uri: https://me:@@x.example/?k=@\n",
        "words": "%s:\n  other:\n    cmd: run --key @ --k=@\n    args: [-k, '@', \"@\"]\n",
        "a comment": "# @\n%s:\n  # token: @\n  other: {cmd: x} # @\n",
    },
}
CASES = [
    pytest.param(client, text, id=f"{client.key}-{place}")
    for client in CLIENTS.values()
    for place, text in PLACES.get(client.format, {}).items()
]


@pytest.mark.parametrize(("client", "text"), a_quarter(CASES))
@pytest.mark.parametrize("secret", every_nth(["ghp_AbCdEfGh0123456789", "hunter2", "sk-a.b_c"], 0))
def test_no_other_secret_in_the_file_is_shown_or_copied_for_others_to_read(
    home: Path, client: Client, text: str, secret: str
) -> None:
    path = client.path(Machine.here())
    path.parent.mkdir(parents=True, exist_ok=True)
    former = (text % client.under[0]).replace("@", secret)
    path.write_text(former, "utf-8")
    path.chmod(0o644)
    said = [run(install, client.key, "--dry-run"), run(install, client.key, answer="n\n")]
    said += [run(install, client.key, "--print"), run(install, client.key, "--yes")]
    assert [one.exit_code for one in said] == [0, 1, 0, 0], said[-1].output
    assert secret in path.read_text("utf-8") or "4711" in path.read_text("utf-8")
    said += [run(install, client.key, "--yes", "--", "--read-only"), run(uninstall, client.key, "--yes")]
    assert path.read_text("utf-8") == former
    shown = "".join(one.output for one in said)
    assert secret not in shown
    assert "47114711" not in shown
    assert "hub" in shown
    for backup in path.parent.glob(f"*{BACKUP}"):
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600 or sys.platform == "win32"


@ALL
def test_what_does_not_parse_is_not_quoted(home: Path, client: Client) -> None:
    path = client.path(Machine.here())
    path.parent.mkdir(parents=True, exist_ok=True)
    for broken in (
        '{"a": "hunter2"',
        "a =\thunter2",
        "a: 'hunter2",
        "[hunter2]\n[hunter2]\n",
        "hunter2: [\n",
    ):
        path.write_text(broken, "utf-8")
        assert "hunter2" not in run(install, client.key, "--yes").output


@ALL
def test_our_own_entry_is_shown_in_full(home: Path, client: Client) -> None:
    lived_in(client)
    shown = run(install, client.key, "--dry-run", "--uvx", "--", "--toolsets", "models,datasets").output
    for one in (f"hub-mcp=={__version__}", "--toolsets", "models,datasets"):
        assert f'"{one}"' in shown


def test_claude_desktop_of_the_microsoft_store_is_found(tmp_path: Path) -> None:
    client = CLIENTS["claude-desktop"]
    package = tmp_path / "Local" / "Packages" / "Claude_pzs8sxrjxfjjc" / "LocalCache" / "Roaming"
    places = {"LOCALAPPDATA": str(tmp_path / "Local"), "APPDATA": str(tmp_path / "R")}
    machine = Machine("win32", tmp_path, places)
    usual = tmp_path / "R" / "Claude" / "claude_desktop_config.json"
    assert client.path(machine) == usual
    package.mkdir(parents=True)
    assert client.path(machine) == package / "Claude" / "claude_desktop_config.json"
    usual.parent.mkdir(parents=True)
    usual.write_text("{}", "utf-8")
    assert client.path(machine) == usual  # the one that is there


# ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────


@ALL
def test_no_token_is_written_by_default(home: Path, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    result = run(install, client.key, "--yes")
    text = client.path(Machine.here()).read_text("utf-8")
    assert TOKEN not in text + result.output
    assert not client.reference or client.key == "codex" or client.reference not in text


@ALL
def test_a_token_is_handed_over_by_the_clients_own_means(
    home: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    result = run(install, client.key, "--yes", "--with-token")
    path = client.path(Machine.here())
    text = path.read_text("utf-8")
    assert faults(said(client, path), PIECES[client.key]) == []
    assert (client.reference or TOKEN) in text
    assert (TOKEN in text) == (not client.reference)
    assert TOKEN not in result.output
    assert TOKEN not in run(uninstall, client.key, "--dry-run").output


def test_a_file_that_gets_the_token_is_closed_to_others(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    path = lived_in(CLIENTS["zed"])
    path.chmod(0o644)
    result = run(install, "zed", "--yes", "--with-token")
    assert "plain text" in result.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or sys.platform == "win32"
    assert "holds the token" in run(uninstall, "zed", "--yes").output


def test_a_missing_token_is_reported(home: Path) -> None:
    result = run(install, "zed", "--yes", "--with-token")
    assert result.exit_code == 1
    assert "hf auth login" in result.output
    assert list(home.iterdir()) == []


def test_vscode_asks_for_the_token_once_and_the_question_goes_with_the_entry(home: Path) -> None:
    path = lived_in(CLIENTS["vscode"])
    run(install, "vscode", "--yes", "--with-token")
    run(install, "vscode", "--yes", "--with-token", "--name", "second")
    assert path.read_text("utf-8").count('"promptString"') == 1
    run(uninstall, "vscode", "--yes")
    assert path.read_text("utf-8").count('"promptString"') == 1  # the second still needs it
    run(uninstall, "vscode", "--yes", "--name", "second")
    assert "promptString" not in path.read_text("utf-8")


# ── servers elsewhere ───────────────────────────────────────────────────────────────────────────────────────


@ALL
def test_a_server_at_an_address(home: Path, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    arguments = ("--remote", "https://hub.example.com/mcp", "--yes", "--with-token")
    assert run(install, client.key, *arguments).exit_code == 0
    path = client.path(Machine.here())
    assert faults(said(client, path), PIECES[client.key]) == []
    assert "https://hub.example.com/mcp" in path.read_text("utf-8")
    assert run(uninstall, client.key, "--yes").exit_code == 0
    assert not path.exists()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("hub.example.com", "whole address"),
        ("ftp://hub.example.com", "whole address"),
        ("https://ada:secret@hub.example.com", "out of the address"),
        ("http://hub.example.com/mcp", "only sent over https"),
    ],
)
def test_addresses_that_would_leak_or_lead_nowhere_are_refused(home: Path, url: str, why: str) -> None:
    result = run(install, "cursor", "--remote", url, "--with-token", "--yes")
    assert result.exit_code == 2
    assert why in result.output
    assert list(home.iterdir()) == []


# ── names, places, manners ──────────────────────────────────────────────────────────────────────────────────


def test_somebody_elses_entry_of_the_same_name_is_never_touched(home: Path) -> None:
    path = CLIENTS["cursor"].path(Machine.here())
    path.parent.mkdir()
    path.write_text('{"mcpServers": {"hub": {"command": "docker"}}}', "utf-8")
    for command in (install, uninstall):
        assert run(command, "cursor", "--yes").exit_code == 1
    assert path.read_text("utf-8") == '{"mcpServers": {"hub": {"command": "docker"}}}'
    assert run(install, "cursor", "--yes", "--name", "hugging-face").exit_code == 0
    assert set(json.loads(path.read_text("utf-8"))["mcpServers"]) == {"hub", "hugging-face"}


@pytest.mark.parametrize("name", ["", "a b", "x" * 25, 'a"b', "a.b", "-a"])
def test_names_that_would_break_a_file_or_a_tool_name_are_refused(home: Path, name: str) -> None:
    assert run(install, "cursor", "--yes", f"--name={name}").exit_code == 2


def test_a_linked_file_stays_a_link(home: Path) -> None:
    real = home / "dotfiles" / "cursor.json"
    real.parent.mkdir()
    real.write_text("{}", "utf-8")
    link = CLIENTS["cursor"].path(Machine.here())
    link.parent.mkdir()
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("this system lets nobody make links")
    run(install, "cursor", "--yes")
    assert link.is_symlink()
    assert "hub" in json.loads(real.read_text("utf-8"))["mcpServers"]
    run(uninstall, "cursor", "--yes")
    assert real.read_text("utf-8") == "{}"


def test_line_ends_of_windows_stay(home: Path) -> None:
    for key in ("zed", "codex", "goose"):
        client = CLIENTS[key]
        path = lived_in(client)
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        run(install, key, "--yes")
        assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")


def test_an_existing_opencode_file_with_comments_is_taken(home: Path) -> None:
    path = home / ".config" / "opencode" / "opencode.jsonc"
    path.parent.mkdir(parents=True)
    path.write_text("{} // mine\n", "utf-8")
    run(install, "opencode", "--yes")
    assert "hub" in path.read_text("utf-8")
    assert not path.with_suffix(".json").exists()


def test_the_list_shows_which_clients_are_installed(home: Path) -> None:
    (home / ".cursor").mkdir()
    run(install, "codex", "--yes")
    rows = {line.split()[0]: line for line in run(install, "--list").output.splitlines()[1:]}
    assert rows.keys() == CLIENTS.keys()
    assert " connected " in rows["codex"]
    assert " found " in rows["cursor"]
    assert " found " not in rows["zed"]
    assert " found " not in rows["claude-code"]  # its file lies in the home itself, which always exists


@ALL
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_each_platform_has_a_place_within_the_home(client: Client, platform: str, tmp_path: Path) -> None:
    path = client.path(Machine(platform, tmp_path))
    assert tmp_path in path.parents
    assert not client.is_here(Machine(platform, tmp_path))


@ALL
def test_windows_paths_survive_every_format(home: Path, client: Client) -> None:
    command = r"C:\Users\Ada Lovelace\hub-mcp.exe"
    entry = client.write("hub", Start(command, ("--log-file", 'a "b"\\c')), "")
    piece = client.piece("hub", entry)
    assert value_of(client.format, configuration_text(client, "hub", entry)) == piece
    assert command.replace("\\", "\\\\") in json.dumps(piece)


def test_settings_of_the_terminal_go_along_but_no_secret(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example.com")
    monkeypatch.setenv("HF_HOME", "${HF_HOME}")  # an unfilled placeholder
    run(install, "cursor", "--yes")
    entry = json.loads(CLIENTS["cursor"].path(Machine.here()).read_text("utf-8"))["mcpServers"]["hub"]
    assert entry["env"] == {"HF_ENDPOINT": "https://hub.example.com"}
    monkeypatch.setenv("HF_ENDPOINT", "https://ada:secret@hub.example.com")
    assert "secret" not in run(install, "cursor", "--print").output


def test_uvx_is_written_on_request_and_otherwise_an_absolute_command(home: Path) -> None:
    def printed(*arguments: str) -> dict[str, Any]:
        return json.loads(run(install, "cursor", "--print", *arguments).output)["mcpServers"]["hub"]

    plain, uvx = printed(), printed("--uvx", "--", "--sandbox")
    assert Path(plain["command"]).is_absolute()
    assert Path(plain["command"]).is_file()
    assert Path(uvx["command"]).stem == "uvx"
    assert uvx["args"] == [f"hub-mcp=={__version__}", "--sandbox"]


def test_an_unknown_client_is_answered_with_those_we_know(home: Path) -> None:
    result = run(install, "emacs")
    assert result.exit_code == 2
    assert "claude-desktop" in result.output
    assert run(install).exit_code == 2


def test_no_client_reads_an_address_as_a_command() -> None:
    for client in CLIENTS.values():
        assert "hub.example.com" in str(client.write("hub", Remote("https://hub.example.com/mcp"), ""))
