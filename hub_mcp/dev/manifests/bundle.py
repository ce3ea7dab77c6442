"""The MCPB bundle (manifest 0.4): what a desktop assistant installs with one click."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from hub_mcp.cli.assistants.jsonc import Json
from hub_mcp.dev.manifests.variables import VARIABLES
from hub_mcp.dev.project import ROOT, Project

SCHEMA = (
    "https://raw.githubusercontent.com/modelcontextprotocol/mcpb/main/schemas/mcpb-manifest-v0.4.schema.json"
)
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", "hub_mcp")  # what uv needs to run it from a bundle


def manifest(project: Project, tools: Sequence[Mapping[str, Json]]) -> Json:
    """The bundle's manifest; texts default to "", since hosts otherwise pass the placeholder itself."""
    return {
        "$schema": SCHEMA,
        "manifest_version": "0.4",
        "name": project.name,
        "display_name": project.title,
        "version": project.version,
        "description": project.description,
        "long_description": project.worded("long-description.md").decode().strip(),
        "author": {"name": project.author},
        "repository": {"type": "git", "url": project.repository},
        "homepage": project.repository,
        "documentation": f"{project.repository}#readme",
        "support": project.issues,
        "icon": "icon.png",
        "server": {
            "type": "uv",
            "entry_point": "hub_mcp/__main__.py",
            "mcp_config": {
                "command": "uv",
                "args": ["run", "--directory", "${__dirname}", "--no-dev", project.name],
                "env": {
                    "HF_TOKEN": "${user_config.hf_token}",
                    "HF_ENDPOINT": "${user_config.hf_endpoint}",
                    "HUB_MCP_TOOLSETS": "${user_config.toolsets}",
                    "HUB_MCP_READ_ONLY": "${user_config.read_only}",
                },
            },
        },
        "tools": [{key: tool[key] for key in ("name", "description")} for tool in tools],
        "keywords": list(project.keywords),
        "license": project.license,
        "privacy_policies": ["https://huggingface.co/privacy"],
        "compatibility": {
            "platforms": ["darwin", "win32", "linux"],
            "runtimes": {"python": project.python},
        },
        "user_config": {
            "hf_token": {
                "type": "string",
                "title": "Hugging Face token",
                "description": VARIABLES["HF_TOKEN"],
                "sensitive": True,
                "required": False,
                "default": "",
            },
            "hf_endpoint": {
                "type": "string",
                "title": "Address of the Hub",
                "description": VARIABLES["HF_ENDPOINT"],
                "required": False,
                "default": "",
            },
            "toolsets": {
                "type": "string",
                "title": "Areas",
                "description": VARIABLES["HUB_MCP_TOOLSETS"],
                "required": False,
                "default": "",
            },
            "read_only": {
                "type": "boolean",
                "title": "Read only",
                "description": "Offer no tool that changes anything.",
                "required": False,
                "default": False,
            },
        },
    }


def stage(project: Project, rendered: dict[str, bytes], folder: Path) -> None:
    """Write to an empty folder what `mcpb pack` packs: the manifest, and the sources it starts."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in rendered.items():
        inside, _, name = path.partition("/")
        if inside == "mcpb":
            (folder / name).write_bytes(content)
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "dev"))
        else:
            shutil.copy(source, folder / name)
