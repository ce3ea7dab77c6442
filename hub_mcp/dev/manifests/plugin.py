"""One plugin directory for Agent Plugins, Claude Code, Cursor and Gemini, and the marketplace for it."""

from __future__ import annotations

from hub_mcp.cli.assistants.client_entries import PINNED, Start
from hub_mcp.cli.assistants.clients import CLIENTS
from hub_mcp.cli.assistants.install import NAME
from hub_mcp.cli.assistants.jsonc import Json
from hub_mcp.dev.manifests.variables import VARIABLES
from hub_mcp.dev.project import Project

SCHEMAS = "https://agent-plugins.org/schemas/1.0.0"


def plugin(project: Project) -> dict[str, Json | bytes]:
    """The files of the plugin directory by their path; anything but bytes is written as JSON."""
    start = Start("uvx", (PINNED,))
    plain: Json = {NAME: CLIENTS["cursor"].write(NAME, start, "")}
    typed: Json = {NAME: CLIENTS["claude-code"].write(NAME, start, "")}
    about: dict[str, Json] = {
        "name": project.name,
        "version": project.version,
        "description": project.description,
        "author": {"name": project.author},
        "homepage": project.repository,
        "repository": project.repository,
        "license": project.license,
        "keywords": list(project.keywords),
    }
    return {
        "plugin.json": {"$schema": f"{SCHEMAS}/plugin.schema.json", **about},
        "mcp.json": {"$schema": f"{SCHEMAS}/mcp.schema.json", "mcpServers": typed},
        ".claude-plugin/plugin.json": about,
        ".mcp.json": {"mcpServers": plain},
        ".cursor-plugin/plugin.json": {**about, "logo": "icon.svg"},
        "gemini-extension.json": _gemini(project, start),
        "icon.svg": project.icon_svg,
        "README.md": project.worded("plugin-README.md"),
        "skills/hub-mcp/SKILL.md": project.worded("SKILL.md"),
    }


def _gemini(project: Project, start: Start) -> Json:
    entry = CLIENTS["gemini"].write(NAME, start, "${HF_TOKEN}")
    env: Json = {"HF_TOKEN": "${HF_TOKEN}", "HF_ENDPOINT": "${HF_ENDPOINT}"}
    return {
        "name": project.name,
        "version": project.version,
        "description": project.description,
        "mcpServers": {NAME: {**entry, "env": env}},
        "settings": [
            {
                "name": "Hugging Face token",
                "description": VARIABLES["HF_TOKEN"],
                "envVar": "HF_TOKEN",
                "sensitive": True,
            },
            {
                "name": "Address of the Hub",
                "description": VARIABLES["HF_ENDPOINT"],
                "envVar": "HF_ENDPOINT",
            },
        ],
    }


def marketplace(project: Project) -> Json:
    """The list by which `claude plugin marketplace add ./manifests` finds the plugin."""
    return {
        "$schema": "https://anthropic.com/claude-code/marketplace.schema.json",
        "name": project.name,
        "description": project.description,
        "owner": {"name": project.author},
        "plugins": [
            {
                "name": project.name,
                "source": "./plugin",
                "description": project.description,
                "version": project.version,
                "category": "development",
            }
        ],
    }
