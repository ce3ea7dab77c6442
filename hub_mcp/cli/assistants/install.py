"""`hub-mcp install` and `uninstall`: adding our entry to an assistant's own configuration, or removing it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from hub_mcp.cli.assistants.client_entries import PINNED, Entry, Remote, Server, Start
from hub_mcp.cli.assistants.clients import CLIENTS, Client, Machine
from hub_mcp.cli.assistants.config_edits import toml_table, yaml_block
from hub_mcp.cli.assistants.config_files import ConfigChange, entry_of, restored, text_of, with_entry
from hub_mcp.cli.assistants.jsonc import Unreadable
from hub_mcp.cli.assistants.our_entries import addresses, is_ours, note
from hub_mcp.cli.assistants.server_flags import check_flags, with_whole_paths
from hub_mcp.cli.assistants.shown_change import shown
from hub_mcp.client.endpoint_address import check_endpoint
from hub_mcp.client.placeholders import usable
from hub_mcp.client.token import find_token
from hub_mcp.installed import command

NAME = "hub"
CARRIED = (
    "HF_HOME",
    "HF_ENDPOINT",
)  # an assistant started from the desktop does not see the terminal's variables
MASK = "hf_********"


# ── what to write ─────────────────────────────────────────────────────────────────────────────────────


def start(args: tuple[str, ...] = (), *, uvx: bool = False) -> Start:
    """The command of this installation, with absolute paths, since assistants often have a shorter PATH."""
    env = {name: value for name, value in usable(os.environ).items() if name in CARRIED}
    with contextlib.suppress(KeyError):
        check_endpoint(env["HF_ENDPOINT"])
    if "HF_HOME" in env:
        env["HF_HOME"] = os.path.abspath(Path(env["HF_HOME"]).expanduser())
    passing = {"archive-v0", "environments-v2"} & set(
        Path(sys.prefix).parts
    )  # a uvx run: it may be gone tomorrow
    if uvx or passing:
        beside = str(Path(os.environ.get("UV", "")).parent)  # uv passes its path to child processes
        return Start(shutil.which("uvx") or shutil.which("uvx", path=beside) or "uvx", (PINNED, *args), env)
    program, *words = command()
    return Start(program, (*words, *args), env)


def remote(url: str, *, with_token: bool) -> Remote:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.BadParameter(
            "give a whole address, such as https://hub.example.com/mcp", param_hint="--remote"
        )
    if parts.username or parts.password:
        raise click.BadParameter("leave user and password out of the address", param_hint="--remote")
    if with_token and parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise click.BadParameter("a token is only sent over https", param_hint="--remote")
    return Remote(url)


def token_text(client: Client, *, with_token: bool, shown: bool) -> str:
    """The value in place of the token: nothing, the client's own reference, or the token in plain text."""
    if not with_token:
        return ""
    if client.reference:
        return client.reference
    token = find_token()
    if token is None:
        raise click.ClickException("No token was found: sign in with `hf auth login`, or set HF_TOKEN.")
    return MASK if shown else token.secret


def configuration_text(client: Client, name: str, entry: Entry) -> str:
    """The part of a configuration file with the entry, as its owner would write it."""
    if client.format == "toml":
        return toml_table((*client.under, name), entry)
    piece = client.piece(name, entry)
    if client.format == "json":
        return json.dumps(piece, indent=2, ensure_ascii=False) + "\n"
    return yaml_block(piece)


# ── commands ──────────────────────────────────────────────────────────────────────────────────────────


def _known(_context: click.Context, _parameter: click.Parameter, key: str | None) -> Client | None:
    if key is None:
        return None
    if key not in CLIENTS:
        raise click.BadParameter(f"{key!r} is not one of {', '.join(CLIENTS)}")
    return CLIENTS[key]


def _valid_name(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,23}", name):
        raise click.BadParameter("use up to 24 letters, digits, - and _; assistants put it before tool names")
    return name


_client = click.argument("client", required=False, callback=_known, metavar="CLIENT")
_name = click.option(
    "--name", default=NAME, show_default=True, callback=_valid_name, help="Name of the entry."
)
_yes = click.option("--yes", "-y", is_flag=True, help="Do not ask before writing.")
_dry_run = click.option("--dry-run", is_flag=True, help="Show the change, write nothing.")


@click.command(context_settings={"ignore_unknown_options": False})
@_client
@click.argument("server_flags", nargs=-1, type=click.UNPROCESSED, metavar="[-- SERVER FLAGS]")
@click.option(
    "--list", "list_", is_flag=True, help="List the assistants we know and which of them are on this machine."
)
@click.option(
    "--print",
    "print_",
    is_flag=True,
    help="Print the entry so that you can paste it; nothing is read or written.",
)
@_dry_run
@_yes
@_name
@click.option("--remote", "url", metavar="URL", help="Connect to a server that runs at this address.")
@click.option("--uvx", is_flag=True, help="Start it with uvx instead of the installed command.")
@click.option(
    "--with-token", is_flag=True,
    help="Give the assistant your token: by its own secret store or variable if it has one, otherwise in "
    "plain text. Without this no token is written; a login with `hf auth login` is found anyway.",
)  # fmt: skip
def install(
    client: Client | None,
    server_flags: tuple[str, ...],
    list_: bool,
    print_: bool,
    dry_run: bool,
    yes: bool,
    name: str,
    url: str | None,
    uvx: bool,
    with_token: bool,
) -> None:
    """Connect an assistant to this server, in the assistant's own configuration file.

    Shows the change and asks first. Keeps a copy of the file; comments and other entries stay as they are.

    \b
    hub-mcp install --list
    hub-mcp install claude-desktop
    hub-mcp install vscode -- --read-only --toolsets models,datasets
    hub-mcp install cursor --remote https://hub.example.com/mcp --with-token
    """
    if list_:
        _show_clients(Machine.here(), name)
        return
    if client is None:
        raise click.UsageError("Name an assistant; `hub-mcp install --list` shows those we know.")
    if url and (server_flags or uvx):
        raise click.UsageError("With --remote nothing is started here: leave out --uvx and server flags.")
    flags = with_whole_paths(server_flags)
    check_flags(flags)
    server: Server = remote(url, with_token=with_token) if url else start(flags, uvx=uvx)

    wanted = client.write(name, server, token_text(client, with_token=with_token, shown=print_))
    secret = with_token and not client.reference
    if print_:
        click.echo(configuration_text(client, name, wanted), nl=False)
        return
    path = client.path(Machine.here())
    try:
        before = text_of(path)
        present = entry_of(client, before, name)
        if present == wanted:
            click.echo(f"{client.title} already has it, in {path}. Nothing was changed.")
            return
        if present is not None and not (is_ours(present, path, name) or _leads_there(present, url)):
            raise click.ClickException(f"{path} has another server {name!r}: choose another --name.")
        change = ConfigChange(path, before, with_entry(client, before, name, wanted), private=secret)
        if _carry_out(client, change, present, wanted, name=name, dry_run=dry_run, yes=yes):
            _tell_about_token(client, server, with_token=with_token)
    except (Unreadable, OSError) as trouble:
        raise _refusal(path, trouble) from None


@click.command()
@_client
@_dry_run
@_yes
@_name
def uninstall(client: Client | None, dry_run: bool, yes: bool, name: str) -> None:
    """Remove the entry from an assistant's configuration file, and nothing else.

    \b
    hub-mcp uninstall claude-desktop
    """
    if client is None:
        raise click.UsageError("Name an assistant; `hub-mcp install --list` shows those we know.")
    path = client.path(Machine.here())
    try:
        before = text_of(path)
        present = entry_of(client, before, name)
        if before is None or present is None:
            click.echo(f"{client.title} has no entry {name!r} in {path}. Nothing was changed.")
            return
        if not is_ours(present, path, name):
            raise click.ClickException(
                f"The entry {name!r} in {path} was not written by `hub-mcp install`. Nothing was changed. "
                "To remove it, edit that file by hand."
            )
        change = ConfigChange(path, before, restored(client, path, before, name))
        _carry_out(client, change, present, None, name=name, dry_run=dry_run, yes=yes)
    except (Unreadable, OSError) as trouble:
        raise _refusal(path, trouble) from None


def _carry_out(
    client: Client,
    change: ConfigChange,
    former: Entry | None,
    wanted: Entry | None,
    *,
    name: str,
    dry_run: bool,
    yes: bool,
) -> bool:
    """Show a change, ask, and make it."""
    token = find_token()
    click.echo(shown(client.format, change, former, wanted, token.secret if token else ""))
    if dry_run:
        click.echo("\nNothing was changed (--dry-run).")
        return False
    if not yes:
        click.confirm("\nWrite this?", abort=True)
    if wanted is not None:
        note(wanted, change.path, name)
    backup = change.write()
    if wanted is None:
        note(None, change.path, name)
    done = (
        f"Wrote {change.path}."
        if change.after is not None
        else f"Removed {change.path}, which held nothing else."
    )
    click.echo(f"{done} The former file is {backup.name}." if backup else done)
    if backup and token and token.secret in (change.before or ""):
        click.echo("That former file holds the token; delete it when you no longer need it.")
    click.echo(client.hint)
    return True


def _tell_about_token(client: Client, server: Server, *, with_token: bool) -> None:
    if not with_token:
        if isinstance(server, Remote):
            click.echo("It calls without a token; --with-token gives it yours.")
        elif find_token() is None:
            click.echo("You are not signed in: only public things can be read. `hf auth login` changes that.")
    elif client.prompts:
        click.echo(f"{client.title} will ask for the token once, and keep it encrypted.")
    elif client.reference:
        click.echo(f"{client.title} takes the token from HF_TOKEN, as it is where {client.title} starts.")
        if not usable(os.environ).get("HF_TOKEN"):
            click.echo(f"HF_TOKEN is not set here. Set it where {client.title} starts, or it has no token.")
    else:
        click.echo("The token now stands in that file in plain text.")


def _leads_there(entry: Entry, url: str | None) -> bool:
    """Whether an entry has the address that the person gave."""
    return url is not None and url in addresses(entry)


def _refusal(path: Path, trouble: Exception) -> click.ClickException:
    why = trouble.strerror or "it cannot be used" if isinstance(trouble, OSError) else str(trouble)
    return click.ClickException(f"{path}: {why}. Nothing was changed.")


def _show_clients(machine: Machine, name: str) -> None:
    rows = [("", "", "", "FILE")]
    for client in CLIENTS.values():
        path = client.path(machine)
        try:
            connected = entry_of(client, text_of(path), name) is not None
        except (Unreadable, OSError):
            connected = False
        state = "connected" if connected else "found" if client.is_here(machine) else "-"
        rows.append((client.key, client.title, state, str(path)))
    rows[0] = ("CLIENT", "NAME", "HERE", "FILE")
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    for row in rows:
        click.echo(
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        )
