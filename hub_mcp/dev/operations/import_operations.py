"""Importing the Hub's OpenAPI document into the table of operations: what is new, changed and gone.

`beyond.json` has, in the document's own format, live operations that it lacks, and bodies it only describes
in words. Reviews are done by people: importing a newer document writes the current shapes, but never a pin,
so that what is new or changed is gated as unknown until somebody pins it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub_mcp.catalogue.operations.pinning import VERBS, shapes_in
from hub_mcp.catalogue.operations.table import lines_in, unreviewed_name
from hub_mcp.dev.project import ROOT

TABLE = ROOT / "hub_mcp" / "catalogue" / "operations"
BEYOND = ROOT / "hub_mcp" / "dev" / "beyond.json"
PINS = "digest\toperation\trequest"


@dataclass(frozen=True)
class ImportedDocument:
    """The differences between a document and the pins.

    Attributes:
        shapes: its text for `shapes.jsonl`.
        new, changed, gone: requests, as "METHOD /path", with the operation each belongs to.
    """

    shapes: str
    new: dict[str, str] = field(default_factory=dict[str, str])
    changed: dict[str, str] = field(default_factory=dict[str, str])
    gone: dict[str, str] = field(default_factory=dict[str, str])

    def summary(self) -> list[str]:
        """A line for each, with what happens to it."""
        return [
            *(f"new      {one} ({name}): unknown until it is reviewed" for one, name in self.new.items()),
            *(f"changed  {one} ({name}): unknown until it is reviewed" for one, name in self.changed.items()),
            *(f"gone     {one} ({name}): no longer called" for one, name in self.gone.items()),
        ]


def with_beyond(document: Mapping[str, Any], beyond: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the operations and bodies it lacks."""
    paths: dict[str, Any] = {path: dict(item) for path, item in document.get("paths", {}).items()}
    for path, item in beyond["paths"].items():
        here = paths.setdefault(path, {})
        for verb, operation in item.items():
            here[verb] = _joined(here.get(verb, {}), operation) if verb in VERBS else operation
    return {**document, "paths": paths}


def _joined(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """An operation of the document with what it lacks; our parameters win where they say more."""
    named = {(one["name"], one["in"]): one for one in theirs.get("parameters", ())}
    named |= {(one["name"], one["in"]): one for one in ours.get("parameters", ())}
    return {**ours, **theirs, **({"parameters": list(named.values())} if named else {})}


def import_document(document: Mapping[str, Any], pins: str, names: str) -> ImportedDocument:
    """Compare a document with the pins.

    Args:
        pins: the text of `pins.tsv`.
        names: the text of `reviewed.tsv`, whose order the shapes keep.
    """
    pinned = {request: (digest, name) for digest, name, request in lines_in(pins)}
    order = {row[0]: n for n, row in enumerate(lines_in(names))}
    groups: dict[tuple[str, str], list[str]] = {}
    new: dict[str, str] = {}
    changed: dict[str, str] = {}
    for method, path, shape, _ in shapes_in(document):
        request = f"{method} {path}"
        digest, name = pinned.pop(request, ("", ""))
        if not name:
            name = new[request] = unreviewed_name(method, path)
        elif digest != shape.digest(method, path):
            changed[request] = name
        groups.setdefault((name, _compact(shape.as_json())), []).append(request)
    lines = sorted(groups.items(), key=lambda one: (order.get(one[0][0], len(order)), one[0][0], one[1]))
    shapes = [{"requests": requests, **json.loads(kept)} for (_, kept), requests in lines]
    text = "".join(f"{_compact(one)}\n" for one in shapes)
    return ImportedDocument(text, new, changed, {request: name for request, (_, name) in pinned.items()})


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def repinned(document: Mapping[str, Any], pins: str, names: Mapping[str, str]) -> str:
    """The pins, with those of these requests set to their current shapes; `names` maps them to operations."""
    kept = {request: (digest, name) for digest, name, request in lines_in(pins)}
    there: set[str] = set()
    for method, path, shape, _ in shapes_in(document):
        request = f"{method} {path}"
        there.add(request)
        if request in names:
            kept[request] = (shape.digest(method, path), names[request])
    rows = [f"{digest}\t{name}\t{request}" for request, (digest, name) in kept.items() if request in there]
    return "\n".join([PINS, *rows]) + "\n"


def read_document(path: Path) -> dict[str, Any]:
    """An OpenAPI document with what it lacks.

    Raises:
        ValueError: it is not an OpenAPI document.
    """
    document: Any = json.loads(path.read_text("utf-8"))
    if not isinstance(document, dict) or "paths" not in document:
        raise ValueError(f"{path} is not an OpenAPI document")
    return with_beyond(document, json.loads(BEYOND.read_text("utf-8")))
