"""The table of flags as click options."""

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

NEAR = 0.8  # similarity to a command, up to 1, above which a word is a misspelled one


class Whole(click.IntRange):
    """A click type for a count."""

    name = "whole number"


class Number(click.FloatRange):
    """A click type for a number of seconds; NaN is refused."""

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
    """Accept every setting after a subcommand too, where it wins; the help lists those in `shown`."""

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
    """A flag as a click option; None if it was not given."""
    if flag.kind == "switch":
        return {"is_flag": True, "default": None}
    if isinstance(flag.kind, tuple):
        return {"type": click.Choice(flag.kind, case_sensitive=False), "default": None}
    if flag.bare is not None:
        # `bare_values` fills in the value: not every version of click supports optional values of options.
        return {"metavar": f"[{flag.takes}]", "default": None, "shell_complete": _commands}
    return {"type": KINDS.get(flag.kind, click.STRING), "metavar": flag.takes, "default": None}


def _commands(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Completions after a flag with an optional value: commands, and files."""
    from click.shell_completion import CompletionItem

    group = ctx.command
    offered = group.list_commands(ctx) if isinstance(group, click.Group) else []
    files = [CompletionItem(incomplete, type="file")]
    return [CompletionItem(name) for name in offered if name.startswith(incomplete)] or files


def bare_values(arguments: Sequence[str], commands: Sequence[str]) -> list[str]:
    """The arguments with a value for every flag whose value is optional: its default if it is bare.

    A subcommand, a tool or an address is never taken as the value, and for the sandbox neither is a
    misspelled command, which is better reported. A file with such a name is given as `--sandbox=FILE`.
    """
    optional = {flag.flag: flag.bare for flag in FLAGS if flag.bare is not None}
    words = set(commands)
    if "call" in arguments and optional.keys() & set(arguments):
        from hub_mcp.catalogue import ENDPOINTS

        words |= {spelt for tool in ENDPOINTS for spelt in (tool, tool.replace("_", "-"))}
    end = arguments.index("--") if "--" in arguments else len(arguments)  # the rest is another program's
    rewritten: list[str] = []
    for one, following in zip(arguments[:end], [*arguments[1:end], ""], strict=False):
        bare = one in optional and (following in {"", *words} or following.startswith(("-", "hub://")))
        bare = bare or (one == "--sandbox" and bool(get_close_matches(following, words, 1, NEAR)))
        rewritten.append(f"{one}={optional[one]}" if bare else one)
    return [*rewritten, *arguments[end:]]
