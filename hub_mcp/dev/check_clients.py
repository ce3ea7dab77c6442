"""Our own judges of the pieces in `manifests/clients`: the keys each client reads, as it documents them.

Written apart from the table that writes the pieces, on purpose: several clients silently ignore a key they
do not know, so one mistake in one table would pass unseen.
"""

from __future__ import annotations

from hub_mcp.dev.check_shapes import (
    ADDRESS,
    ANYTHING,
    FLAG,
    NUMBER,
    TEXT,
    VERSION,
    Each,
    Either,
    Judge,
    Matching,
    OneOf,
    Shape,
    Table,
)

_START: dict[str, Judge] = {"args": Each(TEXT), "env": Table(TEXT)}
_HEADERS: dict[str, Judge] = {"headers": Table(TEXT)}


def _servers(*shapes: Shape, under: str = "mcpServers") -> Shape:
    return Shape({under: Table(Either(shapes))})


_PLAIN = Shape({"command": TEXT}, _START)
_AT_URL = Shape({"url": ADDRESS}, _HEADERS)
_APPROVING: dict[str, Judge] = {
    "disabled": FLAG,
    "autoApprove": Each(TEXT),
}
_PROMPT = Shape(
    {"type": OneOf("promptString"), "id": Matching(r"\w+", "a name"), "description": TEXT}, {"password": FLAG}
)
_TYPED_START = Shape({"type": OneOf("stdio"), "command": TEXT}, _START)
_TYPED_URL = Shape({"type": OneOf("http"), "url": ADDRESS}, _HEADERS)
_GOOSE: dict[str, Judge] = {
    "name": TEXT, "description": TEXT, "enabled": FLAG, "timeout": NUMBER, "env_keys": Each(TEXT),
}  # fmt: skip

PIECES: dict[str, Judge] = {
    "claude-desktop": _servers(_PLAIN),
    "claude-code": _servers(_TYPED_START, _TYPED_URL),
    "vscode": Shape({"servers": Table(Either((_TYPED_START, _TYPED_URL)))}, {"inputs": Each(_PROMPT)}),
    "cursor": _servers(_PLAIN, _AT_URL),
    "windsurf": _servers(_PLAIN, Shape({"serverUrl": ADDRESS}, _HEADERS)),
    "zed": _servers(_PLAIN, _AT_URL, under="context_servers"),
    "jetbrains": _servers(_PLAIN, _AT_URL),
    "codex": _servers(
        Shape(
            {"command": TEXT},
            {**_START, "env_vars": Each(TEXT), "startup_timeout_sec": NUMBER, "tool_timeout_sec": NUMBER},
        ),
        Shape({"url": ADDRESS}, {"bearer_token_env_var": Matching(r"[A-Z_]+", "the name of a variable")}),
        under="mcp_servers",
    ),
    "goose": _servers(
        Shape({"type": OneOf("stdio"), "cmd": TEXT, "args": Each(TEXT), "envs": Table(TEXT), **_GOOSE}),
        Shape({"type": OneOf("streamable_http"), "uri": ADDRESS, **_HEADERS, **_GOOSE}),
        under="extensions",
    ),
    "lmstudio": _servers(_PLAIN, _AT_URL),
    "opencode": _servers(
        Shape(
            {"type": OneOf("local"), "command": Each(TEXT)},
            {"environment": Table(TEXT), "enabled": FLAG, "timeout": NUMBER},
        ),
        Shape(
            {"type": OneOf("remote"), "url": ADDRESS},
            {**_HEADERS, "enabled": FLAG, "oauth": ANYTHING, "timeout": NUMBER},
        ),
        under="mcp",
    ),
    "continue": Shape(
        {"name": TEXT, "version": VERSION, "schema": OneOf("v1")},
        {
            "mcpServers": Each(
                Either(
                    (
                        Shape({"name": TEXT, "command": TEXT}, {"type": OneOf("stdio"), **_START}),
                        Shape(
                            {"name": TEXT, "url": ADDRESS},
                            {"type": OneOf("streamable-http", "sse"), "requestOptions": Shape({}, _HEADERS)},
                        ),
                    )
                )
            )
        },
    ),
    "cline": _servers(
        Shape({"command": TEXT}, {**_START, **_APPROVING}),
        Shape({"type": OneOf("streamableHttp"), "url": ADDRESS}, {**_HEADERS, **_APPROVING}),
    ),
    "kiro": _servers(
        Shape({"command": TEXT}, {**_START, **_APPROVING}),
        Shape({"url": ADDRESS}, {**_HEADERS, **_APPROVING}),
    ),
    "gemini": _servers(_PLAIN, Shape({"httpUrl": ADDRESS}, _HEADERS)),
    "copilot": _servers(
        Shape({"type": OneOf("local"), "command": TEXT, "tools": Each(TEXT)}, _START),
        Shape({"type": OneOf("http"), "url": ADDRESS, "tools": Each(TEXT)}, _HEADERS),
    ),
}
"""The shape of a client's own configuration file, as far as a server's entry goes."""
