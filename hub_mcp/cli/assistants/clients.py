"""The known assistants: where each configures its servers, and in which format.

`hub-mcp install` and the snippets in `manifests/clients` loop over `CLIENTS`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hub_mcp.cli.assistants.client_entries import (
    Common,
    Entry,
    Writer,
    bridged,
    codex,
    continue_block,
    goose,
    opencode,
)

Format = Literal["json", "toml", "yaml", "file"]  # json with comments; file: a whole file of our own


@dataclass(frozen=True)
class Machine:
    """What the path of a configuration file depends on."""

    platform: str
    home: Path
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def here(cls) -> Machine:
        return cls(sys.platform, Path.home(), dict(os.environ))

    def settings(self) -> Path:
        """Where desktop applications store their settings."""
        if self.platform == "win32":
            return Path(self.environment.get("APPDATA") or self.home / "AppData" / "Roaming")
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        return self.dot_config()

    def dot_config(self) -> Path:
        """Where terminal programs store theirs."""
        return Path(self.environment.get("XDG_CONFIG_HOME") or self.home / ".config")


@dataclass(frozen=True)
class Client:
    """One assistant.

    Attributes:
        key: its name on our command line.
        title: its display name.
        format: the format of its file.
        under: the keys above the entry.
        places: where its file may be: the first that exists, otherwise the first.
        write: makes the entry, in the client's own spelling.
        reference: the placeholder that the client replaces with the token when it starts us; "" if it only
            supports plain text.
        depth: how many levels above the file the folder is whose presence shows that the client is installed;
            0 for the file itself.
        prompts: whether the client asks the person for the token itself (VS Code's `inputs`).
        hint: what a person does after the file was written, or instead of it.
    """

    key: str
    title: str
    format: Format
    under: tuple[str, ...]
    places: Callable[[Machine], tuple[Path, ...]]
    write: Writer
    reference: str = ""
    depth: int = 1
    prompts: bool = False
    hint: str = "Restart it, or reload its servers."

    def path(self, machine: Machine) -> Path:
        places = self.places(machine)
        return next((place for place in places if place.is_file()), places[0])

    def is_here(self, machine: Machine) -> bool:
        path = self.path(machine)
        return path.is_file() or (self.depth > 0 and path.parents[self.depth - 1].is_dir())

    def piece(self, name: str, entry: Entry) -> Entry:
        """The content of a file with only this entry."""
        if self.format == "file":
            return entry
        whole: Entry = {name: entry}
        for key in reversed(self.under):
            whole = {key: whole}
        return {"inputs": [TOKEN_INPUT], **whole} if self.prompts and self.reference in str(entry) else whole


TOKEN_INPUT: Entry = {
    "type": "promptString",
    "id": "hf_token",
    "description": "Hugging Face access token (leave it empty to use your login, or none)",
    "password": True,
}
"""How VS Code asks for the token, and keeps it encrypted."""


def _at_home(*parts: str) -> Callable[[Machine], tuple[Path, ...]]:
    return lambda machine: (machine.home.joinpath(*parts),)


def _in_settings(*parts: str) -> Callable[[Machine], tuple[Path, ...]]:
    return lambda machine: (machine.settings().joinpath(*parts),)


def _claude_desktop(machine: Machine) -> tuple[Path, ...]:
    """From the Microsoft Store it runs in a package, which has its own %APPDATA%."""
    file = Path("Claude", "claude_desktop_config.json")
    usual = machine.settings() / file
    if machine.platform != "win32":
        return (usual,)
    local = Path(machine.environment.get("LOCALAPPDATA") or machine.home / "AppData" / "Local")
    roaming = sorted(local.glob("Packages/Claude_*/LocalCache/Roaming"))
    return (*(one / file for one in roaming), usual)


def _codex(machine: Machine) -> tuple[Path, ...]:
    return (Path(machine.environment.get("CODEX_HOME") or machine.home / ".codex") / "config.toml",)


def _claude_code(machine: Machine) -> tuple[Path, ...]:
    return (Path(machine.environment.get("CLAUDE_CONFIG_DIR") or machine.home) / ".claude.json",)


def _zed(machine: Machine) -> tuple[Path, ...]:
    if machine.platform == "win32":
        return (machine.settings() / "Zed" / "settings.json",)
    return (machine.dot_config() / "zed" / "settings.json",)


def _goose(machine: Machine) -> tuple[Path, ...]:
    if machine.platform == "win32":
        return (machine.settings() / "Block" / "goose" / "config" / "config.yaml",)
    return (machine.dot_config() / "goose" / "config.yaml",)


def _opencode(machine: Machine) -> tuple[Path, ...]:
    folder = machine.dot_config() / "opencode"
    return folder / "opencode.json", folder / "opencode.jsonc"


def _crush(machine: Machine) -> tuple[Path, ...]:
    return (machine.dot_config() / "crush" / "crush.json",)


def _cline_cli(machine: Machine) -> tuple[Path, ...]:
    named = machine.environment.get("CLINE_MCP_SETTINGS_PATH")
    usual = machine.home / ".cline" / "data" / "settings" / "cline_mcp_settings.json"
    return (Path(named) if named else usual,)


_CLINE = ("Code", "User", "globalStorage", "saoudrizwan.claude-dev", "settings", "cline_mcp_settings.json")
_CLINE_ENTRY = Common(remote_type="streamableHttp", more={"disabled": False, "autoApprove": []})
_SERVERS = ("mcpServers",)

CLIENTS: dict[str, Client] = {
    client.key: client
    for client in (
        Client(
            "claude-desktop", "Claude Desktop", "json", _SERVERS,
            _claude_desktop, bridged,
            hint="Quit Claude Desktop and start it again.",
        ),
        Client(
            "claude-code", "Claude Code", "json", _SERVERS, _claude_code,
            Common(stdio_type="stdio", remote_type="http"), reference="${HF_TOKEN:-}", depth=0,
            hint="Start `claude` again; /mcp lists it.",
        ),
        Client(
            "vscode", "VS Code", "json", ("servers",), _in_settings("Code", "User", "mcp.json"),
            Common(stdio_type="stdio", remote_type="http"), reference="${input:hf_token}", prompts=True,
            hint="In the list of MCP servers, choose Start.",
        ),
        Client(
            "cursor", "Cursor", "json", _SERVERS, _at_home(".cursor", "mcp.json"), Common(),
            reference="${env:HF_TOKEN}",
        ),
        Client(
            "windsurf", "Windsurf", "json", _SERVERS, _at_home(".codeium", "windsurf", "mcp_config.json"),
            Common(url="serverUrl"), reference="${env:HF_TOKEN}", hint="Refresh the servers in Cascade.",
        ),
        Client("zed", "Zed", "json", ("context_servers",), _zed, Common(), hint="Zed takes it up at once."),
        Client(
            "jetbrains", "JetBrains Junie", "json", _SERVERS, _at_home(".junie", "mcp", "mcp.json"), Common(),
            depth=2, hint="AI Assistant: paste what --print shows into its settings, under MCP.",
        ),
        Client(
            "codex", "Codex", "toml", ("mcp_servers",), _codex, codex, reference="HF_TOKEN",
            hint="Start `codex` again; `codex mcp list` shows it.",
        ),
        Client(
            "goose", "Goose", "yaml", ("extensions",), _goose, goose, reference="HF_TOKEN",
            hint="Start a new session.",
        ),
        Client("lmstudio", "LM Studio", "json", _SERVERS, _at_home(".lmstudio", "mcp.json"), Common()),
        Client(
            "opencode", "opencode", "json", ("mcp",), _opencode, opencode, reference="{env:HF_TOKEN}",
            hint="Start `opencode` again; `opencode mcp list` shows it.",
        ),
        Client(
            "continue", "Continue", "file", (), _at_home(".continue", "mcpServers", "hub-mcp.yaml"),
            continue_block, reference="${{ secrets.HF_TOKEN }}", depth=2,
            hint="Reload the editor's window. `cn` reads ~/.continue/config.yaml alone: copy the list there.",
        ),
        Client(
            "cline", "Cline", "json", _SERVERS, _in_settings(*_CLINE),
            _CLINE_ENTRY, depth=2,
        ),
        Client(
            "cline-cli", "Cline CLI", "json", _SERVERS, _cline_cli, _CLINE_ENTRY, depth=3,
            hint="Start `cline` again.",
        ),
        Client(
            "kiro", "Kiro", "json", _SERVERS, _at_home(".kiro", "settings", "mcp.json"), Common(),
            reference="${HF_TOKEN}", depth=2, hint="Kiro asks once whether it may read HF_TOKEN.",
        ),
        Client(
            "gemini", "Gemini CLI", "json", _SERVERS, _at_home(".gemini", "settings.json"),
            Common(url="httpUrl"), reference="${HF_TOKEN}", hint="Start `gemini` again; /mcp lists it.",
        ),
        Client(
            "copilot", "Copilot CLI", "json", _SERVERS, _at_home(".copilot", "mcp-config.json"),
            Common(stdio_type="local", remote_type="http", more={"tools": ["*"]}), reference="${HF_TOKEN}",
        ),
        Client(
            "qwen", "Qwen Code", "json", _SERVERS, _at_home(".qwen", "settings.json"), Common(url="httpUrl"),
            reference="${HF_TOKEN}", hint="Start `qwen` again; /mcp lists it.",
        ),
        Client(
            "crush", "Crush", "json", ("mcp",), _crush, Common(stdio_type="stdio", remote_type="http"),
            reference="${HF_TOKEN:-}", hint="Start `crush` again.",
        ),
    )
}  # fmt: skip  # a table reads better with its rows as short as they are
