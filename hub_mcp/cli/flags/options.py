"""The table of flags as options of click."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from hub_mcp.cli.flags.flag_table import FLAGS, Flag, settings_from
from hub_mcp.settings import Settings

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

NEAR = 0.8  # how alike a word must be to a command to be a misspelt one, of 1


class Whole(click.IntRange):
    """A count."""

    name = "whole number"


class Number(click.FloatRange):
    """A number of seconds; NaN, which Python calls a number, is refused."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        read: float = super().convert(value, param, ctx)
        if math.isnan(read):
            self.fail(f"{value!r} is not a valid number.", param, ctx)
        return read


KINDS: dict[str, click.ParamType[float]] = {"number": Number(min=0), "whole": Whole(min=0)}


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command every flag of the table."""
    for flag in reversed(FLAGS):
        command = click.option(flag.flag, flag.field, **_option(flag), **_variables(flag))(command)
    return command


def settings_behind(*shown: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let every setting stand behind a subcommand too, where it wins; its help names those of `shown`."""

    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def run(*args: Any, **given: Any) -> Any:
            context = click.get_current_context()
            context.obj = settings_from(given, context.find_object(Settings) or Settings())
            own = {name: one for name, one in given.items() if name not in FIELDS}
            return context.invoke(command, *args, **own)

        made: Callable[..., Any] = run
        for flag in reversed(FLAGS):
            manner: dict[str, Any] = {"help": flag.says, "hidden": flag.field not in shown, **_option(flag)}
            made = click.option(flag.flag, flag.field, **manner)(made)
        return made

    return decorated


FIELDS = frozenset(flag.field for flag in FLAGS)
ELSEWHERE = "All options of `hub-mcp --help` work here too."


def _variables(flag: Flag) -> dict[str, Any]:
    return {"envvar": flag.variables, "show_envvar": True, "help": flag.says}


def _option(flag: Flag) -> dict[str, Any]:
    """What click needs to know about a flag; a flag that was not given is None."""
    if flag.kind == "switch":
        return {"is_flag": True, "default": None}
    if isinstance(flag.kind, tuple):
        return {"type": click.Choice(flag.kind, case_sensitive=False), "default": None}
    if flag.bare is not None:
        # `bare_values` fills the value in: not every click takes an option that may go without one.
        return {"metavar": f"[{flag.takes}]", "default": None, "shell_complete": _commands}
    return {"type": KINDS.get(flag.kind, click.STRING), "metavar": flag.takes, "default": None}


def _commands(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What a shell offers behind a flag whose value may be left out: commands, and files."""
    from click.shell_completion import CompletionItem

    group = ctx.command
    offered = group.list_commands(ctx) if isinstance(group, click.Group) else []
    files = [CompletionItem(incomplete, type="file")]
    return [CompletionItem(name) for name in offered if name.startswith(incomplete)] or files


def bare_values(arguments: Sequence[str], commands: Sequence[str]) -> list[str]:
    """Arguments in which every flag with an optional value has one: its own where it stands bare.

    It never takes a subcommand, a tool or an address for its value, and for the sandbox no misspelt command
    either: reporting that is better. A file of such a name is written `--sandbox=FILE`.
    """
    optional = {flag.flag: flag.bare for flag in FLAGS if flag.bare is not None}
    words = set(commands)
    if "call" in arguments and optional.keys() & set(arguments):
        from hub_mcp.catalogue import ENDPOINTS

        words |= {spelt for tool in ENDPOINTS for spelt in (tool, tool.replace("_", "-"))}
    end = arguments.index("--") if "--" in arguments else len(arguments)  # what is behind is another's
    rewritten: list[str] = []
    for one, following in zip(arguments[:end], [*arguments[1:end], ""], strict=False):
        bare = one in optional and (following in {"", *words} or following.startswith(("-", "hub://")))
        bare = bare or (one == "--sandbox" and bool(get_close_matches(following, words, 1, NEAR)))
        rewritten.append(f"{one}={optional[one]}" if bare else one)
    return [*rewritten, *arguments[end:]]
