"""The arguments of a plain server over stdio, read without click, which is how nearly every host starts one.

    plain_settings(["--sandbox", "--toolsets=models"], os.environ)

Nothing is guessed: if anything is unclear, None leaves it to the command line, which reports errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hub_mcp.cli.flags.flag_table import FLAGS, TRUE, settings_from
from hub_mcp.client.placeholders import filled, read_by_us
from hub_mcp.client.token import FALSE
from hub_mcp.errors import HubError
from hub_mcp.settings import Settings

# Settings that need checks or setup before the first answer, with code that a plain start does not import.
NOT_PLAIN = frozenset({"log_level", "log_file", "faults", "sandbox_user"})
SERVE = "serve"
_BY_NAME = {flag.flag: flag for flag in FLAGS if flag.field not in NOT_PLAIN}
_KINDS = {flag.field: flag.kind for flag in FLAGS}
_NUMBERS = {
    "whole": (re.compile(r"[0-9]{1,9}"), int),
    "number": (re.compile(r"[0-9]{1,9}([.][0-9]{1,9})?"), float),
}


class NotPlain(Exception):
    """Only the command line can interpret this."""


def plain_settings(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings | None:
    """The settings of a server over stdio; None if the command line has to read them."""
    try:
        given = {**_from_variables(environment), **_from_arguments(arguments)}
        if given.get("sandbox", "").lower() not in {"", ":memory:", *TRUE, *FALSE}:
            return None  # a file, which is opened and checked
        return settings_from({name: _value(name, text) for name, text in given.items()})
    except (NotPlain, HubError):
        return None


def _from_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings in the environment, by field."""
    for name, value in environment.items():
        if name.startswith("OTEL_") or (read_by_us(name) and value != filled(value)):
            raise NotPlain
    given: dict[str, str] = {}
    for flag in FLAGS:
        text = next((environment[name] for name in flag.variables if environment.get(name)), None)
        if text is None:
            continue
        if flag.field in NOT_PLAIN:
            raise NotPlain
        given[flag.field] = text
    return given


def _from_arguments(arguments: Sequence[str]) -> dict[str, str]:
    """The settings in the arguments, by field; the last of two wins."""
    given: dict[str, str] = {}
    words = [*arguments[1:]] if arguments[:1] == [SERVE] else [*arguments]
    while words:
        name, equals, text = words.pop(0).partition("=")
        flag = _BY_NAME.get(name)
        if flag is None:
            raise NotPlain
        if flag.kind == "switch":
            if equals:
                raise NotPlain
            text = "true"
        elif not equals and flag.bare is not None:
            if words and not words[0].startswith("--"):
                raise NotPlain  # perhaps its value, or a command
            text = flag.bare
        elif not equals:
            if not words or words[0].startswith("-"):
                raise NotPlain
            text = words.pop(0)
        given[flag.field] = text
    return given


def _value(field: str, text: str) -> Any:
    """The value of a field, with the type in Settings."""
    kind = _KINDS[field]
    if kind == "switch":
        if text.lower() not in {"1", "0", "true", "false"}:
            raise NotPlain
        return text.lower() in TRUE
    if isinstance(kind, tuple):
        if text.lower() not in kind:
            raise NotPlain
        return text.lower()
    if kind in _NUMBERS:
        pattern, convert = _NUMBERS[kind]
        if not pattern.fullmatch(text):
            raise NotPlain
        return convert(text)
    return text
