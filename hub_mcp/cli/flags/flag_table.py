"""One table of settings, each with its flag, its HUB_MCP_* variable and its help; needs no click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hub_mcp.client.token import FALSE
from hub_mcp.settings import ALLOWABLE, Settings

PREFIX = "HUB_MCP_"
TRUE = frozenset({"1", "on", "yes", "true"})


@dataclass(frozen=True)
class Flag:
    """A setting on the command line.

    Attributes:
        field: the attribute of Settings.
        says: its help text.
        kind: text, switch, number, whole, list, or the choices.
        bare: the value if the flag is given without one; None if it needs one.
        also: variables of the Hub's own clients with the same meaning.
        takes: the name of the value in the help.
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
    Flag("allow", f"Publish without asking: {', '.join(ALLOWABLE)}.", "list", takes="WORDS"),
    Flag(
        "secrets_from",
        "Variables and files of this machine that may become secrets of Spaces: env:NAME, file:PATH.",
        "list",
        takes="SOURCES",
    ),
    Flag("max_writes", "The most changes to make while the server runs.", "whole", takes="N"),
    Flag("max_deletes", "The most deletions to make while the server runs.", "whole", takes="N"),
    Flag(
        "toolsets",
        "Offer only the tools of these areas: models, datasets, repos, … or all.",
        "list",
        takes="AREAS",
    ),
    Flag("tools", "Offer only these tools.", "list", takes="NAMES"),
    Flag("exclude_tools", "Do not offer these tools, whatever other options say.", "list", takes="NAMES"),
    Flag("tool_prefix", "A prefix for every tool's name, such as hub_."),
    Flag(
        "nullable",
        "Optional arguments may be null, for clients whose strict schemas require every argument.",
        "switch",
    ),
    Flag("structured", "Answer as objects too, for programs; tools then have output schemas.", "switch"),
    Flag(
        "resource_links",
        "Links to the next page as content blocks: for clients that know them, always, or never.",
        ("auto", "on", "off"),
    ),
    Flag("views", "Tables and questions as pages, in clients that show them (MCP Apps).", ("auto", "off")),
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


def settings_from(
    given: Mapping[str, Any], base: Settings | None = None, *, checked: bool = True
) -> Settings:
    """The settings from flags and variables; everything not given stays as in `base`.

    Raises:
        BadInput: a value cannot be parsed, if `checked`.
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
        from hub_mcp.cli.flags.settings_checks import check

        check(settings)
    return settings


def _listed(flag: Flag, value: str) -> tuple[str, ...]:
    """The words of a list; if the bare flag means all, a checkbox (`true`, `false`) means all or none."""
    words = tuple(value.replace(",", " ").split())
    if flag.bare and len(words) == 1:
        if words[0].lower() in FALSE:
            return ()
        if words[0].lower() in TRUE:
            return (flag.bare,)
    return words
