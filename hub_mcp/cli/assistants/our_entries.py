"""Which entry in an assistant's file is ours: it starts hub-mcp, or has an address that `install` wrote.

An address alone does not show whose server it is. So each one that `install` writes is recorded in the user's
state directory, as a digest, by the file and name of its entry.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath, PureWindowsPath

from hub_mcp.cli.assistants.client_entries import Entry
from hub_mcp.cli.assistants.jsonc import Json
from hub_mcp.gate.journal import state_directory
from hub_mcp.private_files import open_private

FILE = "installed.json"
_PACKAGE = re.compile(r"hub-mcp(\[[\w,-]+\])?(==\S+)?")
_RUNNERS = frozenset({"uvx", "uv", "pipx"})
_ADDRESSES = ("url", "serverUrl", "httpUrl", "uri", "args")


def is_ours(entry: Entry, path: Path, name: str) -> bool:
    """Whether we may replace or remove an entry."""
    servers = _servers(entry)
    noted = _noted().get(_place(path, name))
    return bool(servers) and all(
        starts_us(_words(one)) or noted in [_digest(address) for address in addresses(one)] for one in servers
    )


def starts_us(words: Sequence[str]) -> bool:
    """Whether a command runs hub-mcp's script, its module, or its package with a runner."""
    if not words:
        return False
    program, rest = _stem(words[0]), words[1:]
    package = program in _RUNNERS and any(_PACKAGE.fullmatch(one) for one in rest)
    return program == "hub-mcp" or package or ("-m", "hub_mcp") in pairwise(rest)


def addresses(entry: Entry) -> list[str]:
    """The addresses in an entry, including that of a bridge."""
    return [one for key in _ADDRESSES for one in _texts(entry.get(key)) if "://" in one]


def note(entry: Entry | None, path: Path, name: str) -> None:
    """Record the addresses of one of our entries before it is written; None removes the record.

    Raises:
        OSError: it cannot be recorded, so that the entry could not be recognized as ours later.
    """
    led = [address for one in _servers(entry or {}) for address in addresses(one)]
    noted, place = _noted(), _place(path, name)
    wanted = {one: digest for one, digest in noted.items() if one != place}
    if led:
        wanted[place] = _digest(led[0])
    if wanted == noted:
        return
    file = state_directory() / FILE
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{FILE}.{os.getpid()}.new")
    with os.fdopen(open_private(draft, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as out:
        json.dump(wanted, out, indent=1)
    draft.replace(file)


def _servers(entry: Entry) -> list[Entry]:
    """The servers in an entry: itself, or those in a Continue file, which may have several."""
    listed = entry.get("mcpServers")
    if not isinstance(listed, Sequence):
        return [entry]
    return [{**one} for one in listed if isinstance(one, Mapping)]


def _texts(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(one) for one in value] if isinstance(value, Sequence) else []


def _words(entry: Entry) -> list[str]:
    return [one for key in ("command", "cmd", "args") for one in _texts(entry.get(key))]


def _stem(program: str) -> str:
    path = PureWindowsPath(program) if "\\" in program else PurePosixPath(program)
    return path.name.lower().removesuffix(".exe")


def _noted() -> dict[str, str]:
    try:
        said = json.loads((state_directory() / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(one) for key, one in said.items()} if isinstance(said, dict) else {}


def _place(path: Path, name: str) -> str:
    return f"{path.absolute()} {name}"


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()
