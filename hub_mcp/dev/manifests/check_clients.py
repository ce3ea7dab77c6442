"""Our own checks of the snippets in `manifests/clients`: the keys each client documents.

Deliberately separate from the table that generates the snippets: several clients silently ignore a key they
do not know, so a mistake in a single table would go unnoticed.
"""

from __future__ import annotations

from hub_mcp.dev.manifests.check_shapes import (
    ADDRESS,
    ANYTHING,
    FLAG,
    NUMBER,
    TEXT,
    VERSION,
    Each,
    Either,
    ExactObject,
    Judge,
    Matching,
    OneOf,
    Table,
)

_START: dict[str, Judge] = {"args": Each(TEXT), "env": Table(TEXT)}
_HEADERS: dict[str, Judge] = {"headers": Table(TEXT)}


def _servers(*shapes: ExactObject, under: str = "mcpServers") -> ExactObject:
    return ExactObject({under: Table(Either(shapes))})


_PLAIN = ExactObject({"command": TEXT}, _START)
_AT_URL = ExactObject({"url": ADDRESS}, _HEADERS)
_APPROVING: dict[str, Judge] = {
    "disabled": FLAG,
    "autoApprove": Each(TEXT),
}
_PROMPT = ExactObject(
    {"type": OneOf("promptString"), "id": Matching(r"\w+", "a name"), "description": TEXT}, {"password": FLAG}
)
_TYPED_START = ExactObject({"type": OneOf("stdio"), "command": TEXT}, _START)
_TYPED_URL = ExactObject({"type": OneOf("http"), "url": ADDRESS}, _HEADERS)
_GOOSE: dict[str, Judge] = {
    "name": TEXT, "description": TEXT, "enabled": FLAG, "timeout": NUMBER, "env_keys": Each(TEXT),
}  # fmt: skip

_CLINE = _servers(
    ExactObject({"command": TEXT}, {**_START, **_APPROVING}),
    ExactObject({"type": OneOf("streamableHttp"), "url": ADDRESS}, {**_HEADERS, **_APPROVING}),
)
_GEMINI = _servers(_PLAIN, ExactObject({"httpUrl": ADDRESS}, _HEADERS))

PIECES: dict[str, Judge] = {
    "claude-desktop": _servers(_PLAIN),
    "claude-code": _servers(_TYPED_START, _TYPED_URL),
    "vscode": ExactObject({"servers": Table(Either((_TYPED_START, _TYPED_URL)))}, {"inputs": Each(_PROMPT)}),
    "cursor": _servers(_PLAIN, _AT_URL),
    "windsurf": _servers(_PLAIN, ExactObject({"serverUrl": ADDRESS}, _HEADERS)),
    "zed": _servers(_PLAIN, _AT_URL, under="context_servers"),
    "jetbrains": _servers(_PLAIN, _AT_URL),
    "codex": _servers(
        ExactObject(
            {"command": TEXT},
            {**_START, "env_vars": Each(TEXT), "startup_timeout_sec": NUMBER, "tool_timeout_sec": NUMBER},
        ),
        ExactObject(
            {"url": ADDRESS}, {"env_http_headers": Table(Matching(r"[A-Z_]+", "the name of a variable"))}
        ),
        under="mcp_servers",
    ),
    "goose": _servers(
        ExactObject({"type": OneOf("stdio"), "cmd": TEXT, "args": Each(TEXT), "envs": Table(TEXT), **_GOOSE}),
        ExactObject({"type": OneOf("streamable_http"), "uri": ADDRESS, **_HEADERS, **_GOOSE}),
        under="extensions",
    ),
    "lmstudio": _servers(_PLAIN, _AT_URL),
    "opencode": _servers(
        ExactObject(
            {"type": OneOf("local"), "command": Each(TEXT)},
            {"environment": Table(TEXT), "enabled": FLAG, "timeout": NUMBER},
        ),
        ExactObject(
            {"type": OneOf("remote"), "url": ADDRESS},
            {**_HEADERS, "enabled": FLAG, "oauth": ANYTHING, "timeout": NUMBER},
        ),
        under="mcp",
    ),
    "continue": ExactObject(
        {"name": TEXT, "version": VERSION, "schema": OneOf("v1")},
        {
            "mcpServers": Each(
                Either(
                    (
                        ExactObject({"name": TEXT, "command": TEXT}, {"type": OneOf("stdio"), **_START}),
                        ExactObject(
                            {"name": TEXT, "url": ADDRESS},
                            {
                                "type": OneOf("streamable-http", "sse"),
                                "requestOptions": ExactObject({}, _HEADERS),
                            },
                        ),
                    )
                )
            )
        },
    ),
    "cline": _CLINE,
    "cline-cli": _CLINE,
    "kiro": _servers(
        ExactObject({"command": TEXT}, {**_START, **_APPROVING}),
        ExactObject({"url": ADDRESS}, {**_HEADERS, **_APPROVING}),
    ),
    "gemini": _GEMINI,
    "qwen": _GEMINI,
    "crush": _servers(_TYPED_START, _TYPED_URL, under="mcp"),
    "copilot": _servers(
        ExactObject({"type": OneOf("local"), "command": TEXT, "tools": Each(TEXT)}, _START),
        ExactObject({"type": OneOf("http"), "url": ADDRESS, "tools": Each(TEXT)}, _HEADERS),
    ),
}
"""The shape of a client's own configuration file, as far as a server's entry goes."""
