"""`hub-mcp doctor`: what a server with these settings would see, and what is wrong; never shows a token."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import click

from hub_mcp import __version__
from hub_mcp.cli.flags.options import ELSEWHERE, settings_behind
from hub_mcp.cli.main import IGNORED
from hub_mcp.cli.output import terminal_width, wrapped
from hub_mcp.settings import Settings

if TYPE_CHECKING:
    from hub_mcp.catalogue import Endpoint
    from hub_mcp.catalogue.people.users import Identity

PACKAGES = ("mcp", "httpx", "pydantic", "anyio", "click", "starlette", "uvicorn")
NETWORK = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
BY_REASON = ("hidden", "not for this token")  # tools with reasons, which the text output groups by reason
POLICIES = {
    "plan": "a plan that the model shows; where a name must be typed, `hub-mcp approve` in a terminal",
    "deny": "refused",
    "elicit": "refused, since only a form counts",
    "off": "done without asking anyone",
}


@click.command(epilog=ELSEWHERE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@settings_behind()
@click.pass_obj
def doctor(settings: Settings, as_json: bool) -> None:
    """Check versions, Hub, token (where it is from and what it may do), limits, tools and policy."""
    found = asyncio.run(examined(settings))
    if as_json:
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        for name, value in found.items():
            if name != "well":
                for line in _lines(name.replace("_", " "), value):
                    click.echo(line)
    if not found["well"]:
        sys.exit(1)


async def examined(settings: Settings) -> dict[str, Any]:
    """Everything that doctor reports; `well` says whether the server would work."""
    from hub_mcp.catalogue.endpoint import default_endpoints
    from hub_mcp.catalogue.listing import Listing
    from hub_mcp.catalogue.people.users import Whoami
    from hub_mcp.catalogue.refusals import window_of
    from hub_mcp.catalogue.repos.models import ListModels
    from hub_mcp.errors import HubError
    from hub_mcp.server.tools.catalogue_tools import why_hidden
    from hub_mcp.wiring import hub_of

    hub = hub_of(settings)
    found: dict[str, Any] = {
        "hub_mcp": __version__,
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "hub": hub.base if settings.sandbox is None else "the local Hub (--sandbox)",
    }
    well, identity = True, None
    try:
        probe: Listing[Any] = ListModels.model_validate({"limit": 1})
        response = await hub.exchange(probe)
        probe.from_http(response)
        found["answers"] = "yes"
        limit = window_of(response.headers)
        left = {"calls left": limit.left, "renewed in seconds": int(limit.reset)} if limit else None
        found["rate_limit"] = left or "not given"
    except HubError as error:
        well, found["answers"] = False, error.sentence()
    found["token"] = f"from {hub.token.source}" if hub.token else "none: only what is public can be read"
    if hub.token and well:
        try:
            identity = await hub.send(Whoami())
            found["signed_in"] = identity.content()
        except HubError as error:
            well, found["signed_in"] = False, error.sentence()
    await hub.aclose()
    found["network"] = {
        name: "set" for name in NETWORK if os.environ.get(name) or os.environ.get(name.lower())
    } or "as is"
    listed = default_endpoints()
    hidden = {name: why for name, endpoint in listed.items() if (why := why_hidden(settings, endpoint))}
    found["tools"] = {"offered": len(listed) - len(hidden), **({"hidden": hidden} if hidden else {})}
    if vain := _vain([one for one in listed.values() if one.tool not in hidden], identity):
        found["tools"]["not for this token"] = vain
    found["confirm"] = {settings.confirm: POLICIES[settings.confirm]}
    found["ignored_variables"] = ", ".join(IGNORED) or "none"
    found["journal"] = _journal(settings)
    if why := _unsafe(settings):
        well, found["refused"] = False, f"every change: {why} Close it to others with `chmod go-w`."
    found["well"] = well
    return found


def _journal(settings: Settings) -> str:
    """Where changes are recorded, and how many of them were interrupted."""
    from hub_mcp.errors import HubError
    from hub_mcp.wiring import journal_at

    try:
        kept = journal_at(settings.journal)
        unknown = sum(one.outcome == "unknown" for one in kept.history())
    except (HubError, OSError) as trouble:
        return f"cannot be read: {trouble.what if isinstance(trouble, HubError) else trouble.strerror}"
    return f"{kept.place}, {unknown:,} of unknown outcome (`hub-mcp journal`)" if unknown else kept.place


def _unsafe(settings: Settings) -> str:
    """Who else could alter the journal or approve a plan; "" if nobody could."""
    from hub_mcp.errors import HubError
    from hub_mcp.gate.approvals import Approvals
    from hub_mcp.gate.journal import state_directory
    from hub_mcp.wiring import journal_at

    try:
        journal = journal_at(settings.journal).trouble()
    except HubError:
        journal = ""  # `_journal` reports it
    return journal or Approvals(state_directory()).trouble()


def _vain(offered: Sequence[type[Endpoint[Any]]], identity: Identity | None) -> dict[str, str]:
    """Offered tools that this token can never use, each with the reason; without a token, all changes."""
    from hub_mcp.catalogue.permissions import never

    said = {
        one.tool: never(one, identity) if identity else "needs a token"
        for one in offered
        if identity or one.line.effect != "read"
    }
    return {tool: why for tool, why in said.items() if why}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _lines(name: str, value: Any, margin: str = "") -> list[str]:
    """A value after its name, in lines that fit; nested values are indented."""
    if name in BY_REASON:
        tools: dict[str, list[str]] = {}
        for tool, why in value.items():
            tools.setdefault(why, []).append(tool)
        value = {f"{why} ({len(each)})": ", ".join(each) for why, each in tools.items()}
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if not isinstance(value, dict):
        return wrapped(f"{margin}{name}: {value}", terminal_width(), margin + "  ")
    return [f"{margin}{name}:", *(line for one in value for line in _lines(one, value[one], margin + "  "))]
