"""Our own checks of manifests: what official validators accept but a registry or a host then rejects.

Each takes a parsed file and returns its faults, one sentence each; an empty list if there are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from hub_mcp.cli.assistants.jsonc import Json
from hub_mcp.dev.manifests.check_shapes import (
    ADDRESS,
    ANYTHING,
    FLAG,
    TEXT,
    VERSION,
    Each,
    ExactObject,
    Judge,
    Matching,
    OneOf,
    Table,
    faults,
)

Check = Callable[[Json], list[str]]

_TRANSPORT = ExactObject({"type": OneOf("stdio")})
_REMOTE_TYPES = OneOf("streamable-http", "sse")
_INPUT: dict[str, Judge] = {
    "description": TEXT, "isRequired": FLAG, "isSecret": FLAG,
    "format": OneOf("string", "number", "boolean", "filepath"),
    "default": TEXT, "value": TEXT, "choices": Each(TEXT), "placeholder": TEXT, "variables": Table(ANYTHING),
}  # fmt: skip
_ARGUMENT = ExactObject(
    {"type": OneOf("named", "positional")}, {"name": TEXT, "valueHint": TEXT, "isRepeated": FLAG, **_INPUT}
)
_NAMED = ExactObject({"name": TEXT}, _INPUT)
_PACKAGE = ExactObject(
    {
        "registryType": OneOf("pypi", "npm", "oci", "nuget", "mcpb"),
        "identifier": TEXT,
        "transport": _TRANSPORT,
    },
    {
        "version": VERSION,
        "fileSha256": Matching(r"[a-f0-9]{64}", "64 hexadecimal digits"),
        "runtimeHint": OneOf("uvx", "npx", "docker", "dnx"),
        "packageArguments": Each(_ARGUMENT),
        "runtimeArguments": Each(_ARGUMENT),
        "environmentVariables": Each(_NAMED),
    },
)
_ICON = ExactObject(
    {"src": ADDRESS},
    {
        "mimeType": Matching(r"image/[a-z+]+", "an image type"),
        "sizes": Each(TEXT),
        "theme": OneOf("light", "dark"),
    },
)
_SERVER = ExactObject(
    {
        "$schema": Matching(
            r"https://static\.modelcontextprotocol\.io/schemas/2025-12-11/.*", "schema 2025-12-11"
        ),
        "name": Matching(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+", "a namespace, a slash, a name"),
        "description": Matching(r"(?s).{1,100}", "1 to 100 characters"),
        "version": VERSION,
    },
    {
        "title": Matching(r".{1,100}", "1 to 100 characters"),
        "websiteUrl": ADDRESS,
        "repository": ExactObject(
            {"url": ADDRESS, "source": OneOf("github", "gitlab")}, {"id": TEXT, "subfolder": TEXT}
        ),
        "icons": Each(_ICON),
        "packages": Each(_PACKAGE),
        "remotes": Each(ExactObject({"type": _REMOTE_TYPES, "url": ADDRESS}, {"headers": Each(_NAMED)})),
    },
)


def check_server(value: Json) -> list[str]:
    """`server.json` of the MCP registry."""
    return faults(value, _SERVER)


_OPTION = ExactObject(
    {"type": OneOf("string", "number", "boolean", "directory", "file"), "title": TEXT, "description": TEXT},
    {
        "required": FLAG, "default": ANYTHING, "multiple": FLAG, "sensitive": FLAG,
        "min": ANYTHING, "max": ANYTHING,
    },
)  # fmt: skip
_COMMAND = ExactObject({"command": TEXT}, {"args": Each(TEXT), "env": Table(TEXT)})
_BUNDLE = ExactObject(
    {
        "manifest_version": Matching(r"0\.[1-4]", "a manifest version up to 0.4"),
        "name": Matching(r"[a-z0-9][a-z0-9._-]*", "lower case, digits and dashes"),
        "version": VERSION,
        "description": TEXT,
        "author": ExactObject({"name": TEXT}, {"email": TEXT, "url": ADDRESS}),
        "server": ExactObject(
            {"type": OneOf("python", "node", "binary", "uv"), "entry_point": TEXT},
            {
                "mcp_config": ExactObject(
                    {"command": TEXT},
                    {"args": Each(TEXT), "env": Table(TEXT), "platform_overrides": Table(_COMMAND)},
                )
            },
        ),
    },
    {
        "$schema": TEXT, "display_name": TEXT, "long_description": TEXT, "homepage": ADDRESS,
        "documentation": ADDRESS, "support": ADDRESS, "icon": TEXT, "icons": ANYTHING,
        "screenshots": Each(TEXT), "license": TEXT,
        "repository": ExactObject({"type": OneOf("git"), "url": ADDRESS}), "keywords": Each(TEXT),
        "privacy_policies": Each(ADDRESS), "localization": ANYTHING, "_meta": ANYTHING,
        "tools": Each(ExactObject({"name": TEXT}, {"description": TEXT})), "tools_generated": FLAG,
        "prompts": Each(ANYTHING), "prompts_generated": FLAG, "user_config": Table(_OPTION),
        "compatibility": ExactObject(
            {},
            {
                "claude_desktop": TEXT,
                "platforms": Each(OneOf("darwin", "win32", "linux")),
                "runtimes": Table(TEXT),
            },
        ),
    },
)  # fmt: skip
_HOSTS_OWN = ("__dirname", "HOME", "DESKTOP", "DOCUMENTS", "DOWNLOADS", "pathSeparator", "/")


def check_bundle(value: Json) -> list[str]:
    """`manifest.json` of an MCPB bundle."""
    found = faults(value, _BUNDLE)
    if isinstance(value, Mapping):
        server, config = value.get("server"), value.get("user_config")
        kind = server.get("type") if isinstance(server, Mapping) else None
        if kind == "uv" and value.get("manifest_version") != "0.4":
            found.append('server.type "uv" needs manifest_version 0.4')
        options = {f"user_config.{key}" for key in config} if isinstance(config, Mapping) else set[str]()
        found.extend(_undefined(server, {*options, *_HOSTS_OWN}))
    return found


def _undefined(value: Json, defined: set[str]) -> Iterator[str]:
    """The `${…}` placeholders that are not defined."""
    for text in _texts(value):
        for name in re.findall(r"\$\{([^}]*)\}", text):
            if name not in defined:
                yield f"${{{name}}} is not defined"


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


_ABOUT: dict[str, Judge] = {
    "name": Matching(r"[a-z0-9]+(-[a-z0-9]+)*", "lower case with dashes"),
    "version": VERSION,
    "description": TEXT,
}
_MORE: dict[str, Judge] = {
    "author": ExactObject({"name": TEXT}, {"email": TEXT, "url": ADDRESS}),
    "homepage": ADDRESS, "repository": ADDRESS, "license": TEXT, "keywords": Each(TEXT),
}  # fmt: skip
_CLAUDE = ExactObject(_ABOUT, {**_MORE, "userConfig": Table(_OPTION), "network": ANYTHING})
_CURSOR = ExactObject(_ABOUT, {**_MORE, "logo": TEXT})
_AGENT = ExactObject({"$schema": ADDRESS, **_ABOUT}, _MORE)
_PLUGIN_SERVERS = ExactObject(
    {
        "mcpServers": Table(
            ExactObject({"command": TEXT}, {"type": OneOf("stdio"), "args": Each(TEXT), "env": Table(TEXT)})
        )
    },
    {"$schema": ADDRESS},
)
_GEMINI = ExactObject(
    {**_ABOUT, "mcpServers": Table(_COMMAND)},
    {
        "settings": Each(
            ExactObject({"name": TEXT, "description": TEXT, "envVar": TEXT}, {"sensitive": FLAG})
        ),
        "contextFileName": TEXT,
        "excludeTools": Each(TEXT),
    },
)
_MARKETPLACE = ExactObject(
    {
        "name": _ABOUT["name"],
        "owner": ExactObject({"name": TEXT}, {"email": TEXT}),
        "plugins": Each(
            ExactObject(
                {**_ABOUT, "source": Matching(r"\./.+", "a path from the marketplace")},
                {"category": TEXT, **_MORE},
            )
        ),
    },
    {"$schema": ADDRESS, "description": TEXT},
)


def check_gemini(value: Json) -> list[str]:
    """`gemini-extension.json`: each variable it passes on must be one it declares."""
    found = faults(value, _GEMINI)
    if isinstance(value, Mapping):
        asked = value.get("settings")
        known = (
            {str(one.get("envVar")) for one in asked if isinstance(one, Mapping)}
            if isinstance(asked, list)
            else ()
        )
        found.extend(_undefined(value.get("mcpServers"), {*known, "extensionPath", "workspacePath", "/"}))
    return found


def _of(shape: ExactObject) -> Check:
    return lambda value: faults(value, shape)


CHECKS: dict[str, Check] = {
    "server.json": check_server,
    "mcpb/manifest.json": check_bundle,
    "plugin/plugin.json": _of(_AGENT),
    "plugin/mcp.json": _of(_PLUGIN_SERVERS),
    "plugin/.mcp.json": _of(_PLUGIN_SERVERS),
    "plugin/.claude-plugin/plugin.json": _of(_CLAUDE),
    "plugin/.cursor-plugin/plugin.json": _of(_CURSOR),
    "plugin/gemini-extension.json": check_gemini,
    ".claude-plugin/marketplace.json": _of(_MARKETPLACE),
}
"""The judge of each file of `manifests/`, by its path; those of `clients/` are in `check_clients.py`."""
