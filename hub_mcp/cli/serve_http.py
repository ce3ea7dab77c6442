"""`hub-mcp http`: one server for a team, over Streamable HTTP."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from hub_mcp.cli.flags.flag_table import PREFIX, settings_from
from hub_mcp.cli.flags.options import with_settings
from hub_mcp.settings import Settings

GRACE = 30  # seconds for calls to finish when the server stops
KEY_LENGTH = 32
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NEEDS_KEYS = (
    "Several processes must know each other's confirmations: set HUB_MCP_KEYS to a secret of "
    f"{KEY_LENGTH} characters or more, and --redis to a Redis they share."
)


Command = TypeVar("Command", bound=Callable[..., Any])


def _option(flag: str, variable: str, says: str, **more: Any) -> Callable[[Command], Command]:
    return click.option(flag, envvar=PREFIX + variable, show_envvar=True, help=says, **more)


@click.command()
@_option("--host", "HOST", "Address to listen on.", default="127.0.0.1", show_default=True)
@_option(
    "--port", "PORT", "0 picks a free one.", type=click.IntRange(0, 65535), default=8000, show_default=True
)
@_option("--path", "PATH", "Path of the endpoint.", default="/mcp", show_default=True)
@_option("--workers", "WORKERS", "Number of processes.", type=click.IntRange(1), default=1, show_default=True)
@_option(
    "--allowed-host",
    "ALLOWED_HOSTS",
    "A Host header to accept besides loopback; name:* means any port.",
    multiple=True,
)
@_option(
    "--allowed-origin",
    "ALLOWED_ORIGINS",
    "An Origin header to accept, such as https://chat.example.org.",
    multiple=True,
)
@_option("--public-url", "PUBLIC_URL", "The address callers use, if a gateway is in front.", default="")
@_option(
    "--require-token", "REQUIRE_TOKEN", "Refuse callers without a token that the Hub knows.", is_flag=True
)
@_option("--redis", "REDIS", "A Redis for all workers and machines: redis://host:6379/0.", default="")
@with_settings
@click.pass_context
def http(
    context: click.Context,
    /,
    host: str,
    port: int,
    path: str,
    workers: int,
    allowed_host: Sequence[str],
    allowed_origin: Sequence[str],
    public_url: str,
    require_token: bool,
    redis: str,
    **given: Any,
) -> None:
    """Serve a team over Streamable HTTP. Each request uses its caller's token, never yours."""
    from hub_mcp.server.http.http_app import Http

    settings = _settings(context, given)
    _refuse_missing(settings, workers, redis)
    try:
        bound = _listen(host, port)
    except OSError as error:
        raise click.ClickException(f"{host}, port {port}, cannot be used: {error.strerror}.") from None
    shown = f"[{host}]" if ":" in host else host
    here = f"http://{shown}:{bound.getsockname()[1]}"
    way = Http(
        path="/" + path.strip("/"),
        hosts=_parts(allowed_host),
        origins=_parts(allowed_origin),
        public_url=public_url,
        require_token=require_token,
        sessions=workers == 1 and not redis,
        redis=redis,
        run=secrets.token_hex(8),
        pages=public_url.rstrip("/") or (here if host in LOOPBACK else ""),
    )
    click.echo(f"hub-mcp: {here}{way.path}", err=True)
    if not redis:
        click.echo("hub-mcp: state is kept in this process; --redis shares it with others.", err=True)
    if settings.confirm == "deny":
        click.echo(
            "hub-mcp: risky calls are refused when the client cannot ask a person (--confirm deny).", err=True
        )
    _serve(settings, way, workers, bound)


def _settings(context: click.Context, given: dict[str, Any]) -> Settings:
    """Flags after `http` win over those before it, and these over variables; the policy is deny."""
    parent = context.parent.params if context.parent else {}
    here = {
        name: value
        for name, value in given.items()
        if parent.get(name) is None or context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    merged = {**parent, **here}
    settings = settings_from(merged)
    return settings if merged.get("confirm") is not None else replace(settings, confirm="deny")


def _refuse_missing(settings: Settings, workers: int, redis: str) -> None:
    """Refuse to start without what it needs."""
    from hub_mcp.gate.gate import keys_from

    if settings.secrets_from:
        raise click.ClickException(
            "--secrets-from is for one person over stdio: here every caller could read them in a Space."
        )
    keys = keys_from()
    if any(len(key) < KEY_LENGTH for key in keys):
        raise click.ClickException(f"Each of HUB_MCP_KEYS must have {KEY_LENGTH} characters or more.")
    if redis and not keys:
        raise click.ClickException(NEEDS_KEYS)
    if redis and not find_spec("redis"):
        raise click.ClickException("--redis needs the extra: pip install 'hub-mcp[redis]'.")
    if workers == 1:
        return
    if not redis:
        raise click.ClickException(NEEDS_KEYS)
    if settings.sandbox is not None:
        raise click.ClickException(
            "Each worker would have its own local Hub: use --workers 1 with --sandbox."
        )


def _parts(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(part for value in values for part in value.replace(",", " ").split())


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.create_server((host, port), family=family, backlog=2048)
    # explicit TCP, since asyncio only then turns Nagle off, which would delay an answer by 40 ms
    return socket.socket(bound.family, bound.type, socket.IPPROTO_TCP, bound.detach())


def _serve(settings: Settings, way: Any, workers: int, bound: socket.socket) -> None:
    from uvicorn import Server
    from uvicorn.supervisors import Multiprocess

    from hub_mcp.server.http.connections import server_config
    from hub_mcp.wiring import create_http_app

    config = server_config(
        partial(create_http_app, settings, way), factory=True, workers=workers, grace=GRACE
    )
    if workers == 1:
        Server(config).run(sockets=[bound])
    else:
        Multiprocess(config, sockets=[bound]).run()
