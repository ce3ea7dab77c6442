"""Snippets for each client's configuration, to start a server or connect to one, and install links."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import quote, urlencode

from hub_mcp.cli.assistants.client_entries import PINNED, Remote, Server, Start
from hub_mcp.cli.assistants.clients import CLIENTS, Client
from hub_mcp.cli.assistants.install import NAME, configuration_text
from hub_mcp.dev.project import Project

REMOTE = Remote("https://hub-mcp.example.com/mcp")
ENDINGS = {"json": "json", "toml": "toml", "yaml": "yaml", "file": "yaml"}
PLACEHOLDER = "<HF_TOKEN>"  # our server treats this text as no token


def pieces(project: Project) -> dict[str, bytes]:
    """For each client, a file that starts the server and one that connects to a team's server."""
    found: dict[str, bytes] = {}
    for client in CLIENTS.values():
        ending = ENDINGS[client.format]
        found[f"{client.key}.{ending}"] = _piece(client, Start("uvx", (PINNED,)), client.reference)
        found[f"{client.key}-remote.{ending}"] = _piece(client, REMOTE, client.reference or PLACEHOLDER)
    return found


def _piece(client: Client, server: Server, token: str) -> bytes:
    return configuration_text(client, NAME, client.write(NAME, server, token)).encode()


def _compact(client: str, project: Project, **more: str) -> str:
    entry = {**CLIENTS[client].write(NAME, Start("uvx", (PINNED,)), ""), **more}
    return json.dumps(entry, separators=(",", ":"))


def links(project: Project) -> dict[str, str]:
    """Links that open a client and offer to add the server; https, since web pages drop other schemes."""

    def asked(address: str, **query: str) -> str:
        return f"{address}?{urlencode(query, quote_via=quote)}"

    def packed(client: str) -> str:
        return b64encode(_compact(client, project).encode()).decode()

    goose = {"cmd": "uvx", "arg": PINNED, "id": NAME, "name": project.title}
    return {
        "VS Code": asked(
            "https://insiders.vscode.dev/redirect/mcp/install", name=NAME, config=_compact("vscode", project)
        ),
        "Cursor": asked("https://cursor.com/en/install-mcp", name=NAME, config=packed("cursor")),
        "LM Studio": asked("https://lmstudio.ai/install-mcp", name=NAME, config=packed("lmstudio")),
        "Kiro": asked("https://kiro.dev/launch/mcp/add", name=NAME, config=_compact("kiro", project)),
        "Goose": asked("https://block.github.io/goose/extension", **goose, description=project.description),
    }
