"""The parts of README.md written from the catalogue and the table of clients, between their markers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from hub_mcp.catalogue import ENDPOINTS, Effect, Endpoint
from hub_mcp.catalogue.operations.table import Operation, Standing, operations
from hub_mcp.cli.assistants.clients import CLIENTS, Client, Machine
from hub_mcp.dev.manifests.client_pieces import ENDINGS, links, pieces
from hub_mcp.dev.project import Project

TITLES = {"repos": "Repositories", "resource_groups": "Resource groups", "users": "You"}
EFFECTS = {
    Effect.READ: "reads",
    Effect.ADD: "adds",
    Effect.CHANGE: "changes",
    Effect.DESTROY: "destroys",
}


def marker(project: Project) -> str:
    """The line by which the MCP registry recognizes this README as that of the server's name."""
    return f"<!-- mcp-name: {project.registered} -->"


def _by_area() -> dict[str, list[type[Endpoint[Any]]]]:
    areas: dict[str, list[type[Endpoint[Any]]]] = {}
    for endpoint in ENDPOINTS.values():
        areas.setdefault(endpoint.area, []).append(endpoint)
    return areas


def _title(area: str) -> str:
    return TITLES.get(area, area.replace("_", " ").capitalize())


def tools(project: Project) -> str:
    """A row for each area: what it reads, what it changes, and which changes ask a person first."""
    rows = ["| area | reads | changes | asks a person first |", "| --- | --- | --- | --- |"]
    for area, endpoints in _by_area().items():
        asking = [one for one in endpoints if one.may_ask()]
        reading = [one for one in endpoints if one.line.effect is Effect.READ]
        changing = [one for one in endpoints if one not in asking and one not in reading]
        cells = [_title(area), *(_names(group) for group in (reading, changing, asking))]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _names(endpoints: Sequence[type[Endpoint[Any]]]) -> str:
    return ", ".join(f"`{one.tool}`" for one in endpoints)


CLASSED = {  # of operations, in README's wording
    Standing.FREE: "only read",
    Standing.CLEANED: "read what is cleaned of secrets and personal data",
    Standing.WRITE: "change something unasked",
    Standing.ASK: "can ask a person",
    Standing.CREDENTIAL: "carry a secret",
    Standing.UNKNOWN: "are not reviewed",
}


def operation_count(project: Project) -> str:
    """How many operations are known, how many can be called, and how many are in each class."""
    known = operations().values()
    kept = sum(1 for one in known if one.keeps_back)
    table = "[manifests/README.md](manifests/README.md#operations)"
    callable_now = len(known) - kept
    classes = Counter(one.standing for one in known)
    classed = ", ".join(f"{classes[one]} {said}" for one, said in CLASSED.items() if classes[one])
    return (
        f"{len(known)} operations are known: {classed}. {callable_now} are callable; "
        f"{table} counts them by area."
    )


def operation_areas() -> str:
    """For each area, how many operations are known and callable, and how many are in each class."""
    known = operations().values()
    areas: dict[str, list[Operation]] = {}
    for one in known:
        areas.setdefault(one.area, []).append(one)
    rows = [
        f"| area | known | callable | {' | '.join(Standing)} |",
        f"| --- | {'--: | ' * (len(Standing) + 2)}".rstrip(),
        *(_counts(area.replace("_", " "), its) for area, its in sorted(areas.items())),
        _counts("**all**", known),
    ]
    return "\n".join(rows)


def _counts(name: str, its: Collection[Operation]) -> str:
    counted = Counter(one.standing for one in its)
    callable_now = sum(not one.keeps_back for one in its)
    cells = [len(its), callable_now or "", *(counted[one] or "" for one in Standing)]
    return f"| {name} | {' | '.join(map(str, cells))} |"


def tool_tables() -> str:
    """For each area, a table of its tools: what each does, its documented endpoint, its effect."""
    parts: list[str] = []
    for area, endpoints in _by_area().items():
        parts.append(f"### {_title(area)}\n")
        parts.append("| tool | what it does | endpoint | effect |\n| --- | --- | --- | --- |")
        parts.extend(_row(endpoint) for endpoint in endpoints)
        parts.append("")
    return "\n".join(parts).rstrip()


def _row(endpoint: type[Endpoint[Any]]) -> str:
    does = " ".join((endpoint.__doc__ or "").split())
    effect = EFFECTS[endpoint.line.effect] + (", asks" if endpoint.may_ask() else "")
    cells = (f"`{endpoint.tool}`", does, f"`{endpoint.line.documented}`", effect)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def clients(project: Project) -> str:
    """A row for each assistant: the command that connects it, its file, the link for one click."""
    clicks = links(project)
    rows = ["| assistant | command | its file | one click |", "| --- | --- | --- | --- |"]
    for one in CLIENTS.values():
        click = f"[add]({clicks[one.title]})" if one.title in clicks else ""
        rows.append(
            f"| {one.title} | `{project.name} install {one.key}` | {_file(one, short=True)} | {click} |"
        )
    return "\n".join(rows)


def sections(project: Project) -> str:
    """For each assistant, the command, the file and the entry."""
    ready = pieces(project)
    return "\n\n".join(_section(project, one, ready) for one in CLIENTS.values())


def whole(project: Project) -> bytes:
    """The README of `manifests/`, with a section for each assistant, and tables of tools and operations."""
    text = project.worded("manifests-README.md").decode()
    parts = {"@clients@": sections(project), "@tools@": tool_tables(), "@operations@": operation_areas()}
    for mark, part in parts.items():
        text = text.replace(mark, part)
    return text.encode()


def _section(project: Project, client: Client, ready: Mapping[str, bytes]) -> str:
    ending = ENDINGS[client.format]
    entry = ready[f"{client.key}.{ending}"].decode().strip()
    return (
        f"### {client.title}\n\n"
        f"`{project.name} install {client.key}`, or by hand in {_file(client)}:\n\n"
        f"```{ending}\n{entry}\n```\n\n{client.hint}"
    )


def _file(client: Client, *, short: bool = False) -> str:
    """Where the client configures its servers, per system if that differs; just the name if `short`."""
    home, windows = Path("~"), {"APPDATA": "%APPDATA%", "USERPROFILE": "%USERPROFILE%"}
    places = {
        "Linux": str(client.path(Machine("linux", home))),
        "macOS": str(client.path(Machine("darwin", home))),
        "Windows": str(client.path(Machine("win32", home, windows))).replace("/", "\\"),
    }
    if len({place.replace("\\", "/") for place in places.values()}) == 1:
        return f"`{places['Linux']}`"
    if short:
        return f"`{places['Linux']}` on Linux"
    return ", ".join(f"`{place}` ({system})" for system, place in places.items())


PARTS: dict[str, Callable[[Project], str]] = {
    "tools": tools,
    "operations": operation_count,
    "clients": clients,
}


def updated(text: str, project: Project) -> str:
    """README's text with all generated parts up to date; missing markers are added at its end."""
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
