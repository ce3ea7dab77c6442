"""Checking settings before anything starts; a misspelled one is reported, not guessed."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hub_mcp.client.endpoint_address import check_endpoint
from hub_mcp.errors import BadInput, plain
from hub_mcp.server.tools import tool_selection
from hub_mcp.settings import ALLOWABLE, Settings

OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


def check(settings: Settings) -> None:
    """Check every setting.

    Raises:
        BadInput: one is wrong; says which, and why.
    """
    if settings.sandbox is None:
        check_endpoint(settings.endpoint)
        if settings.token_file and not settings.anonymous:
            _readable("--token-file", Path(settings.token_file).expanduser())
    else:
        _sandbox_file(settings.sandbox)
        _sandbox_user(settings.sandbox_user)
    _faults(settings.faults)
    if settings.log_file:
        _writable("--log-file", Path(settings.log_file))
    for name in settings.namespaces:
        if not OWNER.fullmatch(name):
            raise _wrong("--namespaces", name, "is not the name of a user or an organization.")
    for word in settings.allow:
        if word not in ALLOWABLE:
            raise _wrong("--allow", word, f"cannot be allowed; the choices are {', '.join(ALLOWABLE)}.")
    for source in settings.secrets_from:
        _source(source)
    tool_selection.check(settings)


def _source(source: str) -> None:
    kind, _, name = source.partition(":")
    if kind == "file" and name:
        _readable("--secrets-from", Path(name).expanduser())
    elif kind != "env" or not name:
        raise _wrong("--secrets-from", source, "is neither env:NAME nor file:PATH.")
    elif not os.environ.get(name):
        raise _wrong("--secrets-from", source, "is not set in this environment.")


def _wrong(flag: str, value: str, why: str) -> BadInput:
    return BadInput(f"{flag}: {plain(value, 100)!r} {why}", not_done="")


def _sandbox_user(name: str) -> None:
    if name == Settings.sandbox_user:
        return
    from hub_mcp.localhub.world.tokens import TOKENS

    known = dict.fromkeys(token.user for token in TOKENS if token.user)
    if name not in known:
        raise _wrong(
            "--sandbox-user", name, f"is not a user of the sandbox; its users are {', '.join(known)}."
        )


def _sandbox_file(file: str) -> None:
    if not file or file == ":memory:":
        return
    from hub_mcp.localhub.hub_file import StoreError, check_file

    _writable("--sandbox", Path(file))
    try:
        check_file(file)
    except StoreError as error:
        raise BadInput(f"--sandbox: {plain(str(error))}", not_done="") from None


def _faults(plan: str) -> None:
    if not plan:
        return
    from hub_mcp.localhub.faults.fault_plan import FaultsError, parse

    try:
        parse(plan)
    except FaultsError as error:
        raise BadInput(f"--faults: {error}", not_done="") from None


def _readable(flag: str, path: Path) -> None:
    if not path.is_file() or not os.access(path, os.R_OK):
        raise _wrong(flag, str(path), "is not a file that can be read.")


def _writable(flag: str, path: Path) -> None:
    there = path if path.exists() else path.parent
    if path.is_dir() or not there.exists() or not os.access(there, os.W_OK):
        raise _wrong(flag, str(path), "cannot be written to.")
