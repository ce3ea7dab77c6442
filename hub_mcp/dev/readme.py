"""The parts of README.md written from the catalogue and the table of clients, between their markers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hub_mcp.catalogue import ENDPOINTS, Effect, Endpoint
from hub_mcp.cli.clients import CLIENTS, Client, Machine
from hub_mcp.dev.pieces import ENDINGS, links, pieces
from hub_mcp.dev.project import Project

TITLES = {"repos": "Repositories", "resource_groups": "Resource groups", "users": "You"}
EFFECTS = {
    Effect.READ: "reads",
    Effect.ADD: "adds",
    Effect.CHANGE: "changes",
    Effect.DESTROY: "destroys",
}


def marker(project: Project) -> str:
    """The line by which the MCP registry knows that this README belongs to the name."""
    return f"<!-- mcp-name: {project.registered} -->"


def tools(project: Project) -> str:
    """A table of the tools for each area: the tool, what it does, the documented endpoint, the effect."""
    areas: dict[str, list[type[Endpoint[Any]]]] = {}
    for endpoint in ENDPOINTS.values():
        areas.setdefault(endpoint.area, []).append(endpoint)
    parts: list[str] = []
    for area, endpoints in areas.items():
        parts.append(f"### {TITLES.get(area, area.capitalize())}\n")
        parts.append("| tool | what it does | endpoint | effect |\n| --- | --- | --- | --- |")
        parts.extend(_row(endpoint) for endpoint in endpoints)
        parts.append("")
    return "\n".join(parts).rstrip()


def _row(endpoint: type[Endpoint[Any]]) -> str:
    does = " ".join((endpoint.__doc__ or "").split())
    effect = EFFECTS[endpoint.line.effect] + (", asks" if endpoint.may_ask() else "")
    cells = (f"`{endpoint.tool}`", does, f"`{endpoint.line.documented}`", effect)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def installs(project: Project) -> str:
    """The links that install with one click, and for each client the command, the file and the entry."""
    clicks = " · ".join(f"[{title}]({address})" for title, address in links(project).items())
    ready = pieces(project)
    return "\n\n".join([f"One click: {clicks}", *(_section(project, one, ready) for one in CLIENTS.values())])


def _section(project: Project, client: Client, ready: Mapping[str, bytes]) -> str:
    ending = ENDINGS[client.format]
    entry = ready[f"{client.key}.{ending}"].decode().strip()
    return (
        f"<details><summary>{client.title}</summary>\n\n"
        f"`{project.name} install {client.key}`, or by hand in {_file(client)}:\n\n"
        f"```{ending}\n{entry}\n```\n\n{client.hint}\n\n</details>"
    )


def _file(client: Client) -> str:
    """Where the client keeps its servers, on each system where that differs."""
    home, windows = Path("~"), {"APPDATA": "%APPDATA%", "USERPROFILE": "%USERPROFILE%"}
    places = {
        "Linux": str(client.path(Machine("linux", home))),
        "macOS": str(client.path(Machine("darwin", home))),
        "Windows": str(client.path(Machine("win32", home, windows))).replace("/", "\\"),
    }
    if len({place.replace("\\", "/") for place in places.values()}) == 1:
        return f"`{places['Linux']}`"
    return ", ".join(f"`{place}` ({system})" for system, place in places.items())


PARTS: dict[str, Callable[[Project], str]] = {"tools": tools, "install": installs}


def updated(text: str, project: Project) -> str:
    """README's text with all generated parts as they should be; markers that are absent go to its end."""
    if marker(project) not in text:
        text = re.sub(r"<!-- mcp-name: .*? -->\n*", "", text)
        text = f"{text.rstrip()}\n\n{marker(project)}\n"
    for name, part in PARTS.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        if begin not in text or end not in text:
            text = f"{text.rstrip()}\n\n{begin}\n{end}\n"
        before, _, rest = text.partition(begin)
        after = rest.partition(end)[2]
        text = f"{before}{begin}\n\n{part(project)}\n\n{end}{after}"
    return text
