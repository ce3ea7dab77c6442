"""One table of settings, each with its flag, its HUB_MCP_* variable and its help; click reads it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from hub_mcp.client.token import FALSE
from hub_mcp.settings import Settings

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

PREFIX = "HUB_MCP_"
TRUE = frozenset({"1", "on", "yes", "true"})
NEAR = 0.8  # how alike a word must be to a command to be a misspelt one, of 1


@dataclass(frozen=True)
class Flag:
    """A setting on the command line.

    Attributes:
        field: the attribute of Settings.
        says: what the help says.
        kind: text, switch, number, whole, list, or the choices.
        bare: the value when the flag is given without one; None where it needs one.
        also: variables of the Hub's own clients that mean the same.
        takes: what the help calls the value.
    """

    field: str
    says: str
    kind: str | tuple[str, ...] = "text"
    bare: str | None = None
    also: tuple[str, ...] = ()
    takes: str = "TEXT"

    @property
    def flag(self) -> str:
        return "--" + self.field.replace("_", "-")

    @property
    def variables(self) -> list[str]:
        return [PREFIX + self.field.upper(), *self.also]


FLAGS = (
    Flag("endpoint", "Address of the Hub.", also=("HF_ENDPOINT",), takes="URL"),
    Flag(
        "sandbox",
        "Use a local Hub, kept in memory or in FILE. Your token and endpoint are not used.",
        bare="",
        takes="FILE",
    ),
    Flag("sandbox_user", "The user to be in the sandbox.", takes="NAME"),
    Flag("anonymous", "Do not use a token, even if one is found.", "switch"),
    Flag("token_file", "Read the token from this file.", takes="FILE"),
    Flag(
        "offline",
        "Send nothing; every call is refused.",
        "switch",
        also=("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"),
    ),
    Flag(
        "confirm",
        "What to do with a risky call when the client cannot show a form.",
        ("plan", "deny", "elicit", "off"),
    ),
    Flag("dry_run", "Show what a change would send, without sending it.", "switch"),
    Flag(
        "read_only",
        "Offer no tools that change anything, in all areas or in the ones named.",
        "list",
        bare="all",
        takes="AREAS",
    ),
    Flag("namespaces", "Allow changes only to what these users or organizations own.", "list", takes="NAMES"),
    Flag("max_writes", "The most changes to make while the server runs.", "whole", takes="N"),
    Flag("max_deletes", "The most deletions to make while the server runs.", "whole", takes="N"),
    Flag(
        "toolsets",
        "Offer only the tools of these areas: models, datasets, repos, … or all.",
        "list",
        takes="AREAS",
    ),
    Flag("tools", "Offer only these tools.", "list", takes="NAMES"),
    Flag("exclude_tools", "Do not offer these tools, whatever else is said.", "list", takes="NAMES"),
    Flag("tool_prefix", "A prefix for every tool's name, such as hub_."),
    Flag("structured", "Answer as objects too, for programs; tools then have output schemas.", "switch"),
    Flag(
        "resource_links",
        "Links to the next page as content blocks: for clients that know them, always, or never.",
        ("auto", "on", "off"),
    ),
    Flag("journal", 'Where changes are recorded: a file, redis://…, or "off".', takes="FILE"),
    Flag("max_wait", "The longest time to wait for a rate limit.", "number", takes="SECONDS"),
    Flag("timeout", "The longest time a call may take.", "number", takes="SECONDS"),
    Flag(
        "watch_every",
        "The time between two checks of a resource that a client subscribed to.",
        "number",
        takes="SECONDS",
    ),
    Flag("faults", "Failures the local Hub produces on purpose, e.g. latency=200ms,5xx=0.1.", takes="PLAN"),
    Flag("log_level", "How much to log to stderr.", ("debug", "info", "warning", "error")),
    Flag("log_file", "Log to this file instead.", takes="FILE"),
)


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
    """What click is told of a flag; a flag that was not given is None."""
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


def settings_from(
    given: Mapping[str, Any], base: Settings | None = None, *, checked: bool = True
) -> Settings:
    """The settings that flags and variables make; what was not said stays as it is in `base`.

    Raises:
        BadInput: a value that nothing can be made of, where `checked`.
    """
    said: dict[str, Any] = {}
    for flag in FLAGS:
        value = given.get(flag.field)
        if value is None:
            continue
        if flag.kind == "list":
            said[flag.field] = _listed(flag, str(value))
        elif flag.field == "sandbox" and str(value).lower() in FALSE - {""}:
            said[flag.field] = None
        elif flag.field == "sandbox" and str(value).lower() in TRUE:
            said[flag.field] = flag.bare  # a checkbox, or HUB_MCP_SANDBOX=1; a file of that name is ./1
        else:
            said[flag.field] = value
    if "endpoint" in said:
        said["endpoint"] = str(said["endpoint"]).rstrip("/")
    settings = replace(base or Settings(), **said)
    if checked:
        from hub_mcp.cli.checks import check

        check(settings)
    return settings


def _listed(flag: Flag, value: str) -> tuple[str, ...]:
    """The words of a list; where the bare flag means all, a checkbox (`true`, `false`) says all or none."""
    words = tuple(value.replace(",", " ").split())
    if flag.bare and len(words) == 1:
        if words[0].lower() in FALSE:
            return ()
        if words[0].lower() in TRUE:
            return (flag.bare,)
    return words


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
    told: list[str] = []
    for one, following in zip(arguments[:end], [*arguments[1:end], ""], strict=False):
        bare = one in optional and (following in {"", *words} or following.startswith(("-", "hub://")))
        bare = bare or (one == "--sandbox" and bool(get_close_matches(following, words, 1, NEAR)))
        told.append(f"{one}={optional[one]}" if bare else one)
    return [*told, *arguments[end:]]
