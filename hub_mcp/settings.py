"""The operator's decisions as one frozen record, filled from flags and variables (`cli/flags`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# What can be published under the person's name without a question, if the operator allows it by this word.
ALLOWABLE = {
    "files.propose": "pull requests of commits, and commits to those that are open",
    "discussions.create": "new discussions, and drafts of pull requests",
    "discussions.comment": "comments, also with a status or a merge, and edits of your own",
}
Confirm = Literal["plan", "deny", "elicit", "off"]


@dataclass(frozen=True)
class Settings:
    """The operator's decisions.

    Attributes:
        endpoint: the Hub's address.
        sandbox: None for the real Hub; "" for a local Hub in memory, otherwise its file.
        sandbox_user: whose token the sandbox uses (a user of the local Hub).
        anonymous: do not use a token, even if one is found.
        token_file: a file with the token, instead of the usual places.
        offline: refuse every call before it is sent.
        confirm: what happens to a risky call if the client cannot ask a person.
        dry_run: show what changing calls would send, without sending them.
        read_only: areas whose changing tools are not offered; ("all",) for every area.
        namespaces: the only owners whose things may be changed; empty for all.
        allow: words of ALLOWABLE: what may be published without asking.
        secrets_from: variables (`env:NAME`) and files (`file:PATH`) of this machine that may become secrets
            of Spaces.
        max_writes, max_deletes: the maximum number of changes and of deletions; None for no limit.
        toolsets, tools, exclude_tools: which tools are offered; exclusion wins.
        tool_prefix: the prefix of every tool's name, for hosts where another server has the same names.
        nullable: optional arguments may be null in the schemas.
        structured: answers also as objects for programs, with output schemas.
        resource_links: whether the next page is also a content block; auto: for modern clients.
        views: whether clients that show views get them (MCP Apps).
        journal: the file that records changes; "" for the default place, "off" for none.
        max_wait: the longest wait for a rate limit, in seconds.
        timeout: seconds a call may take.
        watch_every: seconds between two checks of a subscribed resource.
        faults: failures that the local Hub produces deliberately, in its own notation.
        log_level, log_file: what is logged, and where; stderr by default.
    """

    endpoint: str = "https://huggingface.co"
    sandbox: str | None = None
    sandbox_user: str = "ada"
    anonymous: bool = False
    token_file: str | None = None
    offline: bool = False
    confirm: Confirm = "plan"
    dry_run: bool = False
    read_only: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    secrets_from: tuple[str, ...] = ()
    max_writes: int | None = None
    max_deletes: int | None = None
    toolsets: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    exclude_tools: tuple[str, ...] = ()
    tool_prefix: str = ""
    nullable: bool = False
    structured: bool = False
    resource_links: Literal["auto", "on", "off"] = "auto"
    views: Literal["auto", "off"] = "auto"
    journal: str = ""
    max_wait: float = 60.0
    timeout: float = 30.0
    watch_every: float = 60.0
    faults: str = ""
    log_level: str = "warning"
    log_file: str | None = None
