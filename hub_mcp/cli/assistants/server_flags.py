"""Flags after `--` of `hub-mcp install`: checked before they are written, with absolute paths of files."""

from __future__ import annotations

import os
from pathlib import Path

import click

from hub_mcp.cli.flags.flag_table import FLAGS, TRUE, settings_from
from hub_mcp.cli.flags.options import bare_values
from hub_mcp.client.token import FALSE
from hub_mcp.errors import BadInput


def check_flags(words: tuple[str, ...]) -> None:
    """Check that a server starts with these flags, ignoring the terminal's variables.

    Raises:
        click.UsageError: it does not; says why.
    """
    from hub_mcp.cli.main import COMMANDS, cli
    from hub_mcp.cli.serve import serve

    louder = [one for one in cli.params if one.name == "verbose"]
    server = click.Command("hub-mcp", params=[*serve.params, *louder], add_help_option=False)
    try:
        context = server.make_context("hub-mcp", bare_values(words, [*COMMANDS]))
        settings_from(context.params)
    except click.UsageError as wrong:
        raise click.UsageError(f"Server flags, after `--`: {wrong.format_message()}") from None
    except BadInput as wrong:
        raise click.UsageError(f"Server flags, after `--`: {wrong.sentence()}") from None


def with_whole_paths(words: tuple[str, ...]) -> tuple[str, ...]:
    """The flags with absolute paths of files, since assistants start a server in their own folder."""
    from hub_mcp.cli.main import COMMANDS

    given = bare_values(words, [*COMMANDS])  # a flag without its value is written differently there
    whole: list[str] = []
    for before, word, meant in zip(("", *given), words, given, strict=False):
        flag, equals, value = word.partition("=")
        if equals and flag in _FILES:
            whole.append(f"{flag}={_whole(flag, value)}")
        else:
            whole.append(_whole(before, word) if before in _FILES and word == meant else word)
    return tuple(whole)


_FILES = frozenset({*(flag.flag for flag in FLAGS if flag.takes == "FILE"), "--secrets-from"})


def _whole(flag: str, value: str) -> str:
    """The value of a flag, with an absolute path if it is a file."""
    if flag == "--secrets-from":
        sources = value.replace(",", " ").split()
        return ",".join(f"file:{_path(one[5:])}" if one.startswith("file:") else one for one in sources)
    other = value in ("", "off", ":memory:") or "://" in value
    return value if other or (flag == "--sandbox" and value.lower() in FALSE | TRUE) else _path(value)


def _path(text: str) -> str:
    return os.path.abspath(Path(text).expanduser())
