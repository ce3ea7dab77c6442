"""The patterns that parse an address, generated in advance from every class and the table of operations."""

from __future__ import annotations

import json
import re
from pathlib import Path

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.fields.marks import RepoName
from hub_mcp.catalogue.operations.calls import second_segment_in, template
from hub_mcp.catalogue.operations.table import operations
from hub_mcp.server.resources.addresses import FIELD, PATTERNS, forms_of, reading


def patterns_file() -> dict[Path, bytes]:
    """The file with every form of every address and its owner, those with more fixed segments first."""
    places = {endpoint.tool: endpoint.address_template() for endpoint in reading()}
    for name, one in operations().items():
        if name not in ENDPOINTS and one.reads and not one.keeps_back:
            places[name] = template(one).removeprefix("/").removeprefix("api/")
    forms = [(name, form) for name, place in places.items() for form in forms_of(place)]
    forms.sort(key=lambda one: -len(FIELD.sub("", one[1])))
    lines = (json.dumps([name, _pattern(name, form)]) for name, form in forms)
    return {PATTERNS: ("[\n" + ",\n".join(lines) + "\n]\n").encode()}


def _two_segments(whose: str, name: str) -> bool:
    if written := ENDPOINTS.get(whose):
        return bool(written.second_segment(name))
    return bool(second_segment_in(operations()[whose], name))


def _pattern(whose: str, form: str) -> str:
    written = ENDPOINTS.get(whose)
    bare = written.marked(RepoName) if written else []  # ids that may omit their namespace
    parts: list[str] = []
    for literal, name in re.findall(r"([^{]+)|\{(\w+)\}", form):
        if literal:
            parts.append(re.escape(literal))
        elif name in bare and form.endswith(f"{{{name}}}"):
            parts.append(rf"(?P<{name}>[^/]+(?:/[^/]+)?)")
        elif written and written.is_deep(name):
            parts.append(rf"(?P<{name}>.+)")
        else:
            parts.append(
                rf"(?P<{name}>[^/]+/[^/]+)" if _two_segments(whose, name) else rf"(?P<{name}>[^/]+?)"
            )
    return "".join(parts)
