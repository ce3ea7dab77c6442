"""A server's entry in each client's own format: a command to start, or an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hub_mcp import __version__
from hub_mcp.cli.assistants.jsonc import Json

Entry = dict[str, Json]  # what JSON, TOML and YAML can all express

PINNED = f"hub-mcp=={__version__}"  # what uvx runs; a later version is used when the entry is written again
BRIDGE = "mcp-remote@0.15.1"
PASSED = ("HF_TOKEN", "HF_ENDPOINT", "HF_HOME")  # for clients that pass on only listed variables


@dataclass(frozen=True)
class Start:
    """A server that the client starts and connects to over stdio."""

    command: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict[str, str])  # not secret


@dataclass(frozen=True)
class Remote:
    """A server that runs elsewhere, reached over HTTP."""

    url: str


Server = Start | Remote
Writer = Callable[[str, Server, str], Entry]
"""(name, server, token) → entry; `token` stands where the token goes: a reference, a secret, or """ ""


def _environment(server: Start, token: str) -> dict[str, str]:
    return {**server.env, **({"HF_TOKEN": token} if token else {})}


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _filled(**fields: Json) -> Entry:
    """The non-empty fields; a trailing underscore distinguishes a name from Python keywords."""
    return {name.rstrip("_"): value for name, value in fields.items() if value not in ("", {}, None)}


@dataclass(frozen=True)
class Common:
    """The form most clients share, with the keys in which they differ."""

    stdio_type: str = ""
    remote_type: str = ""
    url: str = "url"
    more: Mapping[str, Json] = field(default_factory=dict[str, Json])

    def __call__(self, name: str, server: Server, token: str) -> Entry:
        if isinstance(server, Remote):
            entry = _filled(type=self.remote_type, **{self.url: server.url}, headers=_headers(token))
        else:
            entry = _filled(
                type=self.stdio_type,
                command=server.command,
                args=list(server.args),
                env=_environment(server, token),
            )
        return {**entry, **self.more}


def bridged(name: str, server: Server, token: str) -> Entry:
    """Claude Desktop: its file supports only commands; `mcp-remote` is the usual bridge to an address."""
    if isinstance(server, Start):
        return Common()(name, server, token)
    if not token:
        return {"command": "npx", "args": ["-y", BRIDGE, server.url]}
    # The header comes from a variable, because a space within an argument breaks on Windows.
    return {
        "command": "npx",
        "args": ["-y", BRIDGE, server.url, "--header", "Authorization:${AUTHORIZATION}"],
        "env": {"AUTHORIZATION": f"Bearer {token}"},
    }


def codex(name: str, server: Server, token: str) -> Entry:
    """Codex: passes on only listed variables, and waits 10 seconds by default.

    If a `bearer_token_env_var` is unset, it drops the whole server; for `env_http_headers`, only the header.
    """
    if isinstance(server, Remote):
        return _filled(url=server.url, env_http_headers={"Authorization": token} if token else {})
    return _filled(
        command=server.command,
        args=list(server.args),
        env=dict(server.env),
        env_vars=[variable for variable in PASSED if variable not in server.env],
        startup_timeout_sec=30,
    )


def goose(name: str, server: Server, token: str) -> Entry:
    """Goose: names the secrets in `env_keys`, and stores them in the system's keyring."""
    keys = [token] if token else []
    shared: Entry = {"name": name, "description": "The Hugging Face Hub", "enabled": True, "timeout": 300}
    if isinstance(server, Remote):
        headers = _headers("${" + token + "}" if token else "")
        return {"type": "streamable_http", **shared, "uri": server.url, "headers": headers, "env_keys": keys}
    return {
        "type": "stdio", **shared, "cmd": server.command, "args": list(server.args), "envs": dict(server.env),
        "env_keys": keys,
    }  # fmt: skip


def opencode(name: str, server: Server, token: str) -> Entry:
    """opencode: the command is one list; `oauth` is off because the token is the Hub's own."""
    if isinstance(server, Remote):
        return _filled(type="remote", url=server.url, headers=_headers(token), oauth=False, enabled=True)
    return _filled(
        type="local",
        command=[server.command, *server.args],
        environment=_environment(server, token),
        enabled=True,
        timeout=30_000,
    )


def continue_block(name: str, server: Server, token: str) -> Entry:
    """Continue: a separate file for each block."""
    if isinstance(server, Remote):
        options: Entry = {"headers": _headers(token)} if token else {}
        entry = _filled(name=name, type="streamable-http", url=server.url, requestOptions=options)
    else:
        entry = {"name": name, **Common(stdio_type="stdio")(name, server, token)}
    return {"name": "hub-mcp", "version": __version__, "schema": "v1", "mcpServers": [entry]}
