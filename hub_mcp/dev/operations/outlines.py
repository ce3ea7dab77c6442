"""The outlines of the local Hub: for each operation, a static answer of the documented shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hub_mcp.catalogue.operations.pinning import VERBS, inlined
from hub_mcp.catalogue.operations.table import Answers, operations
from hub_mcp.dev.operations.schema_samples import sample
from hub_mcp.dev.project import ROOT

OUTLINES = ROOT / "hub_mcp" / "localhub" / "outlines" / "outlines.jsonl"
TYPES = {Answers.EVENTS: "text/event-stream", Answers.TEXT: "text/plain", Answers.FILE: "text/plain"}
EVENT = {"data": "example", "timestamp": "2026-10-01T00:00:00.000Z"}


def outlines(document: Mapping[str, Any]) -> str:
    """One line per operation: the request, the status, the content type and the answer."""
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in _each(document)]
    return "".join(f"{line}\n" for line in lines)


def _each(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    answers = {str(request): one.answers for one in operations().values() for request in one.requests}
    for path, item in document["paths"].items():
        if not path.startswith("/"):
            continue  # on another host
        for verb in VERBS:
            if verb in item:
                request = f"{verb.upper()} {path}"
                kind = answers.get(request, Answers.JSON)
                yield {"request": request, **_answer(document, item[verb], kind)}


def _answer(document: Mapping[str, Any], operation: Mapping[str, Any], kind: Answers) -> dict[str, Any]:
    responses = operation.get("responses", {})
    code = next((one for one in responses if one.startswith("2")), "200")
    content = responses.get(code, {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if kind is Answers.EVENTS:
        return {"status": 200, "type": TYPES[kind], "answer": [EVENT]}
    if kind in TYPES:
        return {"status": 200, "type": TYPES[kind], "answer": "example"}
    if not schema:
        return {"status": int(code)}
    known = document.get("components", {}).get("schemas", {})
    return {"status": int(code), "answer": sample(inlined(schema, known), every=True)}
