"""Editing a client's configuration file; the result is checked before anything is written."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from hub_mcp.cli.assistants import config_edits, jsonc
from hub_mcp.cli.assistants.client_entries import Entry
from hub_mcp.cli.assistants.clients import TOKEN_INPUT, Client, Format
from hub_mcp.cli.assistants.jsonc import Json, Unreadable


@dataclass(frozen=True)
class ConfigChange:
    """A change to a file, where None means no file. A private file is readable by its owner only."""

    path: Path
    before: str | None
    after: str | None
    private: bool = False

    def write(self) -> Path | None:
        """Make the change and return the path of the backup.

        Raises:
            Unreadable: the file has changed in the meantime.
        """
        target = self.path.resolve()  # a symlink (dotfiles) stays one
        if text_of(target) != self.before:
            raise Unreadable("it was changed by somebody else meanwhile; nothing was written")
        if self.before is not None and not target.stat().st_mode & stat.S_IWUSR:
            raise Unreadable("it is read-only, so it was left as it is; make it writable, or use --print")
        target.parent.mkdir(parents=True, exist_ok=True)
        backup = None
        if self.before is not None:
            stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
            backup = target.with_name(f"{target.name}.{stamp}{BACKUP}")
            _write(backup, self.before, like=target, private=True)  # it may contain other servers' secrets
        if self.after is None:
            target.unlink()
        else:
            _write(target, self.after, like=target, private=self.private)
        return backup


BACKUP = ".hub-mcp.bak"
BOM = "\ufeff"  # some Windows editors put it at the beginning of a file


def text_of(path: Path) -> str | None:
    """The text of a file with its line ends unchanged; None if there is no file.

    Raises:
        Unreadable: it is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8") from None


def _write(path: Path, text: str, *, like: Path, private: bool = False) -> None:
    """Write a file atomically, readable by its owner only unless the old file was open to others."""
    mode = stat.S_IMODE(like.stat().st_mode) if like.exists() and not private else 0o600
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(text.encode())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────


def value_of(form: Format, text: str) -> dict[str, Json]:
    """The parsed content of a file.

    Raises:
        Unreadable: it does not parse, or is not a mapping.
    """
    text = text.removeprefix(BOM)
    if form == "json":
        said: Json = jsonc.read(text).value if text.strip() else {}
    elif form == "toml":
        try:
            said = tomllib.loads(text)
        except ValueError as trouble:  # its message may quote the file
            where = re.search(r"\(at (line \d+)", str(trouble))
            raise Unreadable(f"it is not TOML{f' in {where[1]}' if where else ''}") from None
    else:
        try:
            said = YAML(typ="safe", pure=True).load(text)
        except (YAMLError, RecursionError, ValueError) as trouble:
            mark = getattr(trouble, "problem_mark", None)
            raise Unreadable(f"it is not YAML{f' in line {mark.line + 1}' if mark else ''}") from None
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise Unreadable("it holds no mapping")
    return {str(key): one for key, one in said.items()}


def entry_of(client: Client, text: str | None, name: str) -> Entry | None:
    """The entry with this name, if any."""
    said = value_of(client.format, text or "")
    if client.format == "file":
        return said if text else None
    found: Json = said
    for key in (*client.under, name):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


# ── changing ──────────────────────────────────────────────────────────────────────────────────────────


def with_entry(client: Client, text: str | None, name: str, entry: Entry) -> str:
    """The text with this entry and no other change.

    Raises:
        Unreadable: it does not parse, or has a form that our edit would break.
    """
    if client.format == "file":
        value_of("file", text or "")
        return config_edits.yaml_block(entry)
    if text and text.startswith(BOM):
        return BOM + with_entry(client, text.removeprefix(BOM), name, entry)
    windows = "\r\n" in (text or "")
    before = (text or "").replace("\r\n", "\n") if client.format != "json" else text or ""
    expected = deepcopy(value_of(client.format, before))
    _set(expected, (*client.under, name), entry)
    path = (*client.under, name)
    if client.format == "toml":
        after = config_edits.put_toml(before, path, entry)
    elif client.format == "yaml":
        after = config_edits.put_yaml(before, client.under[0], name, entry)
    else:
        after = jsonc.put(before, path, entry)
        if client.prompts and client.reference in str(entry) and not _asks(expected):
            after = jsonc.put(after, ("inputs", -1), TOKEN_INPUT)
            inputs = expected.setdefault("inputs", [])
            assert isinstance(inputs, list)  # otherwise the edit above would have been refused
            inputs.append(TOKEN_INPUT)
    return _checked(client, _line_ends(after, windows=windows), expected)


def without_entry(client: Client, text: str, name: str) -> str | None:
    """The text without this entry; None if a file of our own has nothing else.

    Raises:
        Unreadable: as for `with_entry`.
    """
    if client.format == "file":
        return None
    if text.startswith(BOM):
        return BOM + (without_entry(client, text.removeprefix(BOM), name) or "")
    expected = deepcopy(value_of(client.format, text))
    windows = "\r\n" in text
    path = (*client.under, name)
    _drop(expected, path)
    if client.format == "toml":
        after = config_edits.take_toml(text.replace("\r\n", "\n"), path)
    elif client.format == "yaml":
        after = config_edits.take_yaml(text.replace("\r\n", "\n"), client.under[0], name)
    else:
        after = jsonc.take(text, path)
        unused = client.prompts and client.reference not in after
        if unused and (place := _place_of_input(expected)) is not None:
            after = jsonc.take(after, ("inputs", place))
            inputs = expected["inputs"]
            assert isinstance(inputs, list)  # it has a path
            del inputs[place]
    return _checked(client, _line_ends(after, windows=windows), expected)


def restored(client: Client, path: Path, text: str, name: str) -> str | None:
    """The text from before the entry was added, byte for byte if nothing else has changed since.

    Raises:
        Unreadable: as for `with_entry`.
    """
    entry = entry_of(client, text, name)
    assert entry is not None  # the person has seen it
    target = path.resolve()
    for backup in sorted(target.parent.glob(f"{target.name}.*{BACKUP}"), reverse=True):
        former = text_of(backup)
        try:
            if entry_of(client, former, name) is None and with_entry(client, former, name, entry) == text:
                return former
        except Unreadable:
            continue  # an older file
    if with_entry(client, None, name, entry) == text:
        return None
    return without_entry(client, text, name)


def _line_ends(text: str, *, windows: bool) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n") if windows else text


def _checked(client: Client, after: str, expected: dict[str, Json]) -> str:
    """The edited text, checked to have the expected content and nothing else."""
    if _without_empties(value_of(client.format, after), client) != _without_empties(expected, client):
        raise Unreadable(config_edits.UNSAFE)
    return after


def _without_empties(said: dict[str, Json], client: Client) -> dict[str, Json]:
    """The content without empty server containers (TOML cannot express them, YAML writes null)."""
    top = client.under[0]
    return {key: one for key, one in said.items() if not (key == top and one in ({}, None))}


def _set(said: dict[str, Json], path: tuple[str, ...], entry: Entry) -> None:
    for key in path[:-1]:
        inner = said.get(key)
        if inner is None:
            inner = said[key] = {}
        if not isinstance(inner, dict):
            raise Unreadable(f"`{key}` holds something other than servers")
        said = inner
    said[path[-1]] = entry


def _drop(said: dict[str, Json], path: tuple[str, ...]) -> None:
    for key in path[:-1]:
        inner = said.get(key)
        if not isinstance(inner, dict):
            return
        said = inner
    said.pop(path[-1], None)


def _place_of_input(said: dict[str, Json]) -> int | None:
    inputs = said.get("inputs")
    return inputs.index(TOKEN_INPUT) if isinstance(inputs, list) and TOKEN_INPUT in inputs else None


def _asks(said: dict[str, Json]) -> bool:
    inputs = said.get("inputs")
    return isinstance(inputs, list) and any(
        isinstance(one, dict) and one.get("id") == TOKEN_INPUT["id"] for one in inputs
    )
