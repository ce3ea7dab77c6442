"""One table, of which click and Settings are made: each setting's flag, HUB_MCP_* variable and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from hub_mcp.client.token import FALSE
from hub_mcp.settings import Settings

PREFIX = "HUB_MCP_"
TRUE = frozenset({"1", "on", "yes", "true"})


@dataclass(frozen=True)
class Flag:
    """A setting on the command line.

    Attributes:
        field: the attribute of Settings.
        says: what the help says.
        kind: text, switch, number, whole, list, or the choices.
        bare: the value when the flag is given without one; None where it needs one.
        also: variables of the Hub's own clients that mean the same.
    """

    field: str
    says: str
    kind: str | tuple[str, ...] = "text"
    bare: str | None = None
    also: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        return "--" + self.field.replace("_", "-")

    @property
    def variables(self) -> list[str]:
        return [PREFIX + self.field.upper(), *self.also]


FLAGS = (
    Flag("endpoint", "Address of the Hub.", also=("HF_ENDPOINT",)),
    Flag(
        "sandbox",
        "Work on a local Hub, in memory or in FILE; no token or endpoint of yours is used.",
        bare="",
    ),
    Flag("sandbox_user", "Whose token the sandbox uses."),
    Flag("anonymous", "Leave a token that lies there unused.", "switch"),
    Flag("token_file", "A file that holds the token."),
    Flag(
        "offline",
        "Refuse every call before it is sent.",
        "switch",
        also=("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"),
    ),
    Flag(
        "confirm", "What happens to a risky call when nobody can be asked.", ("plan", "deny", "elicit", "off")
    ),
    Flag("dry_run", "Show what changes would send, and send none.", "switch"),
    Flag("read_only", "Offer no changing tools, of all areas or of those named.", "list", bare="all"),
    Flag("namespaces", "The only owners whose things may be changed.", "list"),
    Flag("max_writes", "Changes a run may make.", "whole"),
    Flag("max_deletes", "Deletions a run may make.", "whole"),
    Flag("toolsets", "Areas whose tools are offered: models, datasets, repos, … or all.", "list"),
    Flag("tools", "Tools that are offered.", "list"),
    Flag("exclude_tools", "Tools that are not offered; this wins.", "list"),
    Flag("journal", 'File that changes are written to, or "off".'),
    Flag("max_wait", "Longest wait for a rate limit, in seconds.", "number"),
    Flag("timeout", "Seconds a call may take.", "number"),
    Flag("watch_every", "Seconds between two looks at something that is watched.", "number"),
    Flag("faults", "Trouble the local Hub makes on purpose, e.g. latency=200ms,5xx=0.1."),
    Flag("log_level", "What is logged to stderr.", ("debug", "info", "warning", "error")),
    Flag("log_file", "Log to this file instead."),
)


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command every flag of the table."""
    for flag in reversed(FLAGS):
        command = _option(flag)(command)
    return command


def _option(flag: Flag) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    kinds: dict[str, Any] = {"number": click.FloatRange(min=0), "whole": click.IntRange(min=0)}
    common: dict[str, Any] = {
        "envvar": flag.variables,
        "show_envvar": True,
        "help": flag.says,
        "default": None,
    }
    if flag.kind == "switch":
        return click.option(flag.flag, flag.field, is_flag=True, **common)
    if isinstance(flag.kind, tuple):
        return click.option(
            flag.flag, flag.field, type=click.Choice(flag.kind, case_sensitive=False), **common
        )
    if flag.bare is not None:
        name = "FILE" if flag.kind == "text" else "AREAS"
        return click.option(
            flag.flag, flag.field, is_flag=False, flag_value=flag.bare, metavar=f"[{name}]", **common
        )
    return click.option(flag.flag, flag.field, type=kinds.get(str(flag.kind), str), **common)


def settings_from(given: Mapping[str, Any]) -> Settings:
    """The settings that flags and variables make; what was not said keeps its default."""
    said: dict[str, Any] = {}
    for flag in FLAGS:
        value = given.get(flag.field)
        if value is None:
            continue
        said[flag.field] = _listed(flag, str(value)) if flag.kind == "list" else value
    if "endpoint" in said:
        said["endpoint"] = str(said["endpoint"]).rstrip("/")
    return Settings(**said)


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
    """Arguments in which a flag with an optional value never takes the subcommand behind it for its value."""
    optional = {flag.flag for flag in FLAGS if flag.bare is not None}
    bare = {flag.flag: flag.bare for flag in FLAGS}
    told: list[str] = []
    for n, one in enumerate(arguments):
        following = arguments[n + 1] if n + 1 < len(arguments) else ""
        told.append(f"{one}={bare[one]}" if one in optional and following in commands else one)
    return told
