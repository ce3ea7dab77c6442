"""All of `manifests/`, rendered from pyproject.toml and the catalogue by one pure function."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from hub_mcp.cli.assistants.jsonc import Json
from hub_mcp.dev import readme
from hub_mcp.dev.manifests import bundle, client_pieces, plugin, registry
from hub_mcp.dev.project import ROOT, Project

FOLDER = ROOT / "manifests"


def render(project: Project, tools: Sequence[Mapping[str, Json]]) -> dict[str, bytes]:
    """Every file of `manifests/`, by its path within that folder."""
    files: dict[str, Json | bytes] = {
        "README.md": readme.whole(project),
        "server.json": registry.server_json(project),
        "tools.json": {"tools": [*tools]},
        "mcpb/manifest.json": bundle.manifest(project, tools),
        "mcpb/icon.png": project.icon,
        "mcpb/.mcpbignore": project.worded("mcpbignore"),
        ".claude-plugin/marketplace.json": plugin.marketplace(project),
        "container/Dockerfile": project.worded("Dockerfile"),
        "container/Dockerfile.dockerignore": project.worded("dockerignore"),
        "container/compose.yaml": project.worded("compose.yaml"),
        **{f"plugin/{path}": content for path, content in plugin.plugin(project).items()},
        **{f"clients/{path}": content for path, content in client_pieces.pieces(project).items()},
    }
    return {path: _written(files[path]) for path in sorted(files)}


def _written(value: Json | bytes) -> bytes:
    return (
        value
        if isinstance(value, bytes)
        else (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
    )
