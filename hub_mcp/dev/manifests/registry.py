"""`server.json` for the MCP registry, schema 2025-12-11."""

from __future__ import annotations

from hub_mcp.cli.assistants.jsonc import Json
from hub_mcp.dev.manifests.variables import SECRET, VARIABLES
from hub_mcp.dev.project import Project

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"


def server_json(project: Project) -> Json:
    """The registry's description of the server; the optional `registryBaseUrl` is omitted on purpose."""
    picture = f"{project.repository.replace('github.com', 'raw.githubusercontent.com')}/v{project.version}"
    return {
        "$schema": SCHEMA,
        "name": project.registered,
        "title": project.title,
        "description": project.description,
        "version": project.version,
        "websiteUrl": project.repository,
        "repository": {"url": project.repository, "source": "github"},
        "icons": [
            {"src": f"{picture}/hub_mcp/server/icon.png", "mimeType": "image/png", "sizes": ["512x512"]},
            {"src": f"{picture}/hub_mcp/server/icon.svg", "mimeType": "image/svg+xml", "sizes": ["any"]},
        ],
        "packages": [
            {
                "registryType": "pypi",
                "identifier": project.name,
                "version": project.version,
                "runtimeHint": "uvx",
                "transport": {"type": "stdio"},
                "environmentVariables": [
                    {
                        "name": name,
                        "description": description,
                        "isRequired": False,
                        "isSecret": name in SECRET,
                        "format": "string",
                    }
                    for name, description in VARIABLES.items()
                ],
            }
        ],
    }
